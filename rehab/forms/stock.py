"""The forms of the federation's own devices: received, moved, lent, returned; and the filters of their lists."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from rehab.forms.device_filters import PlaceFilter
from rehab.forms.devices import CHOOSE
from rehab.models import (
    DeviceItem,
    DeviceLoan,
    MovementKind,
    ReturnCondition,
    StockDevice,
    StockState,
)
from rehab.services.stock import MOVES
from zalainuoer.common.forms import DateInput, PlainWords

FREE, LENT = "free", "lent"
STOCK_STATES = [
    ("", "在用（未报废）"),
    (FREE, "可以借出"),
    (LENT, "已借出"),
    *StockState.choices[1:],
]
LOAN_STATES = [("", "未归还"), ("overdue", "超期未还"), ("returned", "已归还"), ("all", "全部")]


def is_lent() -> Exists:
    """Of StockDevice: it has an open loan."""
    return Exists(DeviceLoan.objects.filter(device=OuterRef("pk"), returned_on__isnull=True))


class StockFilter(forms.Form):
    """What is shown of the stock; without a state all that is not written off."""

    state = forms.ChoiceField(label="状态", choices=STOCK_STATES, required=False)
    item = forms.ModelChoiceField(label="辅具", queryset=DeviceItem.objects.all(), required=False, empty_label="全部")
    q = forms.CharField(label="库存编号", max_length=30, required=False)

    def __init__(self, data: QueryDict):
        kept = QueryDict(mutable=True)
        for name in ("state", "item", "q"):
            if value := data.get(name, "").strip():
                kept[name] = value
        super().__init__(kept)

    def found(self, queryset: QuerySet[StockDevice]) -> QuerySet[StockDevice]:
        """Those of the pieces that the filter shows."""
        if not self.is_valid():
            return queryset.none()
        chosen = self.cleaned_data
        if chosen["item"]:
            queryset = queryset.filter(item=chosen["item"])
        if chosen["q"]:
            queryset = queryset.filter(inventory_number__icontains=chosen["q"])
        if chosen["state"] == FREE:
            return queryset.filter(~is_lent(), state=StockState.USABLE)
        if chosen["state"] == LENT:
            return queryset.filter(is_lent())
        return queryset.filter(Q(state=chosen["state"]) if chosen["state"] else ~Q(state=StockState.WRITTEN_OFF))

    @property
    def query(self) -> str:
        return self.data.urlencode()


class LoanFilter(PlaceFilter):
    """What is shown of the loans to people of the reader's area."""

    filters = ("state", "street", "community")
    field_order = filters
    state = forms.ChoiceField(label="状态", choices=LOAN_STATES, required=False)

    def found(self, queryset: QuerySet[DeviceLoan]) -> QuerySet[DeviceLoan]:
        rows: QuerySet[DeviceLoan] = self.place(queryset)
        if not self.is_valid():
            return rows
        is_open = Q(returned_on__isnull=True)
        where = {
            "": is_open,
            "overdue": is_open & Q(due_on__lt=self.today),
            "returned": ~is_open,
            "all": Q(),
        }
        return rows.filter(where[self.cleaned_data["state"]])


class _Dated(PlainWords, forms.Form):
    """A form with days that are not in the future."""

    past: tuple[str, ...] = ()

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today
        for name in self.past:
            self.fields[name].initial = today

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name in self.past:
            day = self.cleaned_data.get(name)
            if day is not None and day > self.today:
                self.add_error(name, f"不能晚于今天（{self.today}）。")
        return cleaned


class ReceiveForm(_Dated):
    """入库."""

    free_text, past = ("note", "document"), ("received_on",)
    item = forms.ModelChoiceField(
        label="辅具", queryset=DeviceItem.objects.filter(is_active=True), empty_label="请选择"
    )
    inventory_number = forms.CharField(label="库存编号", max_length=30, help_text="贴在辅具上的编号，不能重复。")
    serial_number = forms.CharField(label="出厂编号", max_length=50, required=False)
    place = forms.CharField(label="存放地点", max_length=50)
    received_on = forms.DateField(label="入库日期", widget=DateInput)
    document = forms.CharField(label="入库凭证", max_length=100, help_text="如：采购验收单、捐赠协议的名称和编号。")
    note = forms.CharField(label="说明", max_length=200, required=False)


class MoveForm(_Dated):
    """What has become of a piece; only what its state allows is offered."""

    free_text, past = ("note", "document"), ("moved_on",)
    kind = forms.ChoiceField(label="变动")
    moved_on = forms.DateField(label="变动日期", widget=DateInput)
    place = forms.CharField(label="新的存放地点", max_length=50, required=False, help_text="没有移动的留空。")
    document = forms.CharField(label="凭证", max_length=100, required=False, help_text="报废核销的必须填写。")
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, device: StockDevice, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kinds = [(kind.value, kind.label) for kind, (states, _) in MOVES.items() if device.state in states]
        self.fields["kind"].choices = [*CHOOSE, *kinds]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        kind = self.cleaned_data.get("kind")
        if kind == MovementKind.MOVE and not self.cleaned_data.get("place"):
            self.add_error("place", "移库的，请写明新的存放地点。")
        if kind == MovementKind.WRITE_OFF and not self.cleaned_data.get("document"):
            self.add_error("document", "报废核销的，请填写凭证。")
        return cleaned


class LoanForm(_Dated):
    """A piece lent to somebody; what is not free is not offered."""

    past = ("lent_on",)
    device = forms.ModelChoiceField(label="库存辅具", queryset=StockDevice.objects.none(), empty_label="请选择")
    lent_on = forms.DateField(label="借出日期", widget=DateInput)
    due_on = forms.DateField(label="应归还日期", widget=DateInput)
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # One that was lent a moment ago is a valid choice still: the service says what has become of it.
        self.fields["device"].queryset = StockDevice.objects.exclude(state=StockState.WRITTEN_OFF)
        free = StockDevice.objects.filter(~is_lent(), state=StockState.USABLE).select_related("item")
        self.free = [(row.pk, f"{row.item.name}（{row.inventory_number}，{row.place}）") for row in free]
        self.fields["device"].choices = [*CHOOSE, *self.free]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        lent, due = self.cleaned_data.get("lent_on"), self.cleaned_data.get("due_on")
        if lent and due and due < lent:
            self.add_error("due_on", "不能早于借出日期。")
        return cleaned


class ReturnForm(_Dated):
    """归还."""

    past = ("returned_on",)
    returned_on = forms.DateField(label="归还日期", widget=DateInput)
    condition = forms.ChoiceField(label="归还情况", choices=[*CHOOSE, *ReturnCondition.choices])
    note = forms.CharField(label="情况说明", max_length=200, required=False, help_text="损坏或丢失的必须写明。")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        bad = self.cleaned_data.get("condition") in (ReturnCondition.DAMAGED, ReturnCondition.LOST)
        if bad and not self.cleaned_data.get("note"):
            self.add_error("note", "损坏或丢失的，请写明情况。")
        return cleaned


class ExtendForm(PlainWords, forms.Form):
    """续借."""

    due_on = forms.DateField(label="新的应归还日期", widget=DateInput)
