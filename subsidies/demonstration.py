"""What the demonstration shows of the subsidies: standards, accounts, the recipients taken over, a month's run, a case
at every desk, and a first comparison.

Everything is invented and says so; everything goes through the services and the upload pipeline.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, zip_longest

from django.db import transaction
from django.db.models import Count, Max

from registry.models import Person
from registry.rules import held, with_certificate
from subsidies.models import ApplicationState, Grant, Paper, Standard, Subsidy
from subsidies.months import Conditions, judged
from subsidies.rules import ROSTERS
from subsidies.services.applications import application_accept, application_review
from subsidies.services.findings import findings_refresh
from subsidies.services.runs import run_approve, run_prepare, run_submit
from subsidies.services.standards import standard_add
from subsidies.services.takeover import grants_take_over
from subsidies.sheets.accounts import BankAccountSheet
from zalainuoer.common.bank import has_wrong_check_digit
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.jobs import batch_upload_now
from zalainuoer.common.models import UploadBatch, User
from zalainuoer.common.months import month_of, next_month
from zalainuoer.common.rules import Parameters
from zalainuoer.common.sheets.template import written
from zalainuoer.common.working_days import WorkingDays

DOCUMENT = "演示用标准（虚构，没有文件依据，不得用于发放）"
OPINION = "演示：材料齐全，情况属实。"
DESKS = (
    ApplicationState.PUBLICITY,
    ApplicationState.CIVIL_REVIEW,
    ApplicationState.FEDERATION_REVIEW,
    ApplicationState.FIRST_REVIEW,
    ApplicationState.SUPPLEMENT,
)


@dataclass(frozen=True)
class Desks:
    """The accounts that do the demonstration's work; the two of 民政 never both halves of one thing."""

    street: User
    federation: User
    civil: User
    approving: User
    bank: User


def is_wanted() -> bool:
    """Whether the rosters are in and the demonstration of the subsidies is not."""
    return not Standard.objects.exists()


def load(*, today: datetime.date, by: Desks) -> Iterator[UploadBatch]:
    """Adds it, and yields the one delivery there is among it: the accounts of whoever stands on a roster."""
    if not is_wanted():
        return
    yield batch_upload_now(
        sheet=BankAccountSheet(), file_name="收款账户台账（演示）.xlsx", content=_accounts(), by=by.bank
    )
    with transaction.atomic():
        for subsidy in Subsidy:
            _standards(subsidy, by=by.civil)
            grants_take_over(subsidy=subsidy, by=by.civil, today=today)
        _run(Subsidy.NURSING, today=today, by=by)
        _applications(today=today, by=by)
        findings_refresh(today=today)


def _standards(subsidy: Subsidy, *, by: User) -> None:
    for first, last, yuan in _spans(subsidy):
        standard_add(
            by=by,
            subsidy=subsidy.value,
            name="演示标准",
            amount_yuan=yuan,
            first_month=first,
            last_month=last,
            document=DOCUMENT,
        )


def _run(subsidy: Subsidy, *, today: datetime.date, by: Desks) -> None:
    """The month after the rosters, paid and locked: what a run leaves behind; the other subsidy's is there to be made."""
    latest = ROSTERS[subsidy].objects.aggregate(latest=Max("month"))["latest"]
    month = next_month(latest)
    if month <= today:
        run = run_submit(run=run_prepare(subsidy=subsidy, month=month, by=by.civil, today=today), by=by.civil)
        run_approve(run=run, by=by.approving, digest=run.digest)


def _spans(subsidy: Subsidy) -> list[tuple[datetime.date, datetime.date | None, Decimal]]:
    """(first month, last month, yuan): the amount most people were paid, for as long as it was the same."""
    paid = ROSTERS[subsidy].objects.filter(amount_yuan__gt=0).order_by().values("month", "standard_yuan")
    rows = paid.annotate(lines=Count("pk")).order_by("month", "lines", "standard_yuan")
    usual = dict(rows.values_list("month", "standard_yuan"))
    found: list[tuple[datetime.date, datetime.date | None, Decimal]] = []
    before: datetime.date | None = None
    for month, yuan in usual.items():
        if not found:
            found.append((month, None, yuan))
        elif found[-1][2] != yuan:
            found[-1] = (found[-1][0], before, found[-1][2])
            found.append((month, None, yuan))
        before = month
    return found


def _accounts() -> bytes:
    """A workbook of 收款账户 for everybody on a roster, with card numbers that no bank has given out."""
    people: set[int] = set()
    for roster in ROSTERS.values():
        people.update(roster.objects.values_list("person", flat=True))
    sheet, holders = BankAccountSheet(), enumerate(Person.objects.filter(pk__in=people).order_by("pk"))
    headings = [column.heading for column in sheet.columns]
    return written(
        sheet,
        (
            dict(zip(headings, (person.id_number, person.name, "演示银行", _card(place), person.name), strict=True))
            for place, person in holders
        ),
    )


def _card(place: int) -> str:
    stem = f"620000{place:012d}"
    return next(number for digit in range(10) if not has_wrong_check_digit(number := f"{stem}{digit}"))


def _applications(*, today: datetime.date, by: Desks) -> None:
    """One case at each desk and one on show, of the street's people who have never been paid."""
    desks, waiting = list(DESKS), _never_paid(by.street, today=today)
    if WorkingDays.read().due(today, Parameters(on=today)["subsidy.publicity_days"] + 1) is None:
        desks.remove(ApplicationState.PUBLICITY)  # in a year whose holidays nobody has entered, nothing goes on show
    if len(waiting) < len(desks):
        raise RuleBroken(f"演示数据里{by.street.division}没有足够的人可以申请补贴，不能在每个环节各放一份申请。")
    for desk, (person, subsidy) in zip(desks, waiting, strict=False):
        application = application_accept(
            person=person,
            subsidy=subsidy,
            applied_on=today,
            by=by.street,
            today=today,
            accepted_in=by.street.division,
            needs_care=True,
            papers=[] if desk == ApplicationState.SUPPLEMENT else Paper.values,
        )
        for reviewing in (by.street, by.federation, by.civil):
            if application.state == desk:
                break
            application = application_review(
                application=application, passed=True, opinion=OPINION, by=reviewing, today=today
            )


def _never_paid(street: User, *, today: datetime.date) -> list[tuple[Person, str]]:
    """(person, subsidy) of the street's people with a certificate who have no grant, by turns of the subsidy; those who
    may be paid this month first, for the desks at which that matters."""
    may: list[list[tuple[Person, str]]] = []
    may_not: list[list[tuple[Person, str]]] = []
    for subsidy in Subsidy:
        granted = Grant.objects.filter(subsidy=subsidy).values("person")
        holders = Person.objects.visible_to(street).filter(with_certificate(held(today))).exclude(pk__in=granted)
        people = holders.in_bulk()
        _, due = judged(Conditions(subsidy, people.keys()), month_of(today), people.keys())
        may.append([(people[pk], subsidy.value) for pk in sorted(due)])
        may_not.append([(people[pk], subsidy.value) for pk in sorted(people.keys() - due.keys())])
    found: dict[int, tuple[Person, str]] = {}
    for one in chain(*zip_longest(*may), *zip_longest(*may_not)):
        if one is not None:
            found.setdefault(one[0].pk, one)
    return list(found.values())
