"""The subsidies' sheets. Importing them registers them with the sheet engine."""

from subsidies.sheets.accounts import BankAccountSheet
from subsidies.sheets.payments import LivingPaymentSheet, NursingPaymentSheet
from subsidies.sheets.returns import PaymentReturnSheet

__all__ = [
    "BankAccountSheet",
    "LivingPaymentSheet",
    "NursingPaymentSheet",
    "PaymentReturnSheet",
]
