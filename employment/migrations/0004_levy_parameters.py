"""Loads the parameters of quota and levy; those already there are not overwritten."""

from importlib import import_module

from django.db import migrations

loading = import_module("zalainuoer.common.migrations.0002_load_divisions_departments_parameters")


class Migration(migrations.Migration):
    dependencies = [
        ("employment", "0003_employers_staff_quota_and_audits"),
        ("common", "0008_load_calendar_and_subsidy_parameters"),
    ]

    operations = [migrations.RunPython(loading.load_parameters, migrations.RunPython.noop)]
