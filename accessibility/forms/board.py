"""The filters of the board, all of them in the address."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from accessibility.board.reading import overdue
from accessibility.forms.chosen import chosen_of
from accessibility.models import ENDED, Contractor, HomeStage, RetrofitHome
from zalainuoer.common.models import Division, User

ALL = [("", "全部")]
OVERDUE, EVERYTHING = "overdue", "all"
STAGES = [("", "办理中"), (OVERDUE, "已超期"), *HomeStage.choices, (EVERYTHING, "全部")]


class BoardFilter(forms.Form):
    """Which homes of the reader's area are shown. What is no choice shows nothing, and says so."""

    stage = forms.ChoiceField(label="环节", choices=STAGES, required=False)
    year = forms.ChoiceField(label="任务年度", required=False)
    street = forms.ChoiceField(label="街道（镇）", required=False)
    community = forms.ChoiceField(label="社区", required=False)
    contractor = forms.ChoiceField(label="施工单位", required=False)

    def __init__(self, data: QueryDict, *, user: User, today: datetime.date):
        super().__init__(self._kept(data))
        self.today = today
        communities = Division.objects.communities().select_related("parent").order_by("parent__code", "code")
        mine = list(communities if user.scope_ids is None else communities.filter(pk__in=user.scope_ids))
        streets = {str(each.parent_id): each.parent.name for each in mine if each.parent is not None}
        fields: Any = self.fields
        fields["street"].choices = [*ALL, *streets.items()]
        fields["community"].choices = [
            *ALL,
            *((name, [(str(c.pk), c.name) for c in mine if str(c.parent_id) == pk]) for pk, name in streets.items()),
        ]
        homes: Any = RetrofitHome.objects.visible_to(user)
        years = homes.order_by("-year").values_list("year", flat=True).distinct()
        fields["year"].choices = [*ALL, *((str(year), f"{year}年") for year in years)]
        found = Contractor.objects.filter(pk__in=homes.order_by().values("contractor"))
        fields["contractor"].choices = [*ALL, *((str(one.pk), one.name) for one in found)]

    @classmethod
    def _kept(cls, data: QueryDict) -> QueryDict:
        """The filter's own parameters of an address that say something."""
        query = QueryDict(mutable=True)
        for name in cls.base_fields:
            if value := data.get(name, "").strip():
                query[name] = value
        return query

    def tab(self, homes: QuerySet[RetrofitHome]) -> QuerySet[RetrofitHome]:
        """Those of the homes that the filter shows, whatever their stage: what the tables sum up."""
        if not self.is_valid():
            return homes.none()
        where = Q()
        paths = {"year": "year", "street": "person__community__parent", "community": "person__community"}
        for name, path in {**paths, "contractor": "contractor"}.items():
            if value := self.cleaned_data[name]:
                where &= Q(**{path: value})
        return homes.filter(where)

    def found(self, homes: QuerySet[RetrofitHome]) -> QuerySet[RetrofitHome]:
        """As `tab`, of the chosen stage; without one those that are not at their end."""
        rows = self.tab(homes)
        return rows.filter(self._of_stage(self.cleaned_data["stage"])) if self.is_valid() else rows

    def _of_stage(self, stage: str) -> Q:
        special = {"": ~Q(stage__in=ENDED), OVERDUE: overdue(self.today), EVERYTHING: Q()}
        return special[stage] if stage in special else Q(stage=stage)

    @property
    def year_chosen(self) -> int | None:
        """The task's year that the tables are about; None is all of them."""
        return int(self.cleaned_data["year"]) if self.is_valid() and self.cleaned_data["year"] else None

    @property
    def query(self) -> str:
        data: Any = self.data
        return str(data.urlencode())

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, in words: {label: what was chosen}."""
        return chosen_of(self)
