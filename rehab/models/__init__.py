"""Rehabilitation: the yearly needs survey, services given, assistive devices fitted; family doctors, communities, 托养."""

from rehab.models.community import (
    AwarenessSurvey,
    CommunitySite,
    Coordinator,
    CoordinatorTraining,
    PreventionCampaign,
    SiteOffer,
)
from rehab.models.daycare import (
    CareBasis,
    CareHome,
    CareLine,
    CareMode,
    CarePlaces,
    CareSettlement,
    CareSettlementState,
    CareStandard,
    CareStay,
)
from rehab.models.device_cases import (
    CaseState,
    DeviceCase,
    DeviceFollowUp,
    FollowUpResult,
    Replacement,
    Signatory,
)
from rehab.models.devices import DeviceClass, DeviceFitting, DeviceItem, DeviceTerms
from rehab.models.doctors import ContractOutcome, DoctorContract, DoctorVisit
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
    "AwarenessSurvey",
    "CareBasis",
    "CareHome",
    "CareLine",
    "CareMode",
    "CarePlaces",
    "CareSettlement",
    "CareSettlementState",
    "CareStandard",
    "CareStay",
    "CaseState",
    "CommunitySite",
    "ContractOutcome",
    "Coordinator",
    "CoordinatorTraining",
    "DeviceCase",
    "DeviceClass",
    "DeviceFitting",
    "DeviceFollowUp",
    "DeviceItem",
    "DeviceLoan",
    "DeviceTerms",
    "DoctorContract",
    "DoctorVisit",
    "FollowUpResult",
    "MovementKind",
    "PreventionCampaign",
    "RehabNeed",
    "RehabService",
    "Replacement",
    "ReturnCondition",
    "ServiceKind",
    "Signatory",
    "SiteOffer",
    "StockDevice",
    "StockMovement",
    "StockState",
]
