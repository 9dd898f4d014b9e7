"""The forms of 求职登记, 招聘登记 and 推介, and the filters of their lists."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict

from employment.forms.job_fields import ALL, AreaFilter, EntryForm, ListFilter, choices_of, streets
from employment.models import (
    LOOKING,
    UNDECIDED,
    Education,
    Employer,
    EmploymentForm,
    JobSeeker,
    ReferralOutcome,
    SeekerStatus,
    Trade,
    Vacancy,
)
from employment.services.seeking import OUTCOMES
from registry.models import Category, Level
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.models import User


class SeekerForm(EntryForm):
    """What somebody can do and wants."""

    skills = choices_of(Trade.choices, "会做的工种")
    wanted = choices_of(Trade.choices, "想做的工种", "一项都不勾选表示什么都愿意做。")

    class Meta:
        model = JobSeeker
        fields = (
            "registered_on", "education", "skills", "wanted", "least_wage_yuan", "wanted_street", "health_limits", "note",
        )  # fmt: skip
        help_texts = {  # noqa: RUF012
            "least_wage_yuan": "没有要求的留空。",
            "wanted_street": "没有要求的留空。",
            "health_limits": "写对工作有影响的，如“不能久站”“需要手语”。",
        }

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["wanted_street"].queryset = streets()
        self.fields["wanted_street"].empty_label = "不限"
        self.fields["education"].choices = [("", "请选择"), *Education.choices]
        if not self.instance.pk:
            self.initial.setdefault("registered_on", today)


class SeekerEndForm(PlainWords, forms.Form):
    """No longer looking, or found work without a referral."""

    found_work = forms.ChoiceField(
        label="为什么结束",
        choices=[("yes", "已就业（不经推介）"), ("no", "终止求职")],
        widget=forms.RadioSelect,
        help_text="经推介录用的，请在推介里登记“录用”。不经推介就业的，另在就业登记里登记。",
    )
    ended_on = forms.DateField(label="结束日期", widget=DateInput)
    reason = forms.CharField(label="原因", max_length=100)

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("ended_on", today)

    def clean_found_work(self) -> bool:
        return bool(self.cleaned_data["found_work"] == "yes")


class VacancyForm(EntryForm):
    """What is offered, to whom, where and until when."""

    trades = choices_of(Trade.choices, "工种")
    categories = choices_of(
        Category.choices,
        "适合的残疾类别",
        "一项都不勾选表示不限。多重残疾须单独勾选。不得以残疾为由拒绝能胜任的人（就业促进法第二十九条）。",
    )
    levels = choices_of(Level.choices, "适合的残疾等级", "一项都不勾选表示不限。")

    class Meta:
        model = Vacancy
        fields = (
            "employer", "post", "number", "trades", "categories", "levels", "education", "wage_yuan", "street", "place",
            "registered_on", "valid_until", "closed_on", "conditions",
        )  # fmt: skip
        help_texts = {  # noqa: RUF012
            "education": "没有要求的选“未上过学”。",
            "street": "不在本区的留空。",
            "valid_until": "含这一天；之后不再推介。",
            "closed_on": "提前招满或者不再招的，填写日期；平时留空。",
            "conditions": "如“坐着工作”“有坡道”“包午餐”。",
        }

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        employers = Employer.objects.visible_to(self.user).filter(Q(closed_on__isnull=True) | Q(closed_on__gt=today))
        if self.instance.pk:
            employers = Employer.objects.filter(Q(pk__in=employers.values("pk")) | Q(pk=self.instance.employer_id))
        self.fields["employer"].queryset = employers
        self.fields["street"].queryset = streets()
        self.fields["street"].empty_label = "本区以外"
        if not self.instance.pk:
            self.initial.setdefault("registered_on", today)


class SendForm(PlainWords, forms.Form):
    """On which day somebody was recommended."""

    sent_on = forms.DateField(label="推介日期", widget=DateInput)

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("sent_on", today)


class OutcomeForm(PlainWords, forms.Form):
    """What came of a referral; of a hiring the form of the employment."""

    outcome = forms.ChoiceField(
        label="结果",
        choices=[(each.value, each.label) for each in (ReferralOutcome.HIRED, *OUTCOMES)],
        widget=forms.RadioSelect,
    )
    outcome_on = forms.DateField(label="日期", widget=DateInput, help_text="录用的填写就业日期，即上班第一天。")
    form = forms.ChoiceField(
        label="就业形式",
        required=False,
        choices=[("", "请选择"), *EmploymentForm.choices],
        help_text="录用的必须选择；同时登记就业，求职登记随之结束。",
    )
    reason = forms.CharField(
        label="说明", max_length=200, required=False, help_text="未录用和本人放弃的，必须写明原因。"
    )

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("outcome_on", today)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        outcome = self.cleaned_data.get("outcome")
        if outcome == ReferralOutcome.HIRED and not self.cleaned_data.get("form"):
            self.add_error("form", "录用的，请选择就业形式。")
        if outcome in (ReferralOutcome.REFUSED, ReferralOutcome.DECLINED) and not self.cleaned_data.get("reason"):
            self.add_error("reason", "未录用和本人放弃的，请写明原因，便于另行推介。")
        return cleaned


class SeekerFilter(AreaFilter):
    """Who looks for work; without a choice those whose registration is open."""

    status = forms.ChoiceField(
        label="状态", choices=[("", "求职中和已推荐"), *SeekerStatus.choices, ("all", "全部")], required=False
    )
    wanted = forms.ChoiceField(label="想做的工种", choices=[*ALL, *Trade.choices], required=False)
    education = forms.ChoiceField(label="文化程度（不低于）", required=False)

    def __init__(self, data: QueryDict, *, user: User):
        super().__init__(data, user=user)
        self.fields["education"].choices = [*ALL, *((str(value), label) for value, label in Education.choices if value)]

    def where(self, chosen: dict[str, Any]) -> Q:
        where = super().where(chosen)
        if chosen["status"] != "all":
            where &= Q(status__in=LOOKING) if not chosen["status"] else Q(status=chosen["status"])
        if chosen["wanted"]:
            where &= Q(wanted__contains=[chosen["wanted"]])
        if chosen["education"]:
            where &= Q(education__gte=chosen["education"])
        return where


class VacancyFilter(ListFilter):
    """What is offered; without a choice what is open today."""

    state = forms.ChoiceField(
        label="状态", choices=[("", "招聘中"), ("over", "过期或停止的"), ("all", "全部")], required=False
    )
    trade = forms.ChoiceField(label="工种", choices=[*ALL, *Trade.choices], required=False)
    street = forms.ChoiceField(label="工作地点", required=False)

    def __init__(self, data: QueryDict, *, user: User, today: datetime.date):
        super().__init__(data, user=user)
        self.today = today
        self.fields["street"].choices = [*ALL, *((str(each.pk), each.name) for each in streets())]

    def where(self, chosen: dict[str, Any]) -> Q:
        is_open = Q(valid_until__gte=self.today, closed_on__isnull=True)
        where = {"": is_open, "over": ~is_open, "all": Q()}[chosen["state"]]
        if chosen["trade"]:
            where &= Q(trades__contains=[chosen["trade"]])
        if chosen["street"]:
            where &= Q(street=chosen["street"])
        return where


class ReferralFilter(AreaFilter):
    """Referrals; without a choice those whose outcome is wanted."""

    place = "seeker__person__community"
    outcome = forms.ChoiceField(
        label="结果", choices=[("", "待反馈和面试"), *ReferralOutcome.choices, ("all", "全部")], required=False
    )

    def where(self, chosen: dict[str, Any]) -> Q:
        where = super().where(chosen)
        if chosen["outcome"] != "all":
            where &= Q(outcome__in=UNDECIDED) if not chosen["outcome"] else Q(outcome=chosen["outcome"])
        return where
