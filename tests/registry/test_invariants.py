"""Whatever is done to a few people, in whatever order, their statements stay whole (docs/decisions/0004)."""

import datetime
import random
from typing import Any

import pytest

from registry.models import BEGINNING, FOREVER, Certificate, CertificateCase, HukouType, Person
from registry.services.certificates import case_withdraw
from registry.services.corrections import identity_correct
from registry.services.merging import merge_undo, people_merge
from tests.deliveries import CATEGORIES, LEVELS, Row, confirm, holder, id_number, receive, undo, upload, user
from tests.registry.test_as_of import PAST, TODAY, Clerk, register_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import BatchState, Role, UploadBatch, User

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
STEPS = 60
PEOPLE = 4


class Office:
    """Does anything that changes a certificate, at random: acts, withdrawals, uploads, undone uploads, merges.

    `is_forward`: only what is dated after PAST, so that PAST's register must stay; otherwise corrections, workbooks
    from before an act and corrected dates too.
    """

    def __init__(self, seed: int, *, is_forward: bool):
        self.random, self.is_forward, self.clerk = random.Random(seed), is_forward, Clerk(seed)
        self.clerk.people = list(Person.objects.order_by("pk"))
        self.original = [holder(n + 1) for n in range(PEOPLE)]
        self.batches: list[UploadBatch] = []
        self.by = User.objects.filter(role=Role.FEDERATION_STAFF).first() or user(Role.FEDERATION_STAFF)
        self.day, self.corrected, self.done = PAST, 0, set[str]()
        self.kept_on, self.kept = PAST, register_of(PAST)  # the last day that a step must leave alone, and its register

    def step(self) -> str:
        self.day += datetime.timedelta(days=self.random.choice([0, 1, 1, 20]))
        self.clerk.people = list(Person.objects.order_by("pk"))
        self._keeps(PAST)
        ways = {"act": 10, "withdraw": 4, "upload": 6, "undo": 2}
        if not self.is_forward:
            ways |= {"stale": 2, "identity": 1, "merge": 1}
        way = self.random.choices(list(ways), list(ways.values()))[0]
        try:
            done = getattr(self, f"_{way}")()
        except RuleBroken as refusal:
            return f"{way} refused: {refusal.message}"
        if done is not None:
            self.done.add(way)
        return f"{self.day} {way} {done}"

    def _keeps(self, day: datetime.date) -> None:
        self.kept_on, self.kept = day, register_of(day)

    def _act(self) -> object:
        self._keeps(self.day - datetime.timedelta(days=1))
        case = self.clerk.act(self.day)
        return case and (case.person_id, case.act)

    def _withdraw(self) -> object:
        person = self.random.choice(self.clerk.people)
        case = person.certificate_cases.filter(withdrawn_at__isnull=True).order_by("-pk").first()
        return case and case_withdraw(case=case, by=None, reason="办错了").act

    def _upload(self) -> object:
        holders = [p for p in self.clerk.people if p.certificates.exists()]
        self._keeps(self.day - datetime.timedelta(days=1))
        people = self.random.sample(holders, min(len(holders), self.random.choice([1, 2])))
        return self._deliver([self._row(person) for person in people]) if people else None

    def _stale(self) -> object:
        return self._deliver(self.original)

    def _undo(self) -> object:
        if not self.batches:
            return None
        return undo(self.batches.pop(self.random.randrange(len(self.batches)))).state

    def _identity(self) -> object:
        self.corrected += 1
        number = id_number(500 + self.corrected, born=self.random.choice(["1980-01-01", "1980-01-02"]))
        person = self.random.choice(self.clerk.people)
        return identity_correct(person=person, id_number=number, by=None, reason="公安更正", today=self.day).act

    def _merge(self) -> object:
        kept, gone = self.random.sample(self.clerk.people, 2)
        pair = people_merge(kept=kept, gone=gone, by=self.by, reason="同一人", on=self.day)
        whole()
        merge_undo(pair=pair, by=self.by, reason="不是同一人", on=self.day)
        return pair.pk

    def _deliver(self, rows: list[Row]) -> object:
        batch = receive("registry", rows)
        if not self.is_forward:
            batch = confirm(batch, rename_rows=range(2, len(rows) + 2)) if batch.refused else batch
        batch = confirm(batch) if batch.state == BatchState.PREVIEW else batch
        self.batches.append(batch)
        return [(row["姓名"], row["发证日期"], row["状态日期"], row["所属社区"]) for row in rows], batch.state

    def _row(self, person: Person) -> Row:
        """What is on file, as a row, with something changed."""
        now = person.certificates.current().select_related("community__parent", "household").get()
        change: dict[str, Any] = {}
        dates = [self.day - datetime.timedelta(days=n) for n in (0, 1, 15)]
        dates = [day for day in dates if day > PAST] or [PAST + datetime.timedelta(days=1)]
        later = self.random.choice(dates)
        moved = self.random.choice(self.clerk.communities)
        self._keeps(min(self.kept_on, later - datetime.timedelta(days=1)))
        if self.random.random() < 0.5:
            change |= {"发证日期": later, "有效期至": later + datetime.timedelta(days=3650)}
        if self.random.random() < 0.5 or (self.is_forward and not change):
            change |= {"证件状态": self.random.choice(["正常", "冻结", "注销", "挂失"]), "状态日期": later}
        if self.is_forward and not any(
            known is None or day > known
            for day, known in ((change.get("发证日期"), now.issued_on), (change.get("状态日期"), now.status_on))
            if day
        ):
            change = {}  # nothing later than what is on file is a correction
        elif self.random.random() < 0.5:
            change |= {"所属街道": moved.parent.name, "所属社区": moved.name}
        if not self.is_forward and self.random.random() < 0.3:
            earlier = now.issued_on - datetime.timedelta(days=self.random.choice([1, 400]))
            change |= {"发证日期": earlier, "状态日期": now.status_on and now.status_on - datetime.timedelta(days=3)}
        return {
            "姓名": person.name,
            "性别": person.get_sex_display(),
            "身份证号": person.id_number,
            "残疾人证号": now.number,
            "残疾类别": CATEGORIES[int(now.category) - 1],
            "残疾等级": LEVELS[int(now.level) - 1],
            "多重残疾明细": now.components,
            "首次发证日期": now.first_issued_on,
            "发证日期": now.issued_on,
            "有效期至": now.expires_on,
            "证件状态": now.get_status_display(),
            "状态日期": now.status_on,
            "状态原因": now.status_reason,
            "户口性质": now.hukou_type and HukouType(now.hukou_type).label,
            "所属街道": now.community.parent.name if now.community.parent else None,
            "所属社区": now.community.name,
            "户主身份证号": now.household.head_id_number,
            "在校学生": {True: "是", False: "否", None: None}[now.is_student],
            **change,
        }


def whole() -> None:
    """Everybody's statements follow each other without gap or overlap, one of them holds, and the person lives there."""
    homes = dict(Person.objects.values_list("pk", "community_id"))
    spans: dict[int, list[Any]] = {}
    for person, *span in Certificate.objects.order_by("person_id", "held_from").values_list(
        "person_id", "held_from", "held_until", "community_id"
    ):
        spans.setdefault(person, []).append(span)
    for person, statements in spans.items():
        days = [statement[:2] for statement in statements]
        assert [until for _, until in days[:-1]] == [begins for begins, _ in days[1:]], days
        assert days[-1][1] == FOREVER, days
        assert days[0][0] >= BEGINNING
        assert statements[-1][2] == homes[person]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("is_forward", [True, False])
def test_statements_stay_whole_whatever_is_done(seed: int, is_forward: bool) -> None:
    assert upload("registry", [holder(n + 1) for n in range(PEOPLE)]).new == PEOPLE
    office, told = Office(seed, is_forward=is_forward), []
    before = register_of(PAST)
    for _ in range(STEPS):
        told.append(office.step())
        try:
            whole()
            assert not is_forward or register_of(PAST) == before
            assert not is_forward or office.kept == register_of(office.kept_on)
        except AssertionError as error:
            raise AssertionError("\n".join([str(error), *told])) from error
    assert {"act", "withdraw", "upload", "undo"} <= office.done
    assert CertificateCase.objects.filter(withdrawn_at__isnull=False).exists()
    assert office.day <= TODAY
