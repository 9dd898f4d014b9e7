"""The forms of training: a class, a session, who is enrolled, who has finished, and what the lists are filtered by."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.http import QueryDict

from employment.models import OrganiserKind, TrainingCertificateKind, TrainingClass, TrainingSession
from employment.rules.training import PLAN_YEARS
from registry.services.facts import version
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.models import Division, User

ALL = [("", "全部")]
MONEY = {"inputmode": "decimal", "autocomplete": "off"}
MOST_LINES = 30
COUNT = {"inputmode": "numeric", "autocomplete": "off"}


class RecordForm(PlainWords, forms.ModelForm):
    """One record; of a stored one it also asks why it is changed."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(self.instance))
            self.fields["reason"] = forms.CharField(
                label="改正理由", max_length=200, help_text="如：登记时填错、承办机构来函更正。"
            )
            self.fields["reason"].error_messages["required"] = "请填写。"


class ClassForm(RecordForm):
    free_text = ("name", "place", "document", "note", "reason")

    class Meta:
        model = TrainingClass
        fields = (
            "name", "trade", "organiser", "provider", "place", "starts_on", "ends_on", "hours", "capacity",
            "budget_yuan", "spent_yuan", "document", "note",
        )  # fmt: skip
        widgets: ClassVar = {
            "starts_on": DateInput,
            "ends_on": DateInput,
            "hours": forms.TextInput(attrs=COUNT),
            "capacity": forms.TextInput(attrs=COUNT),
            "budget_yuan": forms.TextInput(attrs=MONEY),
            "spent_yuan": forms.TextInput(attrs=MONEY),
        }
        help_texts: ClassVar = {
            "name": "与花名册写法一致，每个班不同；每年都办的请加上年度或期次，如“2025年电商一班”。",
            "starts_on": "培训年度按开班日期算，跨年的班算开班的那一年。",
            "budget_yuan": "没有定的留空。",
            "spent_yuan": "还没有支出的留空。",
        }


class SessionForm(RecordForm):
    free_text = ("topic", "reason")

    class Meta:
        model = TrainingSession
        fields = ("held_on", "hours", "topic")
        widgets: ClassVar = {"held_on": DateInput, "hours": forms.TextInput(attrs=MONEY)}


class ReasonForm(PlainWords, forms.Form):
    """Why something is taken back; `seen` is the record as it was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="理由", max_length=200, help_text="如：重复登记、登记错了人。")


class FindForm(PlainWords, forms.Form):
    """Whom to enrol; posted, so that no number stands in an address."""

    free_text = ()
    who = forms.CharField(
        label="要报名的人",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text="每行一人：身份证号，或姓名、拼音、身份证号后四位。一次最多 30 行。",
    )

    def clean_who(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["who"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(f"一次最多 30 行，现在有 {len(lines)} 行。")
        return lines


class ChooseClassForm(PlainWords, forms.Form):
    """Into which class one person is enrolled."""

    training_class = forms.ModelChoiceField(label="培训班", queryset=TrainingClass.objects.none(), empty_label="请选择")

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["training_class"]
        field.queryset = TrainingClass.objects.filter(ends_on__gte=today)
        field.label_from_instance = lambda row: f"{row.name}（{row.trade}，{row.starts_on} 开班）"


class CompleteForm(PlainWords, forms.Form):
    """What those who are ticked have in common."""

    completed_on = forms.DateField(label="结业日期", widget=DateInput)
    certificate_kind = forms.ChoiceField(
        label="证书种类", choices=[("", "不发证书"), *TrainingCertificateKind.choices], required=False
    )
    certified_on = forms.DateField(label="发证日期", widget=DateInput, required=False, help_text="不发证书的留空。")


class CertificateForm(PlainWords, forms.Form):
    """One certificate."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="证书种类", choices=[("", "请选择"), *TrainingCertificateKind.choices])
    number = forms.CharField(label="证书编号", max_length=50)
    certified_on = forms.DateField(label="发证日期", widget=DateInput)
    reason = forms.CharField(label="依据或理由", max_length=200, help_text="如：人社局补发名单。")


# lists


class ListFilter(forms.Form):
    """A filter, all of it in the address. What is no choice shows nothing, and says so."""

    def __init__(self, data: QueryDict):
        kept = QueryDict(mutable=True)
        for name in self.base_fields:
            if value := data.get(name, "").strip():
                kept[name] = value
        super().__init__(kept)

    @property
    def query(self) -> str:
        return self.data.urlencode()

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, in words."""
        if not self.is_valid():
            return {}
        return {str(self.fields[n].label): _word(self.fields[n], v) for n, v in self.cleaned_data.items() if v}


class AreaFilter(ListFilter):
    """With street and community of the reader's area."""

    street = forms.ChoiceField(label="街道（镇）", required=False)
    community = forms.ChoiceField(label="社区", required=False)

    def __init__(self, data: QueryDict, *, user: User):
        super().__init__(data)
        communities = Division.objects.communities().select_related("parent").order_by("parent__code", "code")
        mine = list(communities if user.scope_ids is None else communities.filter(pk__in=user.scope_ids))
        streets = {str(each.parent_id): str(each.parent) for each in mine}
        self.fields["street"].choices = [*ALL, *streets.items()]
        self.fields["community"].choices = [
            *ALL,
            *((name, [(str(c.pk), c.name) for c in mine if str(c.parent_id) == pk]) for pk, name in streets.items()),
        ]

    def place(self, path: str) -> Q:
        """Of rows whose community is at the path: those of the chosen place; none if it is no choice."""
        if not self.is_valid():
            return Q(pk__in=())
        where = Q()
        if self.cleaned_data["street"]:
            where &= Q(**{f"{path}__parent": self.cleaned_data["street"]})
        if self.cleaned_data["community"]:
            where &= Q(**{path: self.cleaned_data["community"]})
        return where


def _word(field: Any, value: Any) -> str:
    flat: dict[str, str] = {}
    for key, label in getattr(field, "choices", ()):
        flat |= {str(k): str(v) for k, v in label} if isinstance(label, list) else {str(key): str(label)}
    return flat.get(str(value), str(value))


STATES = [("coming", "未开班"), ("running", "进行中"), ("over", "已结束")]


class ClassFilter(ListFilter):
    """Classes by year of their start, trade, organiser and state of today."""

    year = forms.ChoiceField(label="培训年度", required=False)
    trade = forms.ChoiceField(label="工种", required=False)
    organiser = forms.ChoiceField(label="培训主体", choices=[*ALL, *OrganiserKind.choices], required=False)
    state = forms.ChoiceField(label="状态", choices=[*ALL, *STATES], required=False)

    def __init__(self, data: QueryDict, *, today: datetime.date):
        super().__init__(data)
        self.today = today
        known = list(TrainingClass.objects.order_by().values_list("starts_on__year", "trade").distinct())
        self.fields["year"].choices = [
            *ALL, *((str(year), f"{year}年") for year in sorted({year for year, _ in known}, reverse=True))
        ]  # fmt: skip
        self.fields["trade"].choices = [*ALL, *((trade, trade) for trade in sorted({trade for _, trade in known}))]

    def where(self) -> Q:
        if not self.is_valid():
            return Q(pk__in=())
        chosen, where = self.cleaned_data, Q()
        if chosen["year"]:
            where &= Q(starts_on__year=chosen["year"])
        for name in ("trade", "organiser"):
            if chosen[name]:
                where &= Q(**{name: chosen[name]})
        states = {
            "coming": Q(starts_on__gt=self.today),
            "running": Q(starts_on__lte=self.today, ends_on__gte=self.today),
            "over": Q(ends_on__lt=self.today),
        }
        return where & states.get(chosen["state"], Q())


PLAN = "plan"


class FigureFilter(AreaFilter):
    """The years of the plan together, or one year; by place and trade."""

    year = forms.ChoiceField(label="培训年度", required=False)
    trade = forms.CharField(label="工种", max_length=50, required=False, help_text="全名")

    def __init__(self, data: QueryDict, *, user: User, today: datetime.date):
        super().__init__(data, user=user)
        first, last = PLAN_YEARS
        years = range(max(today.year, last), first - 1, -1)
        self.fields["year"].choices = [
            ("", f"{first}—{last}年（规划期）"), *((str(year), f"{year}年") for year in years)
        ]  # fmt: skip

    @property
    def years(self) -> tuple[int, int]:
        """The first and last year asked about."""
        if self.is_valid() and (year := self.cleaned_data["year"]):
            return int(year), int(year)
        return PLAN_YEARS

    def where(self) -> Q:
        """Of TrainingRecord."""
        if not self.is_valid():
            return Q(pk__in=())
        first, last = self.years
        where = Q(starts_on__year__gte=first, starts_on__year__lte=last) & self.place("person__community")
        if trade := self.cleaned_data["trade"]:
            where &= Q(trade__isnull=True) if trade == NO_TRADE else Q(trade=trade)
        return where


NO_TRADE = "未填写"
