"""Car parks: how many bays for disabled people there must be (无障碍环境建设法 第二十四条; 规划 (五)3)."""

from __future__ import annotations


def bays_required(bays: int, *, percent: int) -> int:
    """The accessible bays that a car park of `bays` must have: the percentage rounded up, at least one; 0 of none."""
    return max(1, -(-bays * percent // 100)) if bays > 0 else 0
