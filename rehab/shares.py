"""Shares as people read them: never rounded up, so that 59.996 % does not pass for 60 %."""


def percent_text(part: int, whole: int) -> str:
    """`part` of `whole` as percent with two places, cut off; — where there is nothing to divide by."""
    if not whole:
        return "—"
    hundredths = part * 10_000 // whole
    return f"{hundredths // 100}.{hundredths % 100:02d}%"
