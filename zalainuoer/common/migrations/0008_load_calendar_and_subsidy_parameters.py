"""Loads the holidays and make-up working days of the years announced, and the parameters that have come since 0005."""

import json
from importlib import import_module
from pathlib import Path

from django.db import migrations

loading = import_module("zalainuoer.common.migrations.0002_load_divisions_departments_parameters")
CALENDAR = Path(__file__).parents[1] / "data" / "calendar.json"


def load_calendar(apps, schema_editor):
    days = apps.get_model("common", "CalendarDay")
    rows = json.loads(CALENDAR.read_text(encoding="utf-8"))
    days.objects.bulk_create((days(**row) for row in rows), ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("common", "0007_calendar_and_civil_staff")]

    operations = [
        migrations.RunPython(load_calendar, migrations.RunPython.noop),
        migrations.RunPython(loading.load_parameters, migrations.RunPython.noop),
    ]
