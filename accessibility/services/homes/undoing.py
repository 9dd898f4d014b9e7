"""What the steps of the works have made beside the home itself, and how taking one back takes that back.

Each returns what is left to do once the home says again what it said before (`taking_back.UNDO`).
"""

from __future__ import annotations

from collections.abc import Callable

from accessibility.models import AcceptanceVerdict, HomeStep, HomeStepKind, RetrofitHome
from accessibility.services.homes.project import project_of
from accessibility.services.homes.steps import standing_steps
from zalainuoer.common.acting import kept

# Refuses, or returns what is left to do once the home says again what it said before.
Undo = Callable[[RetrofitHome, HomeStep], Callable[[], object] | None]


def _undo_start(home: RetrofitHome, step: HomeStep) -> None:
    project = project_of(home)
    project.started_on = None
    kept(project)


def _undo_accept(home: RetrofitHome, step: HomeStep) -> None:
    """Project and items say again what the acceptance before this one found; nothing where it was the first."""
    earlier = standing_steps(home).filter(kind=HomeStepKind.ACCEPT, pk__lt=step.pk).first()
    project = project_of(home)
    project.accepted_on = earlier.done_on if earlier else None
    project.verdict = AcceptanceVerdict.FAILED if earlier else None  # one that passed is followed by no other
    kept(project)
    checks = {check.item_id: check for check in earlier.checks.all()} if earlier else {}
    for item in home.items.all():
        check = checks.get(item.pk)
        item.verdict, item.verdict_note = (check.verdict, check.note) if check else ("", "")
        kept(item)


def _undo_settle(home: RetrofitHome, step: HomeStep) -> None:
    project = project_of(home)
    project.settled_yuan = None
    kept(project)
    home.items.update(settled_yuan=None)
    home.shares.update(spent_yuan=0)
    home.follow_ups.all().delete()  # none is done yet: that would be a later step


def _undo_follow_up(home: RetrofitHome, step: HomeStep) -> None:
    found = home.follow_ups.filter(done_on__isnull=False).order_by("-months").first()
    if found is not None:
        found.done_on = found.satisfaction = found.done_by = None
        found.use = found.note = found.repair = ""
        kept(found)


UNDO_WORKS: dict[str, Undo] = {
    HomeStepKind.START: _undo_start,
    HomeStepKind.ACCEPT: _undo_accept,
    HomeStepKind.SETTLE: _undo_settle,
    HomeStepKind.FOLLOW_UP: _undo_follow_up,
}
