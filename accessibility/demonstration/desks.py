"""Who does the demonstration's work."""

from __future__ import annotations

from dataclasses import dataclass

from zalainuoer.common.models import User


@dataclass(frozen=True)
class Desks:
    """The accounts that do the demonstration's work: who visits and plans, and who approves and pays."""

    street: User
    federation: User
