"""Loads the plan 2021–2025 with the targets of its own table; the next plan comes with its own file."""

import json
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"


def load_plan(apps, schema_editor):
    plans = apps.get_model("indicators", "Plan").objects
    target_rows = apps.get_model("indicators", "Target").objects
    row = json.loads((DATA / "plan_2021_2025.json").read_text(encoding="utf-8"))
    targets = row.pop("targets")
    plan, _ = plans.get_or_create(code=row.pop("code"), defaults=row)
    for target in targets:
        target_rows.get_or_create(plan=plan, number=target.pop("number"), defaults=target)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [migrations.RunPython(load_plan, migrations.RunPython.noop)]
