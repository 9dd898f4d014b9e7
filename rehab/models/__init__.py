"""Rehabilitation: the yearly needs survey, services given, assistive devices fitted; children's way to rehabilitation."""

from rehab.models.children import (
    GRANTED,
    OVER,
    WAITING,
    ChildApplication,
    ChildApplicationState,
    ChildCase,
    ChildPlacement,
    ChildStage,
    ChildStep,
    ChildStepKind,
    ChildStepResult,
)
from rehab.models.devices import DeviceFitting
from rehab.models.institutions import (
    CheckResult,
    ChildCategory,
    Designation,
    Institution,
    InstitutionCheck,
    InstitutionKind,
)
from rehab.models.needs import RehabNeed
from rehab.models.services import RehabService, ServiceKind
from rehab.models.settlements import ChildSettlement, MonthState, SettlementState, TrainingMonth

__all__ = [
    "GRANTED",
    "OVER",
    "WAITING",
    "CheckResult",
    "ChildApplication",
    "ChildApplicationState",
    "ChildCase",
    "ChildCategory",
    "ChildPlacement",
    "ChildSettlement",
    "ChildStage",
    "ChildStep",
    "ChildStepKind",
    "ChildStepResult",
    "Designation",
    "DeviceFitting",
    "Institution",
    "InstitutionCheck",
    "InstitutionKind",
    "MonthState",
    "RehabNeed",
    "RehabService",
    "ServiceKind",
    "SettlementState",
    "TrainingMonth",
]
