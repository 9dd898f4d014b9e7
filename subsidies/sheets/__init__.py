"""The subsidies' sheets. Importing them registers them with the sheet engine."""

from subsidies.sheets.accounts import BankAccountSheet
from subsidies.sheets.payments import LivingPaymentSheet, NursingPaymentSheet

__all__ = [
    "BankAccountSheet",
    "LivingPaymentSheet",
    "NursingPaymentSheet",
]
