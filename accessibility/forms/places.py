"""Forms of public places: the inventory, inspections and 整改通知."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from accessibility.forms.areas import by_street, communities_of
from accessibility.forms.chosen import chosen_of
from accessibility.forms.fields import CHOOSE, day, words
from accessibility.models import Barrier, Facility, FacilityKind
from accessibility.services.places import Found
from registry.services.facts import version
from zalainuoer.common.forms import PlainWords
from zalainuoer.common.models import User

ALL = [("", "全部")]
ROWS = 5  # barriers that one inspection's page takes; a further inspection of the day takes more


class PlacesFilter(forms.Form):
    """A filter kept in the address. What is no choice shows nothing, and says so."""

    def __init__(self, data: QueryDict, *, user: User):
        query = QueryDict(mutable=True)
        for name in self.base_fields:
            if value := data.get(name, "").strip():
                query[name] = value
        super().__init__(query)
        self.fields["community"].choices = [*ALL, *by_street(communities_of(user))]

    @property
    def query(self) -> str:
        return self.data.urlencode()

    @property
    def is_narrowed(self) -> bool:
        return bool(self.data)

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, in words: {label: what was chosen}."""
        return chosen_of(self)


class FacilityFilter(PlacesFilter):
    """Community, kind, and whether something is open."""

    community = forms.ChoiceField(label="社区", required=False)
    kind = forms.ChoiceField(label="类别", choices=[*ALL, *FacilityKind.choices], required=False)
    show = forms.ChoiceField(
        label="情况",
        choices=[*ALL, ("standing", "有未消除的障碍"), ("overdue", "整改已逾期"), ("closed", "已停用")],
        required=False,
    )

    def found(self, rows: QuerySet[Any], *, today: datetime.date) -> QuerySet[Any]:
        """Places of the filter; closed ones only where they are asked for."""
        if not self.is_valid():
            return rows.none()
        sent = self.cleaned_data
        if sent["community"]:
            rows = rows.filter(community=sent["community"])
        if sent["kind"]:
            rows = rows.filter(kind=sent["kind"])
        standing = Barrier.objects.filter(removed_in=None)
        if sent["show"] == "overdue":
            standing = standing.filter(notice__due_on__lt=today)
        if sent["show"] in ("standing", "overdue"):
            rows = rows.filter(pk__in=standing.values("inspection__facility"))
        return rows.filter(closed_on__isnull=sent["show"] != "closed")


class FacilityForm(PlainWords, forms.Form):
    """A place of the inventory."""

    free_text = ("address", "note", "reason")
    name = forms.CharField(label="名称", max_length=100)
    kind = forms.ChoiceField(label="类别", choices=[*CHOOSE, *FacilityKind.choices])
    community = forms.TypedChoiceField(label="所在社区", coerce=int)
    address = forms.CharField(label="地址", max_length=200, required=False)
    keeper = forms.CharField(label="管理单位", max_length=100, help_text="整改通知发给这个单位。")
    supervisor = forms.CharField(label="主管部门", max_length=100, required=False)
    bays = forms.IntegerField(label="停车泊位总数", min_value=0, required=False, help_text="不是停车场的留空。")
    accessible_bays = forms.IntegerField(label="无障碍停车位数", min_value=0, required=False)
    closed_on = day("停用日期", "仍在使用的留空。")
    note = words("备注", longest=200, required=False, rows=2)

    def __init__(self, *args: Any, user: User, row: Facility | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.mine = {each.pk: each for each in communities_of(user)}
        self.fields["community"].choices = [*CHOOSE, *by_street(list(self.mine.values()))]
        self.fields["closed_on"].required = False
        if row is None:
            del self.fields["closed_on"]
            return
        for name, field in self.fields.items():
            field.initial = row.community_id if name == "community" else getattr(row, name)
        self.fields["reason"] = forms.CharField(
            label="修改理由", max_length=200, error_messages={"required": "请填写。"}
        )
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(row))

    def clean_community(self) -> Any:
        return self.mine[self.cleaned_data["community"]]


class InspectionForm(PlainWords, forms.Form):
    """体验检查: what was found, and what is gone of what was found before."""

    free_text = ("team", "note", *(f"{name}_{n}" for n in range(1, ROWS + 1) for name in ("place", "found")))
    inspected_on = day("检查日期")
    team = forms.CharField(label="检查人员", max_length=200, help_text="如：无障碍环境体验促进队，3 人。")
    note = words("总体情况", longest=500, required=False)
    removed = forms.TypedMultipleChoiceField(
        label="这次复查确认已经消除的障碍", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, standing: list[Barrier], today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["inspected_on"].initial = today
        self.fields["removed"].choices = [(each.pk, f"{each.place}：{each.found}") for each in standing]
        if not standing:
            del self.fields["removed"]
        for n in range(1, ROWS + 1):
            self.fields[f"place_{n}"] = forms.CharField(label=f"障碍 {n}：具体位置", max_length=100, required=False)
            self.fields[f"found_{n}"] = forms.CharField(label=f"障碍 {n}：情况", max_length=300, required=False)
            self.fields[f"standard_{n}"] = forms.CharField(
                label=f"障碍 {n}：依据的标准", max_length=200, required=False
            )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for n in range(1, ROWS + 1):
            place, found, standard = (self.cleaned_data.get(f"{name}_{n}") for name in ("place", "found", "standard"))
            if (found or standard) and not place:
                self.add_error(f"place_{n}", "写了障碍的，也要写明具体位置。")
            if (place or standard) and not found:
                self.add_error(f"found_{n}", "写了位置的，也要写明障碍情况。")
        return cleaned

    @property
    def sent(self) -> dict[str, Any]:
        """What the service takes."""
        sent = self.cleaned_data
        rows = [tuple(sent[f"{name}_{n}"] for name in ("place", "found", "standard")) for n in range(1, ROWS + 1)]
        return {
            "inspected_on": sent["inspected_on"],
            "team": sent["team"],
            "note": sent["note"],
            "removed": sent.get("removed", []),
            "found": [Found(*row) for row in rows if row[0]],
        }


class NoticeForm(PlainWords, forms.Form):
    """整改通知: which barriers, within how many working days."""

    barriers = forms.TypedMultipleChoiceField(label="要求整改的障碍", coerce=int, widget=forms.CheckboxSelectMultiple)
    issued_on = day("发出日期")
    working_days = forms.IntegerField(
        label="整改期限（工作日）", min_value=1, max_value=250, help_text="从发出的次日起算，按节假日表扣除休息日。"
    )

    def __init__(self, *args: Any, open_barriers: list[Barrier], today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["issued_on"].initial = today
        self.fields["barriers"].choices = [(each.pk, f"{each.place}：{each.found}") for each in open_barriers]


class ReasonForm(PlainWords, forms.Form):
    """Why something is taken back."""

    reason = words("理由", longest=300)
