"""The foundation's tables: divisions, departments, accounts, dated parameters, upload batches, the access log."""

from zalainuoer.common.models.accounts import (
    TOKEN_ISSUED,
    TOKEN_REVOKED,
    Role,
    SavedView,
    ScopedQuerySet,
    User,
    UserManager,
)
from zalainuoer.common.models.batches import (
    PENDING,
    RUNNING,
    BatchState,
    Job,
    StoredFile,
    StoredFileKind,
    UploadBatch,
    UploadBatchQuerySet,
)
from zalainuoer.common.models.calendar import CalendarDay
from zalainuoer.common.models.divisions import (
    Department,
    Division,
    DivisionLevel,
    DivisionQuerySet,
)
from zalainuoer.common.models.parameters import (
    Parameter,
    ParameterQuerySet,
)
from zalainuoer.common.models.security import (
    AccessAct,
    AccessLog,
    AuditBlock,
    DataKey,
)

__all__ = [
    "PENDING",
    "RUNNING",
    "TOKEN_ISSUED",
    "TOKEN_REVOKED",
    "AccessAct",
    "AccessLog",
    "AuditBlock",
    "BatchState",
    "CalendarDay",
    "DataKey",
    "Department",
    "Division",
    "DivisionLevel",
    "DivisionQuerySet",
    "Job",
    "Parameter",
    "ParameterQuerySet",
    "Role",
    "SavedView",
    "ScopedQuerySet",
    "StoredFile",
    "StoredFileKind",
    "UploadBatch",
    "UploadBatchQuerySet",
    "User",
    "UserManager",
]
