"""After the certificate: pushed to the tax office, paid, owed, reminded, entered among the 失信记录."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from employment.models import (
    Audit,
    AuditState,
    AuditStep,
    AuditStepKind,
    CreditRecord,
    LevyPayment,
    LevyReminder,
)
from employment.rules.audits import state_after_push
from employment.services.audits.common import as_it_is, certificate_of, held, refuse_others, step
from zalainuoer.common.acting import kept, refuse_day, text
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

LAW = "残疾人就业条例 第二十七条"
DOCUMENT = 100
REPLY = 200
UNPAID = (AuditState.PUSHED, AuditState.OWING)


def audits_push(
    *, audits: Iterable[int], pushed_on: datetime.date, document: str, by: User, today: datetime.date
) -> list[Audit]:
    """Records that the certified figures of these audits went to the tax office: all of them, or none.

    Who has nothing to pay is settled by that.
    """
    refuse_others(by)
    document = text(document, what="推送文号", longest=DOCUMENT)
    refuse_day(pushed_on, what="推送日期", today=today)
    wanted = sorted(set(audits))
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="audits_push", reason=document)
        found: Any = Audit.objects.visible_to(by).filter(pk__in=wanted).select_for_update(of=("self",))
        rows: list[Audit] = list(found.select_related("employer", "certificate").order_by("pk"))
        if not rows or len(rows) != len(wanted):
            raise RuleBroken("请至少选择一个单位；所选的单位应当都在您的辖区内。")
        steps = []
        for row in rows:
            _refuse_push(row, pushed_on)
            before = as_it_is(row)
            row.pushed_on, row.push_document = pushed_on, document
            row.state = _state(row)
            steps.append(
                AuditStep(
                    audit=row, kind=AuditStepKind.PUSH, opinion=document, papers=row.papers, round=before["round"],
                    done_on=pushed_on, before=before, done_by=by,
                )
            )  # fmt: skip
        Audit.objects.bulk_update(rows, ["pushed_on", "push_document", "state"])
        AuditStep.objects.bulk_create(steps)
    return rows


def _refuse_push(row: Audit, pushed_on: datetime.date) -> None:
    if row.state != AuditState.CERTIFIED or row.certificate is None:
        raise RuleBroken(f"“{row.employer}”现在的状态是“{row.get_state_display()}”，不能推送。请刷新清单后再办。")
    if row.objected_on is not None:
        raise RuleBroken(f"“{row.employer}”的异议还没有复核，不能推送。")
    if pushed_on < row.certificate.certified_on:
        raise RuleBroken(f"推送日期不能早于“{row.employer}”的认证日期（{row.certificate.certified_on}）。")


def _state(row: Audit) -> AuditState:
    return state_after_push(
        due_yuan=row.due_yuan or Decimal(0), paid_yuan=row.paid_yuan, is_owing=row.owing_since is not None
    )


def payment_add(
    *,
    audit: Audit,
    paid_on: datetime.date,
    amount_yuan: Decimal,
    document: str,
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> LevyPayment:
    """Records what the tax office has received, the whole or a part of what is due (滞纳金 is not counted)."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="payment_add", reason=document)
        row = held(audit, by=by, states=UNPAID, seen=seen)
        refuse_day(paid_on, what="缴费日期", today=today, since=row.pushed_on, since_what="推送税务日期")
        if amount_yuan <= 0:
            raise RuleBroken("缴费金额应大于 0。")
        if amount_yuan > row.outstanding_yuan:
            raise RuleBroken(
                f"缴费 {amount_yuan} 元超过尚欠的 {row.outstanding_yuan} 元。滞纳金不计入；多缴的由税务退费，请核对后再登记。"
            )
        document = text(document, what="缴费凭证", longest=DOCUMENT)
        before = as_it_is(row)
        row.paid_yuan += amount_yuan
        row.state = _state(row)
        kept(row)
        opinion = f"{amount_yuan:.2f} 元，凭证 {document}"
        done = step(row, AuditStepKind.PAY, before=before, by=by, today=paid_on, opinion=opinion)
        made = LevyPayment(audit=row, step=done, paid_on=paid_on, amount_yuan=amount_yuan, document=document)
        kept(made)
    return made


def owing_record(
    *,
    audit: Audit,
    owing_since: datetime.date,
    document: str,
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> Audit:
    """欠缴: the tax office says that the term is over and the fee unpaid; 滞纳金 would run from that day."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="owing_record", reason=document)
        row = held(audit, by=by, states=UNPAID, seen=seen)
        if row.owing_since is not None:
            raise RuleBroken(f"已登记从 {row.owing_since} 起欠缴。")
        refuse_day(owing_since, what="欠缴起始日期", today=today, since=row.pushed_on, since_what="推送税务日期")
        document = text(document, what="税务部门反馈的依据", longest=REPLY)
        before = as_it_is(row)
        row.owing_since = owing_since
        row.state = _state(row)
        kept(row)
        step(row, AuditStepKind.OWE, before=before, by=by, today=today, opinion=document)
    return row


def reminder_issue(
    *, audit: Audit, issued_on: datetime.date, due_on: datetime.date, by: User, today: datetime.date,
    seen: int | None = None,
) -> LevyReminder:  # fmt: skip
    """催缴通知书 over what is still owed, with the year's next number."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="reminder_issue", reason="催缴")
        row = held(audit, by=by, states=(AuditState.OWING,), seen=seen)
        refuse_day(issued_on, what="出具日期", today=today, since=row.pushed_on, since_what="推送税务日期")
        if due_on <= issued_on:
            raise RuleBroken("缴费期限应晚于出具日期。")
        last = LevyReminder.objects.filter(year=issued_on.year).aggregate(last=Max("number"))["last"] or 0
        made = LevyReminder(
            audit=row, year=issued_on.year, number=last + 1, issued_on=issued_on, due_on=due_on,
            amount_yuan=row.outstanding_yuan,
        )  # fmt: skip
        opinion = f"催缴通知书{made}，{row.outstanding_yuan} 元"
        made.step = step(
            row, AuditStepKind.REMIND, before=as_it_is(row), by=by, today=issued_on, opinion=opinion, due_on=due_on
        )
        kept(made)
    return made


def credit_add(
    *,
    audit: Audit,
    decided_on: datetime.date,
    document: str,
    by: User,
    today: datetime.date,
    seen: int | None = None,
) -> CreditRecord:
    """失信记录: after a reminder whose term is over, with the figures and reminders of the day."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="credit_add", reason=document)
        row = held(audit, by=by, states=(AuditState.OWING,), seen=seen)
        reminders = list(row.reminders.filter(withdrawn_on__isnull=True).order_by("pk"))
        if not reminders:
            raise RuleBroken("还没有催缴。先出具催缴通知书，期满仍不缴纳的才能列入失信记录。", source=LAW)
        refuse_day(decided_on, what="决定日期", today=today)
        if decided_on <= reminders[-1].due_on:
            raise RuleBroken(
                f"催缴通知书{reminders[-1]}的缴费期限是 {reminders[-1].due_on}，期满以后才能列入。", source=LAW
            )
        if row.credit_records.filter(removed_on__isnull=True).exists():
            raise RuleBroken("这个单位这一年度已有一条失信记录。")
        made = CreditRecord(
            audit=row,
            year=row.year,
            due_yuan=certificate_of(row).net_yuan,
            paid_yuan=row.paid_yuan,
            reminders=[[str(each), str(each.issued_on), str(each.due_on)] for each in reminders],
            decided_on=decided_on,
            document=text(document, what="决定文号", longest=DOCUMENT),
            decided_by=by,
        )
        kept(made)
    return made


def credit_pushed(*, record: CreditRecord, pushed_on: datetime.date, by: User, today: datetime.date) -> CreditRecord:
    """Records when it went to the credit platform."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="credit_pushed", reason="推送信用平台")
        row = _credit(record, by=by)
        if row.pushed_on is not None:
            raise RuleBroken(f"这条失信记录已于 {row.pushed_on} 推送。")
        refuse_day(pushed_on, what="推送日期", today=today, since=row.decided_on, since_what="决定日期")
        row.pushed_on = pushed_on
        kept(row)
    return row


def credit_remove(
    *, record: CreditRecord, removed_on: datetime.date, reason: str, by: User, today: datetime.date
) -> CreditRecord:
    """Takes a record off the list, with the reason; it stays to be read."""
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, act="credit_remove", reason=reason)
        row = _credit(record, by=by)
        refuse_day(
            removed_on, what="移出日期", today=today, since=row.pushed_on or row.decided_on, since_what="列入日期"
        )
        row.removed_on, row.removed_reason = removed_on, text(reason, what="移出的理由", longest=300)
        kept(row)
    return row


def _credit(record: CreditRecord, *, by: User) -> CreditRecord:
    refuse_others(by)
    rows: Any = CreditRecord.objects.visible_to(by).select_for_update(of=("self",))
    row: CreditRecord | None = rows.filter(pk=record.pk).first()
    if row is None:
        raise RuleBroken("这条失信记录不在您的辖区内。")
    if row.removed_on is not None:
        raise RuleBroken(f"这条失信记录已于 {row.removed_on} 移出，不能再改。")
    return row
