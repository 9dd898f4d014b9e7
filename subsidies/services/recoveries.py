"""追回登记: what came back of a demand, in cash or by transfer, or was written off with a document."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import transaction

from subsidies.models import PaymentLine, ReceiptMethod, RecoveryReceipt
from subsidies.recovering import demands
from subsidies.services.applications.cases import CIVIL_REVIEW
from subsidies.services.stops import RECORD_STOPS
from zalainuoer.common.acting import kept, refuse_day, text
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User


def receipt_record(
    *,
    line: PaymentLine,
    amount_yuan: Decimal,
    received_on: datetime.date,
    method: str,
    document: str,
    by: User,
    today: datetime.date,
) -> RecoveryReceipt:
    """Notes what came back of a demand (yuan), never more than is open; only 民政 writes off.

    Nothing is set off against later payments (docs/decisions/0019).
    """
    with transaction.atomic(), data_lock():
        if not by.has_perm(RECORD_STOPS):
            raise RuleBroken("您的账号没有登记退回的权限，请由区残联或区民政局登记。")
        if method == ReceiptMethod.WRITE_OFF and not by.has_perm(CIVIL_REVIEW):
            raise RuleBroken("核销须经区民政局批准，由区民政局登记。")
        open_history_context(user=by.username, reason="追回登记", act="receipt_record")
        PaymentLine.objects.select_for_update(of=("self",)).filter(pk=line.pk).first()
        row = demands().visible_to(by).filter(pk=line.pk).first()
        if row is None:
            raise RuleBroken("这一笔不是待追回的款项：可能已被后来的批次冲销，或者不在您的辖区内。请刷新列表后再看。")
        if amount_yuan <= 0:
            raise RuleBroken("金额应大于 0。")
        if amount_yuan > row.still:
            raise RuleBroken(f"这一笔还差 {row.still:.2f} 元，登记的 {amount_yuan:.2f} 元多了，请核对。")
        refuse_day(received_on, what="日期", today=today)
        if received_on < row.benefit_month:
            raise RuleBroken(f"日期早于所属月份（{row.benefit_month:%Y-%m}），请核对。")
        receipt = RecoveryReceipt(
            line=row,
            amount_yuan=amount_yuan,
            received_on=received_on,
            method=method,
            document=text(document, what="凭证或批准文号"),
            recorded_by=by,
        )
        kept(receipt)
    return receipt
