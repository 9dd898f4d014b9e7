"""Fields that rehabilitation's forms share."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Count
from django.utils.html import format_html, format_html_join

from rehab.models import RehabService
from zalainuoer.common.models import User

SUGGESTED = 50  # providers offered while typing
FIRST_YEAR = 2016  # before that nothing was surveyed (精准康复服务行动, 2016—)


class SuggestInput(forms.TextInput):
    """Text with suggestions that the browser offers; anything else may be typed."""

    def __init__(self, suggestions: Iterable[str] = (), **kwargs: Any):
        super().__init__(**kwargs)
        self.suggestions = list(suggestions)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """The field, and the list it refers to."""
        list_id = f"{(attrs or {}).get('id', name)}_list"
        field = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((each,) for each in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)


def providers_of(user: User) -> list[str]:
    """The providers that people of the account's area have been served by, the most frequent first."""
    counted = RehabService.objects.visible_to(user).order_by().values("provider").annotate(count=Count("pk"))
    return [row["provider"] for row in counted.order_by("-count", "provider")[:SUGGESTED]]


def not_after(day: datetime.date | None, today: datetime.date) -> datetime.date | None:
    """A day that has come; raises ValidationError for one that has not."""
    if day is not None and day > today:
        raise forms.ValidationError(f"不能晚于今天（{today}）。")
    return day


def reason_field(label: str, help_text: str, *, required: bool = True) -> forms.CharField:
    """Why something is done, in a line."""
    return forms.CharField(label=label, max_length=200, help_text=help_text, required=required)
