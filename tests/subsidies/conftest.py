"""Accounts of the two offices that decide on subsidies."""

from __future__ import annotations

import pytest

from tests.deliveries import user
from zalainuoer.common.models import Role, User


@pytest.fixture
def staff() -> User:
    return user(Role.FEDERATION_STAFF, department="区残联")


@pytest.fixture
def civil() -> User:
    return user(Role.CIVIL_STAFF, department="民政局")
