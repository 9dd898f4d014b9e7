"""What several test files share."""

import os

import pytest


@pytest.fixture
def subprocess_environment(db: None) -> dict[str, str]:
    """The environment in which `manage.py` as a process of its own finds the test database.

    It sees only what is committed: use it with `django_db(transaction=True)`.
    """
    from django.db import connection

    name = connection.settings_dict["NAME"]
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    return {**os.environ, "DATABASE_URL": f"{base.rpartition('/')[0]}/{name}?{query}"}
