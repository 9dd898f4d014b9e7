"""What other parts of employment show on an employer's page: filled by their modules, read by the page's view."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from employment.models import Employer
from zalainuoer.common.models import User


@dataclass(frozen=True)
class Part:
    """A section of the employer's page. `load` gives the template's `data`, or None where there is nothing to show."""

    order: int
    code: str  # its anchor
    title: str
    template: str
    load: Callable[[Employer, datetime.date, User], Mapping[str, Any] | None]


PARTS: dict[str, Part] = {}


def add_parts(*parts: Part) -> None:
    """Called once, when the app is ready."""
    PARTS.update({part.code: part for part in parts})


def parts_of(employer: Employer, today: datetime.date, by: User) -> list[tuple[Part, Mapping[str, Any]]]:
    """The sections with their data, in order."""
    loaded = ((part, part.load(employer, today, by)) for part in sorted(PARTS.values(), key=lambda part: part.order))
    return [(part, data) for part, data in loaded if data is not None]
