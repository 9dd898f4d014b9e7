"""求职登记 and 推介: registered and ended, recommended, hired, and every step taken back (残疾人就业条例 第二十二条)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from employment.models import (
    AT_AN_EMPLOYER,
    UNDECIDED,
    EmploymentRecord,
    JobReferral,
    JobSeeker,
    ReferralOutcome,
    SeekerStatus,
    Vacancy,
)
from employment.rules.matching import SERVICE, hard, vacancies_for
from employment.services.entries import RECORD, checked, open_context
from registry.models import Person
from registry.services.facts import version
from zalainuoer.common.acting import changed_since, refuse_others
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters

FIELDS = ("education", "skills", "wanted", "least_wage_yuan", "wanted_street", "health_limits", "note", "registered_on")
OUTCOMES = (ReferralOutcome.INTERVIEW, ReferralOutcome.REFUSED, ReferralOutcome.DECLINED)
FUTURE = "不能晚于今天（{today}）。"


def seeker_save(
    *,
    person: Person | None = None,
    seeker: JobSeeker | None = None,
    by: User | None,
    today: datetime.date,
    seen: int | None = None,
    **values: Any,
) -> JobSeeker:
    """Registers a person who looks for work, or changes an open registration."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        if seeker is None:
            row = JobSeeker(person=person)
            if person is not None and person.died_on is not None:
                raise RuleBroken("此人已登记死亡，不能办理求职登记。")
        else:
            row = _locked(seeker)
            if seen is not None and seen != version(row):
                raise RuleBroken(changed_since("这份求职登记"))
            if row.ended_on is not None:
                raise RuleBroken("这份求职登记已经结束，不能再改。需要继续求职的，请另行登记。", source=SERVICE)
        for name in FIELDS:
            if name in values:
                setattr(row, name, values[name])
        if row.registered_on > today:
            raise RuleBroken("登记日期" + FUTURE.format(today=today))
        checked(row)
        open_context(by, "seeker_save", "求职登记")
        row.save(force_insert=seeker is None, force_update=seeker is not None)
    return row


def seeker_end(
    *, seeker: JobSeeker, ended_on: datetime.date, reason: str, found_work: bool, by: User | None, today: datetime.date
) -> JobSeeker:
    """Ends a registration: work found without a referral (`found_work`), or no longer looking."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        row = _locked(seeker)
        if row.ended_on is not None:
            raise RuleBroken("这份求职登记已经结束。", source=SERVICE)
        if row.referrals.filter(outcome__in=UNDECIDED).exists():
            raise RuleBroken("还有没有结果的推介。请先登记结果，或者撤回推介。", source=SERVICE)
        if ended_on > today:
            raise RuleBroken("结束日期" + FUTURE.format(today=today))
        if not reason.strip():
            raise RuleBroken("请写明结束的原因。")
        row.status = SeekerStatus.EMPLOYED if found_work else SeekerStatus.ENDED
        row.ended_on, row.end_reason = ended_on, reason
        checked(row)
        open_context(by, "seeker_end", "求职登记", reason)
        row.save(force_update=True)
    return row


def referral_send(
    *, seeker: JobSeeker, vacancy: Vacancy, sent_on: datetime.date, by: User | None, today: datetime.date
) -> JobReferral:
    """Recommends a seeker for a vacancy; every hard clause of the matching must hold on the day."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        row = JobSeeker.objects.select_for_update(of=("self",)).select_related("person").get(pk=seeker.pk)
        if sent_on > today:
            raise RuleBroken("推介日期" + FUTURE.format(today=today))
        if sent_on < row.registered_on:
            raise RuleBroken(f"推介日期早于求职登记日期 {row.registered_on}，请核对。")
        rule = hard(vacancies_for(row, on=sent_on, parameters=Parameters(on=sent_on)))
        broken = [verdict.clause for verdict in rule.explain(vacancy) if not verdict.holds]
        if broken:
            sentences = "；".join(f"{clause.reason}（{clause.source}）" for clause in broken)
            raise RuleBroken(f"不能推介：{sentences}。", source=broken[0].source)
        referral = JobReferral(seeker=row, vacancy=vacancy, sent_on=sent_on, sent_by=by)
        checked(referral)
        open_context(by, "referral_send", "求职推介")
        referral.save(force_insert=True)
        _restate(row)
    return referral


def referral_answer(
    *,
    referral: JobReferral,
    outcome: str,
    outcome_on: datetime.date,
    reason: str = "",
    by: User | None,
    today: datetime.date,
) -> JobReferral:
    """Notes an interview, a refusal by the employer, or by the seeker; `referral_hire` notes the rest."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        row = _undecided(referral, outcome_on, today)
        row.outcome = ReferralOutcome(outcome)
        if row.outcome not in OUTCOMES:
            raise ValueError(f"{outcome} is no answer")
        if row.outcome != ReferralOutcome.INTERVIEW and not reason.strip():
            raise RuleBroken("未录用和本人放弃的，请写明原因，便于另行推介。")
        row.outcome_on, row.reason = outcome_on, reason
        _keep(row, by, "referral_answer", reason)
    return row


def referral_hire(
    *,
    referral: JobReferral,
    form: str,
    started_on: datetime.date,
    reason: str = "",
    by: User | None,
    today: datetime.date,
) -> JobReferral:
    """The employer takes the seeker: their employment is registered and the seeker's registration ends, at once."""
    refuse_others(by, RECORD)
    with transaction.atomic(), data_lock():
        row = _undecided(referral, started_on, today)
        person, vacancy = row.seeker.person, row.vacancy
        refuse_at_work(person, started_on)
        if vacancy.referrals.filter(outcome=ReferralOutcome.HIRED).count() >= vacancy.number:
            raise RuleBroken("这个岗位的招聘人数已经满了。实际多招的，请先修改招聘人数。", source=SERVICE)
        employment = EmploymentRecord(
            person=person, form=form, employer=vacancy.employer, post=vacancy.post, started_on=started_on
        )
        if form not in AT_AN_EMPLOYER:
            employment.workplace = vacancy.employer.name
        checked(employment)
        open_context(by, "referral_hire", "求职推介", reason)
        employment.save(force_insert=True)
        row.outcome, row.outcome_on, row.reason, row.employment = ReferralOutcome.HIRED, started_on, reason, employment
        checked(row)
        row.save(force_update=True)
        _restate(row.seeker)
    return row


def referral_take_back(*, referral: JobReferral, reason: str, by: User | None) -> JobReferral:
    """Takes the last step back: an outcome (of a hiring the employment goes with it), else the referral itself."""
    refuse_others(by, RECORD)
    if not reason.strip():
        raise RuleBroken("请写明为什么撤回。")
    with transaction.atomic(), data_lock():
        row = _loaded(referral)
        if row.outcome == ReferralOutcome.WITHDRAWN:
            raise RuleBroken("这次推介已经撤回。")
        employment = row.employment
        if employment is not None and (employment.months.exists() or employment.ended_on is not None):
            raise RuleBroken("就业登记里已有逐月工资社保或者终止日期，不能撤回录用。请先在就业登记中改正。")
        open_context(by, "referral_take_back", "求职推介", reason)
        if row.outcome == ReferralOutcome.WAITING:
            row.outcome, row.outcome_on, row.reason = ReferralOutcome.WITHDRAWN, row.sent_on, reason
        else:
            row.outcome, row.outcome_on, row.reason, row.employment = ReferralOutcome.WAITING, None, "", None
        row.save(force_update=True)
        if employment is not None:
            employment.delete()
        _restate(row.seeker)
    return row


def refuse_at_work(person: Person, day: datetime.date) -> None:
    """Refuses to register somebody's work from a day on which other work still runs, or before later work."""
    running = Q(ended_on__isnull=True) | Q(ended_on__gte=day)
    other = EmploymentRecord.objects.filter(running, person=person).order_by("started_on").first()
    if other is not None:
        raise RuleBroken(
            f"此人自 {other.started_on} 起登记为在业（{other.get_form_display()}）。请先办理那一份就业登记的终止。"
        )


def _locked(seeker: JobSeeker) -> JobSeeker:
    return JobSeeker.objects.select_for_update().get(pk=seeker.pk)


def _loaded(referral: JobReferral) -> JobReferral:
    rows = JobReferral.objects.select_for_update(of=("self",))
    return rows.select_related("seeker__person", "vacancy__employer", "employment").get(pk=referral.pk)


def _undecided(referral: JobReferral, day: datetime.date, today: datetime.date) -> JobReferral:
    row = _loaded(referral)
    if row.outcome not in UNDECIDED:
        raise RuleBroken("这次推介已经有了结果。登记错了的，请先撤回。")
    if day < row.sent_on:
        raise RuleBroken(f"日期早于推介日期 {row.sent_on}，请核对。")
    if day > today:
        raise RuleBroken("日期" + FUTURE.format(today=today))
    return row


def _keep(row: JobReferral, by: User | None, act: str, reason: str) -> None:
    checked(row)
    open_context(by, act, "求职推介", reason)
    row.save(force_update=True)
    _restate(row.seeker)


def _restate(seeker: JobSeeker) -> None:
    """The seeker's status as the referrals have it; one that was ended otherwise stays so unless they are hired."""
    hired = seeker.referrals.filter(outcome=ReferralOutcome.HIRED).select_related("vacancy__employer").first()
    if hired is not None:
        seeker.status, seeker.ended_on = SeekerStatus.EMPLOYED, hired.outcome_on
        seeker.end_reason = f"经推介录用：{hired.vacancy}"[:100]
    elif seeker.status == SeekerStatus.ENDED:
        return
    else:
        waits = seeker.referrals.filter(outcome__in=UNDECIDED).exists()
        seeker.status = SeekerStatus.REFERRED if waits else SeekerStatus.SEEKING
        seeker.ended_on, seeker.end_reason = None, ""
    checked(seeker)
    seeker.save(force_update=True)
