"""The forms of a child's case: the list's filter, and what each act asks for."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from registry.services.facts import version
from rehab.child_rules import designated, with_room
from rehab.models import (
    WAITING,
    ChildCase,
    ChildCategory,
    ChildStage,
    ChildStepKind,
    ChildStepResult,
    Institution,
)
from rehab.pipeline import FEDERATION, HEALTH, STREET, overdue
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.identity import masked_name, masked_phone
from zalainuoer.common.models import Division, Role, User
from zalainuoer.common.rules import Parameters

ALL = [("", "全部")]
STUCK, OVERDUE, EVERY = "", "overdue", "all"
STAGES = [(STUCK, "筛查到康复之间"), (OVERDUE, "其中已超期的"), *ChildStage.choices, (EVERY, "全部个案")]
MINE = "me"
FILTERS = ("stage", "category", "street", "owner")


class CaseFilter(forms.Form):
    """What is shown of the cases of the reader's area; without a choice, those between screening and rehabilitation."""

    stage = forms.ChoiceField(label="环节", choices=STAGES, required=False)
    category = forms.ChoiceField(label="救助类别", choices=[*ALL, *ChildCategory.choices], required=False)
    street = forms.ChoiceField(label="街道（镇）", required=False)
    owner = forms.ChoiceField(label="责任人", choices=[*ALL, (MINE, "移交给我的")], required=False)

    def __init__(self, data: QueryDict, *, user: User, today: datetime.date):
        query = QueryDict(mutable=True)
        for name in FILTERS:
            if value := data.get(name, "").strip():
                query[name] = value
        super().__init__(query)
        self.user, self.today = user, today
        communities = Division.objects.communities().select_related("parent").order_by("parent__code")
        if user.scope_ids is not None:
            communities = communities.filter(pk__in=user.scope_ids)
        streets = {str(each.parent_id): each.parent.name for each in communities if each.parent is not None}
        self.fields["street"].choices = [*ALL, *streets.items()]

    def found(self, cases: QuerySet[ChildCase]) -> QuerySet[ChildCase]:
        """Those that the filter shows, the longest waiting first."""
        if not self.is_valid():
            return cases.none()
        chosen = self.cleaned_data
        where = self._of_stage(chosen["stage"])
        if chosen["category"]:
            where &= Q(category=chosen["category"])
        if chosen["street"]:
            where &= Q(person__community__parent=chosen["street"])
        if chosen["owner"]:
            where &= Q(owner=self.user)
        return cases.filter(where).order_by("since_on", "pk")

    def _of_stage(self, stage: str) -> Q:
        if stage == STUCK:
            return Q(stage__in=WAITING)
        if stage == OVERDUE:
            return overdue(self.today, Parameters(on=self.today))
        return Q() if stage == EVERY else Q(stage=stage)

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, in words."""
        if not self.is_valid():
            return {}
        return {
            str(self.fields[name].label): str(dict(self.fields[name].choices).get(value, value))
            for name, value in self.cleaned_data.items()
            if value
        }

    @property
    def query(self) -> str:
        return self.data.urlencode()


class _ActForm(PlainWords, forms.Form):
    """What every act is told: the day, and which version of the case was looked at."""

    free_text = ("place", "note", "reason", "assessment", "family_note")
    on = forms.DateField(label="日期", widget=DateInput)

    def __init__(self, *args: Any, case: ChildCase, user: User, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.case, self.user, self.today = case, user, today
        if "on" in self.fields:
            self.fields["on"].initial = today
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(case))


def _result(label: str, *choices: ChildStepResult) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "请选择"), *((c.value, c.label) for c in choices)])


def _note(label: str = "说明", **how: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}), **how)


class ScreeningForm(PlainWords, forms.Form):
    """A first screening, which opens the case."""

    free_text = ("place", "note")
    screened_on = forms.DateField(label="初筛日期", widget=DateInput)
    place = forms.CharField(label="筛查机构", max_length=100, help_text="如：某某社区卫生服务中心。")
    done_by = forms.CharField(label="筛查人", max_length=50)
    result = _result("筛查结果", ChildStepResult.POSITIVE, ChildStepResult.NEGATIVE)
    note = _note(help_text="如：哪一类可疑、监护人的意见。")

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["screened_on"].initial = today


class RescreeningForm(_ActForm):
    place = forms.CharField(label="复筛机构", max_length=100, help_text="如：区妇幼保健院。")
    done_by = forms.CharField(label="复筛人", max_length=50)
    result = _result("复筛结果", ChildStepResult.POSITIVE, ChildStepResult.NEGATIVE)
    note = _note()


class DiagnosisForm(_ActForm):
    place = forms.CharField(label="诊断机构", max_length=100)
    done_by = forms.CharField(label="诊断医师", max_length=50)
    result = _result("诊断结果", ChildStepResult.CONFIRMED, ChildStepResult.EXCLUDED)
    category = forms.ChoiceField(
        label="救助类别", choices=[("", "请选择"), *ChildCategory.choices], required=False, help_text="确诊的必须选择。"
    )
    note = _note()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("result") == ChildStepResult.CONFIRMED and not cleaned.get("category"):
            self.add_error("category", "确诊的必须选择救助类别。")
        return cleaned


class InformingForm(_ActForm):
    done_by = forms.CharField(label="告知人", max_length=50)
    note = _note(help_text="告知了哪些救助政策、怎样申请，监护人的意见。")


class ApplicationForm(_ActForm):
    """The guardian's application; what is on file stays masked, and an empty field takes it."""

    guardian_name = forms.CharField(label="监护人姓名", max_length=50)
    guardian_phone = forms.CharField(
        label="监护人电话", max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    )
    family_note = forms.CharField(
        label="家庭经济情况", max_length=200, required=False, help_text="只作记录，不作为批准与否的条件。"
    )
    note = _note()

    def __init__(self, *args: Any, case: ChildCase, **kwargs: Any):
        super().__init__(*args, case=case, **kwargs)
        self.fields["on"].label = "申请日期"
        self.fields["on"].help_text = "年龄按这一天计算，救助归入这一天的年度。"
        for name, mask in (("guardian_name", masked_name), ("guardian_phone", masked_phone)):
            if known := getattr(case.person, name):
                self.fields[name].required = False
                self.fields[name].help_text = f"档案中为“{mask(known)}”，相同的留空。"


class DecisionForm(_ActForm):
    is_approved = forms.TypedChoiceField(
        label="审核意见",
        choices=[("", "请选择"), ("yes", "批准"), ("no", "不予批准")],
        coerce=lambda value: value == "yes",
        empty_value=None,
    )
    reason = _note("理由", help_text="不予批准的必须写明，并书面告知监护人。")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("is_approved") is False and not cleaned.get("reason"):
            self.add_error("reason", "不予批准的，请写明理由。")
        return cleaned


class PlacementForm(_ActForm):
    institution = forms.ModelChoiceField(
        Institution.objects.none(),
        label="定点机构",
        empty_label="请选择",
        help_text="监护人自主选择。只列出今天有这一类别定点资格、没有满员的机构。",
    )
    note = _note()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "开始训练日期"
        on, rows = self.today, Institution.objects.all()
        self.fields["institution"].queryset = (
            designated(on, self.case.category).people(rows).filter(with_room(on, but=self.case))
        )


class ClosingForm(_ActForm):
    assessment = forms.CharField(
        label="结项评估",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一年的训练效果，下一年的建议。结项后本年度不再结算，下一年度须重新申请。",
    )


class EndForm(_ActForm):
    reason = forms.CharField(
        label="结束的原因",
        max_length=200,
        help_text="如：迁出本区、监护人书面放弃、康复出院、已超过年龄。",
    )


class HandOverForm(_ActForm):
    """Whose turn it is until the next step."""

    office = forms.ChoiceField(label="责任单位", choices=[(name, name) for name in (HEALTH, STREET, FEDERATION)])
    owner = forms.ChoiceField(label="责任人", required=False, help_text="可以不指定到人。办完下一步后自动取消。")
    note = _note()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        del self.fields["on"]
        users = User.objects.filter(is_active=True, role__in=Role.values).select_related("division").order_by("name")
        if self.user.scope_ids is not None:
            users = users.filter(Q(division__in=[*self.user.scope_ids]) | Q(pk=self.user.pk))
        self.known = {str(user.pk): user for user in users if user.has_perm("rehab.view_rehab")}
        named = [(pk, f"{user.name}（{user.division or '全区'}）") for pk, user in self.known.items()]
        self.fields["owner"].choices = [("", "不指定到人"), *named]
        self.fields["owner"].initial = str(self.case.owner_id or "")
        self.fields["office"].initial = self.case.office

    def clean_owner(self) -> User | None:
        return self.known.get(self.cleaned_data["owner"])


class WithdrawForm(PlainWords, forms.Form):
    """Why the latest step is taken back."""

    reason = forms.CharField(label="撤回的原因", max_length=200, help_text="如：结果录错、登记错了儿童。")

    def __init__(self, *args: Any, case: ChildCase, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(case))


ACT_FORMS: dict[str, type[_ActForm]] = {
    ChildStepKind.RESCREENING: RescreeningForm,
    ChildStepKind.DIAGNOSIS: DiagnosisForm,
    ChildStepKind.INFORMING: InformingForm,
    ChildStepKind.APPLICATION: ApplicationForm,
    ChildStepKind.DECISION: DecisionForm,
    ChildStepKind.PLACEMENT: PlacementForm,
    ChildStepKind.CLOSING: ClosingForm,
    ChildStepKind.END: EndForm,
    ChildStepKind.HAND_OVER: HandOverForm,
}
