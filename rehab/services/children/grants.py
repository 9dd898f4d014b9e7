"""申请、审核、选择机构、年度结项 (国发〔2018〕20号; 内政发〔2018〕45号)."""

from __future__ import annotations

import datetime
from decimal import Decimal

from rehab.child_rules import SYSTEM, designated, with_room
from rehab.models import (
    ChildApplication,
    ChildApplicationState,
    ChildCase,
    ChildPlacement,
    ChildStage,
    ChildStepKind,
    ChildStepResult,
    Institution,
    MonthState,
)
from rehab.services.children.cases import acting, check, step_add
from zalainuoer.common import ciphers
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import age_on
from zalainuoer.common.models import Parameter, User
from zalainuoer.common.sheets.widgets import PhoneWidget

REGION = "内政发〔2018〕45号"
ONE_DAY = datetime.timedelta(days=1)


def case_apply(
    *,
    case: ChildCase,
    on: datetime.date,
    guardian_name: str,
    guardian_phone: str,
    family_note: str = "",
    note: str = "",
    by: User | None,
    today: datetime.date,
    seen: int | None = None,
) -> ChildApplication:
    """受理 a guardian's application for the year of `on`. No certificate is asked for, and no income is judged by.

    The child is not older on that day than `rehab.child_grant_max_age` says; an empty phone is the one on file.
    """
    with acting(case, ChildStepKind.APPLICATION, on=on, today=today, by=by, seen=seen) as row:
        refuse_age(row, on)
        phone = _phone(guardian_phone) or row.person.guardian_phone
        if not phone:
            raise RuleBroken("请填写监护人电话。")
        application = ChildApplication(
            person=row.person,
            case=row,
            year=on.year,
            applied_on=on,
            guardian_name=guardian_name.strip() or (row.person.guardian_name or ""),
            guardian_phone=phone,
            guardian_phone_index=ciphers.blind_index(phone, purpose="phone"),
            family_note=family_note.strip(),
            state=ChildApplicationState.PENDING,
            recorded_by=by,
        )
        if not application.guardian_name:
            raise RuleBroken("请填写监护人姓名。")
        check(application)
        application.save(force_insert=True)
        step_add(row, ChildStepKind.APPLICATION, on=on, by=by, to=ChildStage.DECIDING, note=note)
    return application


def refuse_age(case: ChildCase, applied_on: datetime.date) -> None:
    """0—6岁, in completed years on the day of application."""
    limit = Parameter.objects.value("rehab.child_grant_max_age", on=applied_on)
    if (age := age_on(case.person.born_on, applied_on)) > limit:
        raise RuleBroken(
            f"申请当天已 {age} 周岁，救助对象是 0—{limit} 周岁（申请时未满 {limit + 1} 周岁）。", source=REGION
        )


def case_decide(
    *,
    case: ChildCase,
    on: datetime.date,
    is_approved: bool,
    reason: str = "",
    by: User | None,
    today: datetime.date,
    seen: int | None = None,
) -> ChildApplication:
    """审核: approves with the year's cap of the day of application, or refuses with reasons in writing."""
    with acting(case, ChildStepKind.DECISION, on=on, today=today, by=by, seen=seen, reason=reason) as row:
        application = row.applications.select_for_update().get(state=ChildApplicationState.PENDING)
        application.decided_on, application.decided_by, application.reason = on, by, reason.strip()
        if is_approved:
            if by is None:
                raise RuleBroken("审核必须由有姓名的账号办理。")
            refuse_age(row, application.applied_on)
            yuan = Parameter.objects.value("rehab.child_grant_yuan", on=application.applied_on)
            application.state = ChildApplicationState.APPROVED
            application.cap_yuan = Decimal(str(yuan))
            trains = row.placements.filter(ends_on__isnull=True).exists()
            to = ChildStage.TRAINING if trains else ChildStage.CHOOSING
        else:
            if not reason.strip():
                raise RuleBroken("不予批准的，请写明理由，并书面告知监护人。", source=SYSTEM)
            application.state, to = ChildApplicationState.REFUSED, ChildStage.REFUSED
        check(application)
        application.save()
        result = ChildStepResult.APPROVED if is_approved else ChildStepResult.REFUSED
        step_add(row, ChildStepKind.DECISION, on=on, by=by, to=to, result=result, note=reason.strip())
    return application


def case_place(
    *,
    case: ChildCase,
    institution: Institution,
    on: datetime.date,
    note: str = "",
    by: User | None,
    today: datetime.date,
    seen: int | None = None,
) -> ChildPlacement:
    """选择机构: what the guardian has chosen, designated for the category on the day and with a free place.

    A child that changes leaves the other one the day before.
    """
    with acting(case, ChildStepKind.PLACEMENT, on=on, today=today, by=by, seen=seen) as row:
        for verdict in designated(on, row.category).explain(institution):
            if not verdict.holds:
                raise RuleBroken(f"不能选择“{institution}”：{verdict.clause.reason}。", source=verdict.clause.source)
        if not Institution.objects.filter(with_room(on, but=row), pk=institution.pk).exists():
            raise RuleBroken(f"“{institution}”核定容量 {institution.capacity} 人，现已满员。请选择其他机构。")
        current = row.placements.filter(ends_on__isnull=True).first()
        if current is not None:
            if current.institution_id == institution.pk:
                raise RuleBroken("正在这家机构训练，不需要再登记。")
            if on <= current.starts_on:
                raise RuleBroken(f"转机构的日期应晚于在原机构开始的 {current.starts_on}。")
            current.ends_on = on - ONE_DAY
            current.save(update_fields=["ends_on"])
        placement = ChildPlacement.objects.create(case=row, institution=institution, starts_on=on)
        step_add(row, ChildStepKind.PLACEMENT, on=on, by=by, to=ChildStage.TRAINING, place=institution.name, note=note)
    return placement


def case_close_year(
    *,
    case: ChildCase,
    on: datetime.date,
    assessment: str,
    by: User | None,
    today: datetime.date,
    seen: int | None = None,
) -> ChildApplication:
    """年度结项: after its last settlement nothing more is paid of the year; the next one is applied for anew."""
    with acting(case, ChildStepKind.CLOSING, on=on, today=today, by=by, seen=seen) as row:
        application = row.applications.select_for_update().get(state=ChildApplicationState.APPROVED)
        open_months = row.person.trainingmonths.filter(state=MonthState.PENDING, month__year=application.year)
        if (month := open_months.select_related("settlement__institution").first()) is not None:
            raise RuleBroken(f"“{month.settlement}”还没有核定，请先核定，再办理年度结项。")
        if not assessment.strip():
            raise RuleBroken("请填写结项评估。")
        application.state, application.closed_on = ChildApplicationState.CLOSED, on
        application.assessment = assessment.strip()
        check(application)
        application.save()
        note = (
            f"{application.year}年：已结算 {application.settled_yuan} 元，限额 {application.cap_yuan} 元。{assessment}"
        )
        step_add(row, ChildStepKind.CLOSING, on=on, by=by, to=ChildStage.CLOSED, note=note[:300])
    return application


def _phone(text: str) -> str | None:
    try:
        return PhoneWidget().clean(text or None)
    except ValueError as error:
        raise RuleBroken(f"监护人电话：{error}") from error
