"""The registry's eight sheets. Importing them registers them with the sheet engine."""

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
    "DibaoApplicationSheet",
    "HouseholdIncomeSheet",
    "MedicalEnrolmentSheet",
    "OtherBenefitSheet",
    "PensionEnrolmentSheet",
    "RegistrySheet",
    "SchoolEnrolmentSheet",
    "SocialAssistanceSheet",
]
