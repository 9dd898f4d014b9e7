"""The filter of those newly employed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from employment.forms.job_fields import ALL, AreaFilter
from employment.models import EmploymentForm
from employment.rules.new_employment import YEARS


class NewJobsFilter(AreaFilter):
    """By year, street and form."""

    year = forms.ChoiceField(
        label="年度", choices=[*ALL, *((str(year), f"{year}年") for year in YEARS)], required=False
    )
    form = forms.ChoiceField(label="就业形式", choices=[*ALL, *EmploymentForm.choices], required=False)

    def where(self, chosen: dict[str, Any]) -> Q:
        where = super().where(chosen)
        return where & Q(form=chosen["form"]) if chosen["form"] else where
