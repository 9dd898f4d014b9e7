"""Loads the parameters that have come since 0002, where the database is older than they are."""

from importlib import import_module

from django.db import migrations

loading = import_module("zalainuoer.common.migrations.0002_load_divisions_departments_parameters")


class Migration(migrations.Migration):
    dependencies = [("common", "0004_audit_keys_and_views")]

    operations = [migrations.RunPython(loading.load_parameters, migrations.RunPython.noop)]
