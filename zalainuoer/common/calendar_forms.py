"""The forms of 节假日: one day, and a year's notice."""

from typing import Any

from django import forms

from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.models import CalendarDay


class CalendarDayForm(PlainWords, forms.Form):
    """One day that is not what its weekday says."""

    KINDS = (("off", "放假"), ("work", "上班（周末调休）"))
    day = forms.DateField(label="日期", widget=DateInput)
    kind = forms.ChoiceField(label="放假或上班", choices=KINDS, widget=forms.RadioSelect)
    name = forms.CharField(label="节日", max_length=50, help_text="如“元旦”；调休上班的，写为哪个节日调休。")
    document = forms.CharField(label="文号", max_length=200, help_text="国务院办公厅当年节假日安排通知的名称或文号。")

    @staticmethod
    def initial_of(row: CalendarDay) -> dict[str, Any]:
        kind = "work" if row.is_working else "off"
        return {"day": row.day, "kind": kind, "name": row.name, "document": row.document}

    @property
    def values(self) -> dict[str, Any]:
        """What the service is to store."""
        cleaned = self.cleaned_data
        return {**{k: cleaned[k] for k in ("day", "name", "document")}, "is_working": cleaned["kind"] == "work"}


class CalendarPasteForm(PlainWords, forms.Form):
    """A year's notice, line by line."""

    text = forms.CharField(
        label="各天安排",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="每行一天或连续几天：日期、放假或上班、节日，用空格隔开。已登记的日子按这里写的更改。",
    )
    document = forms.CharField(label="文号", max_length=200, help_text="国务院办公厅当年节假日安排通知的名称或文号。")
