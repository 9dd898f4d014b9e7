"""A past day's register and figures do not change through what happens later (docs/decisions/0004)."""

import datetime
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Q

from indicators.export import as_json
from indicators.models import Plan
from indicators.services import compute
from registry.acts import ACTS, DEATH, OTHER, acts_open_to
from registry.models import Certificate, CertificateAct, CertificateCase, HukouType, Person
from registry.services.certificates import certificate_act, person_register
from tests.deliveries import id_number, upload
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Division

DATA = Path(__file__).parent.parent / "data" / "world-120-broken"
PAST = datetime.date(2025, 10, 15)
TODAY = datetime.date(2027, 3, 31)
ACTS_DONE = 300


def figures_of(day: datetime.date) -> dict[str, Any]:
    return as_json(compute(plan=Plan.objects.get(), day=day))


def register_of(day: datetime.date) -> list[Any]:
    """What the register said on a day."""
    held = Certificate.objects.filter(held_from__lte=day, held_until__gt=day, first_issued_on__lte=day)
    columns = ("person_id", "category", "level", "status", "status_on", "expires_on", "community", "household")
    return sorted(held.values_list(*columns))


class Clerk:
    """Does acts at random, each as its form would, on days after the past one."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.communities = list(Division.objects.communities())
        self.people = list(Person.objects.order_by("pk"))
        self.newcomers = 0

    def act(self, day: datetime.date) -> CertificateCase | None:
        """One act on that day; None where the rules refuse it."""
        try:
            if self.random.random() < 0.12:
                return self._register(day)
            person = self.random.choice(self.people)
            statement = Certificate.objects.current().filter(person=person).first()
            code = self.random.choice([code for code, _ in acts_open_to(statement, today=day)])
            reason = self._reason(code)
            return certificate_act(
                person=person,
                act=code,
                effective_on=day,
                by=None,
                today=TODAY,
                **reason,
                **self._facts(code, person, day, reason["reason"]),
            )
        except RuleBroken:
            return None

    def _register(self, day: datetime.date) -> CertificateCase:
        self.newcomers += 1
        number = id_number(self.newcomers, born=self.random.choice(["1961-02-03", "1990-04-05", "2015-06-07"]))
        code = self.random.choice([CertificateAct.ISSUE, CertificateAct.MOVE_IN])
        case = person_register(
            id_number=number,
            name="新来人",
            community=self.random.choice(self.communities),
            act=code,
            effective_on=day,
            by=None,
            today=TODAY,
            reason="迁入本区" if code == CertificateAct.MOVE_IN else "",
            **self._newcomer_facts(code, number, day),
        )
        self.people.append(case.person)
        return case

    def _newcomer_facts(self, code: str, number: str, day: datetime.date) -> dict[str, Any]:
        facts = self._grade() if code == CertificateAct.ISSUE else self._elsewhere(number)
        return {**facts, "guardian_name": "王监护", "head": self.random.choice([None, self._somebody().id_number])}

    def _somebody(self) -> Person:
        return self.random.choice(self.people)

    def _grade(self) -> dict[str, Any]:
        category, level = self.random.choice("1234567"), self.random.choice("1234")
        parts = None
        if category == "7":
            parts, level = self.random.choice([("肢体二级、智力三级", "2"), ("视力一级，听力一级", "1")])
        return {"category": category, "level": level, "components": parts, "assessed_by": "区人民医院"}

    def _elsewhere(self, number: str) -> dict[str, Any]:
        return {
            "number": f"{number}4{self.random.choice('1234')}{self.random.choice(['', 'B1'])}",
            "first_issued_on": datetime.date(2017, 1, 2),
            "issued_on": datetime.date(2019, 3, 4),
            "expires_on": datetime.date(2029, 3, 4),
        }

    def _reason(self, code: str) -> dict[str, str]:
        chosen = self.random.choice(ACTS[code].reasons or ("本人申请",))
        return {"reason": chosen, "note": "另有原因" if chosen == OTHER else ""}

    def _facts(self, code: str, person: Person, day: datetime.date, reason: str) -> dict[str, Any]:
        match code:
            case CertificateAct.ISSUE:
                return {**self._grade(), "guardian_name": "王监护", "override": "确有需要", "is_student": False}
            case CertificateAct.MOVE_IN:
                return {**self._elsewhere(person.id_number), "guardian_name": "王监护"}
            case CertificateAct.REGRADE:
                return {**self._grade(), "guardian_name": "王监护"}
            case CertificateAct.REISSUE:
                return {"is_declared_void": True}
            case CertificateAct.CANCEL:
                return {"died_on": day} if reason == DEATH else {}
            case CertificateAct.MOVE_OUT:
                return {"destination": "满洲里市"}
            case CertificateAct.DETAILS:
                return {
                    "community": self.random.choice(self.communities),
                    "is_student": self.random.choice([True, False, None]),
                    "hukou_type": self.random.choice([HukouType.AGRICULTURAL, HukouType.NON_AGRICULTURAL]),
                    "phone": f"138{self.random.randrange(10**8):08d}",
                }
        return {}


@pytest.mark.slow
@pytest.mark.django_db
def test_three_hundred_later_acts_leave_a_past_days_figures_and_register_as_they_were() -> None:
    for file in sorted(DATA.glob("*.xlsx")):
        upload(file.stem[3:], file.read_bytes())
    before, register = figures_of(PAST), register_of(PAST)
    assert before["on_register"] > 50
    clerk, done = Clerk(20251015), Counter[str]()
    while sum(done.values()) < ACTS_DONE:
        # Days run forward as they do at a counter, two acts or so a day.
        day = PAST + datetime.timedelta(days=1 + sum(done.values()) * 500 // ACTS_DONE)
        case = clerk.act(day)
        if case is not None:
            done[case.act] += 1
    assert set(done) == set(CertificateAct.values), done
    after = figures_of(PAST)
    assert {n: f for n, f in after["indicators"].items() if f != before["indicators"][n]} == {}
    assert after == before
    assert register_of(PAST) == register
    assert figures_of(TODAY) != before | {"as_of": TODAY.isoformat()}
    _spans_are_whole()


def _spans_are_whole() -> None:
    """Everybody's statements follow each other without gap or overlap, and one of them holds."""
    last: dict[int, datetime.date] = {}
    for person, begins, ends in Certificate.objects.order_by("person_id", "held_from").values_list(
        "person_id", "held_from", "held_until"
    ):
        assert last.setdefault(person, begins) == begins
        last[person] = ends
    assert set(last.values()) == {datetime.date.max}
    assert not Certificate.objects.filter(~Q(person__certificates__held_until=datetime.date.max)).exists()
