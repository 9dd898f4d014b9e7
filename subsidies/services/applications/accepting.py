"""受理: papers checked, the one notice of what is missing, and the first desk's clock."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db import transaction

from registry.models import Certificate, Person
from registry.services.drafts import needs_guardian
from registry.services.statements import statement_in_force
from subsidies.models import (
    Applicant,
    Application,
    ApplicationState,
    Outcome,
    Paper,
    StepKind,
    Subsidy,
)
from subsidies.rules import SOURCE
from subsidies.services.applications.cases import ACCEPT, FEDERATION_REVIEW, held, step
from subsidies.services.applications.judging import as_kept, is_receiving, judged_now
from subsidies.services.applications.limits import arrive
from zalainuoer.common.acting import kept, refuse_day, text
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import Division, User

ELSEWHERE = "两项补贴“跨省通办”（2021年）"
EARLIEST = datetime.date(2016, 1, 1)  # since when there are the two subsidies
ALWAYS = (Paper.FORM, Paper.IDENTITY, Paper.CERTIFICATE, Paper.ACCOUNT)


def required_papers(
    subsidy: str,
    applicant: str,
    *,
    person: Person,
    statement: Certificate | None,
    on: datetime.date,
    needs_care: bool | None = None,
) -> list[Paper]:
    """申请材料 by subsidy, applicant and person: what is not among them must not be asked for."""
    papers = list(ALWAYS)
    if (
        statement is not None
        and needs_guardian(category=statement.category, components=statement.components, born_on=person.born_on, on=on)
    ) or applicant == Applicant.GUARDIAN:
        papers.append(Paper.GUARDIAN)
    if applicant == Applicant.AGENT:
        papers.append(Paper.MANDATE)
    if subsidy == Subsidy.LIVING:
        papers.append(Paper.HARDSHIP)
    elif needs_care is not False:
        papers.append(Paper.CARE)
    return papers


def checked_papers(application: Application) -> list[tuple[Paper, bool]]:
    """The papers that a case needs, and those brought besides: (paper, whether it is there)."""
    statement = statement_in_force(application.person)
    missing = _missing(application, application.person, statement, on=application.applied_on)
    return [(paper, paper in application.papers) for paper in Paper if paper in application.papers or paper in missing]


def application_accept(
    *,
    person: Person,
    subsidy: str,
    applied_on: datetime.date,
    by: User,
    today: datetime.date,
    applicant: str = Applicant.SELF,
    applicant_name: str = "",
    applicant_phone: str | None = None,
    accepted_in: Division | None = None,
    accepted_elsewhere: str = "",
    needs_care: bool | None = None,
    papers: Collection[str] = (),
) -> Application:
    """Takes an application in: on to the first review where the papers are complete, else with the one-time notice.

    What the rules say of the person never stands in the way: everybody may apply and is answered in writing.
    """
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, reason="受理补贴申请", act="application_accept")
        person = Person.objects.select_related("community__parent").select_for_update(of=("self",)).get(pk=person.pk)
        statement = statement_in_force(person)
        _refuse_desk(by, person, accepted_in, accepted_elsewhere.strip())
        _refuse_facts(subsidy, applicant, applicant_name, needs_care, papers)
        if refusal := refusal_to_accept(person, subsidy, statement, today=today):
            raise RuleBroken(refusal, source=f"{SOURCE} 补贴对象")
        refuse_day(applied_on, what="申请日期", today=today)
        if applied_on < EARLIEST:
            raise RuleBroken(f"两项补贴自 {EARLIEST} 起施行，申请日期不能更早，请核对年份。", source=SOURCE)
        if statement is not None and applied_on < statement.first_issued_on:
            raise RuleBroken(f"申请日期早于此人残疾人证的首次发证日期（{statement.first_issued_on}），请核对。")
        application = Application(
            person=person,
            subsidy=subsidy,
            applied_on=applied_on,
            applicant=applicant,
            applicant_name="" if applicant == Applicant.SELF else applicant_name.strip(),
            applicant_phone=None if applicant == Applicant.SELF else applicant_phone or None,
            accepted_in=accepted_in,
            accepted_elsewhere=accepted_elsewhere.strip(),
            needs_care=needs_care if subsidy == Subsidy.NURSING else None,
            papers=_in_order(papers),
            recorded_by=by,
            state=ApplicationState.SUPPLEMENT,
            arrived_on=today,
        )
        missing = _missing(application, person, statement, on=applied_on)
        if missing:
            application.missing = "；".join(paper.label for paper in missing)
            application.noticed_on, application.resumes_at = today, ApplicationState.FIRST_REVIEW
        else:
            application.completed_on = today
            arrive(application, ApplicationState.FIRST_REVIEW, today=today)
        kept(application)
        verdicts = as_kept(judged_now(application, today=today))
        step(application, StepKind.ACCEPT, Outcome.DONE, by=by, today=today, verdicts=verdicts)
        if missing:
            step(application, StepKind.NOTICE, Outcome.DONE, by=by, today=today, opinion=application.missing)
    return application


def application_complete(
    *,
    application: Application,
    by: User,
    today: datetime.date,
    papers: Collection[str] = (),
    note: str = "",
    seen: str | None = None,
) -> Application:
    """Notes that what was missing has been brought: the case goes on where it stopped, its clock anew.

    There is no second notice (一次性告知 means once): what is still missing is waited for.
    """
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username, reason="补正材料", act="application_complete")
        row = held(application, by=by, may=(ACCEPT,), seen=seen)
        if row.state != ApplicationState.SUPPLEMENT:
            raise RuleBroken(f"这份申请现在的状态是“{row.get_state_display()}”，不需要补正材料。")
        if unknown := set(papers) - set(Paper.values):
            raise RuleBroken(f"没有这样的材料：{'、'.join(sorted(unknown))}。")
        row.papers = _in_order({*row.papers, *papers})
        missing = _missing(row, row.person, statement_in_force(row.person), on=row.applied_on)
        if missing:
            names = "、".join(paper.label for paper in missing)
            raise RuleBroken(
                f"还缺：{names}。一次性告知只有一次，不再另发告知书；请等申请人补齐后再登记。", source=SOURCE
            )
        row.missing, row.completed_on = "", today
        arrive(row, row.resumes_at or ApplicationState.FIRST_REVIEW, today=today)
        row.resumes_at = ""
        kept(row)
        opinion = text(note, what="补正说明") if note.strip() else ""
        step(row, StepKind.COMPLETE, Outcome.DONE, by=by, today=today, opinion=opinion)
    return row


def _in_order(papers: Collection[str]) -> list[str]:
    return [paper for paper in Paper.values if paper in set(papers)]


def _missing(
    application: Application, person: Person, statement: Certificate | None, *, on: datetime.date
) -> list[Paper]:
    required = required_papers(
        application.subsidy,
        application.applicant,
        person=person,
        statement=statement,
        on=on,
        needs_care=application.needs_care,
    )
    return [paper for paper in required if paper not in application.papers]


def _refuse_desk(by: User, person: Person, accepted_in: Division | None, accepted_elsewhere: str) -> None:
    """A street takes in its own people only; what another place has taken in comes to the federation."""
    if not by.has_perm(ACCEPT):
        raise RuleBroken("您的账号不能受理补贴申请。")
    if bool(accepted_in) == bool(accepted_elsewhere):
        raise RuleBroken("请选择受理的街道（镇），或填写跨省通办的受理机关，两者填一项。")
    is_federation = by.has_perm(FEDERATION_REVIEW)
    if accepted_elsewhere and not is_federation:
        raise RuleBroken("跨省通办推送的申请由区残联接收登记，街道（镇）只受理本辖区的人。", source=ELSEWHERE)
    if by.scope_ids is not None and person.community_id not in by.scope_ids:
        raise RuleBroken("此人不在您的辖区内。街道（镇）只能受理本辖区的人；异地申请的，请通过跨省通办由区残联接收。")
    street = person.community.parent
    if accepted_in is not None and accepted_in != street:
        raise RuleBroken(f"此人属于{street}，应由{street}受理。异地申请的，请通过跨省通办由区残联接收。")


def _refuse_facts(
    subsidy: str, applicant: str, applicant_name: str, needs_care: bool | None, papers: Collection[str]
) -> None:
    if subsidy not in Subsidy.values:
        raise RuleBroken("请选择补贴。")
    if applicant not in Applicant.values:
        raise RuleBroken("请选择申请人。")
    if applicant != Applicant.SELF and not applicant_name.strip():
        raise RuleBroken("不是本人申请的，请填写代办人姓名。")
    if subsidy == Subsidy.NURSING and needs_care is None:
        raise RuleBroken("请填写是否需要长期照护（六个月以上）。", source=f"{SOURCE} 补贴对象")
    if unknown := set(papers) - set(Paper.values):
        raise RuleBroken(f"没有这样的材料：{'、'.join(sorted(unknown))}。")


def pending_application(person: int, subsidy: str) -> Application | None:
    """The application of somebody that is still under way: there is one at most."""
    return Application.objects.open().filter(person=person, subsidy=subsidy).first()


def refusal_to_accept(person: Person, subsidy: str, statement: Certificate | None, *, today: datetime.date) -> str:
    """Why no application can be taken in about somebody, whatever the papers; empty where one can."""
    name = Subsidy(subsidy).label
    if statement is None:
        return "此人没有残疾人证，不能申请。请先办理残疾人证，再申请补贴。"
    if (pending := pending_application(person.pk, subsidy)) is not None:
        where = f"{pending.applied_on}申请，{pending.get_state_display()}"
        return f"此人的{name}已有一份申请正在办理（{where}），不能重复受理。"
    if is_receiving(person.pk, subsidy, today=today):
        return f"此人已核定享受{name}，正在发放或只是暂停，不需要重新申请。暂停的，请办理复核或解冻后恢复。"
    return ""
