#!/usr/bin/env python
"""The command line. Starts the embedded servers where the environment names no others; settings never do."""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from zalainuoer import embedded

# Commands a newcomer may type first: the embedded database is prepared for them.
ON_TABLES = {"upload", "indicators", "demo", "create_administrator"}
WITHOUT_SERVERS = {"help", "version", "check", "collectstatic", "-h", "--help", "--version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zalainuoer.settings")
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _exit)
    try:
        embedded.prepare(start=needs_servers(sys.argv[1:]))
        run(sys.argv)
    except embedded.EmbeddedError as error:
        sys.exit(f"错误：{error}")
    except KeyboardInterrupt:
        sys.stderr.write("\n已中断。\n")
        sys.exit(130)


def needs_servers(arguments: list[str]) -> bool:
    """Whether the command talks to PostgreSQL or Valkey."""
    return bool(arguments) and not WITHOUT_SERVERS.intersection([arguments[0], *arguments[-1:]])


def run(arguments: list[str]) -> None:
    """Hand over to Django; a setting that is missing or wrong is a sentence, not a traceback."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        if os.environ.get("EMBEDDED") and ON_TABLES.intersection(arguments[1:2]):
            prepare_new_database()
        execute_from_command_line(arguments)
    except ImproperlyConfigured as error:
        sys.exit(f"配置错误：{error}")


def prepare_new_database() -> None:
    """Migrate an embedded database that has just been created; a server of one's own is migrated by hand."""
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    if "django_migrations" not in connection.introspection.table_names():
        call_command("migrate", verbosity=0)


def _exit(signum: int, frame: FrameType | None) -> NoReturn:
    """An end by signal is an ordinary one, so that open work is rolled back and the servers are left."""
    sys.exit(128 + signum)


if __name__ == "__main__":
    main()
