"""Employment: employers and their staff, quota and levy, yearly audit, vocational training."""

from employment.models.audits import Audit, AuditState
from employment.models.employers import MONTHS, AdminLevel, Employer, EmployerKind, EmployerYear
from employment.models.quota import QuotaSheet
from employment.models.staff import (
    AT_AN_EMPLOYER,
    ContractKind,
    CountedAt,
    DispatchAgreement,
    EmploymentForm,
    EmploymentMonth,
    EmploymentRecord,
    MilitaryCertificate,
)
from employment.models.training import TrainingRecord

__all__ = [
    "AT_AN_EMPLOYER",
    "MONTHS",
    "AdminLevel",
    "Audit",
    "AuditState",
    "ContractKind",
    "CountedAt",
    "DispatchAgreement",
    "Employer",
    "EmployerKind",
    "EmployerYear",
    "EmploymentForm",
    "EmploymentMonth",
    "EmploymentRecord",
    "MilitaryCertificate",
    "QuotaSheet",
    "TrainingRecord",
]
