"""The sheet of a year as a review needs it: there, complete, and not older than what it was reckoned from."""

from __future__ import annotations

import datetime
from typing import Any

from employment.models import (
    Audit,
    AuditPaper,
    Employer,
    EmployerYear,
    EmploymentMonth,
    EmploymentRecord,
    QuotaSheet,
)
from employment.models.audits import ALWAYS_ASKED
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.rules import labels

RECKON_AGAIN = "请打开残保金测算表重新测算，核对后再审核。"
FIGURES = ("headcount", "placed", "required", "gap", "gross_yuan", "net_yuan")


def sheet_of(audit: Audit) -> QuotaSheet | None:
    """The sheet of an audit's employer and year."""
    return QuotaSheet.objects.filter(employer=audit.employer_id, year=audit.year).first()


def sheet_fit(audit: Audit, *, seen: datetime.datetime | None = None) -> QuotaSheet:
    """The sheet that a review rests on; refuses where there is none, where it wants parameters, or where it is stale.

    `seen` is when the figures on the reviewer's page were reckoned: others are not passed unseen.
    """
    sheet = sheet_of(audit)
    refusal = refusal_of(audit, sheet)
    if sheet is None or refusal:
        raise RuleBroken(refusal)
    if seen is not None and seen != sheet.reckoned_at:
        raise RuleBroken("您打开页面之后，测算表又重新测算过，没有办理。请刷新页面，核对新的数字后再审核。")
    return sheet


def refusal_of(audit: Audit, sheet: QuotaSheet | None) -> str:
    """Why the sheet cannot carry a review; empty where it can."""
    if sheet is None:
        return f"这个单位{audit.year}年度还没有测算。请先在残保金测算中测算，再审核。"
    if sheet.missing:
        return f"参数未维护或数据不全：{'；'.join(sheet.missing)}。补齐并重新测算后才能审核。"
    if any(getattr(sheet, name) is None for name in FIGURES):
        return f"测算表的数字不全，不能审核。{RECKON_AGAIN}"
    if sheet.is_undeclared:
        return f"测算表是按“未申报，视为未安排”算的，申报之后没有重新测算。{RECKON_AGAIN}"
    if what := changed_since(sheet):
        return f"测算之后，{what}又有变化，测算表已经过时。{RECKON_AGAIN}"
    return ""


def changed_since(sheet: QuotaSheet) -> str:
    """What the sheet was reckoned from and has changed since, in words; empty where nothing has."""
    records = EmploymentRecord.objects.filter(employer=sheet.employer_id).values("pk")
    asked: tuple[tuple[str, Any, dict[str, Any]], ...] = (
        ("单位资料", Employer, {"pgh_obj_id": sheet.employer_id}),
        ("单位年度情况", EmployerYear, {"employer_id": sheet.employer_id, "year": sheet.year}),
        ("就业登记", EmploymentRecord, {"employer_id": sheet.employer_id}),
        (
            "工资和保险月份",
            EmploymentMonth,
            {"record_id__in": records, "month__year": sheet.year},
        ),
    )
    for what, model, which in asked:
        events = model.pgh_event_model.objects.filter(pgh_created_at__gt=sheet.reckoned_at, **which)
        if events.exists():
            return what
    return ""


def papers_lacking(audit: Audit, sheet: QuotaSheet | None) -> list[str]:
    """The papers still wanted for a review. Where nobody has been placed, there is nothing about people to show."""
    asked = ALWAYS_ASKED if sheet is None or sheet.placed else (AuditPaper.PLEDGE,)
    return [paper for paper in asked if paper not in audit.papers]


def refuse_lacking(audit: Audit, sheet: QuotaSheet) -> None:
    """Refuses a review of a declaration whose papers are wanting."""
    if lacking := papers_lacking(audit, sheet):
        raise RuleBroken(f"材料不齐，还缺：{labels(AuditPaper, lacking)}。请先要求补正，材料齐全后再审核。")
