"""The registry's nine sheets. Importing them registers them with the sheet engine."""

from registry.sheets.deaths import DeathSheet
from registry.sheets.facts import (
    DibaoApplicationSheet,
    HouseholdIncomeSheet,
    MedicalEnrolmentSheet,
    OtherBenefitSheet,
    PensionEnrolmentSheet,
    SchoolEnrolmentSheet,
    SocialAssistanceSheet,
)
from registry.sheets.registry import RegistrySheet

__all__ = [
    "DeathSheet",
    "DibaoApplicationSheet",
    "HouseholdIncomeSheet",
    "MedicalEnrolmentSheet",
    "OtherBenefitSheet",
    "PensionEnrolmentSheet",
    "RegistrySheet",
    "SchoolEnrolmentSheet",
    "SocialAssistanceSheet",
]
