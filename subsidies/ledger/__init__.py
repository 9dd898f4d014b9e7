"""What each month has come to, what it should come to, and the lines that make up the difference.

A month's net is what was decided for it: regular, backpay and standard_diff lines less recoveries, with what cancel
lines took back. A month that no run of this system has paid counts with what the uploaded roster says. Lines are
proposed for the difference and for nothing else, so that proposing again, or after a correction, makes nothing twice
and nothing negative: `net + proposed = due`, for every person and month.
"""

from subsidies.ledger.balances import Balance, balances
from subsidies.ledger.proposing import INTERRUPTED, Proposal, forecast, propose
from subsidies.ledger.reasons import reasons_against

__all__ = ["INTERRUPTED", "Balance", "Proposal", "balances", "forecast", "propose", "reasons_against"]
