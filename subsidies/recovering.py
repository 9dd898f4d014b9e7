"""追回: the demands that locked runs have made, what has come back, and what is still open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from subsidies.models import LineKind, PaymentLine, RecoveryReceipt

MONEY: DecimalField[Any, Any] = DecimalField(max_digits=10, decimal_places=2)


def demands() -> Any:
    """Every recovery line that is locked and not cancelled, each with what has been `received` and what is `still` open.

    The sum stands in a subquery: other aggregates may be asked of the rows.
    """
    cancelled = PaymentLine.objects.filter(of=OuterRef("pk"), kind=LineKind.CANCEL, is_locked=True)
    receipts = RecoveryReceipt.objects.filter(line=OuterRef("pk")).order_by().values("line")
    received = Subquery(receipts.annotate(sum=Sum("amount_yuan")).values("sum"), output_field=MONEY)
    rows = PaymentLine.objects.filter(~Exists(cancelled), kind=LineKind.RECOVERY, is_locked=True)
    rows = rows.annotate(received=Coalesce(received, Value(Decimal(0)), output_field=MONEY))
    return rows.annotate(still=F("amount_yuan") - F("received"))
