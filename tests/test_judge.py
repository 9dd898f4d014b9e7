"""Two generated worlds judge the whole: fifteen workbooks in, the eleven indicators out, as a second implementation
has computed them (tests/data/README.md says how they were made).

Each world is uploaded once; every test looks at it in a savepoint of its own (Django's TestCase does just that).
"""

import io
import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import TestCase

from tests.deliveries import FIFTEEN, undo
from zalainuoer.common.models import BatchState, UploadBatch
from zalainuoer.common.sheets.base import all_sheets

DATA = Path(__file__).parent / "data"
DOMAIN_APPS = ("registry", "subsidies", "rehab", "employment", "accessibility")


def command(*arguments: object, **options: object) -> dict[str, Any]:
    """What a management command prints with --json."""
    out = io.StringIO()
    call_command(*map(str, arguments), json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def domain_tables() -> list[str]:
    return [model._meta.db_table for app in DOMAIN_APPS for model in apps.get_app_config(app).get_models()]


def own_tables() -> list[str]:
    """The tables that the fifteen sheets of a world write, without their histories."""
    units = [unit for sheet in all_sheets() if sheet.code in FIFTEEN for unit in sheet.undo_units()]
    return sorted({unit.model._meta.db_table for unit in units})


def rows_in(tables: list[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return {table: count for table, count in found.items() if count}


def rows_written() -> dict[str, tuple[int, int, int]]:
    """What PostgreSQL itself has counted in this transaction: rows inserted, updated and deleted, by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)",
            [[*domain_tables(), "pghistory_context"]],
        )
        return {name: tuple(counts) for name, *counts in cursor.fetchall()}


class WorldTests:
    """What must hold of every world."""

    folder: Path
    expected: ClassVar[dict[str, Any]]
    uploads: ClassVar[dict[str, dict[str, Any]]]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.expected = json.loads((cls.folder / "expected.json").read_text(encoding="utf-8"))
        cls.uploads = cls.upload()

    @classmethod
    def upload(cls) -> dict[str, dict[str, Any]]:
        sheets = cls.expected["sheets"].items()
        return {code: command("upload", code, cls.folder / sheet["file"]) for code, sheet in sheets}

    def figures_agree(self, day: str) -> None:
        expected = next(figures for figures in self.expected["figures"] if figures["as_of"] == day)
        computed = command("indicators", as_of=day)
        growth, own = expected["indicators"]["1"], computed["indicators"]["1"]
        assert own["value"] == pytest.approx(growth["value"], rel=1e-9, abs=0)
        assert computed | {"indicators": computed["indicators"] | {"1": own | {"value": growth["value"]}}} == expected

    def test_the_figures_of_the_plans_last_day_are_the_worlds(self) -> None:
        self.figures_agree("2025-12-31")

    def test_the_figures_of_a_day_in_the_last_year_are_the_worlds(self) -> None:
        self.figures_agree("2025-10-15")

    def test_the_figures_of_the_end_of_an_earlier_year_are_the_worlds(self) -> None:
        self.figures_agree("2024-12-31")

    def test_exactly_the_planted_rows_are_refused_each_at_the_planted_column(self) -> None:
        for code, sheet in self.expected["sheets"].items():
            columns: dict[int, set[str]] = {}
            for problem in self.uploads[code]["refused"]:
                columns.setdefault(problem["row"], set()).add(problem["column"])
            planted = {r["row"]: r["column"] for r in self.expected["refused"] if r["file"] == sheet["file"]}
            assert columns.keys() == planted.keys(), code
            for row, column in planted.items():
                assert column in columns[row], (code, row)

    def test_every_row_is_accepted_unchanged_or_refused(self) -> None:
        for code, sheet in self.expected["sheets"].items():
            result = self.uploads[code]
            refused = {problem["row"] for problem in result["refused"]}
            accepted = result["new"] + result["changed"] + result["same"]
            assert accepted == sheet["accepted"], code
            assert len(refused) == sheet["refused"], code
            assert accepted + len(refused) == result["rows"], code
            assert set(result) == {"sheet", "file", "rows", "new", "changed", "same", "refused", "batch"}
            assert (result["sheet"], result["file"]) == (code, sheet["file"])

    def test_the_same_files_again_are_all_the_same_and_no_row_is_written(self) -> None:
        before, there = rows_written(), rows_in(domain_tables())
        again = self.upload()
        for code, sheet in self.expected["sheets"].items():
            assert (again[code]["new"], again[code]["changed"]) == (0, 0), code
            assert again[code]["same"] == sheet["accepted"], code
            assert again[code]["refused"] == self.uploads[code]["refused"], code
        assert sum(before["registry_person"]) >= there["registry_person"]  # PostgreSQL does count, an earlier test too
        assert rows_written() == before
        assert rows_in(domain_tables()) == there

    def test_undoing_all_batches_in_reverse_leaves_empty_tables(self) -> None:
        self.upload()  # a second delivery that changes nothing must not stand in the way
        assert set(rows_in(own_tables())) == set(own_tables())
        for batch in UploadBatch.objects.filter(state=BatchState.COMMITTED).order_by("-pk"):
            undone = undo(batch)
            assert undone.state == BatchState.UNDONE
            assert undone.undo_report["kept"] == []
        assert rows_in(own_tables()) == {}


@pytest.mark.core
class TestTheSmallWorldWithBrokenRows(WorldTests, TestCase):
    folder = DATA / "world-120-broken"


class TestTheDistrictsWorldAsOfficesWriteIt(WorldTests, TestCase):
    folder = DATA / "world-2316-office"
