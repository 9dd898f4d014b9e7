"""Employment: employers and their staff, quota and levy, yearly audit, vocational training."""

from employment.models.audits import (
    AFTER_CERTIFICATE,
    AFTER_PUSH,
    ALWAYS_ASKED,
    Audit,
    AuditCertificate,
    AuditOutcome,
    AuditPaper,
    AuditState,
    AuditStep,
    AuditStepKind,
)
from employment.models.awards import AwardState, QuotaAward
from employment.models.collecting import CreditRecord, LevyPayment, LevyReminder
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
    "AFTER_CERTIFICATE",
    "AFTER_PUSH",
    "ALWAYS_ASKED",
    "AT_AN_EMPLOYER",
    "MONTHS",
    "AdminLevel",
    "Audit",
    "AuditCertificate",
    "AuditOutcome",
    "AuditPaper",
    "AuditState",
    "AuditStep",
    "AuditStepKind",
    "AwardState",
    "ContractKind",
    "CountedAt",
    "CreditRecord",
    "DispatchAgreement",
    "Employer",
    "EmployerKind",
    "EmployerYear",
    "EmploymentForm",
    "EmploymentMonth",
    "EmploymentRecord",
    "LevyPayment",
    "LevyReminder",
    "MilitaryCertificate",
    "QuotaAward",
    "QuotaSheet",
    "TrainingRecord",
]
