"""What the demonstration shows of the subsidies: standards, accounts, a few applications, and a first comparison.

Everything is invented and says so; everything goes through the services and the upload pipeline.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

from django.db.models import Count
from openpyxl import Workbook

from registry.models import Person
from subsidies.models import Application, Finding, FindingKind, Paper, Standard, Subsidy
from subsidies.rules import ROSTERS
from subsidies.services.applications import application_accept, application_review
from subsidies.services.findings import findings_refresh
from subsidies.services.standards import standard_add
from subsidies.sheets.accounts import BankAccountSheet
from zalainuoer.common.bank import has_wrong_check_digit
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.jobs import batch_upload_now
from zalainuoer.common.models import UploadBatch, User

DOCUMENT = "演示用标准（虚构，没有文件依据，不得用于发放）"
APPLICANTS = 4  # one for each desk, and one whose papers are wanting


def is_wanted() -> bool:
    """Whether the rosters are in and the demonstration of the subsidies is not."""
    return not Standard.objects.exists()


def load(*, today: datetime.date, street: User, federation: User, civil: User, bank: User) -> Iterator[UploadBatch]:
    """Adds it, and yields the one delivery there is among it: the accounts of whoever stands on a roster."""
    if not is_wanted():
        return
    yield batch_upload_now(
        sheet=BankAccountSheet(), file_name="收款账户台账（演示）.xlsx", content=_accounts(), by=bank
    )
    findings_refresh(today=today)
    _applications(today=today, street=street, federation=federation)
    for subsidy in Subsidy:
        for first, last, yuan in _spans(subsidy):
            standard_add(
                by=civil,
                subsidy=subsidy.value,
                name="演示标准",
                amount_yuan=yuan,
                first_month=first,
                last_month=last,
                document=DOCUMENT,
            )
    findings_refresh(today=today)


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
    book = Workbook(write_only=True)
    page = book.create_sheet("收款账户台账")
    page.append([column.heading for column in BankAccountSheet().columns])
    for place, somebody in enumerate(Person.objects.filter(pk__in=people).order_by("pk")):
        page.append([somebody.id_number, somebody.name, "演示银行", _card(place), somebody.name])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _card(place: int) -> str:
    stem = f"620000{place:012d}"
    return next(number for digit in range(10) if not has_wrong_check_digit(number := f"{stem}{digit}"))


def _applications(*, today: datetime.date, street: User, federation: User) -> None:
    """One person each at 补正, 街道初审, 区残联审核 and 民政审定, from those the comparison says have never applied."""
    unpaid = Finding.objects.visible_to(street).filter(kind=FindingKind.UNPAID, state="open").order_by("pk")
    for place, finding in enumerate(unpaid.select_related("person")[:APPLICANTS]):
        with suppress(RuleBroken):  # whoever may not apply just then is left out
            application = application_accept(
                person=finding.person,
                subsidy=finding.subsidy,
                applied_on=today,
                by=street,
                today=today,
                accepted_in=street.division,
                needs_care=True,
                papers=[] if place == 0 else Paper.values,
            )
            for by in (street, federation)[: max(place - 1, 0)]:
                application = _passed(application, by=by, today=today)


def _passed(application: Application, *, by: User, today: datetime.date) -> Application:
    return application_review(
        application=application, passed=True, opinion="演示：材料齐全，情况属实。", by=by, today=today
    )
