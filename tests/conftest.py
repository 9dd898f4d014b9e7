"""What several test files share."""

import os
from collections.abc import Iterator
from typing import Any

import pgtrigger
import pytest
from django.db.backends.base.creation import BaseDatabaseCreation

from zalainuoer.common import keys


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pages are tested without collectstatic: files go by their plain names, and nothing has been collected."""
    settings.STATIC_ROOT = tmp_path_factory.getbasetemp()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The database, and the data keys read from it: once a process, so that no test counts that statement."""
    with django_db_blocker.unblock():
        keys.ring()


@pytest.fixture(scope="session", autouse=True)
def restored_without_history() -> Iterator[None]:
    """What migrations have loaded comes back with its history after each test: the triggers must not write it again."""
    restore = BaseDatabaseCreation.deserialize_db_from_string

    def quietly(creation: BaseDatabaseCreation, data: str) -> None:
        with pgtrigger.ignore():
            restore(creation, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseCreation, "deserialize_db_from_string", quietly)
        yield


@pytest.fixture
def subprocess_environment(db: None) -> dict[str, str]:
    """The environment in which `manage.py` as a process of its own finds the test database.

    It sees only what is committed: use it with `django_db(transaction=True)`.
    """
    from django.db import connection

    name = connection.settings_dict["NAME"]
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    return {**os.environ, "DATABASE_URL": f"{base.rpartition('/')[0]}/{name}?{query}"}
