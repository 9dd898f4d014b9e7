"""The filters of rehabilitation's lists, all of them in the address. What is no choice shows nothing, and says so."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict

from rehab.forms.fields import FIRST_YEAR
from rehab.models import PlanDomain, PlanLine, ReferralState, RehabNeed, ServiceForm, ServiceKind
from rehab.planning import PlanState
from rehab.referring import WAITING
from rehab.rules import NO_NEED, surveyed
from zalainuoer.common.models import Division, User
from zalainuoer.common.queries import with_query
from zalainuoer.common.rules import truth

ALL = [("", "全部")]
NO_PROVIDER = "-"
DAYS = [*ALL, ("7", "等了 7 天以上"), ("15", "等了 15 天以上"), ("30", "等了 30 天以上")]


class AreaFilter(forms.Form):
    """Year, street and community, within the reader's area; the lists add what is theirs.

    `place` is the path from the list's rows to a community.
    """

    place = "person__community"
    year = forms.ChoiceField(label="年度", required=False)
    street = forms.ChoiceField(label="街道（镇）", required=False)
    community = forms.ChoiceField(label="社区", required=False)

    def __init__(self, data: QueryDict, *, user: User, today: datetime.date, year: int | None = None):
        super().__init__(self._kept(data))
        self.user, self.today, self.default_year = user, today, year or today.year
        if "year" in self.fields:
            years = [(str(each), f"{each}年") for each in range(today.year, FIRST_YEAR - 1, -1)]
            self.fields["year"].choices = [("", f"{self.default_year}年（默认）"), *years]
        communities = Division.objects.communities().select_related("parent").order_by("parent__code", "code")
        mine = list(communities if user.scope_ids is None else communities.filter(pk__in=user.scope_ids))
        streets = {str(each.parent_id): each.parent.name for each in mine if each.parent is not None}
        self.fields["street"].choices = [*ALL, *streets.items()]
        self.fields["community"].choices = [
            *ALL,
            *((name, [(str(c.pk), c.name) for c in mine if str(c.parent_id) == pk]) for pk, name in streets.items()),
        ]

    @classmethod
    def _kept(cls, data: QueryDict) -> QueryDict:
        query = QueryDict(mutable=True)
        for name in cls.base_fields:
            if value := data.get(name, "").strip():
                query[name] = value
        return query

    @property
    def chosen_year(self) -> int:
        """The year asked about; the default where none, or none that there is, was asked for."""
        return int((self.is_valid() and self.cleaned_data.get("year")) or self.default_year)

    def found(self, queryset: QuerySet[Any], *, without: str = "") -> QuerySet[Any]:
        """Those of the rows that the filter shows; `without` leaves one of its fields out of account."""
        if not self.is_valid():
            return queryset.none()
        chosen = {**self.cleaned_data, without: ""}
        where = Q()
        if chosen["street"]:
            where &= Q(**{f"{self.place}__parent": chosen["street"]})
        if chosen["community"]:
            where &= Q(**{self.place: chosen["community"]})
        return queryset.filter(where & self.where(chosen))

    def where(self, chosen: dict[str, Any]) -> Q:
        """The list's own conditions."""
        return Q()

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, in words: {label: what was chosen}."""
        if not self.is_valid():
            return {}
        return {
            str(self.fields[name].label): _word(self.fields[name], value)
            for name, value in self.cleaned_data.items()
            if value
        }

    @property
    def query(self) -> str:
        return self.data.urlencode()

    def with_(self, **change: str) -> str:
        """The address with some filters set otherwise; an empty one is left out."""
        return with_query(self.data, **change)


def _word(field: Any, value: str) -> str:
    for key, label in getattr(field, "choices", ()):
        if isinstance(label, (list, tuple)):
            if word := next((word for inner, word in label if inner == value), None):
                return str(word)
        elif key == value:
            return str(label)
    return value


DONE = "done"


class SurveyFilter(AreaFilter):
    """Who is to be surveyed in a year, and who has been."""

    place = "community"
    state = forms.ChoiceField(label="调查", choices=[("", "未调查"), (DONE, "已调查"), ("all", "全部")], required=False)
    need = forms.ChoiceField(
        label="需求",
        choices=[*ALL, *ServiceKind.choices, ("other", "其他康复需求"), ("device", "辅具"), ("none", "没有需求")],
        required=False,
    )

    def where(self, chosen: dict[str, Any]) -> Q:
        year = self.chosen_year
        where = Q()
        if chosen["state"] in ("", DONE) and not chosen["need"]:
            where &= Q(truth(surveyed(year), negated=chosen["state"] == ""))
        if chosen["need"]:
            where &= Q(Exists(_with_need(year, chosen["need"])))
        return where


def _with_need(year: int, need: str) -> QuerySet[RehabNeed]:
    rows = RehabNeed.objects.filter(person=OuterRef("pk"), year=year)
    no_rehab = Q(rehab__isnull=True) | Q(rehab__in=NO_NEED)
    no_device = Q(device__isnull=True) | Q(device__in=NO_NEED)
    if need == "none":
        return rows.filter(no_rehab, no_device)
    if need == "device":
        return rows.exclude(no_device)
    if need == "other":
        known = "|".join(kind.label for kind in ServiceKind)
        return rows.exclude(no_rehab).exclude(rehab__regex=rf"^(({known})(、|$))+$")
    return rows.filter(rehab__contains=ServiceKind(need).label)


class PlanFilter(AreaFilter):
    """The lines of a year's plan."""

    domain = forms.ChoiceField(label="需求类别", choices=[*ALL, *PlanDomain.choices], required=False)
    state = forms.ChoiceField(label="进展", choices=[*ALL, *PlanState.choices], required=False)
    provider = forms.CharField(label="服务机构", max_length=100, required=False, help_text="全名；“-”为还没有机构的。")
    coordinator = forms.CharField(label="康复协调员", max_length=50, required=False)

    def where(self, chosen: dict[str, Any]) -> Q:
        where = Q(year=self.chosen_year)
        where &= Q(**{name: chosen[name] for name in ("domain", "state", "coordinator") if chosen[name]})
        if provider := chosen["provider"]:
            where &= Q(provider="" if provider == NO_PROVIDER else provider)
        return where


class ServiceFilter(AreaFilter):
    """Services of a year; those of people without a need can be seen apart (指标9 does not count them)."""

    kind = forms.ChoiceField(label="服务类别", choices=[*ALL, *ServiceKind.choices], required=False)
    form = forms.ChoiceField(label="服务形式", choices=[*ALL, *ServiceForm.choices], required=False)
    provider = forms.CharField(label="服务机构", max_length=100, required=False, help_text="全名")
    need = forms.ChoiceField(label="需求", choices=[*ALL, ("without", "当年没有康复需求的人")], required=False)

    def where(self, chosen: dict[str, Any]) -> Q:
        where = Q(served_on__year=self.chosen_year)
        where &= Q(**{name: chosen[name] for name in ("kind", "form", "provider") if chosen[name]})
        if chosen["need"]:
            where &= Q(needed=False)
        return where


class ReferralFilter(AreaFilter):
    """Referrals, the longest waiting first; `state` done is an accepted one whose service has been given."""

    year = None
    state = forms.ChoiceField(
        label="状态",
        choices=[("", "还在等的"), *ReferralState.choices, ("done", "已完成"), ("all", "全部")],
        required=False,
    )
    waiting = forms.ChoiceField(label="等待", choices=DAYS, required=False)
    kind = forms.ChoiceField(label="服务类别", choices=[*ALL, *ServiceKind.choices], required=False)
    provider = forms.CharField(label="转入机构", max_length=100, required=False, help_text="全名")

    def where(self, chosen: dict[str, Any]) -> Q:
        where = {
            "": WAITING,
            "all": Q(),
            "done": Q(state=ReferralState.ACCEPTED, done_on__isnull=False),
            ReferralState.ACCEPTED: Q(state=ReferralState.ACCEPTED, done_on__isnull=True),
        }.get(chosen["state"], Q(state=chosen["state"]))
        if chosen["waiting"]:
            where &= WAITING & Q(since__lte=self.today - datetime.timedelta(days=int(chosen["waiting"])))
        if chosen["kind"]:
            where &= Q(kind=chosen["kind"])
        if chosen["provider"]:
            where &= Q(to_provider=chosen["provider"])
        return where


class MissingFilter(AreaFilter):
    """People whom indicator 9 or 10 misses, by place and by who was to serve them."""

    year = None
    place = "community"
    provider = forms.CharField(
        label="计划的服务机构", max_length=100, required=False, help_text="全名；“-”为计划里还没有机构的。"
    )
    domains: tuple[str, ...] = ()
    of_year: int = 0

    def where(self, chosen: dict[str, Any]) -> Q:
        provider = chosen["provider"]
        if not provider:
            return Q()
        lines = PlanLine.objects.filter(person=OuterRef("pk"), year=self.of_year, domain__in=self.domains)
        if provider == NO_PROVIDER:
            return Q(~Exists(lines.exclude(provider="")))
        return Q(Exists(lines.filter(provider=provider)))


WAITING_LONGEST = (F("since").asc(), F("pk").asc())
