"""From 未申报 to a declaration that is complete: handed in at a window, asked about, completed."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from employment.models import Audit, AuditPaper, AuditState, AuditStepKind, Employer
from employment.rules.audits import Window, window_of
from employment.services.audits.common import as_it_is, employer_of, held, last_step, refuse_others, step
from zalainuoer.common.acting import kept, refuse_day, text
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

UNDECLARED = "期满未申报的，视为未安排残疾人就业"


def audit_declare(
    *,
    employer: Employer,
    year: int,
    declared_on: datetime.date,
    papers: list[str],
    by: User,
    today: datetime.date,
    note: str = "",
    seen: int | None = None,
) -> Audit:
    """Takes an employer's declaration for a year: at the window, or on its behalf as the national platform shows it.

    Where the window is maintained, the day must lie in it; where it is not, any day of the following year will do.
    """
    refuse_others(by)
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="audit_declare", reason=note or "受理年审申报")
        row = _opened(employer_of(employer, by=by), year)
        if seen is not None and seen != last_step(row):
            raise RuleBroken("您打开页面之后，这份年审又有办理，没有保存。请刷新后再看。")
        if row.state != AuditState.NOT_DECLARED:
            raise RuleBroken(f"这个单位{year}年度已于 {row.declared_on} 申报，不能再次申报。")
        refuse_employer(row.employer, year)
        refuse_declaration_day(declared_on, year=year, today=today)
        before = as_it_is(row)
        row.state, row.declared_on, row.papers = AuditState.DECLARED, declared_on, known_papers(papers)
        kept(row)
        step(row, AuditStepKind.DECLARE, before=before, by=by, today=today, opinion=note.strip())
    return row


def _opened(employer: Employer, year: int) -> Audit:
    row = Audit.objects.select_for_update(of=("self",)).filter(employer=employer, year=year).first()
    row = row or Audit.objects.create(employer=employer, year=year)
    row.employer = employer
    return row


def refuse_employer(employer: Employer, year: int) -> None:
    """Refuses an employer that did not exist in the year."""
    if employer.established_on and employer.established_on.year > year:
        raise RuleBroken(f"“{employer}”{employer.established_on} 才成立，没有{year}年度的年审。")
    if employer.closed_on and employer.closed_on.year < year:
        raise RuleBroken(f"“{employer}”已于 {employer.closed_on} 注销，没有{year}年度的年审。")


def refuse_declaration_day(day: datetime.date, *, year: int, today: datetime.date) -> Window:
    """Refuses a day on which the audit of a year cannot be declared; returns the window."""
    refuse_day(day, what="申报日期", today=today)
    if day.year <= year:
        raise RuleBroken(f"{year}年度的年审从 {year + 1} 年开始申报，申报日期 {day} 太早，请核对。")
    window = window_of(year, today=today)
    if window.first is not None and day < window.first:
        raise RuleBroken(f"{year}年度的申报期从 {window.first} 开始，申报日期 {day} 太早，请核对。")
    if window.last is not None and day > window.last:
        raise RuleBroken(
            f"{year}年度的申报期已于 {window.last} 截止，{UNDECLARED}。期内已经申报、现在补录的，请填写实际申报日期。",
            source="财税〔2015〕72号",
        )
    return window


def known_papers(papers: list[str]) -> list[str]:
    """The papers in their own order; refuses what is none."""
    if strange := set(papers) - set(AuditPaper.values):
        raise RuleBroken(f"没有这种材料：{'、'.join(sorted(strange))}。")
    return [paper for paper in AuditPaper.values if paper in papers]


def audit_ask(
    *,
    audit: Audit,
    missing: str,
    complete_by: datetime.date,
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> Audit:
    """待补正: says all that is missing, and until when it is to be there."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="audit_ask", reason="要求补正")
        row = held(audit, by=by, states=(AuditState.DECLARED,), seen=seen)
        missing = text(missing, what="需要补正的内容，一次说全")
        if complete_by <= today:
            raise RuleBroken(f"补正期限应晚于今天（{today}）。")
        before = as_it_is(row)
        row.state, row.missing, row.complete_by = AuditState.INCOMPLETE, missing, complete_by
        kept(row)
        step(row, AuditStepKind.ASK, before=before, by=by, today=today, opinion=missing, due_on=complete_by)
    return row


def audit_complete(
    *, audit: Audit, papers: list[str], note: str, by: User, today: datetime.date, seen: int | None = None
) -> Audit:
    """What was missing has come: the declaration waits for its review again. `papers` are all there are now."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="audit_complete", reason=note or "补正完成")
        row = held(audit, by=by, states=(AuditState.INCOMPLETE,), seen=seen)
        before: dict[str, Any] = as_it_is(row)
        row.state, row.missing, row.complete_by = AuditState.DECLARED, "", None
        row.papers = known_papers([*row.papers, *papers])
        kept(row)
        step(row, AuditStepKind.COMPLETE, before=before, by=by, today=today, opinion=note.strip())
    return row
