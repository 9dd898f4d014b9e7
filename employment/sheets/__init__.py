"""Employment's sheets. Importing them registers them with the sheet engine."""

from employment.sheets.employers import EmployerSheet, EmployerYearSheet
from employment.sheets.staff import DisabledStaffSheet, MilitaryCertificateSheet, OtherEmploymentSheet, StaffMonthSheet
from employment.sheets.training import TrainingSheet

__all__ = [
    "DisabledStaffSheet",
    "EmployerSheet",
    "EmployerYearSheet",
    "MilitaryCertificateSheet",
    "OtherEmploymentSheet",
    "StaffMonthSheet",
    "TrainingSheet",
]
