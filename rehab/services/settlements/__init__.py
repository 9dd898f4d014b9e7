"""康复训练结算: an institution's month is put together, checked child by child, settled, and paid.

What refuses a child's month stands in `findings_of`; the same sentences are shown while the sheet is being prepared.
Everything of it is decided under the one data lock, and the database keeps the rest: within the cap
(child_application_within_cap), one institution a month (training_month_one_institution), and another pair of eyes
(training_month_second_pair_of_eyes).
"""

from rehab.services.settlements.checking import Finding, findings_of
from rehab.services.settlements.common import SETTLE, version_of
from rehab.services.settlements.drafting import month_save, settlement_drop, settlement_open
from rehab.services.settlements.settling import Decision, settlement_pay, settlement_settle

__all__ = [
    "SETTLE",
    "Decision",
    "Finding",
    "findings_of",
    "month_save",
    "settlement_drop",
    "settlement_open",
    "settlement_pay",
    "settlement_settle",
    "version_of",
]
