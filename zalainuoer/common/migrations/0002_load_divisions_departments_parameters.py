"""Loads divisions, departments and dated parameters, so that `migrate` alone makes a usable system.

Another district replaces the files in zalainuoer/common/data; nothing in code knows which district it is.
Rows that are there already stay as they are: what staff edited is never overwritten.
"""

import csv
import json
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"


def load_divisions(apps, schema_editor):
    Division = apps.get_model("common", "Division")
    ids = dict(Division.objects.values_list("code", "id"))
    with (DATA / "divisions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    while waiting := [row for row in rows if row["code"] not in ids]:
        ready = [row for row in waiting if not row["parent_code"] or row["parent_code"] in ids]
        if not ready:
            raise ValueError(f"divisions.csv: no such parent_code: {waiting[0]['parent_code']}")
        for row in ready:
            parent_id = ids.get(row["parent_code"])
            division = Division.objects.create(
                code=row["code"], name=row["name"], level=row["level"], parent_id=parent_id
            )
            ids[row["code"]] = division.pk


def load_departments(apps, schema_editor):
    Department = apps.get_model("common", "Department")
    for row in json.loads((DATA / "departments.json").read_text(encoding="utf-8")):
        Department.objects.get_or_create(name=row["name"], defaults={"short_name": row["short_name"]})


def load_parameters(apps, schema_editor):
    Parameter = apps.get_model("common", "Parameter")
    for row in json.loads((DATA / "parameters.json").read_text(encoding="utf-8")):
        key, effective_from = row.pop("key"), row.pop("effective_from")
        Parameter.objects.get_or_create(key=key, effective_from=effective_from, defaults=row)


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]

    operations = [
        migrations.RunPython(load_divisions, migrations.RunPython.noop),
        migrations.RunPython(load_departments, migrations.RunPython.noop),
        migrations.RunPython(load_parameters, migrations.RunPython.noop),
    ]
