"""The forms of merging: which two records, why they are one person, or why they are not."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from registry.models import Person
from zalainuoer.common import ciphers
from zalainuoer.common.forms import PlainWords
from zalainuoer.common.identity import NotAnIdNumber, checked_id_number


class PairForm(PlainWords, forms.Form):
    """Two records that nothing but somebody's knowledge says are one: by their numbers."""

    one = forms.CharField(label="一份档案的身份证号", max_length=30)
    other = forms.CharField(label="另一份档案的身份证号", max_length=30)

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people = people

    def clean_one(self) -> int:
        return self._person("one")

    def clean_other(self) -> int:
        return self._person("other")

    def _person(self, field: str) -> int:
        try:
            number = checked_id_number(self.cleaned_data[field])
        except NotAnIdNumber as error:
            raise forms.ValidationError(str(error)) from error
        index = ciphers.blind_index(number, purpose="id_number")
        found = self.people.filter(id_index=index).values_list("pk", flat=True).first()
        if found is None:
            raise forms.ValidationError("您的辖区内没有此号码的档案。")
        return int(found)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if len(self.cleaned_data) == 2 and len(set(self.pair)) == 1:
            self.add_error("other", "两个号码是同一份档案。")
        return cleaned

    @property
    def pair(self) -> tuple[int, int]:
        return self.cleaned_data["one"], self.cleaned_data["other"]


class MergeForm(PlainWords, forms.Form):
    """Why the two are one, and which record stays."""

    reason = forms.CharField(
        label="合并理由", max_length=150, help_text="如：身份证号录错一位、公安更正了身份证号。请不要写号码。"
    )


class DistinctForm(PlainWords, forms.Form):
    """Why the two are not one; it stands on one page with the form above."""

    prefix = "distinct"
    reason = forms.CharField(label="不是同一人的理由", max_length=150, help_text="如：同名同姓，已电话核实是两个人。")


class UndoForm(PlainWords, forms.Form):
    """Why a merge is undone."""

    reason = forms.CharField(label="撤销理由", max_length=150, help_text="如：核实后确认是两个人。")
