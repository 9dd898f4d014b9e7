"""筛查、复筛、诊断、告知; handing a case over, ending it, and taking the latest step back."""

from __future__ import annotations

import datetime

from django.db import transaction

from registry.models import Person
from rehab.child_rules import SYSTEM
from rehab.models import ChildCase, ChildStage, ChildStep, ChildStepKind, ChildStepResult, MonthState, TrainingMonth
from rehab.pipeline import RECORD
from rehab.services.children.cases import acting, held, open_context, refuse_future, step_add
from zalainuoer.common.acting import refuse_others
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import age_on
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import Parameter, User

SCREENING = "残疾儿童筛查工作规范（残联厅发〔2013〕8号）"
# What is nobody's but the case's own: nothing else rests on it yet.
WITHDRAWABLE = (
    ChildStepKind.SCREENING,
    ChildStepKind.RESCREENING,
    ChildStepKind.DIAGNOSIS,
    ChildStepKind.INFORMING,
    ChildStepKind.HAND_OVER,
    ChildStepKind.END,
)


def case_screen(
    *,
    person: Person,
    screened_on: datetime.date,
    result: str,
    place: str,
    done_by: str,
    note: str = "",
    by: User | None,
    today: datetime.date,
) -> ChildCase:
    """初筛: opens a case; a negative one is closed with it. The child is not older than the parameter says (0—7岁)."""
    refuse_others(by, RECORD)
    refuse_future(screened_on, today)
    with transaction.atomic(), data_lock():
        people = Person.objects if by is None else Person.objects.visible_to(by)
        child = people.filter(pk=person.pk).first()
        if child is None:
            raise RuleBroken("这名儿童不在您的辖区内。")
        limit = Parameter.objects.value("rehab.child_screen_max_age", on=screened_on)
        if screened_on < child.born_on:
            raise RuleBroken(f"筛查日期 {screened_on} 早于出生日期，请核对。")
        if (age := age_on(child.born_on, screened_on)) > limit:
            raise RuleBroken(f"筛查当天已 {age} 周岁，儿童残疾筛查的对象是 0—{limit} 周岁。", source=SCREENING)
        open_context(by, "child_screening", "")
        is_negative = result == ChildStepResult.NEGATIVE
        case = ChildCase(person=child, screened_on=screened_on, since_on=screened_on)
        step_add(
            case,
            ChildStepKind.SCREENING,
            on=screened_on,
            by=by,
            to=ChildStage.NEGATIVE if is_negative else ChildStage.RESCREENING,
            result=result,
            place=place,
            done_by=done_by,
            note=note,
            ended_on=screened_on if is_negative else None,
        )
    return case


def case_rescreen(
    *,
    case: ChildCase,
    on: datetime.date,
    result: str,
    place: str,
    done_by: str,
    note: str = "",
    by: User | None,
    today: datetime.date,
    seen: int | None = None,
) -> ChildCase:
    """复筛: a positive one goes to diagnosis, a negative one ends the case."""
    with acting(case, ChildStepKind.RESCREENING, on=on, today=today, by=by, seen=seen) as row:
        is_negative = result == ChildStepResult.NEGATIVE
        step_add(
            row,
            ChildStepKind.RESCREENING,
            on=on,
            by=by,
            to=ChildStage.NEGATIVE if is_negative else ChildStage.DIAGNOSIS,
            result=result,
            place=place,
            done_by=done_by,
            note=note,
            ended_on=on if is_negative else None,
        )
    return row


def case_diagnose(
    *,
    case: ChildCase,
    on: datetime.date,
    result: str,
    category: str,
    place: str,
    done_by: str,
    note: str = "",
    by: User | None,
    today: datetime.date,
    seen: int | None = None,
) -> ChildCase:
    """诊断: confirmed in one of the six categories, or excluded, which ends the case."""
    with acting(case, ChildStepKind.DIAGNOSIS, on=on, today=today, by=by, seen=seen) as row:
        is_confirmed = result == ChildStepResult.CONFIRMED
        if is_confirmed and not category:
            raise RuleBroken("确诊的必须选择救助类别。", source=SYSTEM)
        step_add(
            row,
            ChildStepKind.DIAGNOSIS,
            on=on,
            by=by,
            to=ChildStage.INFORMING if is_confirmed else ChildStage.EXCLUDED,
            result=result,
            place=place,
            done_by=done_by,
            note=note,
            category=category if is_confirmed else "",
            diagnosed_on=on if is_confirmed else None,
            ended_on=None if is_confirmed else on,
        )
    return row


def case_inform(
    *,
    case: ChildCase,
    on: datetime.date,
    done_by: str,
    note: str = "",
    by: User | None,
    today: datetime.date,
    seen: int | None = None,
) -> ChildCase:
    """告知: the guardian has been told what help there is and how to apply."""
    with acting(case, ChildStepKind.INFORMING, on=on, today=today, by=by, seen=seen) as row:
        step_add(row, ChildStepKind.INFORMING, on=on, by=by, to=ChildStage.APPLYING, done_by=done_by, note=note)
    return row


def case_hand_over(
    *,
    case: ChildCase,
    owner: User | None,
    office: str,
    note: str = "",
    by: User | None,
    today: datetime.date,
    seen: int | None = None,
) -> ChildCase:
    """移交: names the account or the office whose turn it is, until the next step."""
    with acting(case, ChildStepKind.HAND_OVER, on=today, today=today, by=by, seen=seen) as row:
        if (owner, office) == (row.owner, row.office):
            raise RuleBroken("没有任何变化，不需要保存。")
        said = f"{owner.name}（{office}）" if owner else office
        text = f"{said}。{note}" if note else said
        step_add(
            row,
            ChildStepKind.HAND_OVER,
            on=today,
            by=by,
            to=row.stage,
            note=text[:300],
            owner=owner,
            office=office,
        )
    return row


def case_end(
    *,
    case: ChildCase,
    on: datetime.date,
    reason: str,
    by: User | None,
    today: datetime.date,
    seen: int | None = None,
) -> ChildCase:
    """结束个案 (迁出、放弃、康复、超龄): the place at an institution is free from the next day on."""
    with acting(case, ChildStepKind.END, on=on, today=today, by=by, seen=seen, reason=reason) as row:
        if not reason.strip():
            raise RuleBroken("请写明结束个案的原因。")
        if TrainingMonth.objects.filter(application__case=row, state=MonthState.PENDING).exists():
            raise RuleBroken("还有没核定的训练月，请先核定结算表，再结束个案。")
        if row.applications.filter(state="approved").exists():
            raise RuleBroken("本年度的救助还没有结项，请先办理“年度结项”，再结束个案。")
        placement = row.placements.filter(ends_on__isnull=True).first()
        if placement is not None:
            placement.ends_on = max(on, placement.starts_on)
            placement.save(update_fields=["ends_on"])
        row.applications.filter(state="pending").update(
            state="refused", reason=f"个案结束：{reason.strip()}"[:300], decided_on=on
        )
        step_add(row, ChildStepKind.END, on=on, by=by, to=ChildStage.ENDED, note=reason.strip(), ended_on=on)
    return row


def step_withdraw(*, case: ChildCase, by: User | None, reason: str, seen: int | None = None) -> ChildCase | None:
    """Takes back the latest step, typed by mistake; None where it was the first, and the case is gone with it.

    From the application on decisions stand by themselves: a refusal is answered by another application.
    """
    refuse_others(by, RECORD)
    if not reason.strip():
        raise RuleBroken("请写明撤回的原因。")
    with transaction.atomic(), data_lock():
        row = held(case, by=by, seen=seen)
        open_context(by, "child_withdraw", reason)
        step = row.steps.order_by("-pk").first()
        if (refusal := withdrawal_refusal(row, step)) or step is None:
            raise RuleBroken(refusal)
        before = step.stage_before
        step.delete()
        if not before:
            row.delete()
            return None
        columns = ["stage", "since_on", "office", "owner", "ended_on"]
        row.stage, row.since_on, row.office = before, step.since_before or row.since_on, step.office_before
        row.owner, row.ended_on = None, None
        if step.kind == ChildStepKind.DIAGNOSIS:
            row.category, row.diagnosed_on = "", None
            columns += ["category", "diagnosed_on"]
        row.full_clean()
        row.save(update_fields=columns)
    return row


def withdrawal_refusal(case: ChildCase, step: ChildStep | None) -> str:
    """Why the latest step cannot be taken back; empty where it can."""
    if step is None or step.kind not in WITHDRAWABLE:
        return "只能撤回申请之前的步骤。申请、审核和选择机构办理后不能撤回。"
    if step.kind == ChildStepKind.END and (case.placements.exists() or case.applications.exists()):
        return "已经申请过救助的个案结束后不能撤回；仍需康复的，请重新登记筛查。"
    return ""
