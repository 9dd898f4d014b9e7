"""The sheets of people at work: where, on what contract, and month by month."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models

from employment.models import (
    AT_AN_EMPLOYER,
    ContractKind,
    DispatchAgreement,
    EmploymentForm,
    EmploymentMonth,
    EmploymentRecord,
    MilitaryCertificate,
)
from employment.sheets.employers import CODE, CreditCodeWidget, EmployerColumnMixin, code_column, employer_name_column
from registry.sheets.base import PersonSheet, id_column, name_column
from registry.sheets.lookup import ID
from zalainuoer.common.models import User
from zalainuoer.common.months import last_day
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.comparing import Scope
from zalainuoer.common.sheets.delivery import Delivery, Values
from zalainuoer.common.sheets.rhythm import Monthly, Yearly
from zalainuoer.common.sheets.widgets import (
    ChoiceWidget,
    DateWidget,
    IntegerWidget,
    MoneyWidget,
    MonthWidget,
    TextWidget,
    YesNoWidget,
)

HOST = "用工单位统一社会信用代码"
STARTED, ENDED = "就业日期", "终止日期"
NOT_EMPLOYED = "这个人这个月没有在这个单位的就业登记。请核对代码和月份，或先登记就业。"


class EmploymentSheet(PersonSheet):
    """What both sheets of 就业登记 check."""

    def check(self, delivery: Delivery) -> None:
        """Spans run forward; who has reached the age and stays has a ground for it."""
        self._check_span(delivery, STARTED, ENDED)

    def _check_span(self, delivery: Delivery, first: str, last: str) -> None:
        for index, (starts, ends) in enumerate(zip(delivery.column(first), delivery.column(last), strict=True)):
            if starts and ends and ends < starts:
                delivery.refuse(index, last, f"早于{first} {starts}。")


class DisabledStaffSheet(EmployerColumnMixin, EmploymentSheet):
    """残疾职工就业情况表 (残疾人就业条例 第八条、第十二条; 残联厅函〔2022〕63号)."""

    code, title, department, order = "disabled-staff", "残疾职工就业情况表", "人力资源和社会保障局", 22
    model, key, rhythm = EmploymentRecord, (CODE, ID, STARTED), Monthly(day=10)

    employer = code_column()
    employer_name = employer_name_column()
    id_number = id_column()
    name = name_column()
    form = Column("form", "就业形式", ChoiceWidget(EmploymentForm), required=True)
    started_on = Column("started_on", STARTED, DateWidget(), required=True, synonyms=("入职日期",))
    ended_on = Column("ended_on", ENDED, DateWidget(), synonyms=("离职日期",))
    end_reason = Column("end_reason", "终止原因", TextWidget(100), synonyms=("离职原因",))
    post = Column("post", "岗位", TextWidget(50), synonyms=("现任岗位",))
    contract = Column("contract", "用工依据", ChoiceWidget(ContractKind), required=True)
    contract_from = Column("contract_from", "合同起始日期", DateWidget())
    contract_until = Column("contract_until", "合同截止日期", DateWidget())
    host = Column("agreement__host__credit_code", HOST, CreditCodeWidget(), stores="agreement_id")
    is_retirement_deferred = Column("is_retirement_deferred", "依法延迟退休仍在职", YesNoWidget(), required=True)
    deferral_document = Column("deferral_document", "延迟退休的依据", TextWidget(200))

    def check(self, delivery: Delivery) -> None:
        super().check(delivery)
        self._check_span(delivery, "合同起始日期", "合同截止日期")
        grounds = zip(delivery.column("依法延迟退休仍在职"), delivery.column("延迟退休的依据"), strict=True)
        for index, (is_deferred, ground) in enumerate(grounds):
            if is_deferred == "true" and not ground:
                delivery.refuse(index, "延迟退休的依据", "依法延迟退休仍在职的，须写明依据。")
        contracts = zip(delivery.column("用工依据"), delivery.column("合同起始日期"), strict=True)
        for index, (contract, begins) in enumerate(contracts):
            if contract not in (None, ContractKind.ESTABLISHED) and not begins:
                delivery.refuse(index, "合同起始日期", "劳动合同和服务协议须填写起始日期。")

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        resolved = super().resolve(delivery, scope)
        employers = self.employers(delivery)
        resolved["employer_id"] = [None if employer is None else str(employer.pk) for employer in employers]
        if HOST in delivery.values:
            resolved["agreement_id"] = self._agreements(delivery, resolved["employer_id"])
        return resolved

    def _agreements(self, delivery: Delivery, employers: Values) -> Values:
        """The agreement with the host in force on the first day of work; by (dispatcher, host's code)."""
        hosts = {code for code in delivery.column(HOST) if code}
        agreements: dict[tuple[str, str], list[DispatchAgreement]] = {}
        for agreement in DispatchAgreement.objects.filter(host__credit_code__in=hosts).select_related("host"):
            key = (str(agreement.dispatcher_id), agreement.host.credit_code)
            agreements.setdefault(key, []).append(agreement)
        keys: Values = []
        rows = zip(employers, delivery.column(HOST), delivery.column(STARTED), delivery.column(ENDED), strict=True)
        for index, (employer, host, started, ended) in enumerate(rows):
            found = _in_force(agreements.get((employer or "", host or ""), []), started, ended)
            keys.append(None if found is None else str(found.pk))
            if host and employer and started and found is None:
                delivery.refuse(
                    index, HOST, "没有登记这两个单位之间在就业期间有效的劳务派遣协议。请先登记协议，或将这一格留空。"
                )
        return keys

    def display(self, store: str, text: str | None) -> str:
        if store != "agreement_id":
            return super().display(store, text)
        found = DispatchAgreement.objects.filter(pk=text).select_related("host").first() if text else None
        return found.host.credit_code if found else ""

    def rows_for(self, user: User) -> models.QuerySet[Any]:
        return super().rows_for(user).filter(employer__isnull=False)


def _in_force(agreements: list[DispatchAgreement], started: str | None, ended: str | None) -> DispatchAgreement | None:
    """The latest that overlaps with the work."""
    for agreement in sorted(agreements, key=lambda each: each.starts_on, reverse=True):
        begins_in_time = ended is None or agreement.starts_on.isoformat() <= ended
        lasts = agreement.ends_on is None or started is None or agreement.ends_on.isoformat() >= started
        if begins_in_time and lasts:
            return agreement
    return None


class OtherFormWidget(ChoiceWidget):
    """Forms of employment behind which no employer need stand."""

    def __init__(self) -> None:
        super().__init__(EmploymentForm)
        self.choices = tuple(label for label, value in self.by_label.items() if value not in AT_AN_EMPLOYER)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        cleaned = super().clean(value)
        if cleaned in AT_AN_EMPLOYER:
            raise ValueError("按比例就业和集中就业的，请填报“残疾职工就业情况表”。")
        return cleaned


class OtherEmploymentSheet(EmploymentSheet):
    """其他就业登记表: 个体就业, 农村种养加, 公益性岗位, 辅助性就业, 灵活就业."""

    code, title, department, order = "other-employment", "其他就业登记表", "人力资源和社会保障局", 24
    model, key, rhythm = EmploymentRecord, (ID, "就业形式", STARTED), Monthly(day=10)

    id_number = id_column()
    name = name_column()
    form = Column("form", "就业形式", OtherFormWidget(), required=True)
    started_on = Column("started_on", STARTED, DateWidget(), required=True)
    ended_on = Column("ended_on", ENDED, DateWidget())
    end_reason = Column("end_reason", "终止原因", TextWidget(100))
    workplace = Column("workplace", "工作单位或项目", TextWidget(100), required=True)
    post = Column("post", "岗位", TextWidget(50))

    def beside(self, delivery: Delivery) -> dict[str, Values]:
        return {"is_retirement_deferred": ["false"] * len(delivery)}

    def rows_for(self, user: User) -> models.QuerySet[Any]:
        return super().rows_for(user).filter(employer__isnull=True)


class StaffMonthSheet(EmployerColumnMixin, PersonSheet):
    """残疾职工工资社保月表: what each month of work was paid and insured for."""

    code, title, department, order = "staff-months", "残疾职工工资社保月表", "人力资源和社会保障局", 23
    model, key, period, rhythm = EmploymentMonth, (CODE, "所属月份"), "所属月份", Monthly(day=10)

    employer = Column("record__employer__credit_code", CODE, CreditCodeWidget(), required=True, stores="record_id")
    employer_name = Column("record__employer__name", "单位名称", TextWidget(100), required=True, stores="")
    id_number = Column(
        "record__person__id_number", ID, id_column().widget, required=True, synonyms=id_column().synonyms, stores=""
    )
    name = Column(
        "record__person__name", "姓名", name_column().widget, required=True, synonyms=name_column().synonyms, stores=""
    )
    month = Column("month", "所属月份", MonthWidget(), required=True, synonyms=("月份",))
    wage = Column("wage_yuan", "实发工资", MoneyWidget(), required=True, synonyms=("工资",))
    is_pension_paid = Column("is_pension_paid", "养老保险已缴", YesNoWidget(), required=True)
    is_medical_paid = Column("is_medical_paid", "医疗保险已缴", YesNoWidget(), required=True)

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        """The employment that covers the month: of the person, at the employer."""
        people = super().resolve(delivery, scope)["person_id"]
        employers = self.employers(delivery)
        records: dict[tuple[str, str], list[EmploymentRecord]] = {}
        wanted = {int(pk) for pk in people if pk}
        for record in EmploymentRecord.objects.filter(person__in=wanted, employer__isnull=False):
            records.setdefault((str(record.person_id), str(record.employer_id)), []).append(record)
        keys: Values = []
        for index, (person, employer, text) in enumerate(
            zip(people, employers, delivery.column("所属月份"), strict=True)
        ):
            found = None
            if person and employer is not None and text:
                month = datetime.date.fromisoformat(text)
                found = _covering(records.get((person, str(employer.pk)), []), month)
                if found is None:
                    delivery.refuse(index, CODE, NOT_EMPLOYED)
            keys.append(None if found is None else str(found.pk))
        return {"record_id": keys}

    def display(self, store: str, text: str | None) -> str:
        if store != "record_id":
            return super().display(store, text)
        if not text:
            return ""
        found = EmploymentRecord.objects.filter(pk=int(text)).values_list("employer__credit_code", flat=True)
        return found.first() or ""

    def absent_queryset(self, delivery: Delivery, scope: Scope) -> models.QuerySet[Any]:
        rows = self.rows_of_delivered_periods(delivery).select_related("record__person", "record__employer")
        if scope.communities is not None:
            rows = rows.filter(record__person__community__in=scope.communities)
        return rows.order_by("record__person__pinyin", "pk")

    def describe(self, record: EmploymentMonth) -> str:
        return f"{record.person}（{record.record.employer}，{record.month:%Y-%m}）"


def _covering(records: list[EmploymentRecord], month: datetime.date) -> EmploymentRecord | None:
    """The latest employment of any day of the month."""
    covering = [
        record
        for record in records
        if record.started_on <= last_day(month) and (record.ended_on is None or record.ended_on >= month)
    ]
    return max(covering, key=lambda record: record.started_on, default=None)


class MilitaryCertificateSheet(PersonSheet):
    """残疾军人证登记表 (残联厅函〔2022〕63号)."""

    code, title, department, order = "military-certificates", "残疾军人证登记表", "人力资源和社会保障局", 25
    model, key, rhythm = MilitaryCertificate, (ID, "发证日期"), Yearly(3, 31)

    id_number = id_column()
    name = name_column()
    number = Column("number", "残疾军人证号", TextWidget(30), required=True)
    level = Column("level", "残疾军人等级", IntegerWidget(minimum=1, maximum=10, suffix="级"), required=True)
    valid_from = Column("valid_from", "发证日期", DateWidget(), required=True)
    valid_until = Column("valid_until", "有效期至", DateWidget())

    def check(self, delivery: Delivery) -> None:
        for index, (first, last) in enumerate(
            zip(delivery.column("发证日期"), delivery.column("有效期至"), strict=True)
        ):
            if first and last and last < first:
                delivery.refuse(index, "有效期至", f"早于发证日期 {first}。")
