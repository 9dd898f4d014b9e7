"""The forms of an application: taken in, completed, reviewed, objected to, told, withdrawn."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from registry.forms.act_fields import CleanedField
from registry.forms.reveal import RevealForm
from registry.models import Certificate, Person
from subsidies.models import Applicant, Application, ApplicationState, Paper, Subsidy
from subsidies.services.applications import required_papers
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.sheets.widgets import NameWidget, PhoneWidget, TextWidget

PAPER_HELP = {
    Paper.GUARDIAN: "未成年人、智力和精神残疾人，或由监护人申请的",
    Paper.MANDATE: "其他委托人代办的",
    Paper.HARDSHIP: "困难残疾人生活补贴",
    Paper.CARE: "重度残疾人护理补贴",
}
NOT_OF = {Subsidy.LIVING: Paper.CARE, Subsidy.NURSING: Paper.HARDSHIP}
YES_NO = [("", "请选择"), ("yes", "是，需要六个月以上"), ("no", "否")]


def paper_choices(subsidy: str) -> list[tuple[str, str]]:
    """The papers of a subsidy, each saying of whom it is asked for."""
    papers = [paper for paper in Paper if paper != NOT_OF[Subsidy(subsidy)]]
    return [
        (paper.value, f"{paper.label}（{PAPER_HELP[paper]}）" if paper in PAPER_HELP else paper.label)
        for paper in papers
    ]


class AcceptForm(PlainWords, forms.Form):
    """受理. Where papers are missing the form asks once more, since the notice can be given only once."""

    free_text = ("accepted_elsewhere",)
    applicant = forms.ChoiceField(label="申请人", choices=Applicant.choices, initial=Applicant.SELF)
    applicant_name = CleanedField(NameWidget(50), label="代办人姓名", required=False, help_text="本人申请的留空。")
    applicant_phone = CleanedField(
        PhoneWidget(), label="代办人电话", required=False, help_text="本人申请的留空；加密保存。"
    )
    applied_on = forms.DateField(
        label="申请日期", widget=DateInput, help_text="递交申请的那一天；批准后从这一天所在的月份起计发。"
    )
    needs_care = forms.ChoiceField(label="需要长期照护（六个月以上）", choices=YES_NO, help_text="按申请人的说明填写。")
    accepted_elsewhere = CleanedField(
        TextWidget(100),
        label="受理机关（跨省通办）",
        required=False,
        help_text="外地窗口受理后推送来的，填外地的受理机关；在本区街道（镇）申请的留空。",
    )
    papers = forms.MultipleChoiceField(label="已交的材料", widget=forms.CheckboxSelectMultiple, required=False)
    gives_notice = forms.BooleanField(
        label="材料不齐，出具一次性告知书",
        required=False,
        help_text="告知书只能出具一次，列出所缺的全部材料；材料齐全的不用勾选。",
    )

    def __init__(
        self,
        *args: Any,
        person: Person,
        statement: Certificate | None,
        subsidy: str,
        today: datetime.date,
        is_federation: bool,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.person, self.statement, self.subsidy, self.today = person, statement, subsidy, today
        self.fields["applied_on"].initial = today
        self.fields["papers"].choices = paper_choices(subsidy)
        if subsidy != Subsidy.NURSING:
            del self.fields["needs_care"]
        if not is_federation:
            del self.fields["accepted_elsewhere"]

    def clean_applied_on(self) -> datetime.date:
        day = self.cleaned_data["applied_on"]
        if day > self.today:
            raise forms.ValidationError(f"不能晚于今天（{self.today}）。")
        return day

    def clean_needs_care(self) -> bool:
        return bool(self.cleaned_data["needs_care"] == "yes")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        by_somebody_else = cleaned.get("applicant", Applicant.SELF) != Applicant.SELF
        if by_somebody_else and "applicant_name" in cleaned and not cleaned["applicant_name"]:
            self.add_error("applicant_name", "不是本人申请的，请填写代办人姓名。")
        if self.errors:
            return cleaned
        required = required_papers(
            self.subsidy,
            cleaned["applicant"],
            person=self.person,
            statement=self.statement,
            on=cleaned["applied_on"],
            needs_care=cleaned.get("needs_care"),
        )
        missing = "、".join(paper.label for paper in required if paper not in cleaned["papers"])
        if missing and not cleaned["gives_notice"]:
            self.add_error(
                "papers", f"还缺：{missing}。已带来的请勾选；确实没有带来的，请勾选“材料不齐，出具一次性告知书”。"
            )
        elif cleaned["gives_notice"] and not missing:
            self.add_error("gives_notice", "材料已经齐全，不需要出具告知书，请去掉这个勾。")
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """What the service is told."""
        cleaned = self.cleaned_data
        return {
            "applicant": cleaned["applicant"],
            "applicant_name": cleaned["applicant_name"] or "",
            "applicant_phone": cleaned["applicant_phone"],
            "applied_on": cleaned["applied_on"],
            "needs_care": cleaned.get("needs_care"),
            "accepted_elsewhere": cleaned.get("accepted_elsewhere") or "",
            "papers": cleaned["papers"],
        }


class _Act(PlainWords, forms.Form):
    """A form on an application's page: it says upon which state it was filled in."""

    seen = forms.ChoiceField(choices=ApplicationState.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, application: Application, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.application, self.today = application, today
        self.fields["seen"].initial = application.state


class CompleteForm(_Act):
    """What has been brought."""

    papers = forms.MultipleChoiceField(label="这次补交的材料", widget=forms.CheckboxSelectMultiple, required=False)
    note = forms.CharField(label="补正说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = paper_choices(self.application.subsidy)
        self.fields["papers"].choices = [c for c in choices if c[0] not in self.application.papers]
        if not self.fields["papers"].choices:
            del self.fields["papers"]


PASS, REFUSE, RETURN = "pass", "refuse", "return"


class ReviewForm(_Act):
    """A desk's opinion."""

    free_text = ("opinion",)
    decision = forms.ChoiceField(label="审核意见", widget=forms.RadioSelect)
    opinion = forms.CharField(
        label="理由或说明",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不同意的必须写明理由，会写进书面决定；退回补正的，把要补的一次说全。",
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        is_last = self.application.state == ApplicationState.CIVIL_REVIEW
        refuse = "不同意（不予批准，出具书面决定）" if is_last else "不同意（意见随申请转民政局决定）"
        self.fields["decision"].choices = [
            (PASS, "同意（进入公示）" if is_last else "同意（转下一环节）"),
            (REFUSE, refuse),
            (RETURN, "退回补正（每个环节只能一次）"),
        ]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("decision") in (REFUSE, RETURN) and not cleaned.get("opinion") and "opinion" not in self.errors:
            what = "不同意的理由" if cleaned["decision"] == REFUSE else "需要补正的全部内容"
            self.add_error("opinion", f"请写明{what}。")
        return cleaned


class ObjectionForm(_Act):
    """An objection that somebody has come with."""

    free_text = ("content",)
    received_on = forms.DateField(label="收到日期", widget=DateInput)
    content = forms.CharField(label="异议内容", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    said_by = CleanedField(
        TextWidget(200), label="提出人及联系方式", required=False, help_text="匿名的留空；加密保存，不对外公开。"
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = self.today


class ContactsForm(RevealForm):
    """Why somebody wants to see how the applicant, or whoever objected, can be reached."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.auto_id = "contacts_%s"


class JudgeForm(PlainWords, forms.Form):
    """What came of an objection."""

    free_text = ("opinion",)
    upheld = forms.ChoiceField(
        label="处理结果",
        choices=[("no", "异议不成立（继续办理）"), ("yes", "异议成立（不予批准）")],
        widget=forms.RadioSelect,
    )
    opinion = forms.CharField(label="处理意见", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class NotifiedForm(_Act):
    """The day on which the applicant was told."""

    on = forms.DateField(label="告知日期", widget=DateInput, help_text="把决定书或核发通知交给申请人的那一天。")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = self.today


class WithdrawForm(_Act):
    """Why the applicant takes the application back."""

    reason = forms.CharField(label="撤回的原因", max_length=500, help_text="如：本人书面要求撤回。")
