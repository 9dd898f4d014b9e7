"""A child's case: every act between the first screening and the close of a year."""

from rehab.services.children.grants import case_apply, case_close_year, case_decide, case_place
from rehab.services.children.steps import (
    case_diagnose,
    case_end,
    case_hand_over,
    case_inform,
    case_rescreen,
    case_screen,
    step_withdraw,
)

__all__ = [
    "case_apply",
    "case_close_year",
    "case_decide",
    "case_diagnose",
    "case_end",
    "case_hand_over",
    "case_inform",
    "case_place",
    "case_rescreen",
    "case_screen",
    "step_withdraw",
]
