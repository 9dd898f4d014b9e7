"""A device case: opened from a need, assessed, decided by somebody else, fitted, looked after."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from registry.models import Person
from rehab.device_terms import FOLLOW_UP_MONTHS, months_later, subsidy_of, terms_needed, too_early
from rehab.models import (
    CaseState,
    DeviceCase,
    DeviceFitting,
    DeviceFollowUp,
    DeviceItem,
    FollowUpResult,
    Replacement,
)
from rehab.models.device_cases import ENDED
from rehab.services.device_writing import (
    MANAGE,
    RECORD,
    keep,
    open_context,
    refuse_future,
    refuse_without,
    words,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

# Days after which the worklist reminds of a stage: the office's own rhythm, no limit of any law.
REMIND_AFTER = {CaseState.NEED: 30, CaseState.ASSESSED: 15, CaseState.APPROVED: 30}
AGAIN_MONTHS = 1  # after a follow-up that found something to repair
ONE_DAY = datetime.timedelta(days=1)
OWN_ASSESSMENT = "这份是您评估登记的，评估和审批不能是同一个人，请由其他人审批。"


def case_open(
    *,
    person: Person,
    wanted: str,
    need_year: int | None = None,
    by: User,
    today: datetime.date,
) -> DeviceCase:
    """Opens a case for a need; `need_year` is the survey it comes from, None where it comes from none."""
    refuse_without(by, RECORD)
    with transaction.atomic(), data_lock():
        if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
            raise RuleBroken("此人不在您的辖区内。")
        _refuse_dead(person, today)
        if need_year is not None:
            if not person.rehabneeds.filter(year=need_year, device__isnull=False).exists():
                raise RuleBroken(f"{need_year} 年的需求调查中没有此人的辅具需求。")
            unfinished = person.devicecases.filter(need_year=need_year).exclude(state__in=ENDED)
            same = unfinished.filter(wanted=wanted.strip())
            if same.exists():
                raise RuleBroken(f"此人 {need_year} 年调查的这项辅具需求已在办理，请打开原来的一份。")
        row = DeviceCase(person=person, wanted=words(wanted, what="需要的辅具"), need_year=need_year)
        row.opened_on, row.opened_by = today, by
        _arrive(row, CaseState.NEED, today)
        open_context(by, "device_case_open")
        keep(row)
    return row


def case_assess(
    *,
    case: DeviceCase,
    item: DeviceItem,
    quantity: int,
    price_yuan: Decimal,
    assessed_on: datetime.date,
    assessor: str,
    measures: str,
    replacement: str = "",
    replacement_note: str = "",
    by: User,
    today: datetime.date,
    seen: str | None = None,
) -> DeviceCase:
    """Notes what was found: which item, of what size, at what price a piece; again while nobody has decided."""
    with transaction.atomic(), data_lock():
        row = _held(case, by=by, may=RECORD, states=(CaseState.NEED, CaseState.ASSESSED), seen=seen)
        refuse_future(assessed_on, what="评估日期", today=today)
        if not item.is_active:
            raise RuleBroken(f"“{item.name}”在辅具目录中已停用，请另选。")
        others = row.person.devicecases.filter(item=item).exclude(pk=row.pk).exclude(state__in=ENDED)
        if others.exclude(state=CaseState.FITTED).exists():
            raise RuleBroken(f"此人的“{item.name}”已有一份正在办理，请打开原来的一份。")
        if bool(replacement) != bool(replacement_note.strip()):
            raise RuleBroken("提前更换的，要选更换理由并说明情况；不是提前更换的，两项都留空。")
        row.item, row.quantity, row.price_yuan = item, quantity, price_yuan
        row.assessed_on, row.assessed_by = assessed_on, by
        row.assessor = words(assessor, what="评估人员或机构")
        row.measures = words(measures, what="评估结论和尺寸")
        row.replacement, row.replacement_note = replacement, replacement_note.strip()
        _arrive(row, CaseState.ASSESSED, today)
        open_context(by, "device_case_assess")
        keep(row)
    return row


def case_decide(
    *,
    case: DeviceCase,
    approved: bool,
    subsidised: bool = True,
    reason: str = "",
    by: User,
    today: datetime.date,
    seen: str | None = None,
) -> DeviceCase:
    """Approves, with the subsidy that the terms of the day come to or without one, or refuses with reasons.

    Whoever assessed does not decide. A replacement within the years of use passes only with a reasoned exception.
    """
    with transaction.atomic(), data_lock():
        row = _held(case, by=by, may=MANAGE, states=(CaseState.ASSESSED,), seen=seen)
        if row.assessed_by_id == by.pk:
            raise RuleBroken(OWN_ASSESSMENT)
        row.decided_on, row.decided_by, row.reason = today, by, reason.strip()
        if approved:
            _refuse_dead(row.person, today)
            _refuse_too_early(row, today)
            _take_subsidy(row, subsidised=subsidised)
            _arrive(row, CaseState.APPROVED, today)
        else:
            row.reason = words(reason, what="不予批准的理由")
            _end(row, CaseState.REFUSED, today)
        open_context(by, "device_case_decide", row.reason)
        keep(row)
    return row


def case_fit(
    *,
    case: DeviceCase,
    fitted_on: datetime.date,
    price_yuan: Decimal,
    serial_number: str = "",
    supplier: str = "",
    signed_by: str,
    by: User,
    today: datetime.date,
    seen: str | None = None,
) -> DeviceCase:
    """Notes the handing over, which writes the fitting that indicator 10 counts.

    `price_yuan` is what a piece has come to in fact: a lower one lowers the subsidy, a higher one is paid by the person.
    """
    with transaction.atomic(), data_lock():
        row = _held(case, by=by, may=RECORD, states=(CaseState.APPROVED,), seen=seen)
        refuse_future(fitted_on, what="适配日期", today=today)
        if fitted_on < row.decided_on:
            raise RuleBroken(f"适配日期不能早于审批日期 {row.decided_on}。")
        _refuse_dead(row.person, fitted_on)
        _refuse_too_early(row, fitted_on, handed_over=True)
        total = price_yuan * row.quantity
        if row.terms is not None:
            now = subsidy_of(row.terms, price_yuan=price_yuan, quantity=row.quantity)
            row.subsidy_yuan = min(row.subsidy_yuan or Decimal(0), now)
        row.price_yuan, row.self_pay_yuan = price_yuan, total - (row.subsidy_yuan or Decimal(0))
        row.fitted_on, row.fitted_by, row.signed_by = fitted_on, by, signed_by
        row.serial_number, row.supplier = serial_number.strip(), supplier.strip()
        row.state, row.due_on = CaseState.FITTED, months_later(fitted_on, FOLLOW_UP_MONTHS)
        open_context(by, "device_case_fit")
        _write_fitting(row)
        keep(row)
    return row


def case_unfit(*, case: DeviceCase, reason: str, by: User, today: datetime.date, seen: str | None = None) -> DeviceCase:
    """Takes back a fitting noted by mistake: its row goes, and the case waits to be fitted again."""
    with transaction.atomic(), data_lock():
        row = _held(case, by=by, may=MANAGE, states=(CaseState.FITTED,), seen=seen)
        reason = words(reason, what="撤销适配登记的原因")
        if row.follow_ups.exists():
            raise RuleBroken("这件辅具已经回访过，不能再撤销适配登记。")
        open_context(by, "device_case_unfit", reason)
        if row.wrote_fitting:  # what a sheet has delivered is the sheet's to take back
            written = DeviceFitting.objects.filter(person=row.person_id, fitted_on=row.fitted_on)
            written.filter(device__in=row.item.names).delete()
        row.fitted_on = row.fitted_by = row.self_pay_yuan = None
        row.wrote_fitting = False
        row.signed_by = row.serial_number = row.supplier = ""
        _arrive(row, CaseState.APPROVED, today)
        keep(row)
    return row


def case_follow_up(
    *,
    case: DeviceCase,
    done_on: datetime.date,
    result: str,
    note: str = "",
    repair: str = "",
    by: User,
    today: datetime.date,
    seen: str | None = None,
) -> DeviceFollowUp:
    """Notes a visit after the fitting. What works, or is no longer used, ends the case; what does not is seen again."""
    with transaction.atomic(), data_lock():
        row = _held(case, by=by, may=RECORD, states=(CaseState.FITTED,), seen=seen)
        refuse_future(done_on, what="回访日期", today=today)
        if done_on < row.fitted_on:
            raise RuleBroken(f"回访日期不能早于适配日期 {row.fitted_on}。")
        found = DeviceFollowUp(case=row, done_on=done_on, due_on=row.due_on, result=result, done_by=by)
        found.note, found.repair = note.strip(), repair.strip()
        if result == FollowUpResult.UNUSED:
            words(note, what="不再使用的原因和辅具的去向")
        open_context(by, "device_case_follow_up")
        keep(found)
        if result in (FollowUpResult.REPAIR, FollowUpResult.ADJUST):
            row.due_on = months_later(done_on, AGAIN_MONTHS)
        else:
            _end(row, CaseState.DONE, today)
        keep(row)
    return found


def case_withdraw(
    *, case: DeviceCase, reason: str, by: User, today: datetime.date, seen: str | None = None
) -> DeviceCase:
    """Ends a case before anything was handed over: the person no longer wants it, has moved or died."""
    with transaction.atomic(), data_lock():
        states = (CaseState.NEED, CaseState.ASSESSED, CaseState.APPROVED)
        row = _held(case, by=by, may=RECORD, states=states, seen=seen)
        row.end_note = words(reason, what="撤回的原因")
        _end(row, CaseState.WITHDRAWN, today)
        open_context(by, "device_case_withdraw", row.end_note)
        keep(row)
    return row


def acts_open(case: DeviceCase, user: User) -> list[str]:
    """The acts that somebody may do on a case as it stands."""
    state, acts = case.state, []
    may_record, may_manage = user.has_perm(RECORD), user.has_perm(MANAGE)
    if state == CaseState.ASSESSED and may_manage and case.assessed_by_id != user.pk:
        acts.append("decide")
    if state in (CaseState.NEED, CaseState.ASSESSED) and may_record:
        acts.append("assess")
    if state == CaseState.APPROVED and may_record:
        acts.append("fit")
    if state == CaseState.FITTED and may_record:
        acts.append("follow_up")
    if state == CaseState.FITTED and may_manage:
        acts.append("unfit")
    if state in (CaseState.NEED, CaseState.ASSESSED, CaseState.APPROVED) and may_record:
        acts.append("withdraw")
    return acts


def _held(case: DeviceCase, *, by: User, may: str, states: tuple[str, ...], seen: str | None) -> Any:
    """The case as it stands now, held until the transaction ends.

    `seen` is the state that the form was filled in upon: what has moved on since is not done by an old page. What a
    state must have is in the row: its constraints see to that.
    """
    refuse_without(by, may)
    rows = DeviceCase.objects.select_for_update(of=("self",)).select_related("person", "item", "terms")
    row = rows.visible_to(by).filter(pk=case.pk).first()
    if row is None:
        raise RuleBroken("这份辅具申请不在您的辖区内。")
    if row.state not in states or (seen is not None and seen != row.state):
        raise RuleBroken(f"这份辅具申请现在{row.get_state_display()}，没有办理。请刷新页面后再看。")
    return row


def _arrive(row: Any, state: CaseState, today: datetime.date) -> None:
    row.state, row.due_on = state, today + datetime.timedelta(days=REMIND_AFTER[state])


def _end(row: Any, state: str, today: datetime.date) -> None:
    row.state, row.due_on, row.ended_on = state, None, today


def _refuse_dead(person: Person, day: datetime.date) -> None:
    if person.died_on is not None and person.died_on <= day:
        raise RuleBroken(f"此人已于 {person.died_on} 死亡，不能再办理辅具适配。")


def _refuse_too_early(row: Any, day: datetime.date, *, handed_over: bool = False) -> None:
    """A fitting on the day of handing over is the handing over itself, as a sheet may have delivered it."""
    last = day - ONE_DAY if handed_over else day
    found = too_early(row.item, person=row.person_id, on=day, since=last)
    if found is not None and row.replacement not in Replacement.values:
        raise RuleBroken(found.sentence, source=found.source)


def _take_subsidy(row: Any, *, subsidised: bool) -> None:
    """The subsidy by the terms of the day of the decision."""
    row.terms, row.subsidy_yuan = None, Decimal(0)
    if subsidised:
        row.terms = terms_needed(row.item, row.decided_on)
        row.subsidy_yuan = subsidy_of(row.terms, price_yuan=row.price_yuan, quantity=row.quantity)


def _write_fitting(row: Any) -> None:
    """The row that counts. A sheet may have delivered the same handing over already: then that one is it."""
    known = DeviceFitting.objects.filter(person=row.person_id, fitted_on=row.fitted_on, device__in=row.item.names)
    row.wrote_fitting = not known.exists()
    if row.wrote_fitting:
        fitting = {"fitted_on": row.fitted_on, "device": row.item.name, "quantity": row.quantity}
        keep(DeviceFitting(person=row.person, **fitting), force_insert=True)
