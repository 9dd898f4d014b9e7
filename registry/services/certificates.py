"""Acts on certificates: done, written as dated statements with a file of their own, and withdrawn again."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from registry.acts import ACTS, ELSEWHERE, Act, is_expired
from registry.contributions import Change, announce
from registry.models import (
    Certificate,
    CertificateAct,
    CertificateCase,
    CertificateStatus,
    DeathNotice,
    FormerIdentity,
    Household,
    MergePair,
    MergePairState,
    Person,
)
from registry.services.attachments import Paper, papers_keep, refuse_papers
from registry.services.changes import person_changes, person_columns, person_facts, statement_changes
from registry.services.drafts import Draft, checked_number
from registry.services.effects import EFFECTS
from registry.services.identity import name_fields, number_fields
from registry.services.statements import file_version, refuse_day, statement_correct, statement_hold, statement_in_force
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import Division, User
from zalainuoer.common.sheets.undo import Unit, undo

TRUE_BEARER = "曾用号码的真正持有人"
WITHDRAWN = "withdrawn"  # what listeners are told when an act has been taken back


def certificate_act(
    *,
    person: Person,
    act: str,
    effective_on: datetime.date,
    by: User | None,
    today: datetime.date,
    reason: str = "",
    note: str = "",
    accepted_by: str = "",
    decided_by: str = "",
    attachments: Sequence[Paper] = (),
    seen: int | None = None,
    **facts: Any,
) -> CertificateCase:
    """Does one act on somebody's certificate; `facts` are what the act asks for (registry/acts.py). Raises RuleBroken.

    `seen` is the `file_version` the form was filled in upon: what somebody else has changed since is not written over.
    """
    refuse_papers(attachments)
    with transaction.atomic(), data_lock():
        context = open_history_context(user=by.username if by else "system", reason=reason, act=act)
        person = Person.objects.select_related("community").get(pk=person.pk)
        if seen is not None and seen != file_version(person):
            raise RuleBroken("您打开表单之后，此人的档案又有改动，没有办理。请重新打开，核对后再办。")
        case = CertificateCase(
            person=person,
            act=act,
            effective_on=effective_on,
            reason=reason,
            note=note,
            accepted_by=accepted_by,
            decided_by=decided_by,
            recorded_by=by,
            history_context=context,
        )
        return _done(case, by=by, today=today, papers=attachments, facts=facts)


def person_register(
    *,
    id_number: str,
    name: str,
    community: Division,
    act: str,
    by: User | None,
    is_true_bearer: bool = False,
    **how: Any,
) -> CertificateCase:
    """新办 or 迁入 of somebody the system does not know: the person and the first statement, in one transaction.

    `is_true_bearer`: the number stood in another's file until the police corrected it there (重号), and is this person's.
    """
    number = checked_number(id_number)
    fields = {**number_fields(number), **name_fields(name)}
    with transaction.atomic(), data_lock():
        open_history_context(user=by.username if by else "system", reason=how.get("reason", ""), act=act)
        if Person.objects.filter(id_index=fields["id_index"]).exists():
            raise RuleBroken("该身份证号已有档案，请打开此人的档案办理。")
        _refuse_place(by, community)
        former = set(FormerIdentity.objects.filter(id_index=fields["id_index"]).values_list("person_id", flat=True))
        if former and not is_true_bearer:
            raise RuleBroken(f"这是另一份档案更正前的身份证号。要为它的真正持有人建档，请勾选“{TRUE_BEARER}”。")
        if former and not how.get("note"):
            raise RuleBroken(f"勾选了“{TRUE_BEARER}”的，请在备注中写明依据，如：公安机关重号更正证明。")
        person = Person.objects.create(**fields, community=community)
        MergePair.objects.bulk_create(  # one's number is the other's former one, and yet they are two people
            MergePair(
                kept=min(other, person.pk),
                gone=max(other, person.pk),
                state=MergePairState.DISTINCT,
                reason=f"{TRUE_BEARER}：{how['note']}"[:200],
                decided_by=by,
            )
            for other in former
        )
        return certificate_act(person=person, act=act, by=by, community=community, **how)


def _done(
    case: CertificateCase,
    *,
    by: User | None,
    today: datetime.date,
    papers: Sequence[Paper],
    facts: dict[str, Any],
) -> CertificateCase:
    act, person = ACTS[case.act], case.person
    last = statement_in_force(person)
    _refuse_state(act, last, on=case.effective_on)
    _refuse_form(act, case)
    _refuse_place(by, facts.get("community"))
    refuse_day(person, None if facts.get("is_correction") else last, effective_on=case.effective_on, today=today)
    draft = Draft(person, last, case.effective_on, case.reason, case.note, facts)
    stated = {name: value for name, value in EFFECTS[act.code](draft).items() if _differs(last, name, value)}
    is_details = act.act == CertificateAct.DETAILS
    known = person_facts(person, facts, may_empty=is_details)
    if is_details and not (stated or known):
        raise RuleBroken("没有任何变化，不需要保存。")
    case.changes = [*statement_changes(person, last, stated), *person_changes(person, known), *draft.remarks]
    # Where the person lives from now on, for scope and lists; what it was on a day stands in the statement.
    moved = {"community": stated["community"]} if "community" in stated else {}
    died = {"died_on": facts["died_on"]} if facts.get("died_on") else {}
    _write(draft, stated, {**person_columns(known), **moved, **died})
    case.basis = act.basis
    case.save(force_insert=True)
    papers_keep(case=case, papers=papers)
    announce(Change(frozenset({person.pk}), act.code, case.effective_on, by))
    return case


def _write(draft: Draft, stated: dict[str, Any], columns: dict[str, Any]) -> None:
    if columns:
        for name, value in columns.items():
            setattr(draft.person, name, value)
        draft.person.save(update_fields=list(columns))
    if not stated:
        return
    if draft.last is not None and draft.facts.get("is_correction"):
        statement_correct(last=draft.last, facts=stated)
    else:
        statement_hold(person=draft.person, last=draft.last, effective_on=draft.on, facts=stated)


def _differs(last: Certificate | None, name: str, value: Any) -> bool:
    return last is None or getattr(last, name) != value


def _refuse_state(act: Act, last: Certificate | None, *, on: datetime.date) -> None:
    if act.is_open(last, on=on):
        return
    if last is None:
        raise RuleBroken(f"此人没有残疾人证，不能办理“{act.label}”。请先办理“新办”或“迁入”。")
    state = last.get_status_display()
    if is_expired(last, on=on) and last.status in (CertificateStatus.NORMAL, CertificateStatus.LOST):
        state += f"，有效期至 {last.expires_on}，已过期"
    raise RuleBroken(f"该证现在的状态是“{state}”，不能办理“{act.label}”。{act.otherwise}", source=act.basis)


def _refuse_form(act: Act, case: CertificateCase) -> None:
    if act.reasons and case.reason not in act.reasons:
        raise RuleBroken(f"请选择原因：{'、'.join(act.reasons)}。")
    if act.needs_reason and not case.reason:
        raise RuleBroken("请填写原因。")
    elsewhere = case.accepted_by and case.decided_by and case.accepted_by != case.decided_by
    if elsewhere and not act.may_be_accepted_elsewhere:
        raise RuleBroken(f"“{act.label}”不属于跨省通办事项，受理机关应与决定机关相同。", source=ELSEWHERE)


def _refuse_place(by: User | None, community: Division | None) -> None:
    if by is not None and community is not None and by.scope_ids is not None and community.pk not in by.scope_ids:
        raise RuleBroken(f"“{community}”不在您的辖区内。")


def case_withdraw(*, case: CertificateCase, by: User | None, reason: str) -> CertificateCase:
    """Takes back somebody's latest act: what it wrote is put back from the history, its file stays, marked."""
    if not reason.strip():
        raise RuleBroken("请写明撤回的原因。")
    with transaction.atomic(), data_lock():
        case = CertificateCase.objects.select_for_update(of=("self",)).select_related("person").get(pk=case.pk)
        if case.withdrawn_at is not None:
            raise RuleBroken("这项业务已经撤回。")
        if case.history_context is None:  # several people's acts in one (并户)
            raise RuleBroken("这项业务是几个人一起办的，不能单独撤回。请逐人办理相反的业务，如“迁入他户”。")
        newer = case.person.certificate_cases.filter(withdrawn_at__isnull=True, pk__gt=case.pk).order_by("pk").first()
        if newer is not None:
            raise RuleBroken(
                f"之后又办理了“{newer.get_act_display()}”（生效日期 {newer.effective_on}），只能从最近的一项起依次撤回。"
            )
        open_history_context(user=by.username if by else "system", reason=reason, withdrawal_of=case.pk)
        report = undo(case.history_context, _units(case))
        if report.kept:
            raise RuleBroken("这项业务之后档案又有改动，不能撤回。请办理相反的业务，或用“信息变更”更正。")
        CertificateCase.objects.filter(pk=case.pk).update(withdrawn_at=Now(), withdrawn_reason=reason.strip()[:200])
        case.refresh_from_db()
        announce(Change(frozenset({case.person_id}), WITHDRAWN, case.effective_on, by))
    return case


def _units(case: CertificateCase) -> list[Unit]:
    """The tables an act may have written; somebody whom it made known stays on file, without a certificate."""
    events = Person.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        pgh_obj_id=case.person_id, pgh_context_id=case.history_context, pgh_label="insert"
    )
    own = () if events.exists() else (Unit(Person),)
    # A household that was founded may stay where others need it; one that followed a corrected number goes back with
    # it, or the act stands: somebody may have the old number by now.
    corrected = FormerIdentity.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        pgh_context_id=case.history_context, pgh_label="insert"
    )
    return [
        Unit(Certificate, belongs_to="person_id"),
        Unit(FormerIdentity, belongs_to="person_id"),
        Unit(DeathNotice, belongs_to="person_id"),
        *own,
        Unit(Household, is_support=not corrected.exists()),
    ]
