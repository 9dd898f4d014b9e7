"""Rehabilitation: the yearly needs survey, the plan, services given, referrals, assistive devices fitted."""

from rehab.models.devices import DeviceFitting
from rehab.models.needs import RehabNeed
from rehab.models.plans import PlanDomain, PlanLine
from rehab.models.referrals import Referral, ReferralState
from rehab.models.services import (
    AgeBand,
    CatalogueGroup,
    CatalogueItem,
    RehabService,
    ServiceForm,
    ServiceKind,
    item_label,
)

__all__ = [
    "AgeBand",
    "CatalogueGroup",
    "CatalogueItem",
    "DeviceFitting",
    "PlanDomain",
    "PlanLine",
    "Referral",
    "ReferralState",
    "RehabNeed",
    "RehabService",
    "ServiceForm",
    "ServiceKind",
    "item_label",
]
