"""The money of the board after a thousand random acts through the services: every table adds up to the parts."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accessibility.board import reading
from accessibility.models import Fund, FundingShare, HomeRetrofit, HomeStage, PlanItem, RetrofitHome
from accessibility.services.homes import (
    accepting,
    assessing,
    deciding,
    following,
    opening,
    planning,
    settling,
    showing,
    taking_back,
    works,
)
from registry.models import Person
from tests.accessibility import first_makers, works_makers
from tests.records import day
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import User

FIRST, TODAY = day("2026-01-05"), day("2028-12-31")  # follow-ups come a year after
HOMES, ACTS, BYTES = 6, 1000, 4  # four bytes an act: whose home, which act, two for an amount
FUNDS = (Fund.CENTRAL, Fund.DISTRICT, Fund.LEVY)
S = HomeStage


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(chance=st.binary(min_size=ACTS * BYTES, max_size=ACTS * BYTES))
def test_after_a_thousand_acts_every_table_of_the_board_adds_up_to_its_parts(chance: bytes) -> None:
    with transaction.atomic():
        world = World()
        for at in range(0, len(chance), BYTES):
            world.act(*chance[at : at + 2], int.from_bytes(chance[at + 2 : at + BYTES], "big"))
            if at % (100 * BYTES) == 0:
                _assert_adds_up()
        _assert_adds_up()
        assert world.done.total() + world.refused == ACTS
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_random_acts_do_reach_every_stage() -> None:
    """Otherwise the test above would say little: most acts are done, and of every kind."""
    world, state = World(), 7
    stages = set()
    for _ in range(ACTS):
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        world.act(state >> 56, state >> 48 & 255, state >> 32 & 65535)
        stages |= set(RetrofitHome.objects.values_list("stage", flat=True))
    assert stages == set(S) - {S.FILED}  # a file is complete only with photographs
    assert world.done.total() > ACTS * 0.8
    assert set(world.done) == {World.open, World.plan, World.go, World.back, World.end}
    _assert_adds_up()


class World:
    """Six households in two streets; each act is one of the services, as a page calls it."""

    def __init__(self) -> None:
        first_makers.maintained(cap=10**6)
        self.by: User = first_makers.federation()
        self.items = [first_makers.item("坡道"), first_makers.item("扶手"), first_makers.item("浴凳", "device")]
        self.people: list[Person] = [
            first_makers.candidate(n + 1, street=f"第{'一二'[n % 2]}街道") for n in range(HOMES)
        ]
        self.firms = [
            works_makers.contractor(),
            works_makers.contractor(name="又一公司", credit_code="91150799MA00000027"),
        ]
        self.done: Counter[Callable[..., object]] = Counter()
        self.refused = 0

    def act(self, whose: int, what: int, amount: int) -> None:
        """One act; one that a rule refuses leaves everything as it was, and is counted as that."""
        person = self.people[whose % HOMES]
        home = RetrofitHome.objects.filter(person=person).order_by("-pk").first()
        if home is None or home.stage == S.ENDED:
            act: Callable[..., object] = World.open
        else:
            act = World.plan if home.stage == S.PLANNING and what < 100 else _choose(what)
        try:
            act(self, person if act is World.open else home, amount)
        except RuleBroken:
            self.refused += 1
        else:
            self.done[act] += 1

    def open(self, person: Person, amount: int) -> None:
        opening.home_open(
            person=person, year=2024 + amount % 3, wish="坡道", opened_on=FIRST, reason="又愿意了", **self.who()
        )

    def back(self, home: RetrofitHome, amount: int) -> None:
        taking_back.home_take_back(home=home, reason="登记错了", **self.who())

    def end(self, home: RetrofitHome, amount: int) -> None:
        opening.home_end(home=home, end_reason="declined", opinion="签字", ended_on=home.since_on, **self.who())

    def plan(self, home: RetrofitHome, amount: int) -> None:
        """Another item, one less, or other sources."""
        lines = list(home.items.all())
        if amount % 4 == 0 and lines:
            planning.plan_item_delete(home=home, plan_item=lines[amount % len(lines)], by=self.by)
        elif amount % 4 == 1:
            self.fund(home, amount)
        else:
            planning.plan_item_save(
                home=home,
                item=self.items[amount % 3],
                room="entrance",
                quantity=Decimal(amount % 7 + 1),
                price_yuan=Decimal(amount) / 100,
                by=self.by,
            )

    def fund(self, home: RetrofitHome, amount: int) -> None:
        """The budget split over three sources, to the fen."""
        left, budgets = planning.budget_of(home), {}
        for part, fund in zip((amount % 3, amount % 5, 10), FUNDS, strict=True):
            budgets[fund.value] = (left * part / 10).quantize(planning.FEN)
            left -= budgets[fund.value]
        planning.shares_save(home=home, budgets=budgets, by=self.by)

    def go(self, home: RetrofitHome, amount: int) -> None:
        """Whatever comes next, one way or another."""
        NEXT[HomeStage(home.stage)](self, home, amount)

    def assess(self, home: RetrofitHome, amount: int) -> None:
        first = {"assessed_on": home.since_on, "assessors": "李同志", "is_own": True, "owner_agrees": None}
        assessing.assessment_save(home=home, **first, **self.who())
        if not home.assessment.rooms.exists():
            assessing.room_save(home=home, room="entrance", barrier="有台阶", by=self.by)
        assessing.home_assess(home=home, is_alterable=amount % 20 > 0, opinion="见照片", **self.who())

    def finish_plan(self, home: RetrofitHome, amount: int) -> None:
        self.fund(home, amount)
        planning.home_plan(home=home, planned_on=home.since_on, **self.who())

    def show(self, home: RetrofitHome, amount: int) -> None:
        showing.home_show(home=home, shown_on=home.since_on, place="公告栏", **self.who())

    def show_end(self, home: RetrofitHome, amount: int) -> None:
        """Now and then an objection sends it back to the plan."""
        assert home.due_on is not None
        if amount % 8 == 0:
            objection = showing.objection_record(home=home, received_on=home.since_on, content="太贵", **self.who())
            showing.objection_judge(objection=objection, is_upheld=amount % 16 == 0, opinion="已核实", **self.who())
        showing.home_show_end(home=home, ended_on=home.due_on + datetime.timedelta(days=1), **self.who())

    def decide(self, home: RetrofitHome, amount: int) -> None:
        outcome = ("failed", "returned", *["passed"] * 8)[amount % 10]
        who = self.who() | {"by": first_makers.approver()}
        deciding.home_decide(home=home, outcome=outcome, decided_on=home.since_on, opinion="已阅", **who)

    def contract(self, home: RetrofitHome, amount: int) -> None:
        works.home_contract(
            home=home,
            contractor=self.firms[amount % 2],
            number=f"派单{amount}",
            amount_yuan=planning.budget_of(home) - Decimal(amount % 3),
            signed_on=home.since_on,
            works_due_on=home.since_on,
            **self.who(),
        )

    def start(self, home: RetrofitHome, amount: int) -> None:
        works.home_start(home=home, started_on=home.since_on, **self.who())

    def finish(self, home: RetrofitHome, amount: int) -> None:
        works.home_finish(home=home, finished_on=home.since_on, **self.who())

    def accept(self, home: RetrofitHome, amount: int) -> None:
        accepting.home_accept(
            home=home,
            accepted_on=home.since_on,
            items=works_makers.judged(home, failed=amount % 4 == 0),
            household=works_makers.HOUSEHOLD,
            federation=works_makers.FEDERATION,
            **self.who(),
        )

    def correct(self, home: RetrofitHome, amount: int) -> None:
        works.home_correct(home=home, corrected_on=home.since_on, note="重做", **self.who())

    def settle(self, home: RetrofitHome, amount: int) -> None:
        """All that was planned less some of the first item, which the last source then does not pay."""
        items = {line.pk: line.amount_yuan for line in home.items.all()}
        funds = {share.fund: share.budget_yuan for share in home.shares.all()}
        first, last = min(items), max(funds, key=lambda fund: funds[fund])
        less = min(Decimal(amount % 500) + 3, items[first], funds[last])
        items[first] -= less
        funds[last] -= less
        settling.home_settle(
            home=home, settled_on=home.since_on, items=items, funds=funds, document="结算单", **self.who()
        )

    def follow(self, home: RetrofitHome, amount: int) -> None:
        assert home.due_on is not None
        following.home_follow_up(home=home, done_on=home.due_on, use="good", satisfaction=amount % 5 + 1, **self.who())

    def who(self) -> dict[str, Any]:
        return {"by": self.by, "today": TODAY}


NEXT: dict[HomeStage, Callable[[World, RetrofitHome, int], object]] = {
    S.CANDIDATE: World.assess,
    S.PLANNING: World.finish_plan,
    S.PUBLICITY: World.show,
    S.ON_SHOW: World.show_end,
    S.APPROVING: World.decide,
    S.CONTRACTING: World.contract,
    S.WAITING_FOR_WORKS: World.start,
    S.WORKS: World.finish,
    S.ACCEPTING: World.accept,
    S.CORRECTING: World.correct,
    S.SETTLING: World.settle,
    S.FOLLOWING: World.follow,
    S.FILING: World.back,
}


def _choose(what: int) -> Callable[..., object]:
    """Mostly on, sometimes back, seldom to the end."""
    return World.back if what % 16 in (3, 7, 11) else World.end if what % 16 == 15 else World.go


def _assert_adds_up() -> None:
    """The parts are read row by row in Python, the board by SQL."""
    homes: Any = RetrofitHome.objects.all()
    shares = list(FundingShare.objects.select_related("home"))
    budget = sum((one.budget_yuan for one in shares if one.home.stage != S.ENDED), Decimal(0))
    spent = sum((one.spent_yuan for one in shares), Decimal(0))
    contracts = sum((one.contract_yuan or Decimal(0) for one in homes), Decimal(0))
    total = reading.total(homes, today=TODAY)
    assert (total.homes, total.budget_yuan, total.spent_yuan) == (len(homes), budget, spent)
    assert total.contract_yuan == contracts
    for by in (reading.STREET, reading.COMMUNITY, reading.CONTRACTOR, reading.HOME_YEAR, reading.STAGE):
        groups = [group.sums for group in reading.grouped(homes, by, today=TODAY)]
        for name in ("homes", "going", "overdue", "filed", "ended", "contract_yuan", "budget_yuan", "spent_yuan"):
            assert sum(getattr(one, name) for one in groups) == getattr(total, name), (by, name)
    funds = reading.by_fund(homes, year=None, with_tasks=False)
    assert (sum(one.budget_yuan for one in funds), sum(one.spent_yuan for one in funds)) == (budget, spent)
    _assert_plans_and_projects_say_the_same(shares, spent)


def _assert_plans_and_projects_say_the_same(shares: list[FundingShare], spent: Decimal) -> None:
    """What the items came to, what the sources paid and what the projects that count say is one sum."""
    lines = list(PlanItem.objects.select_related("home"))
    assert sum(line.settled_yuan or 0 for line in lines) == spent
    assert sum(row.settled_yuan or 0 for row in HomeRetrofit.objects.all()) == spent
    budgets, plans = Counter[int](), Counter[int]()
    for share in shares:
        budgets[share.home_id] += share.budget_yuan  # type: ignore[assignment]
    for line in lines:
        plans[line.home_id] += line.amount_yuan  # type: ignore[assignment]
    past = RetrofitHome.objects.exclude(stage__in=(S.CANDIDATE, S.PLANNING, S.ENDED)).values_list("pk", flat=True)
    assert all(plans[pk] == budgets[pk] > 0 for pk in past)
