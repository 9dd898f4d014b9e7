"""Acts on public places: the inventory, inspections with what they found, notices, what is reported."""

from accessibility.services.places.cases import (
    barrier_case_open,
    barrier_case_rate,
    barrier_case_reply,
    barrier_case_transfer,
    barrier_case_withdraw,
)
from accessibility.services.places.facilities import facility_add, facility_change
from accessibility.services.places.inspecting import Found, inspection_add, notice_issue, notice_withdraw

__all__ = [
    "Found",
    "barrier_case_open",
    "barrier_case_rate",
    "barrier_case_reply",
    "barrier_case_transfer",
    "barrier_case_withdraw",
    "facility_add",
    "facility_change",
    "inspection_add",
    "notice_issue",
    "notice_withdraw",
]
