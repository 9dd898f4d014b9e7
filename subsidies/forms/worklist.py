"""The filter of the applications' worklist."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict

from subsidies.models import ApplicationState, Subsidy
from subsidies.models.applications import ENDED
from subsidies.services.applications import overdue, untold, waiting_for
from zalainuoer.common.models import Division, User

OPEN, MINE, UNTOLD, OVERDUE, EVERY = "", "mine", "untold", "overdue", "all"
STATES = [
    (OPEN, "未办结"),
    (MINE, "待我办理"),
    (OVERDUE, "已超期"),
    *ApplicationState.choices,
    (UNTOLD, "待告知结果"),
    (EVERY, "全部"),
]
ALL = [("", "全部")]


class ApplicationFilter(forms.Form):
    """What the worklist shows. What is no choice shows nothing, and says so."""

    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    subsidy = forms.ChoiceField(label="补贴", choices=[*ALL, *Subsidy.choices], required=False)
    street = forms.ChoiceField(label="街道（镇）", required=False)

    def __init__(self, data: QueryDict, *, user: User, today: datetime.date):
        super().__init__(kept(data))
        self.user, self.today = user, today
        streets = Division.objects.streets().order_by("code")
        if user.scope_ids is not None:
            streets = streets.filter(Q(pk__in=user.scope_ids) | Q(children__in=user.scope_ids)).distinct()
        self.fields["street"].choices = [*ALL, *((str(pk), name) for pk, name in streets.values_list("pk", "name"))]

    def place(self, rows: Any) -> Any:
        """Those of the subsidy and street chosen: what the counts at the top are about."""
        if not self.is_valid():
            return rows.none()
        if subsidy := self.cleaned_data["subsidy"]:
            rows = rows.filter(subsidy=subsidy)
        if street := self.cleaned_data["street"]:
            rows = rows.filter(person__community__parent=street)
        return rows

    def found(self, rows: Any) -> Any:
        """Those that the filter shows."""
        rows = self.place(rows)
        state = self.cleaned_data.get("state", "")
        if state in ApplicationState.values:
            return rows.filter(state=state)
        where = {
            OPEN: ~Q(state__in=ENDED) | untold(),
            MINE: waiting_for(self.user),
            UNTOLD: untold(),
            OVERDUE: overdue(self.today),
            EVERY: Q(),
        }
        return rows.filter(where[state])

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, in words: {label: what was chosen}."""
        if not self.is_valid():
            return {}
        fields = [(self.fields[name], value) for name, value in self.cleaned_data.items() if value]
        return {str(field.label): str(dict(field.choices)[value]) for field, value in fields}

    @property
    def query(self) -> str:
        """The filter as an address says it."""
        return self.data.urlencode()


def kept(data: QueryDict) -> QueryDict:
    """The filter's own parameters of an address that say something."""
    query = QueryDict(mutable=True)
    for name in ("state", "subsidy", "street"):
        if value := data.get(name, "").strip():
            query[name] = value
    return query
