"""What employment contributes to the registry's pages (registry/contributions.py)."""

from __future__ import annotations

from employment import person_massage, person_training
from registry.contributions import contribute


def contribute_all() -> None:
    """Called once, when the app is ready."""
    contribute(sections=person_training.SECTIONS, timelines=(person_training.timeline, person_massage.timeline))
