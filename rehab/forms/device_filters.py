"""The filters of the devices' lists, all of them in the address."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from rehab.device_worklist import follow_up_due, overdue, waiting_for
from rehab.models import CaseState, DeviceCase, DeviceClass, DeviceItem
from rehab.models.device_cases import ENDED
from zalainuoer.common.models import Division, User

ALL = [("", "全部")]
MINE, OVERDUE, DUE, EVERYTHING = "mine", "overdue", "due", "all"
STATES = [
    ("", "办理中"),
    (MINE, "待我办理"),
    (OVERDUE, "已超期"),
    (DUE, "到期应回访"),
    *CaseState.choices,
    (EVERYTHING, "全部"),
]
FILTERS = ("state", "street", "community", "device_class", "item")


class PlaceFilter(forms.Form):
    """Streets and communities of the reader's area. What is no choice shows nothing, and says so."""

    filters: tuple[str, ...] = ("street", "community")
    street = forms.ChoiceField(label="街道（镇）", required=False)
    community = forms.ChoiceField(label="社区", required=False)

    def __init__(self, data: QueryDict, *, user: User, today: datetime.date):
        super().__init__(self._kept(data))
        self.user, self.today = user, today
        communities = Division.objects.communities().select_related("parent").order_by("parent__code", "code")
        mine = list(communities if user.scope_ids is None else communities.filter(pk__in=user.scope_ids))
        streets = {str(each.parent_id): each.parent.name for each in mine if each.parent is not None}
        self.streets = streets
        self.fields["street"].choices = [*ALL, *streets.items()]
        self.fields["community"].choices = [
            *ALL,
            *((name, [(str(c.pk), c.name) for c in mine if str(c.parent_id) == pk]) for pk, name in streets.items()),
        ]

    @classmethod
    def _kept(cls, data: QueryDict) -> QueryDict:
        """The filter's own parameters of an address that say something."""
        query = QueryDict(mutable=True)
        for name in cls.filters:
            if value := data.get(name, "").strip():
                query[name] = value
        return query

    def place(self, queryset: QuerySet[Any], path: str = "person__community") -> QuerySet[Any]:
        """Those of the rows that lie in the chosen street and community."""
        if not self.is_valid():
            return queryset.none()
        where = Q()
        if street := self.cleaned_data["street"]:
            where &= Q(**{f"{path}__parent": street})
        if community := self.cleaned_data["community"]:
            where &= Q(**{path: community})
        return queryset.filter(where)

    @property
    def query(self) -> str:
        return self.data.urlencode()

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, in words: {label: what was chosen}."""
        if not self.is_valid():
            return {}
        return {
            str(self.fields[name].label): _word(self.fields[name].choices, value)
            for name, value in self.cleaned_data.items()
            if value
        }


def _word(choices: Any, value: Any) -> str:
    for key, label in choices:
        if isinstance(label, (list, tuple)):
            if word := next((word for inner, word in label if inner == value), None):
                return str(word)
        elif str(key) == str(getattr(value, "pk", value)):
            return str(label)
    return str(value)


class CaseFilter(PlaceFilter):
    """What is shown of the cases of the reader's area; without a state those that are not ended."""

    filters = FILTERS
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    device_class = forms.ModelChoiceField(
        label="主类", queryset=DeviceClass.objects.all(), required=False, empty_label="全部"
    )
    item = forms.ModelChoiceField(label="辅具", queryset=DeviceItem.objects.all(), required=False, empty_label="全部")
    field_order = FILTERS

    def found(self, queryset: QuerySet[DeviceCase]) -> QuerySet[DeviceCase]:
        """Those of the cases that the filter shows."""
        rows = self.tab(queryset)
        return rows.filter(self._of_state(self.cleaned_data["state"])) if self.is_valid() else rows

    def tab(self, queryset: QuerySet[DeviceCase]) -> QuerySet[DeviceCase]:
        """As `found`, whatever the state: what the tiles count."""
        rows = self.place(queryset)
        if self.is_valid() and self.cleaned_data["device_class"]:
            rows = rows.filter(item__device_class=self.cleaned_data["device_class"])
        if self.is_valid() and self.cleaned_data["item"]:
            rows = rows.filter(item=self.cleaned_data["item"])
        return rows

    def _of_state(self, state: str) -> Q:
        special = {
            "": ~Q(state__in=ENDED),
            MINE: waiting_for(self.user, self.today),
            OVERDUE: overdue(self.today),
            DUE: follow_up_due(self.today),
            EVERYTHING: Q(),
        }
        return special[state] if state in special else Q(state=state)
