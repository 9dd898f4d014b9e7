"""The forms of plain records: community rehabilitation, prevention, institutions of 阳光家园."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from registry.services.facts import version
from rehab.models import (
    AwarenessSurvey,
    CareHome,
    CarePlaces,
    CareStandard,
    CommunitySite,
    Coordinator,
    CoordinatorTraining,
    PreventionCampaign,
    SiteOffer,
)
from zalainuoer.common.forms import DateInput, MonthField, PlainWords


class RecordForm(PlainWords, forms.ModelForm):
    """One record; of a stored one it also asks why it is changed."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(self.instance))
            self.fields["reason"] = forms.CharField(
                label="改正理由", max_length=200, help_text="如：登记时填错、机构来函更正。"
            )
            self.fields["reason"].error_messages["required"] = "请填写。"


class SiteForm(RecordForm):
    free_text = ("name", "place", "reason")
    offers = forms.MultipleChoiceField(
        label="服务内容", choices=SiteOffer.choices, widget=forms.CheckboxSelectMultiple, help_text="至少选一项。"
    )

    class Meta:
        model = CommunitySite
        fields = ("name", "place", "offers", "opened_on", "closed_on")
        widgets: ClassVar = {"opened_on": DateInput, "closed_on": DateInput}
        help_texts: ClassVar = {"closed_on": "从这一天起不再开放；还在开放的留空。"}


class CoordinatorForm(RecordForm):
    free_text = ("name", "reason")

    class Meta:
        model = Coordinator
        fields = ("name", "since", "until")
        widgets: ClassVar = {"since": DateInput, "until": DateInput}
        help_texts: ClassVar = {"until": "从这一天起不再担任；还在任的留空。"}


class TrainingForm(RecordForm):
    free_text = ("topic", "reason")

    class Meta:
        model = CoordinatorTraining
        fields = ("trained_on", "topic", "hours")
        widgets: ClassVar = {"trained_on": DateInput}


class CampaignForm(RecordForm):
    free_text = ("topic", "place", "evidence", "reason")

    class Meta:
        model = PreventionCampaign
        fields = ("held_on", "topic", "place", "people_reached", "evidence")
        widgets: ClassVar = {"held_on": DateInput, "evidence": forms.Textarea(attrs={"rows": 2})}
        help_texts: ClassVar = {"evidence": "写明通知、照片、签到表等存放在哪里，如“残联档案室 2025-12 卷”。"}


class SurveyForm(RecordForm):
    free_text = ("method", "reason")

    class Meta:
        model = AwarenessSurvey
        fields = ("year", "surveyed_on", "sample", "valid", "aware", "method")
        widgets: ClassVar = {"surveyed_on": DateInput, "method": forms.Textarea(attrs={"rows": 2})}
        help_texts: ClassVar = {
            "year": "如 2025。",
            "aware": "有效答卷中达到知晓标准的人数。知晓率＝知晓人数÷有效答卷。",
            "method": "写明调查哪些重点人群、怎样抽样、怎样算知晓。",
        }


class HomeForm(RecordForm):
    free_text = ("name", "address", "reason")

    class Meta:
        model = CareHome
        fields = ("name", "address", "opened_on", "closed_on")
        widgets: ClassVar = {"opened_on": DateInput, "closed_on": DateInput}
        help_texts: ClassVar = {"closed_on": "从这一天起不再托养；还在托养的留空。"}


class PlacesForm(RecordForm):
    class Meta:
        model = CarePlaces
        fields = ("mode", "capacity", "since", "until")
        widgets: ClassVar = {"since": DateInput, "until": DateInput}
        help_texts: ClassVar = {"until": "名额有效的最后一天；还有效的留空。"}


class CareStandardForm(RecordForm):
    free_text = ("document", "reason")
    first_month = MonthField(label="执行起始月份", help_text="填到月，如 2024-07。按托养的月份执行，与哪天结算无关。")
    last_month = MonthField(
        label="执行截止月份", required=False, help_text="按这条标准结算的最后一个月；还在执行的留空。"
    )

    class Meta:
        model = CareStandard
        fields = ("mode", "basis", "amount_yuan", "first_month", "last_month", "document")
        help_texts: ClassVar = {
            "basis": "“按月”：当月到托至少一天的，结一个月；“按到托天数”：标准乘以实到天数。",
            "amount_yuan": "每人每月，或每人每天的金额（元）。只按文件填写。",
            "document": "写明依据的文件名称和文号。",
        }
        widgets: ClassVar = {"amount_yuan": forms.TextInput(attrs={"inputmode": "decimal"})}


class WithdrawRecordForm(PlainWords, forms.Form):
    """Why a record is withdrawn."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="撤下理由", max_length=200, help_text="如：重复登记、登记到了别的社区。")
