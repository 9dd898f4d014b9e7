"""Two worlds whose retrofits are walked through the pages, home by home: indicator 11 is the world's.

Every sheet is uploaded as it is. What the roster of retrofits has brought of the households to be walked is taken out
again (in the large world of those whose way was not plain, and of some others); then every home is opened, visited,
planned, shown, approved, built and accepted in the forms that staff use, on the days the roster names. The registry is
made to say of each household what the roster says it was.
"""

from __future__ import annotations

import datetime
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accessibility.models import HomeRetrofit, HomeStage, RetrofitHome, Signer
from accessibility.services.homes.opening import BEFORE_ACCEPTANCE
from accessibility.services.homes.steps import last_step
from registry.models import Certificate, SocialAssistance
from tests.accessibility import first_makers, works_makers
from tests.test_judge import DATA, command
from tests.visiting import client_of
from zalainuoer.common.models import CalendarDay

SETTLING, CORRECTING, WORKS = HomeStage.SETTLING, HomeStage.CORRECTING, HomeStage.WORKS
PLAN = datetime.date(2021, 1, 1), datetime.date(2025, 12, 31)
BARRED, ONCE = "barred", "once"  # by the rule: in no hardship; retrofitted before
NOW = datetime.datetime(2026, 2, 1, 10, 0, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Clerks:
    """Whoever prepares a home, and whoever else decides about it."""

    one: Client
    other: Client


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("world", "plain", "turns"),
    [
        ("world-120-broken", 1000, {SETTLING, WORKS, ONCE}),
        ("world-2316-office", 30, {SETTLING, WORKS, CORRECTING, ONCE}),
    ],
)
def test_homes_walked_through_the_pages_give_the_worlds_indicator_11(world: str, plain: int, turns: set[str]) -> None:
    folder = DATA / world
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for code, sheet in expected["sheets"].items():
        command("upload", code, folder / sheet["file"])
    brought = _to_walk(plain)
    homes = {row.household_id for row in brought}
    HomeRetrofit.objects.filter(household__in=homes).delete()
    _agree(brought)
    first_makers.maintained()
    first_makers.item("坡道改造")
    works_makers.contractor()
    CalendarDay.objects.create(day="2020-01-01", is_working=False, name="元旦", document="通知")
    clerks = Clerks(client_of(first_makers.federation()), client_of(first_makers.approver()))
    with time_machine.travel(NOW, tick=False):
        outcomes = [_walk(clerks, row) for row in brought]
    assert set(outcomes) == {*turns, BARRED}
    walked = [row for row, outcome in zip(brought, outcomes, strict=True) if outcome not in (BARRED, ONCE)]
    assert sorted(map(_said, walked)) == sorted(map(_said, HomeRetrofit.objects.filter(household__in=homes)))
    for figures in expected["figures"]:
        computed = command("indicators", as_of=figures["as_of"])["indicators"]
        assert computed["11"] == figures["indicators"]["11"], figures["as_of"]


def _to_walk(plain: int) -> list[HomeRetrofit]:
    """The projects of every household whose way was not plain, and of so many others; the rest stays as delivered.

    Of a household with several projects the one that counts comes first: the others the rule then bars.
    """
    rows = list(HomeRetrofit.objects.select_related("person", "household").order_by("approved_on", "pk"))
    times = Counter(row.household_id for row in rows)
    is_plain = {row.household_id: row.verdict == "passed" and times[row.household_id] == 1 for row in rows}
    some = {
        home for home, _ in zip((home for home, plainly in is_plain.items() if plainly), range(plain), strict=False)
    }
    chosen = [row for row in rows if not is_plain[row.household_id] or row.household_id in some]
    return sorted(chosen, key=lambda row: (not _counts(row), row.accepted_on or row.approved_on, row.pk))


def _counts(row: HomeRetrofit) -> bool:
    within = row.accepted_on is not None and PLAN[0] <= row.accepted_on <= PLAN[1]
    return within and row.verdict == "passed" and row.hardship != "other" and row.level in "12"


def _said(row: HomeRetrofit) -> tuple[Any, ...]:
    """What counts of a project, as both ways must have left it."""
    facts = (row.household_id, row.person_id, row.level, row.hardship)
    return (*facts, *(str(each) for each in (row.approved_on, row.started_on, row.accepted_on, row.verdict)))


def _agree(rows: list[HomeRetrofit]) -> None:
    """The registry knows of each household, from two months before its approval, the hardship that the roster names."""
    SocialAssistance.objects.all().delete()
    for row in rows:
        held = Certificate.objects.filter(person=row.person)
        assert held.filter(household=row.household, level=row.level).exists()
        held.update(first_issued_on="2019-01-01", issued_on="2019-01-01", expires_on="2035-01-01", status="normal")
        if row.hardship != "other":
            since = row.approved_on - datetime.timedelta(days=60)
            SocialAssistance.objects.create(
                person=row.person, kind=row.hardship, starts_on=since, ends_on=row.approved_on + datetime.timedelta(1)
            )


def _walk(clerks: Clerks, row: HomeRetrofit) -> str:
    """One project of the roster, as far as it says; the stage it came to, or what barred it."""
    opened_on = row.approved_on - datetime.timedelta(days=40)
    again = _end_what_is_open(clerks, row, opened_on)
    sent = {"opened_on": opened_on, "year": row.approved_on.year, "wish": "坡道", "reason": again}
    answer = clerks.one.post(reverse("home_add", args=[row.person_id]), sent)
    if answer.status_code != 302:
        said = str(answer.context["form"].errors)
        assert "没有低保、特困" in said or "一户只改造一次" in said, said
        return ONCE if "一户只改造一次" in said else BARRED
    home = RetrofitHome.objects.latest("pk")
    _prepare(clerks.one, home, opened_on)
    _act(clerks.other, home, "decide", outcome="passed", decided_on=row.approved_on)
    if row.started_on:
        _build(clerks.one, home, row.started_on)
    if row.accepted_on:
        _act(clerks.one, home, "finish", finished_on=row.accepted_on)
        _accept(clerks.other, home, row)
    home.refresh_from_db()
    return home.stage


def _end_what_is_open(clerks: Clerks, row: HomeRetrofit, on: datetime.date) -> str:
    """A household with a second project in the roster has given up its first: why it is opened again, or nothing."""
    home = RetrofitHome.objects.filter(household=row.household, stage__in=BEFORE_ACCEPTANCE).first()
    if home is None:
        return ""
    _act(clerks.other, home, "end", end_reason="declined", ended_on=max(on, home.since_on), opinion="户主签字放弃")
    return "又愿意改造"


def _prepare(client: Client, home: RetrofitHome, on: datetime.date) -> None:
    visit = {"assessed_on": on, "assessors": "街道李同志", "is_own": "yes"}
    _sent(client, reverse("home_assessment", args=[home.pk]), visit)
    _sent(client, reverse("home_room_add", args=[home.pk]), {"room": "entrance", "barrier": "有台阶"})
    _act(client, home, "assess", is_alterable="yes")
    item = {"item": first_makers.item("坡道改造").pk, "room": "entrance", "quantity": 1, "price_yuan": 3000}
    _sent(client, reverse("plan_item_add", args=[home.pk]), item)
    _sent(client, reverse("home_plan", args=[home.pk]), {"district": "3000"})
    _act(client, home, "plan", planned_on=on)
    _act(client, home, "show", shown_on=on, place="社区公告栏")
    _act(client, home, "show_end", ended_on=on + datetime.timedelta(days=30))


def _build(client: Client, home: RetrofitHome, started_on: datetime.date) -> None:
    _act(
        client, home, "contract", contractor=works_makers.contractor().pk, number=f"派单{home.pk}", amount_yuan=2900,
        signed_on=started_on, works_due_on=started_on,
    )  # fmt: skip
    _act(client, home, "start", started_on=started_on)


def _accept(client: Client, home: RetrofitHome, row: HomeRetrofit) -> None:
    judged = {}
    for line in home.items.all():
        judged |= {f"verdict_{line.pk}": row.verdict, f"note_{line.pk}": "" if row.verdict == "passed" else "坡度太陡"}
    for signer in Signer:
        judged |= {f"name_{signer.value}": "某人", f"reason_{signer.value}": "按了手印"}
    _act(client, home, "accept", accepted_on=row.accepted_on, **judged)


def _act(client: Client, home: RetrofitHome, act: str, **facts: Any) -> None:
    _sent(client, reverse("home_act", args=[home.pk, act]), {"seen": last_step(home), **facts})


def _sent(client: Client, address: str, data: dict[str, Any]) -> None:
    answer = client.post(address, data)
    assert answer.status_code == 302, (address, answer.context["form"].errors)
