"""Accessibility: home retrofits from the first visit to the follow-up, their photographs, public places."""

from accessibility.models.homes import (
    ENDED,
    EndReason,
    Fund,
    HomeAssessment,
    HomeRoom,
    HomeStage,
    HomeStep,
    HomeStepKind,
    HomeStepOutcome,
    RetrofitHome,
    Room,
)
from accessibility.models.photos import Photo, PhotoPurpose
from accessibility.models.places import Facility, FacilityKind, Inspection
from accessibility.models.retrofits import AcceptanceVerdict, Hardship, HomeRetrofit
from accessibility.models.works import (
    CatalogueItem,
    Contractor,
    FollowUp,
    FollowUpUse,
    FundingShare,
    HomeSignature,
    ItemGroup,
    ItemVerdict,
    PlanItem,
    Signer,
    YearTask,
)

__all__ = [
    "ENDED",
    "AcceptanceVerdict",
    "CatalogueItem",
    "Contractor",
    "EndReason",
    "Facility",
    "FacilityKind",
    "FollowUp",
    "FollowUpUse",
    "Fund",
    "FundingShare",
    "Hardship",
    "HomeAssessment",
    "HomeRetrofit",
    "HomeRoom",
    "HomeSignature",
    "HomeStage",
    "HomeStep",
    "HomeStepKind",
    "HomeStepOutcome",
    "Inspection",
    "ItemGroup",
    "ItemVerdict",
    "Photo",
    "PhotoPurpose",
    "PlanItem",
    "RetrofitHome",
    "Room",
    "Signer",
    "YearTask",
]
