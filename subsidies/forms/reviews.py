"""The filter of the yearly review's list, and what is asked when people are reviewed, suspended or listed."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.http import QueryDict

from subsidies.models import ReviewMethod, ReviewResult, Subsidy
from subsidies.reviewing import CONFIRMED, FAILED, STATES, WAITING, Recipient, Window
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.models import Division, User

ALL = [("", "全部")]
SUSPENDED, EVERYBODY = "suspended", "all"
SHOWN = [
    (WAITING, STATES[WAITING]),
    (SUSPENDED, "暂停中"),
    (CONFIRMED, STATES[CONFIRMED]),
    (FAILED, STATES[FAILED]),
    (EVERYBODY, "全部"),
]
FILTERS = ("year", "state", "street", "community", "subsidy")


class ReviewFilter(forms.Form):
    """What is shown of the reader's area. What is no choice shows nobody, and says so."""

    year = forms.ChoiceField(label="年度", required=False)
    state = forms.ChoiceField(label="状态", choices=SHOWN, required=False)
    street = forms.ChoiceField(label="街道（镇）", required=False)
    community = forms.ChoiceField(label="社区", required=False)
    subsidy = forms.ChoiceField(label="补贴", choices=[*ALL, *Subsidy.choices], required=False)

    def __init__(self, data: QueryDict, *, user: User, years: list[int]):
        query = QueryDict(mutable=True)
        for name in FILTERS:
            if value := data.get(name, "").strip():
                query[name] = value
        super().__init__(query)
        self.fields["year"].choices = [(str(year), f"{year}年") for year in years]
        communities = Division.objects.communities().select_related("parent").order_by("parent__code", "code")
        self.places = list(communities if user.scope_ids is None else communities.filter(pk__in=user.scope_ids))
        streets = {str(each.parent_id): each.parent.name for each in self.places if each.parent is not None}
        self.fields["street"].choices = [*ALL, *streets.items()]
        self.fields["community"].choices = [
            *ALL,
            *(
                (name, [(str(c.pk), c.name) for c in self.places if str(c.parent_id) == pk])
                for pk, name in streets.items()
            ),
        ]
        self.years = years

    @property
    def year_chosen(self) -> int:
        value = self.data.get("year", "")
        return int(value) if value in {str(year) for year in self.years} else self.years[0]

    def placed(self, found: dict[int, Recipient]) -> dict[int, Recipient]:
        """Those of the places and the subsidy chosen, whatever their state: what is counted."""
        if not self.is_valid():
            return {}
        chosen = self.cleaned_data
        among = {
            place.pk
            for place in self.places
            if chosen["street"] in ("", str(place.parent_id)) and chosen["community"] in ("", str(place.pk))
        }
        return {
            pk: one for pk, one in found.items() if one.community in among and chosen["subsidy"] in ("", *one.subsidies)
        }

    def shown(self, found: dict[int, Recipient]) -> list[Recipient]:
        """Of those placed, the ones in the state chosen."""
        state = (self.cleaned_data.get("state") if self.is_valid() else "") or WAITING
        if state == SUSPENDED:
            return [one for one in found.values() if one.suspended]
        return [one for one in found.values() if state in (EVERYBODY, one.state)]

    @property
    def chosen(self) -> list[str]:
        """The filters in force, in words."""
        if not self.is_valid():
            return []
        words = []
        for name in ("street", "community", "subsidy"):
            if value := self.cleaned_data[name]:
                flat = dict(_flat(self.fields[name].choices))
                words.append(flat[value])
        return words

    @property
    def query(self) -> str:
        return self.data.urlencode()


def _flat(choices: Any) -> Any:
    for key, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield key, label


class ConfirmForm(PlainWords, forms.Form):
    """How and when recipients were found to meet the conditions still."""

    method = forms.ChoiceField(label="复核方式", choices=[("", "请选择"), *ReviewMethod.choices])
    reviewed_on = forms.DateField(label="复核日期", widget=DateInput)
    note = forms.CharField(label="备注", max_length=200, required=False, help_text="同一句备注会写到每一个人。")

    def __init__(self, *args: Any, window: Window, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.window, self.today = window, today
        self.fields["reviewed_on"].initial = today

    def clean_reviewed_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["reviewed_on"]
        if day > self.today:
            raise forms.ValidationError(f"不能晚于今天（{self.today}）。")
        if day < self.window.first:
            raise forms.ValidationError(f"{self.window.year}年度复核从 {self.window.first} 开始。")
        return day


class ReviewForm(ConfirmForm):
    """One person's review, with its result."""

    result = forms.ChoiceField(label="复核结果", choices=ReviewResult.choices, widget=forms.RadioSelect)
    field_order = ("result", "method", "reviewed_on", "note")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = "不再符合的必须写明原因，如：入户核实已长期在外省居住并落户。"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        failed = self.cleaned_data.get("result") == ReviewResult.FAILED
        if failed and not (self.cleaned_data.get("note") or "").strip():
            self.add_error("note", "请写明不再符合的原因。")
        return cleaned


class SuspendForm(PlainWords, forms.Form):
    """From which day whoever has missed the review is suspended."""

    effective_on = forms.DateField(
        label="起算日期", widget=DateInput, help_text="从这一天的次月起暂停发放，不能早于复核的截止日期。"
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, window: Window, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.window, self.today = window, today
        self.fields["effective_on"].initial = window.last

    def clean_effective_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["effective_on"]
        if not self.window.last <= day <= self.today:
            raise forms.ValidationError(f"应在 {self.window.last} 至 {self.today} 之间。")
        return day


class ReviewExportForm(PlainWords, forms.Form):
    """Why the list leaves the system."""

    reason = forms.CharField(
        label="导出事由", max_length=200, help_text="写明用途，如“交各社区入户复核”。事由会记入导出登记。"
    )
