"""The people list's filters, all of them in the address, and what is asked before a list leaves the system."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import Q, QuerySet
from django.http import QueryDict

from registry import finding, worklists
from registry.contributions import FILTERS, condition_of, in_order
from registry.ethnicities import NAMES
from registry.forms.reveal import NUMBER
from registry.models import AssistanceKind, Category, CertificateStatus, Level, Person, Sex
from registry.rules import assisted, expired, held, registered
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.models import Division, User
from zalainuoer.common.rules import Parameters

ON_REGISTER, UNCERTIFIED = "on_register", "none"
STATUSES = [(ON_REGISTER, "在册（不论是否有效）"), *CertificateStatus.choices, (UNCERTIFIED, "未办证")]
EXPIRING = "expiring"
VALIDITIES = [("valid", "有效"), ("expired", "已过期"), (EXPIRING, "即将到期")]
WORKLISTS = [(each.code, each.label) for each in worklists.ALL]
ALL = "全部"


@dataclass(frozen=True)
class Chip:
    """One condition in force, in words, and the address of the list without it."""

    label: str
    value: str
    address: str


class WholeNumberFilter(django_filters.NumberFilter):
    """A whole number, not a decimal."""

    field_class = forms.IntegerField


class PeopleFilter(django_filters.FilterSet):
    """Search box, filters and order of the people list.

    What is asked of the certificate is asked in one subquery, which one statement has to answer as a whole; the
    filters therefore only read the address, and `filter_queryset` puts the conditions together.
    """

    q = django_filters.CharFilter(label="查找")
    street = django_filters.ChoiceFilter(label="街道（镇）", empty_label=ALL)
    community = django_filters.ChoiceFilter(label="社区", empty_label=ALL)
    category = django_filters.ChoiceFilter(label="残疾类别", choices=Category.choices, empty_label=ALL)
    level = django_filters.MultipleChoiceFilter(
        label="残疾等级", choices=Level.choices, widget=forms.CheckboxSelectMultiple
    )
    status = django_filters.ChoiceFilter(label="证件状态", choices=STATUSES, empty_label=ALL)
    validity = django_filters.ChoiceFilter(label="有效期", choices=VALIDITIES, empty_label=ALL)
    days = WholeNumberFilter(label="多少天以内到期", min_value=1, max_value=3660)
    age_from = WholeNumberFilter(label="年龄从", min_value=0, max_value=130)
    age_to = WholeNumberFilter(label="年龄到", min_value=0, max_value=130)
    sex = django_filters.ChoiceFilter(label="性别", choices=Sex.choices, empty_label=ALL)
    ethnicity = django_filters.ChoiceFilter(label="民族", choices=[(n, n) for n in NAMES], empty_label=ALL)
    assistance = django_filters.ChoiceFilter(label="社会救助", choices=AssistanceKind.choices, empty_label=ALL)
    on = django_filters.DateFilter(
        label="截至日期", widget=DateInput, help_text="留空为今天；填过去的一天，看那一天的台账。"
    )
    worklist = django_filters.ChoiceFilter(label="工作清单", choices=WORKLISTS, empty_label="不限")
    sort = django_filters.ChoiceFilter(label="排序", choices=list(finding.SORTS.items()), empty_label="自动")

    class Meta:
        model = Person
        fields: ClassVar[list[str]] = []

    def __init__(self, data: QueryDict, *, user: User, on: datetime.date, parameters: Parameters):
        super().__init__(kept_query(data), queryset=Person.objects.visible_to(user))
        self.on, self.parameters = on, parameters
        self.searched: finding.Search | None = None
        communities = Division.objects.communities().select_related("parent").order_by("parent__code", "code")
        self.communities = list(communities if user.scope_ids is None else communities.filter(pk__in=user.scope_ids))
        streets = {c.parent.pk: c.parent.name for c in self.communities if c.parent is not None}
        self.filters["street"].extra["choices"] = list(streets.items())
        self.filters["community"].extra["choices"] = [
            (street, [(c.pk, c.name) for c in self.communities if c.parent_id == pk]) for pk, street in streets.items()
        ]
        self.contributed = in_order(FILTERS)
        for one in self.contributed:
            self.filters[one.code] = django_filters.ChoiceFilter(label=one.label, choices=one.choices, empty_label=ALL)
        not_later = MaxValueValidator(on, message=f"不能晚于今天（{on}）。")
        self.filters["on"].extra["validators"] = [not_later]
        for name in ("on", "worklist", "sort"):  # stand last in the form
            self.filters[name] = self.filters.pop(name)

    def filter_queryset(self, queryset: QuerySet[Person]) -> QuerySet[Person]:
        """Nobody, where the address asks for something that is no choice (a street of somebody else's)."""
        if self.form.errors:
            return queryset.none()
        chosen = self.form.cleaned_data
        if chosen["on"] is not None and chosen["on"] != self.on:  # a past day's register, by that day's parameters
            self.on, self.parameters = chosen["on"], Parameters(on=chosen["on"])
        if None not in (chosen["age_from"], chosen["age_to"]) and chosen["age_from"] > chosen["age_to"]:
            self.form.add_error("age_to", "“年龄到”小于“年龄从”，请核对。")
            return queryset.none()
        self.searched = finding.search(chosen["q"])
        try:
            conditions = [*self._of_people(chosen), *self._of_certificates(chosen)]
        except RuleBroken as broken:  # a parameter that nobody has kept up
            self.form.add_error(None, broken.message)
            return queryset.none()
        closeness = None
        if self.searched is not None:
            conditions.append(self.searched.condition)
            closeness = self.searched.closeness
        sort = chosen["sort"]
        if not sort and chosen["worklist"]:
            sort = worklists.WORKLISTS[chosen["worklist"]].sort
        return finding.in_order(queryset.filter(*conditions), sort, on=self.on, closeness=closeness)

    def _of_people(self, chosen: dict[str, Any]) -> Iterator[Any]:
        if (place := self._place(chosen)) is not None:
            # Today's place stands with the person; only a past day's has to be looked up.
            yield Q(community__in=place) if chosen["on"] is None else finding.living_in(place, on=self.on)
        if sex := chosen["sex"]:
            yield Q(sex=sex)
        if ethnicity := chosen["ethnicity"]:  # offices also write 蒙古 for 蒙古族
            yield Q(ethnicity__in=(ethnicity, ethnicity.removesuffix("族")))
        if assistance := chosen["assistance"]:
            yield assisted([assistance], on=self.on)
        if chosen["status"] == UNCERTIFIED:
            yield finding.without_certificate(self.on)
        yield finding.of_ages(chosen["age_from"], chosen["age_to"], on=self.on)
        for one in self.contributed:
            if value := chosen[one.code]:
                yield condition_of(one, value, on=self.on, parameters=self.parameters)

    def _place(self, chosen: dict[str, Any]) -> list[int] | None:
        """The communities asked for; the street's and the one chosen beside it must both hold."""
        if not (chosen["street"] or chosen["community"]):
            return None
        in_street = [c.pk for c in self.communities if chosen["street"] in ("", str(c.parent_id))]
        return [pk for pk in in_street if chosen["community"] in ("", str(pk))]

    def _of_certificates(self, chosen: dict[str, Any]) -> Iterator[Q]:
        """One condition at most: what one and the same statement of the day must answer."""
        on, asked = self.on, []
        if category := chosen["category"]:
            asked.append(finding.of_category(category))
        if levels := chosen["level"]:
            asked.append(Q(level__in=levels))
        if (status := chosen["status"]) and status != UNCERTIFIED:
            asked.append(registered(on) if status == ON_REGISTER else finding.of_status(status, on=on))
        if validity := chosen["validity"]:
            days = chosen["days"] or self.usual_days
            asked.append(
                {
                    "valid": finding.valid_statement(on),
                    "expired": registered(on) & expired(on),
                    EXPIRING: registered(on) & worklists.expiring_within(on, days=days),
                }[validity]
            )
        if worklist := chosen["worklist"]:
            asked.append(worklists.condition_of(worklist, on=on, parameters=self.parameters))
        if asked:
            yield finding.of_certificates(Q(held(on) & Q(first_issued_on__lte=on), *asked))

    @property
    def usual_days(self) -> int:
        """即将到期, where no number of days was asked for."""
        return self.parameters["certificate.expiring_days"]

    # What the page says about the filter

    @property
    def conditions(self) -> dict[str, str]:
        """The filters in force, without what was typed: {name in the address: what was chosen, in words}."""
        if self.form.errors:
            return {}
        found = {}
        for name, value in self.form.cleaned_data.items():
            if name in ("q", "sort", "days") or value in (None, "", []):
                continue
            field = self.form.fields[name]
            values = value if isinstance(value, list) else [value]
            found[name] = "、".join(_word(field, one) for one in values)
        if found.get("validity") and self.form.cleaned_data["validity"] == EXPIRING:
            found["validity"] = f"{self.form.cleaned_data['days'] or self.usual_days}天以内到期"
        return found

    def label_of(self, name: str) -> str:
        return str(self.form.fields[name].label)

    def chips(self) -> list[Chip]:
        """The filters in force, each with the address without it."""
        return [
            Chip(self.label_of(name), words, self._address(without=name)) for name, words in self.conditions.items()
        ]

    def _address(self, *, without: str) -> str:
        query = self.data.copy()
        for name in (without, "days") if without == "validity" else (without,):
            query.pop(name, None)
        return "?" + query.urlencode()


def kept_query(data: QueryDict) -> QueryDict:
    """The address's parameters that say something, from the first page on."""
    query = QueryDict(mutable=True)
    for name, values in data.lists():
        said = [value for value in values if value.strip()]
        if said and name != "page":
            query.setlist(name, said)
    return query


def _word(field: forms.Field, value: Any) -> str:
    for key, label in getattr(field, "choices", ()):
        if isinstance(label, (list, tuple)):
            for inner, word in label:
                if str(inner) == str(value):
                    return str(word)
        elif str(key) == str(value):
            return str(label)
    return str(value)


class SavedViewForm(PlainWords, forms.Form):
    """The name of a filter to keep."""

    name = forms.CharField(label="名称", max_length=50)


class ExportForm(PlainWords, forms.Form):
    """Why a list of people leaves the system, and whether with whole numbers."""

    reason = forms.CharField(
        label="导出事由", max_length=200, help_text="写明用途，如“第四季度入户走访”。事由会记入导出登记。"
    )
    whole = forms.BooleanField(
        label="含完整号码",
        required=False,
        help_text="不勾选时，身份证号、残疾人证号和电话只显示首尾几位。",
    )

    def __init__(self, *args: Any, may_reveal: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not may_reveal:
            del self.fields["whole"]

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"].strip()
        if NUMBER.search(reason):
            raise forms.ValidationError("事由会留在导出登记里，请不要写身份证号、电话等号码。")
        return reason
