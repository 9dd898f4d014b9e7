"""What the demonstration shows of employment: employers of every kind with a year's figures and staff, reckoned; two
declarations under way; people who look for work, an offer, a referral; a training class.

Everything is invented and says so; everything goes through the services and the upload pipeline.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from stdnum.cn import uscc

from employment.models import (
    AdminLevel,
    AuditPaper,
    ContractKind,
    Education,
    Employer,
    EmployerKind,
    EmploymentForm,
    JobSeeker,
    OrganiserKind,
    Trade,
    TrainingClass,
    Vacancy,
)
from employment.rules.matching import hard, seekers_for
from employment.services.audits.declaring import audit_declare
from employment.services.entries import entry_save
from employment.services.quota import quota_reckon
from employment.services.seeking import referral_send, seeker_save
from employment.services.training import class_enrol, class_save
from employment.sheets.employers import EmployerSheet, EmployerYearSheet
from employment.sheets.staff import DisabledStaffSheet, StaffMonthSheet
from registry.models import Person
from registry.rules import valid
from zalainuoer.common.administration import parameter_add
from zalainuoer.common.jobs import batch_upload_now
from zalainuoer.common.models import Parameter, UploadBatch, User
from zalainuoer.common.rules import Parameters
from zalainuoer.common.sheets.template import written

DOCUMENT = "演示用取值（虚构，没有文件依据，不得用于测算）"
CLASS = "演示培训班"
MINIMUM_WAGE, WAGE, BELOW = "2000", "3500.00", "1500.00"
# Figures without which no levy can be reckoned, and which nobody has published for this district.
PARAMETERS = {"employment.minimum_wage_yuan": MINIMUM_WAGE, "employment.local_average_wage_yuan": "80000"}


@dataclass(frozen=True)
class Place:
    """An employer of the demonstration: its staff at work, how many of them disabled, wages a head and year."""

    name: str
    kind: EmployerKind
    headcount: int
    disabled: int
    posts: int | None = None
    is_school: bool = False

    @property
    def is_public(self) -> bool:
        return self.kind in (EmployerKind.ORGAN, EmployerKind.INSTITUTION)


MINE, SHOP = "演示矿业有限公司", "演示商贸有限公司"
PLACES = (
    Place("演示机关", EmployerKind.ORGAN, headcount=58, disabled=0, posts=60),
    Place("演示事业单位", EmployerKind.INSTITUTION, headcount=66, disabled=1, posts=70),
    Place("演示中学", EmployerKind.INSTITUTION, headcount=118, disabled=0, posts=120, is_school=True),
    Place(MINE, EmployerKind.ENTERPRISE, headcount=400, disabled=3),
    Place("演示餐饮有限公司", EmployerKind.ENTERPRISE, headcount=28, disabled=0),
    Place(SHOP, EmployerKind.ENTERPRISE, headcount=40, disabled=2),
    Place("演示社区服务中心", EmployerKind.SOCIAL_ORGANISATION, headcount=12, disabled=1),
)
SEEKING, LEARNING = 3, 4


@dataclass(frozen=True)
class Desks:
    """The accounts that do the demonstration's work."""

    street: User
    federation: User
    labour: User  # 人社局, which delivers the staff sheets


def is_wanted() -> bool:
    """Whether the demonstration of employment is not in, or was interrupted: its class comes last."""
    return not TrainingClass.objects.filter(name=CLASS).exists()


def load(*, now: datetime.datetime, by: Desks) -> Iterator[UploadBatch]:
    """Adds it, and yields the four deliveries there are among it. What is in already stays as it is."""
    if not is_wanted():
        return
    today = timezone.localdate(now)
    year = today.year - 1
    first = datetime.date(year, 1, 1)
    free = _of_working_age(by.street, on=first)[: SEEKING + LEARNING]
    staff = [somebody for somebody in _of_working_age(by.federation, on=first) if somebody not in free]
    staff = staff[: sum(place.disabled for place in PLACES)]
    for sheet, rows, account in (
        (EmployerSheet(), _employers(by.street), by.federation),
        (EmployerYearSheet(), _years(year), by.federation),
        (DisabledStaffSheet(), _staff(staff, year), by.labour),
        (StaffMonthSheet(), _months(staff, year), by.labour),
    ):
        yield batch_upload_now(
            sheet=sheet, file_name=f"{sheet.title}（演示）.xlsx", content=written(sheet, rows), by=account
        )
    with transaction.atomic():
        _parameters(year, by=by.federation)
        quota_reckon(year=year, at=now, by=by.federation)
        _declarations(year, today=today, by=by.federation)
        _jobs(free[:SEEKING], today=today, by=by)
        _training(free[SEEKING:], today=today, by=by.federation)


def _of_working_age(user: User, *, on: datetime.date) -> list[Person]:
    """The area's holders of a certificate who are of working age in every month of the demonstrated year."""
    parameters = Parameters(on=on)
    youngest = on.replace(year=on.year - parameters["employment.working_age_min"])
    oldest = on.replace(year=on.year - parameters["employment.working_age_max_female"] + 1)
    living = Person.objects.visible_to(user).filter(died_on__isnull=True)
    holders = valid(on.replace(month=12, day=31)).people(living)
    return list(holders.filter(born_on__gte=oldest, born_on__lte=youngest).order_by("pk")[:40])


def _code(place: int) -> str:
    """A credit code with a right check character, of a division that is not assigned."""
    stem = f"91150799{place:09d}"
    return stem + str(uscc.calc_check_digit(stem + "0"))


def _codes() -> Iterator[tuple[Place, str]]:
    return ((place, _code(number)) for number, place in enumerate(PLACES, 1))


def _employers(street: User) -> Iterator[dict[str, object]]:
    for place, code in _codes():
        yield {
            "统一社会信用代码": code,
            "单位名称": place.name,
            "单位性质": place.kind.label,
            "隶属层级": AdminLevel.DISTRICT.label if place.is_public else None,
            "中小学或幼儿园": "是" if place.is_school else "否",
            "财政拨款单位": "是" if place.is_public else "否",
            "享受增值税即征即退的集中安置单位": "否",
            "所属街道": str(street.division),
        }


def _years(year: int) -> Iterator[dict[str, object]]:
    for place, code in _codes():
        counts = {f"{month}月职工人数": place.headcount for month in range(1, 13)}
        yield {
            "统一社会信用代码": code, "单位名称": place.name, "年度": year, "编制数": place.posts,
            **counts, "工资总额": place.headcount * 60_000,
        }  # fmt: skip


def _placed(staff: Sequence[Person]) -> Iterator[tuple[Person, Place, str]]:
    waiting = iter(staff)
    for place, code in _codes():
        for somebody, _ in zip(waiting, range(place.disabled), strict=False):
            yield somebody, place, code


def _staff(staff: Sequence[Person], year: int) -> Iterator[dict[str, object]]:
    for somebody, place, code in _placed(staff):
        contract = ContractKind.ESTABLISHED if place.is_public else ContractKind.LABOUR_CONTRACT
        yield {
            "统一社会信用代码": code,
            "单位名称": place.name,
            "身份证号": somebody.id_number,
            "姓名": somebody.name,
            "就业形式": EmploymentForm.QUOTA.label,
            "就业日期": datetime.date(year, 1, 1),
            "岗位": "演示岗位",
            "用工依据": contract.label,
            "合同起始日期": None if place.is_public else datetime.date(year, 1, 1),
            "合同截止日期": None if place.is_public else datetime.date(year + 2, 12, 31),
            "依法延迟退休仍在职": "否",
        }


def _months(staff: Sequence[Person], year: int) -> Iterator[dict[str, object]]:
    """Twelve months each; one of the mine's is paid below the minimum wage, so that the sheet has a reason to show."""
    short = next((somebody for somebody, place, _ in _placed(staff) if place.name == MINE), None)
    for somebody, place, code in _placed(staff):
        for month in range(1, 13):
            yield {
                "统一社会信用代码": code, "单位名称": place.name, "身份证号": somebody.id_number, "姓名": somebody.name,
                "所属月份": f"{year}-{month:02d}", "实发工资": BELOW if somebody == short else WAGE,
                "养老保险已缴": "是", "医疗保险已缴": "是",
            }  # fmt: skip


def _parameters(year: int, *, by: User) -> None:
    for key, value in PARAMETERS.items():
        known = Parameter.objects.filter(key=key).order_by("effective_from").first()
        if known is not None:
            first = datetime.date(year, 1, 1)
            added = Parameter(key=key, name=known.name, value=value, effective_from=first, document=DOCUMENT)
            parameter_add(parameter=added, by=by)


def _declarations(year: int, *, today: datetime.date, by: User) -> None:
    """Two employers have declared; the reviews are there to be tried."""
    papers = [str(paper) for paper in AuditPaper if paper not in (AuditPaper.DISPATCH, AuditPaper.RELATED)]
    for name in (MINE, SHOP):
        employer = Employer.objects.get(name=name)
        audit_declare(employer=employer, year=year, declared_on=today, papers=papers, by=by, today=today)


def _jobs(people: Sequence[Person], *, today: datetime.date, by: Desks) -> None:
    for somebody in people:
        seeker_save(
            person=somebody, by=by.street, today=today, registered_on=today, education=Education.JUNIOR,
            skills=[Trade.CLEANING], wanted=[Trade.CLEANING, Trade.CATERING], least_wage_yuan=Decimal(2000),
        )  # fmt: skip
    vacancy = entry_save(
        model=Vacancy, row=None, by=by.federation, reason="演示", post="演示保洁员", number=2, trades=[Trade.CLEANING],
        employer=Employer.objects.get(name=SHOP), wage_yuan=Decimal(2500), street=by.street.division,
        registered_on=today, valid_until=today + datetime.timedelta(days=60),
    )  # fmt: skip
    fit = hard(seekers_for(vacancy, on=today, parameters=Parameters(on=today)))
    seeker = fit.people(JobSeeker.objects.all()).order_by("pk").first()
    if seeker is not None:
        referral_send(seeker=seeker, vacancy=vacancy, sent_on=today, by=by.street, today=today)


def _training(people: Sequence[Person], *, today: datetime.date, by: User) -> None:
    made = class_save(
        training_class=None, by=by, name=CLASS, trade="保洁", organiser=OrganiserKind.FEDERATION_BASE,
        provider="演示培训机构", starts_on=today, ends_on=today + datetime.timedelta(days=9), hours=40, capacity=20,
        budget_yuan=Decimal(10_000), document="演示",
    )  # fmt: skip
    class_enrol(training_class=made, people=people, by=by, today=today)
