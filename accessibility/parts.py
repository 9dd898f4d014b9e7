"""What a home's page is made of: a part is a section of it, a link an act that its stage leaves open."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from accessibility.models import RetrofitHome
from zalainuoer.common.models import User


@dataclass(frozen=True)
class Part:
    """A section: its template gets `data` and `home`; `data` answers None where there is nothing to say."""

    order: int
    code: str
    title: str
    template: str
    data: Callable[[RetrofitHome, User, datetime.date], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Link:
    """An act, as a button under 现在: at its stages, for whoever holds the permission.

    `refusal` says why this reader may not do what would be next: the page shows the sentence instead of the button.
    """

    label: str
    address: Callable[[RetrofitHome], str]
    stages: tuple[str, ...]
    permission: str
    is_minor: bool = False
    refusal: Callable[[RetrofitHome, User], str] = lambda home, user: ""
    is_open: Callable[[RetrofitHome, User, datetime.date], bool] = lambda home, user, today: True
