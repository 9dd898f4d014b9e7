"""Which year and place 社区康复 shows."""

from __future__ import annotations

import datetime

from django import forms
from django.http import QueryDict

from rehab.forms.areas import AreaFilter
from rehab.forms.doctors import YEARS_BACK
from zalainuoer.common.models import User


class CommunityFilter(AreaFilter):
    """The year of campaigns and surveys, and a place."""

    year = forms.TypedChoiceField(label="年度", coerce=int, required=False)
    field_order = ("year", "street", "community")

    def __init__(self, data: QueryDict, *, user: User, today: datetime.date):
        super().__init__(data, user=user)
        self.today = today
        self.fields["year"].choices = [(y, f"{y}年") for y in range(today.year, today.year - YEARS_BACK, -1)]

    @property
    def year_of(self) -> int:
        return int(self.cleaned_data.get("year") or self.today.year) if self.is_valid() else self.today.year

    @property
    def on(self) -> datetime.date:
        """The day sites and coordinators are looked at: the year's last, or today."""
        return min(self.today, datetime.date(self.year_of, 12, 31))
