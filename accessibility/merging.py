"""What of home retrofits keeps two records from being made one (registry.contributions, `merge_checks`).

Homes follow the record that stays. A household is under way once, and a project that a home rests on cannot give way
to another of the same day: somebody has to decide first.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from accessibility.models import HomeRetrofit, RetrofitHome
from registry.models import Person


def collisions(kept: Person, gone: Person) -> Iterator[str]:
    """A sentence for each thing that both records hold and one file cannot; in three statements."""
    ours, theirs = _open_of(kept), _open_of(gone)
    if ours - theirs and theirs - ours:
        yield "两份档案各有一户家庭无障碍改造正在办理，请先终止其中一件，再合并。"
    days = HomeRetrofit.objects.filter(person=kept).values("approved_on")
    both = HomeRetrofit.objects.filter(person=gone, home__isnull=False, approved_on__in=days).order_by("approved_on")
    for day in both.values_list("approved_on", flat=True):
        yield f"两份档案都有 {day} 批准的家庭无障碍改造，其中一件已有办理经过，请先核实是不是同一件，撤回其中一件的审批，再合并。"


def _open_of(person: Person) -> set[int]:
    """Homes under way for the person, or in the household that the person heads."""
    of_both = Q(person=person) | Q(household__head_id_index=person.id_index)
    return set(RetrofitHome.objects.open().filter(of_both).values_list("pk", flat=True))
