"""银行代发回盘: what the bank says became of a locked run's payments, person by person."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from registry.sheets.base import PersonSheet, id_column, name_column
from registry.sheets.lookup import ID
from subsidies.models import PAID_OUT, LineKind, PaymentLine, PaymentReturn, PaymentRun
from zalainuoer.common.identity import normalised_number
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.comparing import Scope
from zalainuoer.common.sheets.delivery import Delivery, Values
from zalainuoer.common.sheets.rhythm import Monthly
from zalainuoer.common.sheets.widgets import DateWidget, MoneyWidget, TextWidget, YesNoWidget, quoted

RUN, AMOUNT, IS_PAID, FAILURE, ON = "批次号", "金额", "是否到账", "失败原因", "处理日期"
NO_FAILURE = ("成功", "交易成功", "处理成功", "代发成功", "正常", "无")


class RunCodeWidget(TextWidget):
    """批次号: A202601 of the living subsidy, B202601 of the nursing subsidy."""

    help = "批次号，如 A202601，与银行代发文件一致"
    PATTERN = re.compile(r"^[AB]\d{4}(0[1-9]|1[0-2])$")

    def __init__(self) -> None:
        super().__init__(20)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text = super().clean(value)
        if text is None:
            return None
        code = normalised_number(text)
        if not self.PATTERN.match(code):
            raise ValueError(f"{quoted(value)}不是批次号。生活补贴写成 A202601、护理补贴写成 B202601 的样子。")
        return code


class PaymentReturnSheet(PersonSheet):
    """银行代发回盘. A failure is paid again by the next run (subsidies/ledger)."""

    code, title, department, order = "payment-returns", "银行代发回盘", "民政局", 18
    model, key, rhythm = PaymentReturn, (RUN, ID), Monthly(day=20, lag=0)

    run = Column("run__code", RUN, RunCodeWidget(), required=True, synonyms=("批次", "代发批次号"), stores="run_id")
    id_number = id_column()
    name = name_column()
    amount = Column("amount_yuan", AMOUNT, MoneyWidget(), required=True, synonyms=("代发金额", "金额（元）"))
    is_paid = Column("is_paid", IS_PAID, YesNoWidget(), required=True, synonyms=("是否成功", "到账"))
    failure = Column(
        "failure", FAILURE, TextWidget(100, empty_words=NO_FAILURE), synonyms=("失败说明", "退回原因", "备注")
    )
    returned_on = Column("returned_on", ON, DateWidget(), required=True, synonyms=("交易日期", "退回日期"))

    def check(self, delivery: Delivery) -> None:
        """A failure says why; what arrived has none."""
        cells = zip(delivery.column(IS_PAID), delivery.column(FAILURE), strict=True)
        for index, (is_paid, failure) in enumerate(cells):
            if delivery.is_refused(index, FAILURE):
                continue
            if is_paid == "false" and failure is None:
                delivery.refuse(index, FAILURE, "没有到账的必须写明失败原因，如“账号错误”“账户已销户”。")
            elif is_paid == "true" and failure is not None:
                delivery.refuse(index, FAILURE, "“是否到账”填的是“是”，这里就应空着。请核对是哪一格填错了。")

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        """People and runs; whether the bank was sent just this amount for just this person."""
        people = super().resolve(delivery, scope)["person_id"]
        runs = _runs_of(delivery.column(RUN))
        run_ids: Values = [str(runs[code].pk) if code in runs else None for code in delivery.column(RUN)]
        sent, sent_again = _sent(set(runs.values())), _sent_again(set(runs.values()))
        rows = zip(delivery.column(RUN), people, delivery.column(AMOUNT), delivery.column(IS_PAID), strict=True)
        for index, (code, person, amount, is_paid) in enumerate(rows):
            if code is None:
                continue
            run = runs.get(code)
            if run is None or not run.is_locked:
                delivery.refuse(index, RUN, _no_run(code, run))
                continue
            if person is None or index in delivery.problems:
                continue
            key = (run.pk, int(person))
            if key not in sent:
                delivery.refuse(index, ID, f"批次 {code} 没有给此人发放，请核对批次号和身份证号。")
            elif amount is not None and Decimal(amount) != sent[key]:
                delivery.refuse(index, AMOUNT, f"与批次 {code} 送银行的金额 {sent[key]:.2f} 元不一致，请核对。")
            elif is_paid == "true" and key in sent_again:
                delivery.refuse(
                    index,
                    IS_PAID,
                    f"这一笔按失败已在批次 {sent_again[key]} 重新发放，不能再改为到账。请与银行核实是否发了两次。",
                )
        self._refuse_later_days(delivery, scope)
        return {"person_id": people, "run_id": run_ids}

    @staticmethod
    def _refuse_later_days(delivery: Delivery, scope: Scope) -> None:
        if scope.received_on is None:
            return
        latest = scope.received_on.isoformat()
        for index, day in enumerate(delivery.column(ON)):
            if day is not None and day > latest:
                delivery.refuse(index, ON, f"{day} 还没有到，请核对。")

    def describe(self, record: PaymentReturn) -> str:
        """The key is a run and an ID number: the run says which record it is."""
        return f"{self.subject(record)}（批次 {record.run.code}）"


def _runs_of(codes: Values) -> dict[str, PaymentRun]:
    """The runs of the delivered batch numbers, in one statement."""
    months = {f"{code[1:5]}-{code[5:]}-01" for code in codes if code}
    known = {run.code: run for run in PaymentRun.objects.filter(month__in=months).defer("rules", "differences")}
    return {code: known[code] for code in codes if code in known}


def _sent(runs: Collection[PaymentRun]) -> dict[tuple[int, int], Decimal]:
    """{(run, person): what the bank was sent}."""
    lines = PaymentLine.objects.filter(run__in=runs, kind__in=PAID_OUT, is_locked=True).order_by()
    summed = lines.values_list("run", "person").annotate(yuan=Sum("amount_yuan"))
    return {(run, person): yuan for run, person, yuan in summed}


def _sent_again(runs: Collection[PaymentRun]) -> dict[tuple[int, int], str]:
    """{(run, person): the batch number of the run that paid it again}, of what locked runs have answered as failed."""
    answered = Q(kind__in=(LineKind.REISSUE, LineKind.CANCEL), of__kind__in=PAID_OUT, is_locked=True)
    lines = PaymentLine.objects.filter(answered, of__run__in=runs).order_by("pk")
    rows = lines.values_list("of__run", "person", "run__subsidy", "run__month")
    return {(run, person): PaymentRun(subsidy=subsidy, month=month).code for run, person, subsidy, month in rows}


def _no_run(code: str, run: PaymentRun | None) -> str:
    if run is None:
        return f"没有批次 {code}。请照银行代发文件里的批次号填写。"
    return f"批次 {code} 还没有锁定（{run.get_state_display()}），没有送过银行。"
