"""The forms of the levy: which employers of which year, so many days late, and why a list leaves the system."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from employment.models import AdminLevel, EmployerKind, QuotaSheet
from employment.rules.levy import percent
from employment.services.quota import YEARS
from zalainuoer.common.forms import PlainWords

ALL = [("", "全部")]
OWING, REACHED, EXEMPT, UNKNOWN = "owing", "reached", "exempt", "unknown"
STATES = [("missing", "有未维护的参数或数据"), ("undeclared", "期满未申报")]
YEARS_BACK = 6


def year_choices(today: datetime.date) -> list[tuple[int, str]]:
    """The present year and those before, as far as one looks back."""
    return [(year, f"{year}年") for year in range(today.year, today.year - YEARS_BACK, -1) if year in YEARS]


class YearFilter(forms.Form):
    """A form that filters by what stands in the address, `year_of` among it.

    That is the year before this one, whose placements are audited now, unless the address says another.
    """

    year = forms.TypedChoiceField(label="年度", coerce=int, required=False)

    def __init__(self, data: QueryDict, *, today: datetime.date):
        kept = QueryDict(mutable=True)
        for name in self.base_fields:
            if value := data.get(name, "").strip():
                kept[name] = value
        self.query = kept.urlencode()
        kept.setdefault("year", str(today.year - 1))
        super().__init__(kept)
        self.fields["year"].choices = years = year_choices(today)
        asked = kept["year"]
        self.year_of = int(asked) if asked in {str(year) for year, _ in years} else today.year - 1

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force beside the year, in words."""
        if not self.is_valid():
            return {}
        found = {}
        for name, value in self.cleaned_data.items():
            if value and name != "year":
                choices = dict(getattr(self.fields[name], "choices", ()))
                found[str(self.fields[name].label)] = str(choices.get(value, value))
        return found


class LevyFilter(YearFilter):
    """Employers of a year by kind, by what they owe, and by what is wanting."""

    kind = forms.ChoiceField(label="单位性质", choices=[*ALL, *EmployerKind.choices], required=False)
    tier = forms.ChoiceField(label="应缴情况", required=False)
    state = forms.ChoiceField(label="提示", choices=[*ALL, *STATES], required=False)
    q = forms.CharField(label="单位名称或信用代码", max_length=100, required=False)

    def __init__(self, data: QueryDict, *, today: datetime.date):
        super().__init__(data, today=today)
        factors = QuotaSheet.objects.filter(year=self.year_of, factor__gt=0).order_by("-factor")
        known = [str(factor) for factor in factors.values_list("factor", flat=True).distinct()]
        self.fields["tier"].choices = [
            *ALL,
            (OWING, "应缴"),
            *((factor, f"其中征收比例 {percent(Decimal(factor))}") for factor in known),
            (REACHED, "达到比例，不缴"),
            (EXEMPT, "小微企业，暂免"),
            (UNKNOWN, "不能测算"),
        ]

    def found(self) -> QuerySet[QuotaSheet]:
        """The sheets that the filter shows, who owes most first; none where it holds what is no choice."""
        rows = QuotaSheet.objects.filter(year=self.year_of).select_related("employer")
        if not self.is_valid():
            return rows.none()
        chosen = self.cleaned_data
        if chosen["kind"]:
            rows = rows.filter(employer__kind=chosen["kind"])
        if chosen["tier"]:
            rows = rows.filter(_tier(chosen["tier"]))
        if chosen["state"] == "missing":
            rows = rows.filter(missing__len__gt=0)
        if chosen["state"] == "undeclared":
            rows = rows.filter(is_undeclared=True)
        if text := chosen["q"]:
            rows = rows.filter(Q(employer__name__icontains=text) | Q(employer__credit_code__istartswith=text))
        return rows


def _tier(code: str) -> Q:
    if code == OWING:
        return Q(net_yuan__gt=0)
    if code == REACHED:
        return Q(gap=0)
    if code == EXEMPT:
        return Q(factor=0) & (Q(gap__gt=0) | Q(gap__isnull=True))
    if code == UNKNOWN:
        return Q(net_yuan__isnull=True)
    return Q(factor=Decimal(code))


class LeadingFilter(YearFilter):
    """Large organs and institutions of a year, of which level, and whether all or those that have placed nobody."""

    level = forms.ChoiceField(label="隶属层级", choices=[*ALL, *AdminLevel.choices], required=False)
    show = forms.ChoiceField(label="名单", choices=[("", "一个也没有安排的"), ("all", "全部")], required=False)


class LateFeeForm(PlainWords, forms.Form):
    """So many days of default."""

    days = forms.IntegerField(
        label="滞纳天数", min_value=0, max_value=36500, help_text="从缴费期满的次日算起，到缴清当天。"
    )
