"""The filter of the demands, and what is asked when something has come back."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from subsidies.models import ReceiptMethod, Subsidy
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.models import Division, User

ALL = [("", "全部")]
OPEN, SETTLED, EVERY = "open", "settled", "all"
STATES = [(OPEN, "还没有追回的"), (SETTLED, "已经追回的"), (EVERY, "全部")]
FILTERS = ("state", "street", "subsidy")


class RecoveryFilter(forms.Form):
    """What is shown of the demands in the reader's area. What is no choice shows nothing, and says so."""

    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    street = forms.ChoiceField(label="街道（镇）", required=False)
    subsidy = forms.ChoiceField(label="补贴", choices=[*ALL, *Subsidy.choices], required=False)

    def __init__(self, data: QueryDict, *, user: User):
        query = QueryDict(mutable=True)
        for name in FILTERS:
            if value := data.get(name, "").strip():
                query[name] = value
        super().__init__(query)
        communities = Division.objects.communities().select_related("parent").order_by("parent__code")
        mine = communities if user.scope_ids is None else communities.filter(pk__in=user.scope_ids)
        streets = {str(each.parent_id): each.parent.name for each in mine if each.parent is not None}
        self.fields["street"].choices = [*ALL, *streets.items()]

    def placed(self, rows: Any) -> Any:
        """Those of the street and the subsidy chosen, open or settled: what is summed up."""
        if not self.is_valid():
            return rows.none()
        chosen = self.cleaned_data
        if chosen["street"]:
            rows = rows.filter(person__community__parent=chosen["street"])
        return rows.filter(subsidy=chosen["subsidy"]) if chosen["subsidy"] else rows

    def found(self, rows: Any) -> Any:
        """Those of the state chosen among them; open ones where nothing is."""
        rows = self.placed(rows)
        state = (self.cleaned_data.get("state") if self.is_valid() else "") or OPEN
        if state == EVERY:
            return rows
        return rows.filter(still__gt=0) if state == OPEN else rows.filter(still__lte=0)

    @property
    def query(self) -> str:
        return self.data.urlencode()


class ReceiptForm(PlainWords, forms.Form):
    """What came back of a demand."""

    free_text = ("document",)
    amount_yuan = forms.DecimalField(label="金额（元）", max_digits=10, decimal_places=2, min_value=Decimal("0.01"))
    received_on = forms.DateField(label="日期", widget=DateInput)
    method = forms.ChoiceField(label="方式", widget=forms.RadioSelect)
    document = forms.CharField(
        label="凭证或批准文号", max_length=100, help_text="退回的写收据编号；核销的写批准文件的文号。"
    )

    def __init__(self, *args: Any, still: Decimal, may_write_off: bool, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.still, self.today = still, today
        methods = [(value, label) for value, label in ReceiptMethod.choices if may_write_off or value != "write_off"]
        self.fields["method"].choices = methods
        self.fields["amount_yuan"].initial = still
        self.fields["amount_yuan"].help_text = f"还差 {still:.2f} 元；分次退回的填这一次的金额。"
        self.fields["received_on"].initial = today

    def clean_amount_yuan(self) -> Decimal:
        yuan: Decimal = self.cleaned_data["amount_yuan"]
        if yuan > self.still:
            raise forms.ValidationError(f"还差 {self.still:.2f} 元，不能多于这个数。")
        return yuan

    def clean_received_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["received_on"]
        if day > self.today:
            raise forms.ValidationError(f"不能晚于今天（{self.today}）。")
        return day
