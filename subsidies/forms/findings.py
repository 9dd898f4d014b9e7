"""The filter of the findings' list, all of it in the address, and what is asked when findings are dealt with."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from registry.forms.reveal import NUMBER
from subsidies.comparison.causes import CAUSES, OF_KIND
from subsidies.models import Finding, FindingKind, FindingState, Resolution, Subsidy
from subsidies.services.findings import PERMISSION
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.models import Division, Role, User

ALL = [("", "全部")]
MINE, NOBODY = "me", "nobody"
ASSIGNED = [*ALL, (MINE, "指派给我的"), (NOBODY, "还没有指派的")]
STANDING = "standing"
STATES = [*FindingState.choices, (STANDING, "待处理和已处理")]
SINCE = [*ALL, ("1", "本月新发现"), ("3", "持续3个月以上"), ("6", "持续6个月以上"), ("12", "持续12个月以上")]
SORTS = {
    "yuan": ("金额从大到小", ("-amount_yuan", "pk")),
    "months": ("时间从长到短", ("-months", "-amount_yuan", "pk")),
    "new": ("新发现的在前", ("-found_on", "-pk")),
    "place": ("按街道、社区", ("person__community__parent__code", "person__community__code", "pk")),
}
FILTERS = ("kind", "subsidy", "cause", "street", "community", "assigned", "state", "since", "sort")


class FindingFilter(forms.Form):
    """What is shown of the findings of the reader's area. What is no choice shows nothing, and says so."""

    kind = forms.ChoiceField(label="比对类别", choices=[*ALL, *FindingKind.choices], required=False)
    subsidy = forms.ChoiceField(label="补贴", choices=[*ALL, *Subsidy.choices], required=False)
    cause = forms.ChoiceField(label="情形", required=False)
    street = forms.ChoiceField(label="街道（镇）", required=False)
    community = forms.ChoiceField(label="社区", required=False)
    assigned = forms.ChoiceField(label="承办人", choices=ASSIGNED, required=False)
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    since = forms.ChoiceField(label="时间", choices=SINCE, required=False)
    sort = forms.ChoiceField(label="排序", choices=[(key, label) for key, (label, _) in SORTS.items()], required=False)

    def __init__(self, data: QueryDict, *, user: User, today: datetime.date):
        super().__init__(kept(data))
        self.user, self.today = user, today
        self.fields["cause"].choices = [*ALL, *_grouped_causes(self.data.get("kind", ""))]
        communities = Division.objects.communities().select_related("parent").order_by("parent__code", "code")
        mine = list(communities if user.scope_ids is None else communities.filter(pk__in=user.scope_ids))
        streets = {str(each.parent_id): each.parent.name for each in mine if each.parent is not None}
        self.streets = streets
        self.fields["street"].choices = [*ALL, *streets.items()]
        self.fields["community"].choices = [
            *ALL,
            *((name, [(str(c.pk), c.name) for c in mine if str(c.parent_id) == pk]) for pk, name in streets.items()),
        ]

    def found(self, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        """Those of the findings that the filter shows, in its order."""
        if not self.is_valid():
            return queryset.none()
        return queryset.filter(self._where(self.cleaned_data)).order_by(*self.order)

    def tab(self, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        """As `found`, whatever the kind and state: what the tiles count."""
        if not self.is_valid():
            return queryset.none()
        return queryset.filter(self._where({**self.cleaned_data, "kind": "", "state": "*", "cause": "", "since": ""}))

    def causes(self, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        """As `found`, whatever the cause: what the list of causes counts."""
        if not self.is_valid():
            return queryset.none()
        return queryset.filter(self._where({**self.cleaned_data, "cause": ""}))

    def _where(self, chosen: dict[str, Any]) -> Q:
        where = Q(**{name: chosen[name] for name in ("kind", "subsidy", "cause") if chosen[name]})
        if chosen["street"]:
            where &= Q(person__community__parent=chosen["street"])
        if chosen["community"]:
            where &= Q(person__community=chosen["community"])
        if chosen["assigned"]:
            where &= Q(assigned_to=self.user) if chosen["assigned"] == MINE else Q(assigned_to__isnull=True)
        if chosen["since"] == "1":
            where &= Q(found_on__gte=self.today.replace(day=1))
        elif chosen["since"]:
            where &= Q(months__gte=int(chosen["since"]))
        return where & self._of_state(chosen["state"] or FindingState.OPEN)

    @staticmethod
    def _of_state(state: str) -> Q:
        if state == "*":
            return Q()
        return ~Q(state=FindingState.GONE) if state == STANDING else Q(state=state)

    @property
    def order(self) -> tuple[Any, ...]:
        names = SORTS[self.cleaned_data.get("sort") or "yuan"][1]
        return tuple(F(name[1:]).desc(nulls_last=True) if name == "-amount_yuan" else name for name in names)

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, in words: {label: what was chosen}."""
        if not self.is_valid():
            return {}
        words = {}
        for name, value in self.cleaned_data.items():
            if value and name != "sort":
                words[str(self.fields[name].label)] = _word(self.fields[name].choices, value)
        return words

    @property
    def query(self) -> str:
        return self.data.urlencode()


def kept(data: QueryDict) -> QueryDict:
    """The filter's own parameters of an address that say something."""
    query = QueryDict(mutable=True)
    for name in FILTERS:
        if value := data.get(name, "").strip():
            query[name] = value
    return query


def _grouped_causes(kind: str) -> Iterable[Any]:
    kinds = [kind] if kind in OF_KIND else list(OF_KIND)
    return [(FindingKind(each).label, [(c, CAUSES[c].label) for c in OF_KIND[each]]) for each in kinds]


def _word(choices: Iterable[Any], value: str) -> str:
    for key, label in choices:
        if isinstance(label, (list, tuple)):
            if word := next((word for inner, word in label if inner == value), None):
                return str(word)
        elif key == value:
            return str(label)
    return value


def assignees(reader: User) -> list[User]:
    """Whom the reader may hand findings to: colleagues with the permission, of a street its own people only."""
    users = User.objects.filter(is_active=True, role__in=Role.values).select_related("division").order_by("name", "pk")
    if reader.division_id is not None and reader.scope_ids is not None:
        users = users.filter(Q(division__in=[*reader.scope_ids, reader.division_id]) | Q(pk=reader.pk))
    return [user for user in users if user.has_perm(PERMISSION)]


class AssignForm(PlainWords, forms.Form):
    """To whom findings are handed."""

    to = forms.ChoiceField(label="承办人", help_text="选“不指派”取消原来的指派。")

    def __init__(self, *args: Any, reader: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.known = {str(user.pk): user for user in assignees(reader)}
        named = [
            (pk, f"{user.name}（{user.division or user.department or '全区'}）") for pk, user in self.known.items()
        ]
        self.fields["to"].choices = [("", "请选择"), *named, ("0", "不指派")]

    @property
    def user(self) -> User | None:
        return self.known.get(self.cleaned_data["to"])


class ResolveForm(PlainWords, forms.Form):
    """What came of findings, and until when that holds."""

    free_text = ("reason",)
    resolution = forms.ChoiceField(label="处理结论", choices=[("", "请选择"), *Resolution.choices])
    reason = forms.CharField(
        label="处理说明",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="谁、什么时候、怎么处理的，如：11月20日社区上门，监护人同意下周到窗口申请。",
    )
    holds_until = forms.DateField(
        label="结论有效至",
        required=False,
        widget=DateInput,
        help_text="过了这一天还没有解决，会重新列入待处理；留空为长期有效。情况变化时不论日期都会重新列入。",
    )

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["holds_until"].initial = today + datetime.timedelta(days=90)

    def clean_holds_until(self) -> datetime.date | None:
        day = self.cleaned_data["holds_until"]
        if day is not None and day <= self.today:
            raise forms.ValidationError("应当晚于今天；长期有效的请留空。")
        return day


class NoteForm(PlainWords, forms.Form):
    """What has been found out so far."""

    note = forms.CharField(
        label="备注",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如：打过两次电话没有人接。备注不改变状态。",
    )


class ReopenForm(PlainWords, forms.Form):
    """Why a conclusion is taken back."""

    free_text = ("why",)
    why = forms.CharField(label="重新打开的原因", max_length=200)


SINGLE, BY_STREET, BY_OFFICE = "single", "street", "office"
LAYOUTS = [(SINGLE, "一张表"), (BY_STREET, "按街道（镇）分表"), (BY_OFFICE, "按经办部门分表")]


class FindingExportForm(PlainWords, forms.Form):
    """Why a list leaves the system, and how it is divided."""

    layout = forms.ChoiceField(label="分表方式", choices=LAYOUTS, widget=forms.RadioSelect, initial=SINGLE)
    reason = forms.CharField(
        label="导出事由", max_length=200, help_text="写明用途，如“交各街道核实”。事由会记入导出登记。"
    )

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"].strip()
        if NUMBER.search(reason):
            raise forms.ValidationError("事由会留在导出登记里，请不要写身份证号、电话等号码。")
        return reason
