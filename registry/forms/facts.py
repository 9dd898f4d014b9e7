"""The form of a sheet's row, made from the sheet's own columns: what an upload takes in a cell, its field takes."""

from __future__ import annotations

from typing import Any

from django import forms

from registry.services.facts import FactRefused, Subject, version
from registry.sheets.lookup import COMMUNITY, STREET
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import Division, User
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.comparing import KeyedSheet
from zalainuoer.common.sheets.widgets import NameWidget, TextWidget

REASON = "如：民政局来函更正、本人持证明到窗口说明。"


def _hint(help_text: str) -> str:
    """What a sheet says of a column, without what is about cells only."""
    return "" if help_text == TextWidget.help else help_text.removesuffix("，单元格须为文本格式")


class CellField(forms.CharField):
    """A cell of a sheet: cleaned by the column's widget, which ends in the text form the engine compares."""

    def __init__(self, column: Column, *, kept: str | None = None):
        self.column, self.kept = column, kept
        super().__init__(label=column.heading, required=column.required and kept is None, widget=_input(column))
        if kept is not None:
            self.help_text = f"现为“{masked_name(kept)}”，不改就留空。"
        elif column.kind not in ("choice", "date"):
            self.help_text = _hint(column.help)

    def clean(self, value: Any) -> str | None:
        text = super().clean(value)
        try:
            return self.column.widget.clean(text or None) or self.kept
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


def _input(column: Column) -> forms.Widget:
    if column.kind == "choice":  # also where there is nothing to choose from yet
        return forms.Select(
            choices=[("", "请选择" if column.required else "未填写"), *((c, c) for c in column.choices)]
        )
    if column.kind == "date":
        return DateInput()
    kinds = {"money": "decimal", "int": "numeric"}
    return forms.TextInput(attrs={"inputmode": kinds[column.kind]} if column.kind in kinds else {})


class CommunityField(forms.ModelChoiceField):
    """社区, chosen below its street: one choice says both columns."""

    def __init__(self, user: User):
        communities = Division.objects.communities().select_related("parent").order_by("code")
        if user.scope_ids is not None:
            communities = communities.filter(pk__in=user.scope_ids)
        super().__init__(communities, label=COMMUNITY, empty_label="请选择")

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.parent} {obj}"


def seen_field() -> forms.IntegerField:
    """Which version of the row the person has before them."""
    return forms.IntegerField(widget=forms.HiddenInput)


class FactForm(PlainWords, forms.Form):
    """One row of a sheet about a known person or household; `row` is the stored one that is to be corrected."""

    def __init__(self, *args: Any, sheet: KeyedSheet, subject: Subject, user: User, row: Any = None, **kwargs: Any):
        self.sheet, self.subject, self.row = sheet, subject, row
        super().__init__(*args, **kwargs)
        for name, column in sheet.fields.items():
            if column.heading in subject.fixed or column.heading == STREET:
                continue
            self.fields[name] = self._field(column, user)
        if row is not None:
            self.fields["seen"] = seen_field()
            self.fields["seen"].initial = version(row)
        self.fields["reason"] = forms.CharField(label="依据或理由", max_length=200, help_text=REASON)
        for field in self.fields.values():
            chooses = isinstance(field.widget, forms.Select)
            field.error_messages["required"] = "请选择。" if chooses else "请填写。"

    def _field(self, column: Column, user: User) -> forms.Field:
        if column.heading == COMMUNITY:
            field: forms.Field = CommunityField(user)
            field.initial = self.row.community_id if self.row else getattr(self.subject.person, "community_id", None)
            return field
        stored = None if self.row is None else getattr(self.row, column.stores)
        if isinstance(column.widget, NameWidget):  # names stay masked, even to whoever corrects the rest
            return CellField(column, kept=stored or getattr(self.subject.household, "head_name", None))
        field = CellField(column)
        is_key = stored is not None and column.stores.endswith("_id")
        field.initial = self.sheet.display(column.stores, str(stored)) if is_key else column.widget.render(stored)
        if is_key and field.initial not in column.choices:  # what is closed since stays with the row that has it
            field.widget.choices = [*field.widget.choices, (field.initial, field.initial)]
        return field

    def clean(self) -> dict[str, Any]:
        """What a hand mistypes and the sheets do not ask about: a span that ends before it begins, or before birth."""
        cleaned = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", f"终止日期早于起始日期 {starts_on}，请核对。")
        born_on = self.subject.person.born_on.isoformat() if self.subject.person else ""
        for name, column in self.sheet.fields.items():
            if column.kind == "date" and name in cleaned and cleaned[name] and cleaned[name] < born_on:
                self.add_error(name, f"{column.heading}早于此人的出生日期，请核对。")
        return cleaned

    @property
    def values(self) -> dict[str, str | None]:
        """The cleaned cells by heading."""
        found: dict[str, str | None] = {}
        for name, column in self.sheet.fields.items():
            value = self.cleaned_data.get(name)
            if isinstance(value, Division):
                found |= {STREET: str(value.parent), COMMUNITY: str(value)}
            elif name in self.fields:
                found[column.heading] = value
        return found

    def refuse(self, refused: FactRefused) -> None:
        """Puts what the sheet says beside the fields it speaks of."""
        names = {column.heading: name for name, column in self.sheet.fields.items() if name in self.fields}
        for heading, sentence in refused.problems:
            name = names.get(heading) or (names.get(COMMUNITY) if heading == STREET else None)
            self.add_error(name, sentence if name else f"{heading}：{sentence}")


class WithdrawForm(PlainWords, forms.Form):
    """Why a row is withdrawn."""

    seen = seen_field()
    reason = forms.CharField(label="撤下理由", max_length=200, help_text="如：重复登记、登记到了别人名下。")
