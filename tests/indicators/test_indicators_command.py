"""`manage.py indicators`."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from indicators import services
from indicators.catalogue import PLAN_2021_2025
from indicators.models import Snapshot, SnapshotKind
from tests.records import holder, medical
from zalainuoer.common.models import AccessLog, Department, Role, User

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("indicators", *arguments, stdout=out)
    return out.getvalue()


def test_without_json_it_prints_a_table_and_stores_nothing() -> None:
    assert "残疾人基本医疗保险参保率" in run("--as-of", "2025-12-31")
    assert not Snapshot.objects.exists()


def test_json_has_the_shapes_of_what_cannot_be_computed() -> None:
    found = json.loads(run("--as-of", "2025-12-31", "--json"))
    nothing = {"numerator": 0, "denominator": 0, "missing": [], "by_street": {}}
    assert found["as_of"] == "2025-12-31"
    assert found["on_register"] == 0
    assert found["indicators"] == {
        "1": None,
        "2": {"value": 0, "people": [], "by_street": {}},
        **{str(n): nothing for n in range(3, 11)},
        "11": {"value": 0, "households": [], "by_street": {}},
    }


def test_naming_people_is_noted_in_the_access_log() -> None:
    holder()
    medical(holder(2))
    run("--as-of", "2025-12-31", "--json")
    note = AccessLog.objects.get()
    assert (note.username, note.people) == ("system", 1)


@pytest.mark.parametrize(
    ("now", "as_of"),
    [
        ("2025-06-30T15:59:00Z", "2025-06-30"),
        ("2025-06-30T16:00:00Z", "2025-07-01"),
        ("2026-03-01T00:00:00Z", "2025-12-31"),
    ],
)
def test_without_a_day_it_is_today_in_shanghai_or_the_plans_last_day(now: str, as_of: str) -> None:
    with time_machine.travel(now, tick=False):
        assert json.loads(run("--json"))["as_of"] == as_of


@pytest.mark.parametrize("day", ["2025-02-30", "昨天", "20251231x"])
def test_a_day_that_is_none_is_wrong_use(day: str) -> None:
    with pytest.raises(CommandError, match="YYYY-MM-DD") as error:
        run("--as-of", day)
    assert error.value.returncode == 2


def test_store_keeps_a_manual_snapshot() -> None:
    run("--as-of", "2024-12-31", "--store")
    stored = Snapshot.objects.get()
    assert (stored.kind, str(stored.as_of), stored.figures.count()) == (SnapshotKind.MANUAL, "2024-12-31", 11)


def test_an_unknown_account_is_wrong_use() -> None:
    with pytest.raises(CommandError, match="没有") as error:
        run("--by", "nobody")
    assert error.value.returncode == 2


@pytest.mark.parametrize(("role", "arguments"), [(Role.LIAISON, []), (Role.LEADERSHIP, ["--store"])])
def test_an_account_does_only_what_its_role_may(role: str, arguments: list[str]) -> None:
    User.objects.create(username="u", name="某人", role=role, department=Department.objects.first())
    with pytest.raises(CommandError, match="无权"):
        run("--by", "u", *arguments)


def test_a_failed_indicator_ends_with_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> Any:
        raise ValueError

    catalogue = tuple(replace(i, denominator=fail) if i.number == 7 else i for i in PLAN_2021_2025)
    medical(holder())
    monkeypatch.setattr(services, "catalogue_of", lambda plan: catalogue)
    with pytest.raises(CommandError, match="指标 7 计算失败") as error:
        run("--as-of", "2025-12-31")
    assert error.value.returncode == 1
