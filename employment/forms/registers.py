"""The forms of the registers beside seeking: public posts and sheltered work, fairs, graduates, start-ups, role models."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from employment.forms.job_fields import EntryForm, streets
from employment.models import (
    Employer,
    GraduateContact,
    GraduatePlan,
    JobFair,
    PublicPost,
    RoleModel,
    ShelteredOrganisation,
    StartUp,
)
from zalainuoer.common.forms import DateInput, PlainWords


class PublicPostForm(EntryForm):
    class Meta:
        model = PublicPost
        fields = (
            "kind", "unit", "street", "number", "subsidy_yuan", "subsidy_document", "starts_on", "ends_on", "note",
        )  # fmt: skip
        help_texts = {  # noqa: RUF012
            "subsidy_yuan": "每人每月；没有补贴或者不清楚的留空。",
            "subsidy_document": "写明文件名称和文号。",
            "ends_on": "岗位还在的留空。",
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["street"].queryset = streets()


class ShelteredOrganisationForm(EntryForm):
    class Meta:
        model = ShelteredOrganisation
        fields = ("name", "place", "capacity", "since", "closed_on", "note")
        help_texts = {"closed_on": "还在办的留空。"}  # noqa: RUF012


class HolderForm(PlainWords, forms.Form):
    """Who takes a public post: the person of the page, or a member of their household."""

    free_text = ("member_name", "relation")
    post = forms.ModelChoiceField(label="公益性岗位", queryset=PublicPost.objects.none(), empty_label="请选择")
    starts_on = forms.DateField(label="上岗日期", widget=DateInput)
    is_of_jobless_household = forms.BooleanField(label="零就业残疾人家庭", required=False)
    member_name = forms.CharField(
        label="上岗的家庭成员姓名", max_length=50, required=False, help_text="残疾人本人上岗的留空。"
    )
    relation = forms.CharField(label="与残疾人的关系", max_length=20, required=False, help_text="如：配偶、子女。")

    def __init__(self, *args: Any, posts: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts
        self.initial.setdefault("starts_on", today)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        member, relation = self.cleaned_data.get("member_name"), self.cleaned_data.get("relation")
        if member and not relation:
            self.add_error("relation", "家庭成员上岗的，请写明与残疾人的关系。")
        if relation and not member:
            self.add_error("member_name", "请写明上岗的家庭成员的姓名。")
        if member and not self.cleaned_data.get("is_of_jobless_household"):
            self.add_error("is_of_jobless_household", "只有零就业残疾人家庭的成员可以上岗，确属的请勾选。")
        return cleaned


class PlaceForm(PlainWords, forms.Form):
    """Where somebody begins 辅助性就业."""

    organisation = forms.ModelChoiceField(
        label="辅助性就业机构", queryset=ShelteredOrganisation.objects.none(), empty_label="请选择"
    )
    starts_on = forms.DateField(label="上岗日期", widget=DateInput)

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = ShelteredOrganisation.objects.filter(closed_on__isnull=True)
        self.initial.setdefault("starts_on", today)


class LeaveForm(PlainWords, forms.Form):
    """The last day at a place."""

    ended_on = forms.DateField(label="离岗日期", widget=DateInput, help_text="最后在岗的一天。")
    reason = forms.CharField(label="原因", max_length=100)

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("ended_on", today)


class FairForm(EntryForm):
    class Meta:
        model = JobFair
        fields = (
            "kind", "name", "held_on", "ends_on", "place", "units", "posts", "participants", "agreements", "note",
        )  # fmt: skip
        help_texts = {"ends_on": "只有一天的留空。", "units": "不清楚的留空；下面几项相同。"}  # noqa: RUF012


class AttendanceForm(PlainWords, forms.Form):
    """Which event somebody came to."""

    fair = forms.ModelChoiceField(label="就业服务活动", queryset=JobFair.objects.none(), empty_label="请选择")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["fair"].queryset = JobFair.objects.all()
        self.fields["fair"].label_from_instance = lambda fair: f"{fair.held_on} {fair.name}"


class GraduateForm(EntryForm):
    wants_work = forms.TypedChoiceField(
        label="有就业意愿",
        choices=[("", "还没有问过"), ("yes", "有"), ("no", "没有")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        help_text="就业率只计有就业意愿的毕业生。",
    )

    class Meta:
        model = GraduatePlan
        fields = (
            "school", "major", "graduated_on", "wants_work", "intention", "steps", "outcome", "outcome_on", "note",
        )  # fmt: skip
        help_texts = {  # noqa: RUF012
            "intention": "想做什么工作、在哪里。",
            "steps": "每行一项措施。",
            "outcome_on": "去向落实了的填写。",
        }
        widgets = {"steps": forms.Textarea(attrs={"rows": 4})}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = {True: "yes", False: "no"}
        self.initial["wants_work"] = known.get(self.instance.wants_work, "") if self.instance.pk else ""


class ContactForm(EntryForm):
    class Meta:
        model = GraduateContact
        fields = ("contacted_on", "note")


class StartUpForm(EntryForm):
    class Meta:
        model = StartUp
        fields = ("project", "support", "amount_yuan", "supported_on", "document", "note")
        help_texts = {"amount_yuan": "没有金额的留空。", "document": "写明文件名称和文号。"}  # noqa: RUF012


class RoleModelForm(EntryForm):
    """Of a person on file (`about_person`), else an employer or a name."""

    class Meta:
        model = RoleModel
        fields = ("employer", "name", "kind", "year", "deeds", "document", "published_on")
        help_texts = {  # noqa: RUF012
            "employer": "典型是单位的选择单位。",
            "name": "不是残疾人、也不是单位的，填写姓名；只填一项。",
            "published_on": "还没有宣传的留空。",
        }
        widgets = {"deeds": forms.Textarea(attrs={"rows": 4})}  # noqa: RUF012

    def __init__(self, *args: Any, about_person: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["year"].min_value, self.fields["year"].max_value = 2016, 2100
        if about_person:
            del self.fields["employer"], self.fields["name"]
        else:
            self.fields["employer"].queryset = Employer.objects.visible_to(self.user)
