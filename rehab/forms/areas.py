"""Lists by place: the streets and communities of the reader's area, as choices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict

from zalainuoer.common.models import Division, User

ALL = [("", "全部")]


def communities_for(user: User) -> list[Division]:
    """The communities of a reader's area, by street, in one statement."""
    communities = Division.objects.communities().select_related("parent").order_by("parent__code", "code")
    return list(communities if user.scope_ids is None else communities.filter(pk__in=user.scope_ids))


class AreaFilter(forms.Form):
    """A filter with street and community, all of it in the address. What is no choice shows nothing, and says so."""

    street = forms.ChoiceField(label="街道（镇）", required=False)
    community = forms.ChoiceField(label="社区", required=False)

    def __init__(self, data: QueryDict, *, user: User):
        kept = QueryDict(mutable=True)
        for name in self.base_fields:
            if value := data.get(name, "").strip():
                kept[name] = value
        super().__init__(kept)
        self.communities = communities_for(user)
        streets = {str(each.parent_id): str(each.parent) for each in self.communities}
        self.fields["street"].choices = [*ALL, *streets.items()]
        self.fields["community"].choices = [
            *ALL,
            *(
                (name, [(str(c.pk), c.name) for c in self.communities if str(c.parent_id) == pk])
                for pk, name in streets.items()
            ),
        ]

    def place(self, path: str) -> Q:
        """Of rows whose community is at the path: those of the chosen street and community; none if it is no choice."""
        if not self.is_valid():
            return Q(pk__in=())
        where = Q()
        if self.cleaned_data["street"]:
            where &= Q(**{f"{path}__parent": self.cleaned_data["street"]})
        if self.cleaned_data["community"]:
            where &= Q(**{path: self.cleaned_data["community"]})
        return where

    @property
    def query(self) -> str:
        return self.data.urlencode()

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, in words."""
        if not self.is_valid():
            return {}
        return {str(self.fields[n].label): _word(self.fields[n], v) for n, v in self.cleaned_data.items() if v}


def _word(field: Any, value: str) -> str:
    flat: dict[str, str] = {}
    for key, label in field.choices:
        flat |= {str(k): str(v) for k, v in label} if isinstance(label, list) else {str(key): str(label)}
    return flat.get(str(value), str(value))
