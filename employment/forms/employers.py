"""The forms of employers: facts, a year's figures, agreements, and the filters of both lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from employment.models import (
    MONTHS,
    AdminLevel,
    CountedAt,
    Employer,
    EmployerKind,
    EmployerYear,
    EmploymentForm,
    EmploymentRecord,
)
from employment.rules.quota import months_existing
from registry.services.facts import version
from zalainuoer.common.credit_codes import NotACreditCode, checked_credit_code
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.identity import masked_phone
from zalainuoer.common.models import Division, DivisionLevel, User

ALL = [("", "全部")]
FIRST_YEAR = 2011  # 政府令180号: the quota is reckoned in the region since then


class CreditCodeField(forms.CharField):
    """统一社会信用代码, checked."""

    def __init__(self, **kwargs: Any):
        super().__init__(
            max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}), **kwargs
        )

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return checked_credit_code(text) if text else ""
        except NotACreditCode as error:
            raise forms.ValidationError(str(error)) from error


class EmployerField(CreditCodeField):
    """An employer of the register, by its code."""

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        found = Employer.objects.filter(credit_code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError("系统里没有这个代码的单位。请核对代码，或先登记这个单位。")
        return found


class EmployerForm(PlainWords, forms.Form):
    """An employer; of a known one the phone stays masked: an empty field keeps it."""

    free_text = ("address", "note", "reason")
    credit_code = CreditCodeField(label="统一社会信用代码", help_text="18 位，末位是校验位。")
    name = forms.CharField(label="单位名称", max_length=100)
    kind = forms.ChoiceField(label="单位性质", choices=[("", "请选择"), *EmployerKind.choices])
    level = forms.ChoiceField(
        label="隶属层级", choices=[("", "不填"), *AdminLevel.choices], required=False, help_text="机关和事业单位填写。"
    )
    is_school = forms.BooleanField(label="中小学或幼儿园", required=False)
    is_budget_funded = forms.BooleanField(
        label="财政拨款单位", required=False, help_text="机关、公益一类和二类事业单位。"
    )
    is_concentrated = forms.BooleanField(label="享受增值税即征即退的集中安置单位", required=False)
    street = forms.ModelChoiceField(
        Division.objects.filter(level=DivisionLevel.STREET),
        label="所在街道（镇）",
        required=False,
        empty_label="不在本区或不明",
    )
    established_on = forms.DateField(
        label="成立日期", widget=DateInput, required=False, help_text="当年新成立的必须填写，存续月数由此计算。"
    )
    closed_on = forms.DateField(label="注销日期", widget=DateInput, required=False)
    address = forms.CharField(label="通讯地址", max_length=200, required=False)
    contact_name = forms.CharField(label="联系人", max_length=50, required=False)
    contact_phone = forms.CharField(
        label="联系电话",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    note = forms.CharField(label="备注", max_length=300, required=False)
    reason = forms.CharField(label="依据或理由", max_length=200, help_text="如：单位申报材料、编办来函。")

    def __init__(self, *args: Any, employer: Employer | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["street"].queryset = Division.objects.filter(level=DivisionLevel.STREET).order_by("code")
        if employer is None:
            return
        for name in self.fields:
            if name not in ("contact_phone", "reason"):
                self.fields[name].initial = getattr(employer, name)
        if employer.contact_phone:
            self.fields["contact_phone"].help_text = f"现为 {masked_phone(employer.contact_phone)}，不改就留空。"
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(employer))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("established_on"), cleaned.get("closed_on")
        if first and last and last < first:
            self.add_error("closed_on", "注销日期不能早于成立日期。")
        for name in ("level", "address", "contact_name", "note"):
            cleaned[name] = cleaned.get(name) or None
        return cleaned


class EmployerYearForm(PlainWords, forms.Form):
    """The figures of one year; only the months in which the employer existed are asked for."""

    posts = forms.IntegerField(
        label="编制数", min_value=0, max_value=99_999, required=False, help_text="机关和事业单位填写。"
    )
    wage_total_yuan = forms.DecimalField(
        label="全年工资总额（元）",
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        help_text="计时、计件、奖金、津补贴、加班和特殊情况下支付的工资，税前合计。",
    )
    reason = forms.CharField(label="依据或理由", max_length=200, help_text="如：单位年审申报表、税务局提供。")

    def __init__(self, *args: Any, employer: Employer, year: int, row: EmployerYear | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        asked = months_existing(year, established_on=employer.established_on, closed_on=employer.closed_on)
        for month in MONTHS:
            if month in asked:
                self.fields[f"headcount_{month:02d}"] = forms.IntegerField(
                    label=f"{month}月职工人数", min_value=0, max_value=999_999, required=False
                )
        order = ["posts", *(f"headcount_{month:02d}" for month in asked), "wage_total_yuan", "reason"]
        self.order_fields(order)
        if row is not None:
            for name in order[:-1]:
                self.fields[name].initial = getattr(row, name)
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(row))


class AgreementForm(PlainWords, forms.Form):
    """劳务派遣协议 of the employer whose page it was opened from, as the 派遣单位."""

    free_text = ("document",)
    host = EmployerField(label="用工单位统一社会信用代码", help_text="接受派遣的单位，须已登记。")
    starts_on = forms.DateField(label="起始日期", widget=DateInput)
    ends_on = forms.DateField(label="截止日期", widget=DateInput, required=False, help_text="含这一天；长期的留空。")
    counted_at = forms.ChoiceField(
        label="计入方",
        choices=CountedAt.choices,
        initial=CountedAt.DISPATCHER,
        widget=forms.RadioSelect,
        help_text="安排人数和职工人数只在一方计算。没有书面约定的，计入派遣单位（残联厅函〔2022〕63号）。",
    )
    document = forms.CharField(label="协议编号或依据", max_length=200)


class AgreementEndForm(PlainWords, forms.Form):
    """The last day an agreement is in force."""

    ends_on = forms.DateField(label="截止日期", widget=DateInput, help_text="含这一天。")
    reason = forms.CharField(label="依据或理由", max_length=200)


class ListFilter(forms.Form):
    """A filter that stands in the address."""

    def __init__(self, data: QueryDict):
        kept = QueryDict(mutable=True)
        for name in self.base_fields:
            if value := data.get(name, "").strip():
                kept[name] = value
        super().__init__(kept)

    @property
    def query(self) -> str:
        return str(self.data.urlencode())

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, in words: {label: what was chosen}."""
        if not self.is_valid():
            return {}
        return {
            str(self.fields[name].label): str(dict(getattr(self.fields[name], "choices", ())).get(value, value))
            for name, value in self.cleaned_data.items()
            if value
        }

    def found(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that the filter shows."""
        return queryset.filter(self.where(self.cleaned_data)) if self.is_valid() else queryset.none()

    def where(self, chosen: dict[str, Any]) -> Q | Exists:
        raise NotImplementedError


def _streets(user: User) -> list[tuple[str, str]]:
    streets = Division.objects.filter(level=DivisionLevel.STREET).order_by("code")
    if user.scope_ids is not None:
        streets = streets.filter(pk__in=user.scope_ids)
    return [(str(pk), name) for pk, name in streets.values_list("pk", "name")]


class EmployerFilter(ListFilter):
    """Which employers: by name or code, kind, street, and whether a year's figures are there."""

    q = forms.CharField(label="名称或统一社会信用代码", max_length=100, required=False)
    kind = forms.ChoiceField(label="单位性质", choices=[*ALL, *EmployerKind.choices], required=False)
    street = forms.ChoiceField(label="所在街道（镇）", required=False)
    year = forms.ChoiceField(label="年度情况", required=False)

    def __init__(self, data: QueryDict, *, user: User, year: int):
        super().__init__(data)
        self.fields["street"].choices = [*ALL, *_streets(user)]
        years = range(year, max(FIRST_YEAR, year - 4) - 1, -1)
        self.fields["year"].choices = [
            *ALL,
            *((f"{sign}{each}", f"{each}年{words}") for each in years for sign, words in (("", "已填"), ("-", "未填"))),
        ]

    def where(self, chosen: dict[str, Any]) -> Q:
        where = Q()
        if text := chosen["q"]:
            where &= Q(name__icontains=text) | Q(credit_code__istartswith=text)
        if chosen["kind"]:
            where &= Q(kind=chosen["kind"])
        if chosen["street"]:
            where &= Q(street=chosen["street"])
        if year := chosen["year"]:
            declared = Exists(EmployerYear.objects.filter(employer=OuterRef("pk"), year=abs(int(year))))
            where &= Q(~declared) if year.startswith("-") else Q(declared)
        return where


CURRENT, ENDED = "current", "ended"


class RegisterFilter(ListFilter):
    """Which employments: form, the person's street, and whether they go on."""

    form = forms.ChoiceField(label="就业形式", choices=[*ALL, *EmploymentForm.choices], required=False)
    street = forms.ChoiceField(label="街道（镇）", required=False)
    state = forms.ChoiceField(label="状态", choices=[*ALL, (CURRENT, "在业"), (ENDED, "已终止")], required=False)

    def __init__(self, data: QueryDict, *, user: User, today: Any):
        super().__init__(data)
        self.today = today
        self.fields["street"].choices = [*ALL, *_streets(user)]

    def where(self, chosen: dict[str, Any]) -> Q:
        where = Q()
        if chosen["form"]:
            where &= Q(form=chosen["form"])
        if chosen["street"]:
            where &= Q(person__community__parent=chosen["street"])
        going_on = Q(ended_on__isnull=True) | Q(ended_on__gte=self.today)
        if chosen["state"] == CURRENT:
            where &= going_on & Q(started_on__lte=self.today)
        if chosen["state"] == ENDED:
            where &= ~going_on
        return where


class MonthsForm(PlainWords, forms.Form):
    """Wage and insurance of a record's months of one year; a month left empty was neither paid nor insured."""

    def __init__(self, *args: Any, record: EmploymentRecord, months: list[Any], stored: dict[Any, Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.months = months
        for month in months:
            row = stored.get(month)
            label = f"{month.month}月"
            self.fields[f"wage_{month.month}"] = forms.DecimalField(
                label=f"{label}实发工资（元）", min_value=0, max_digits=10, decimal_places=2, required=False,
                initial=row and row.wage_yuan,
            )  # fmt: skip
            for name, words in (("pension", "养老保险"), ("medical", "医疗保险")):
                self.fields[f"{name}_{month.month}"] = forms.BooleanField(
                    label=f"{label}已缴{words}", required=False, initial=bool(row and getattr(row, f"is_{name}_paid"))
                )
        self.fields["reason"] = forms.CharField(
            label="依据或理由", max_length=200, help_text="如：单位工资表和社保缴费证明。"
        )

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The bound fields month by month, for the table."""
        return [
            {"month": month, **{name: self[f"{name}_{month.month}"] for name in ("wage", "pension", "medical")}}
            for month in self.months
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for month in self.months:
            insured = cleaned.get(f"pension_{month.month}") or cleaned.get(f"medical_{month.month}")
            wage = f"wage_{month.month}"
            if insured and cleaned.get(wage) is None and wage not in self.errors:
                self.add_error(wage, f"{month.month}月已缴保险，请填写实发工资。")
        return cleaned

    @property
    def rows(self) -> dict[Any, tuple[Any, bool, bool]]:
        """{month: (wage, pension, medical)} of the months that were filled in."""
        data = self.cleaned_data
        return {
            month: (data[f"wage_{month.month}"], data[f"pension_{month.month}"], data[f"medical_{month.month}"])
            for month in self.months
            if data[f"wage_{month.month}"] is not None
        }
