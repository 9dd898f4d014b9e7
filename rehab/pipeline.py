"""A child's way to rehabilitation as a table: at each stage whose turn it is, what may be done, and how long it may take.

Sources: 国发〔2018〕20号 (申请、审核、救助、结算), 残联厅发〔2013〕8号 (初筛、复筛、诊断). The time limits are the design's own defaults
(docs/parameters.md): they remind, and take no right away.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q

from rehab.models import WAITING, ChildCase, ChildStage, ChildStepKind
from zalainuoer.common.rules import Parameters

RECORD, MANAGE = "rehab.record_services", "rehab.manage_rehab"


@dataclass(frozen=True)
class Act:
    """Something that is done in a case; `permission` is whose act it is."""

    kind: ChildStepKind
    label: str  # what the button says
    permission: str = RECORD


@dataclass(frozen=True)
class Desk:
    """A stage: the office whose turn it is unless somebody is named, and the acts open there."""

    office: str
    acts: tuple[ChildStepKind, ...] = ()


ACTS = {
    act.kind: act
    for act in (
        Act(ChildStepKind.RESCREENING, "登记复筛"),
        Act(ChildStepKind.DIAGNOSIS, "登记诊断"),
        Act(ChildStepKind.INFORMING, "登记告知"),
        Act(ChildStepKind.APPLICATION, "受理申请"),
        Act(ChildStepKind.DECISION, "审核申请", MANAGE),
        Act(ChildStepKind.PLACEMENT, "登记所选机构"),
        Act(ChildStepKind.CLOSING, "年度结项", MANAGE),
        Act(ChildStepKind.HAND_OVER, "移交责任人"),
        Act(ChildStepKind.END, "结束个案"),
    )
}
STREET, FEDERATION, HEALTH = "街道（社区）", "区残联", "卫生健康部门"
DESKS: dict[str, Desk] = {
    ChildStage.RESCREENING: Desk(HEALTH, (ChildStepKind.RESCREENING,)),
    ChildStage.DIAGNOSIS: Desk(HEALTH, (ChildStepKind.DIAGNOSIS,)),
    ChildStage.INFORMING: Desk(STREET, (ChildStepKind.INFORMING,)),
    ChildStage.APPLYING: Desk(STREET, (ChildStepKind.APPLICATION,)),
    ChildStage.DECIDING: Desk(FEDERATION, (ChildStepKind.DECISION,)),
    ChildStage.CHOOSING: Desk(STREET, (ChildStepKind.PLACEMENT,)),
    ChildStage.TRAINING: Desk(FEDERATION, (ChildStepKind.CLOSING, ChildStepKind.PLACEMENT)),
    ChildStage.CLOSED: Desk(STREET, (ChildStepKind.APPLICATION,)),
    ChildStage.REFUSED: Desk(STREET, (ChildStepKind.APPLICATION,)),
}
ALWAYS = (ChildStepKind.HAND_OVER, ChildStepKind.END)
# From a child's first screening until it trains, counted as limits: the positive one is re-screened, the diagnosed one applies.
BEFORE_APPLICATION = (ChildStage.INFORMING, ChildStage.APPLYING)


def acts_at(case: ChildCase) -> list[Act]:
    """The acts open at a case's stage, whoever asks."""
    desk = DESKS.get(case.stage)
    return [] if desk is None else [ACTS[kind] for kind in (*desk.acts, *ALWAYS)]


def limit_of(case: ChildCase, parameters: Parameters) -> datetime.date | None:
    """The last day of the step the case waits for; None where it has no limit."""
    if case.stage == ChildStage.RESCREENING:
        return case.screened_on + datetime.timedelta(days=parameters["rehab.child_rescreen_days"])
    if case.stage in BEFORE_APPLICATION and case.diagnosed_on is not None:
        return case.diagnosed_on + datetime.timedelta(days=parameters["rehab.child_apply_days"])
    return None


def overdue(today: datetime.date, parameters: Parameters) -> Q:
    """Of ChildCase: the same limits, as a condition."""
    screened = today - datetime.timedelta(days=parameters["rehab.child_rescreen_days"])
    diagnosed = today - datetime.timedelta(days=parameters["rehab.child_apply_days"])
    return Q(stage=ChildStage.RESCREENING, screened_on__lt=screened) | Q(
        stage__in=BEFORE_APPLICATION, diagnosed_on__lt=diagnosed
    )


def is_waiting(case: ChildCase) -> bool:
    """Between screening and rehabilitation."""
    return case.stage in WAITING


def turn_of(case: ChildCase) -> str:
    """Whose turn it is, in words: the account that is named, else the office."""
    return f"{case.owner.name}（{case.office}）" if case.owner is not None else case.office
