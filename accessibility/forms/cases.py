"""Forms of 障碍反映."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from accessibility.forms.areas import by_street, communities_of
from accessibility.forms.fields import CHOOSE, day, words
from accessibility.forms.places import ALL, PlacesFilter
from accessibility.models import BarrierCase, BarrierCaseState, CaseChannel, Facility
from accessibility.services.places.cases import UNANSWERED
from zalainuoer.common.forms import PlainWords
from zalainuoer.common.models import User


class CaseFilter(PlacesFilter):
    """Community, channel, state; without a state those that wait for an answer."""

    community = forms.ChoiceField(label="社区", required=False)
    channel = forms.ChoiceField(label="来源", choices=[*ALL, *CaseChannel.choices], required=False)
    show = forms.ChoiceField(
        label="状态",
        choices=[("", "未答复"), ("overdue", "未答复且逾期"), *BarrierCaseState.choices, ("all", "全部")],
        required=False,
    )

    def found(self, rows: QuerySet[Any], *, today: datetime.date) -> QuerySet[Any]:
        """Reports of the filter."""
        if not self.is_valid():
            return rows.none()
        sent, show = self.cleaned_data, self.cleaned_data["show"]
        if sent["community"]:
            rows = rows.filter(community=sent["community"])
        if sent["channel"]:
            rows = rows.filter(channel=sent["channel"])
        if show in ("", "overdue"):
            rows = rows.filter(state__in=UNANSWERED)
            return rows.filter(due_on__lt=today) if show else rows
        return rows if show == "all" else rows.filter(state=show)


class CaseForm(PlainWords, forms.Form):
    """A report as it comes in."""

    free_text = ("topic", "place")
    channel = forms.ChoiceField(label="来源", choices=[*CHOOSE, *CaseChannel.choices])
    source_number = forms.CharField(
        label="来源编号",
        max_length=50,
        required=False,
        help_text="热线工单号。反映人的姓名和电话留在热线，不在这里登记。",
    )
    received_on = day("收到日期")
    topic = words("反映事项", longest=500)
    community = forms.TypedChoiceField(label="所在社区", coerce=int)
    place = forms.CharField(label="具体地点", max_length=200)
    facility = forms.TypedChoiceField(label="台账里的设施", coerce=int, required=False, empty_value=None)
    due_on = day("答复期限", "热线写明期限的照填；留空的，按参数计算。")

    def __init__(self, *args: Any, user: User, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial, self.fields["due_on"].required = today, False
        self.mine = {each.pk: each for each in communities_of(user)}
        self.fields["community"].choices = [*CHOOSE, *by_street(list(self.mine.values()))]
        rows = Facility.objects.visible_to(user).filter(closed_on=None).order_by("name", "pk")
        self.places = {each.pk: each for each in rows}
        there: dict[int, list[tuple[int, str]]] = {}
        for row in self.places.values():
            there.setdefault(row.community_id, []).append((row.pk, row.name))
        groups = [(f"{each.parent} {each.name}", there[pk]) for pk, each in self.mine.items() if pk in there]
        self.fields["facility"].choices = [("", "不在台账里"), *groups]

    def clean_community(self) -> Any:
        return self.mine[self.cleaned_data["community"]]

    def clean_facility(self) -> Any:
        pk = self.cleaned_data["facility"]
        return None if pk is None else self.places[pk]


class CaseActForm(PlainWords, forms.Form):
    """What the acts on a report share: the state that the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: BarrierCase, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = case.state
        for name in ("transferred_on", "replied_on"):
            if name in self.fields:
                self.fields[name].initial = today


class TransferForm(CaseActForm):
    to = forms.CharField(label="转办单位", max_length=100)
    transferred_on = day("转办日期")


class ReplyForm(CaseActForm):
    free_text = ("reply",)
    reply = words("答复内容", longest=500)
    replied_on = day("答复日期")


class RateForm(CaseActForm):
    satisfaction = forms.TypedChoiceField(
        label="满意度",
        coerce=int,
        widget=forms.RadioSelect,
        choices=[(5, "5 分，很满意"), (4, "4 分，满意"), (3, "3 分，一般"), (2, "2 分，不满意"), (1, "1 分，很不满意")],
    )


class WithdrawForm(CaseActForm):
    reason = words("撤销原因", longest=300)
