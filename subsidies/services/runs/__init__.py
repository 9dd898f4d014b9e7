"""月度发放: a month's run is proposed, submitted, and locked by somebody else; what it pays then stands on the roster.

A locked run is never touched again: whatever turns out to be wrong is made up or taken back by a later one
(国发〔2015〕52号; subsidies/ledger).
"""

from subsidies.services.runs.acts import run_approve, run_discard, run_prepare, run_return, run_submit
from subsidies.services.runs.checks import (
    APPROVE,
    PREPARE,
    digest_of,
    digest_of_lines,
    in_words,
    is_of_whole_district,
    refuse_bounded,
    refuse_others,
    version_of,
)

__all__ = [
    "APPROVE",
    "PREPARE",
    "digest_of",
    "digest_of_lines",
    "in_words",
    "is_of_whole_district",
    "refuse_bounded",
    "refuse_others",
    "run_approve",
    "run_discard",
    "run_prepare",
    "run_return",
    "run_submit",
    "version_of",
]
