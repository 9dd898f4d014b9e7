"""The filter of the candidates' list, all of it in the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from zalainuoer.common.models import Division, User

ALL = [("", "全部")]
SEVERAL, ELDER = "several", "elder"


class CandidateFilter(forms.Form):
    """Street, community and mark. What is no choice shows nobody, and says so."""

    street = forms.ChoiceField(label="街道（镇）", required=False)
    community = forms.ChoiceField(label="社区", required=False)
    mark = forms.ChoiceField(
        label="优先情形", choices=[*ALL, (SEVERAL, "一户多残"), (ELDER, "以老养残")], required=False
    )

    def __init__(self, data: QueryDict, *, user: User):
        query = QueryDict(mutable=True)
        for name in ("street", "community", "mark"):
            if value := data.get(name, "").strip():
                query[name] = value
        super().__init__(query)
        communities = Division.objects.communities().select_related("parent").order_by("parent__code", "code")
        mine = list(communities if user.scope_ids is None else communities.filter(pk__in=user.scope_ids))
        streets = {str(each.parent_id): each.parent.name for each in mine if each.parent is not None}
        self.fields["street"].choices = [*ALL, *streets.items()]
        self.fields["community"].choices = [
            *ALL,
            *((name, [(str(c.pk), c.name) for c in mine if str(c.parent_id) == pk]) for pk, name in streets.items()),
        ]

    def found(self, people: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the marked people whom the filter shows."""
        if not self.is_valid():
            return people.none()
        where = Q()
        if street := self.cleaned_data["street"]:
            where &= Q(community__parent=street)
        if community := self.cleaned_data["community"]:
            where &= Q(community=community)
        if mark := self.cleaned_data["mark"]:
            where &= Q(**{mark: True})
        return people.filter(where)

    @property
    def query(self) -> str:
        return self.data.urlencode()

    @property
    def is_narrowed(self) -> bool:
        return bool(self.data)
