"""Logged in as somebody, for tests of pages."""

from __future__ import annotations

from django.test import Client

from tests.deliveries import user
from zalainuoer.common.models import Role, User


def client_of(account: User) -> Client:
    """A browser in which the account is logged in."""
    client = Client()
    client.force_login(account, backend="zalainuoer.roles.RoleBackend")
    return client


def logged_in(role: str = Role.FEDERATION_STAFF, street: str | None = None) -> Client:
    """The same of a new account."""
    return client_of(user(role, street=street))
