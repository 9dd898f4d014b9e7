"""Figures as exact as they are kept, without the zeros behind them."""

from __future__ import annotations

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def exact(value: Decimal | None) -> str:
    """All digits of a number but the zeros at its end: 0.500000 is 0.5; nothing for None."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
