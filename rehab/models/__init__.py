"""Rehabilitation: the yearly needs survey, services given, assistive devices fitted."""

from rehab.models.device_cases import (
    CaseState,
    DeviceCase,
    DeviceFollowUp,
    FollowUpResult,
    Replacement,
    Signatory,
)
from rehab.models.devices import DeviceClass, DeviceFitting, DeviceItem, DeviceTerms
from rehab.models.needs import RehabNeed
from rehab.models.services import RehabService, ServiceKind
from rehab.models.stock import (
    DeviceLoan,
    MovementKind,
    ReturnCondition,
    StockDevice,
    StockMovement,
    StockState,
)

__all__ = [
    "CaseState",
    "DeviceCase",
    "DeviceClass",
    "DeviceFitting",
    "DeviceFollowUp",
    "DeviceItem",
    "DeviceLoan",
    "DeviceTerms",
    "FollowUpResult",
    "MovementKind",
    "RehabNeed",
    "RehabService",
    "Replacement",
    "ReturnCondition",
    "ServiceKind",
    "Signatory",
    "StockDevice",
    "StockMovement",
    "StockState",
]
