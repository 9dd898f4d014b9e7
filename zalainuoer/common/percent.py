"""How a share is shown, everywhere the same."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")


def percent(numerator: int, denominator: int) -> str:
    """One decimal, half up; but below the denominator never 100.0 (2315/2316 → 99.9). The denominator is not 0."""
    exact = Decimal(numerator) * 100 / Decimal(denominator)
    shown = exact.quantize(TENTH, ROUND_HALF_UP)
    if shown == 100 and numerator < denominator:
        shown = exact.quantize(TENTH, ROUND_DOWN)
    return str(shown)
