"""The forms of 盲人按摩, and what its list is filtered by."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.http import QueryDict

from employment.forms.training import ALL, AreaFilter, RecordForm
from employment.models import (
    HealthLevel,
    MassageCheck,
    MassageCredit,
    MassageKind,
    MassagePractitioner,
    MassageShop,
    PracticeFiling,
    QualifiedBy,
    TitleReview,
)
from employment.rules.massage import REMINDERS
from zalainuoer.common.forms import DateInput
from zalainuoer.common.models import Division, User


class PractitionerForm(RecordForm):
    free_text = ("note", "reason")
    qualified_by = forms.ChoiceField(
        label="取得资格的途径",
        choices=[("", "（保健按摩人员不填）"), *QualifiedBy.choices],
        required=False,
        help_text="医疗按摩人员必填，盲人医疗按摩管理办法 第四条的五种情形之一。",
    )
    level = forms.ChoiceField(
        label="保健按摩师等级",
        choices=[("", "（医疗按摩人员不填）"), *HealthLevel.choices],
        required=False,
        help_text="保健按摩人员必填。",
    )

    class Meta:
        model = MassagePractitioner
        fields = ("kind", "certificate_number", "qualified_on", "qualified_by", "level", "ended_on", "note")
        widgets: ClassVar = {"qualified_on": DateInput, "ended_on": DateInput}
        help_texts: ClassVar = {"ended_on": "还在从业的留空。"}


class TitleForm(RecordForm):
    free_text = ("document", "reason")

    class Meta:
        model = TitleReview
        fields = (
            "title", "applied_on", "first_result", "first_reviewed_on", "result", "decided_on", "document",
        )  # fmt: skip
        widgets: ClassVar = {"applied_on": DateInput, "first_reviewed_on": DateInput, "decided_on": DateInput}
        help_texts: ClassVar = {"first_result": "还没有初评的留空。", "result": "初评合格、评审之后填写。"}


class FilingForm(RecordForm):
    free_text = ("document", "reason")

    class Meta:
        model = PracticeFiling
        fields = ("shop", "starts_on", "valid_until", "stopped_on", "document")
        widgets: ClassVar = {"starts_on": DateInput, "valid_until": DateInput, "stopped_on": DateInput}
        help_texts: ClassVar = {
            "shop": "医疗按摩只能备案在医疗机构或盲人医疗按摩所。",
            "valid_until": "长期有效的留空。",
            "stopped_on": "不再在这里执业的日期；换机构的先填它，再登记新的备案。",
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["shop"]
        field.label_from_instance = lambda shop: f"{shop.name}（{shop.get_kind_display()}）"


class CheckForm(RecordForm):
    free_text = ("note", "reason")

    class Meta:
        model = MassageCheck
        fields = ("year", "result", "checked_on", "note")
        widgets: ClassVar = {"checked_on": DateInput, "year": forms.TextInput(attrs={"inputmode": "numeric"})}


class CreditForm(RecordForm):
    free_text = ("topic", "reason")

    class Meta:
        model = MassageCredit
        fields = ("year", "learned_on", "topic", "credits")
        widgets: ClassVar = {
            "learned_on": DateInput,
            "year": forms.TextInput(attrs={"inputmode": "numeric"}),
            "credits": forms.TextInput(attrs={"inputmode": "decimal"}),
        }
        help_texts: ClassVar = {"year": "学分计入的年度。"}


class ShopForm(RecordForm):
    free_text = ("name", "address", "note", "reason")

    class Meta:
        model = MassageShop
        fields = ("name", "kind", "licence", "owner_name", "street", "address", "opened_on", "closed_on", "note")
        widgets: ClassVar = {"opened_on": DateInput, "closed_on": DateInput}
        help_texts: ClassVar = {"closed_on": "还在营业的留空。"}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["street"]
        field.queryset, field.empty_label = Division.objects.streets(), "区外或不详"


class PractitionerFilter(AreaFilter):
    """Practitioners by place, kind, workplace and what they are to be reminded of."""

    kind = forms.ChoiceField(label="按摩类别", choices=[*ALL, *MassageKind.choices], required=False)
    remind = forms.ChoiceField(label="提醒", choices=[*ALL, ("any", "有任何提醒"), *REMINDERS.items()], required=False)
    state = forms.ChoiceField(
        label="从业", choices=[("", "在从业"), ("ended", "不再从业"), ("all", "全部")], required=False
    )

    def __init__(self, data: QueryDict, *, user: User):
        super().__init__(data, user=user)

    def where(self, *, working: Q, without_reminder: bool = False) -> Q:
        """Of MassagePractitioner with its reminders; `working` says who still practises."""
        if not self.is_valid():
            return Q(pk__in=())
        chosen = self.cleaned_data
        where = self.place("person__community")
        where &= {"": working, "ended": ~working, "all": Q()}[chosen["state"]]
        if chosen["kind"]:
            where &= Q(kind=chosen["kind"])
        if (remind := chosen["remind"]) and not without_reminder:
            names = list(REMINDERS) if remind == "any" else [remind]
            found = Q()
            for name in names:
                found |= Q(**{f"remind_{name}": True})
            where &= found
        return where
