"""The filters of the audit's lists, all of them in the address. What is no choice shows nothing, and says so."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from employment.audit_worklist import TODO, to_do
from employment.models import AuditState, EmployerKind
from employment.rules.audits import Window
from zalainuoer.common.models import Division, User

ALL = [("", "全部")]
FIRST_YEAR = 2016
NO_STREET = "-"


class YearFilter(forms.Form):
    """The year that is audited: the one before this unless another is asked for."""

    filters: tuple[str, ...] = ("year",)
    year = forms.TypedChoiceField(label="年审年度", required=False, coerce=int, empty_value=None)

    def __init__(self, data: QueryDict, *, today: datetime.date):
        super().__init__(self._kept(data))
        self.today = today
        years = [(each, f"{each}年") for each in range(today.year - 1, FIRST_YEAR - 1, -1)]
        self.fields["year"].choices = [("", f"{today.year - 1}年（默认）"), *years]

    @classmethod
    def _kept(cls, data: QueryDict) -> QueryDict:
        """The filter's own parameters of an address that say something."""
        query = QueryDict(mutable=True)
        for name in cls.filters:
            if value := data.get(name, "").strip():
                query[name] = value
        return query

    @property
    def chosen_year(self) -> int:
        return int((self.is_valid() and self.cleaned_data.get("year")) or self.today.year - 1)

    @property
    def query(self) -> str:
        return str(self.data.urlencode())

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, in words: {label: what was chosen}."""
        if not self.is_valid():
            return {}
        return {
            str(self.fields[name].label): _word(self.fields[name], value)
            for name, value in self.cleaned_data.items()
            if value not in ("", None)
        }


def _word(field: Any, value: Any) -> str:
    return (
        str(dict(field.choices).get(value) or dict(field.choices).get(str(value), value))
        if hasattr(field, "choices")
        else str(value)
    )


class AuditFilter(YearFilter):
    """The worklist of a year."""

    filters = ("year", "state", "todo", "kind", "street", "q")
    state = forms.ChoiceField(label="状态", required=False, choices=[*ALL, *AuditState.choices])
    todo = forms.ChoiceField(label="该办的事", required=False, choices=[*ALL, *TODO.items()])
    kind = forms.ChoiceField(label="单位性质", required=False, choices=[*ALL, *EmployerKind.choices])
    street = forms.ChoiceField(label="所在街道（镇）", required=False)
    q = forms.CharField(label="单位名称或信用代码", required=False, max_length=100)

    def __init__(self, data: QueryDict, *, user: User, today: datetime.date):
        super().__init__(data, today=today)
        streets = Division.objects.streets()
        mine = streets if user.scope_ids is None else streets.filter(pk__in=user.scope_ids)
        self.fields["street"].choices = [
            *ALL,
            *((str(each.pk), each.name) for each in mine.order_by("code")),
            *([(NO_STREET, "区外")] if user.scope_ids is None else []),
        ]

    def found(self, rows: QuerySet[Any], *, window: Window) -> QuerySet[Any]:
        """Those of the employers (`audit_worklist.employers_of`) that the filter shows."""
        if not self.is_valid():
            return rows.none()
        chosen, where = self.cleaned_data, Q()
        if chosen["state"]:
            where &= Q(state=chosen["state"])
        if chosen["todo"]:
            where &= to_do(chosen["todo"], window=window, today=self.today)
        if chosen["kind"]:
            where &= Q(kind=chosen["kind"])
        if chosen["street"] == NO_STREET:
            where &= Q(street__isnull=True)
        elif chosen["street"]:
            where &= Q(street=chosen["street"])
        if words := chosen["q"]:
            where &= Q(name__icontains=words) | Q(credit_code__istartswith=words)
        return rows.filter(where)


PENDING, PUSHED = "", "pushed"


class TaxFilter(YearFilter):
    """What goes to the tax office, or has gone."""

    filters = ("year", "show")
    show = forms.ChoiceField(label="清单", required=False, choices=[(PENDING, "待推送"), (PUSHED, "已推送")])


STANDING, REMOVED, EVERYTHING = "", "removed", "all"


class CreditFilter(YearFilter):
    """失信记录: of every year unless one is asked for."""

    filters = ("year", "state")
    state = forms.ChoiceField(
        label="状态", required=False, choices=[(STANDING, "在列"), (REMOVED, "已移出"), (EVERYTHING, "全部")]
    )

    def __init__(self, data: QueryDict, *, today: datetime.date):
        super().__init__(data, today=today)
        self.fields["year"].choices = [("", "全部年度"), *self.fields["year"].choices[1:]]

    def found(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if not self.is_valid():
            return rows.none()
        if year := self.cleaned_data["year"]:
            rows = rows.filter(year=year)
        if self.cleaned_data["state"] == EVERYTHING:
            return rows
        return rows.filter(removed_on__isnull=self.cleaned_data["state"] == STANDING)
