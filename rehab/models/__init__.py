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
from rehab.models.devices import DeviceFitting
from rehab.models.doctors import ContractOutcome, DoctorContract, DoctorVisit
from rehab.models.needs import RehabNeed
from rehab.models.services import RehabService, ServiceKind

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
    "CommunitySite",
    "ContractOutcome",
    "Coordinator",
    "CoordinatorTraining",
    "DeviceFitting",
    "DoctorContract",
    "DoctorVisit",
    "PreventionCampaign",
    "RehabNeed",
    "RehabService",
    "ServiceKind",
    "SiteOffer",
]
