"""What the forms of job services share: rows of registers, area filters, why something leaves or is taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from registry.services.facts import version
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.models import Division, DivisionLevel, User

ALL = [("", "全部")]


class EntryForm(PlainWords, forms.ModelForm):
    """A row of a register; of a known one `seen` tells whether it was changed meanwhile.

    Every free text refuses ID numbers and phones; `shown` are widgets that the fields' own do not give.
    """

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.widget = DateInput()
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = field.empty_label and "请选择"
        self.free_text = tuple(name for name, field in self.fields.items() if type(field) is forms.CharField)
        if self.instance.pk:
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(self.instance))


def streets() -> QuerySet[Division]:
    """Every street of the district, for places of work."""
    return Division.objects.filter(level=DivisionLevel.STREET).order_by("code")


def choices_of(choices: Any, label: str, help_text: str = "", *, required: bool = False) -> forms.MultipleChoiceField:
    """Several of a list, as boxes to tick."""
    field = forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, required=required, help_text=help_text
    )
    field.error_messages["required"] = "请至少勾选一项。"
    return field


class ReasonForm(PlainWords, forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label="理由", max_length=200, help_text="写明哪里登记错了；会留在经过里。")


class ListFilter(forms.Form):
    """A list's filter, all of it in the address; what is no choice shows nothing, and says so."""

    def __init__(self, data: QueryDict, *, user: User):
        super().__init__(self._kept(data))
        self.user = user

    @classmethod
    def _kept(cls, data: QueryDict) -> QueryDict:
        query = QueryDict(mutable=True)
        for name in cls.base_fields:
            if value := data.get(name, "").strip():
                query[name] = value
        return query

    def found(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that the filter shows."""
        return rows.filter(self.where(self.cleaned_data)) if self.is_valid() else rows.none()

    def where(self, chosen: dict[str, Any]) -> Q:
        """The list's own conditions."""
        return Q()

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, in words: {label: what was chosen}."""
        if not self.is_valid():
            return {}
        found = {}
        for name, value in self.cleaned_data.items():
            if value:
                words = dict(getattr(self.fields[name], "choices", ()))
                found[str(self.fields[name].label)] = str(words.get(value, value))
        return found

    @property
    def query(self) -> str:
        return str(self.data.urlencode())


class AreaFilter(ListFilter):
    """The streets of the reader's area; `place` is the path from the rows to a community."""

    place = "person__community"
    street = forms.ChoiceField(label="街道（镇）", required=False)

    def __init__(self, data: QueryDict, *, user: User):
        super().__init__(data, user=user)
        mine = Division.objects.communities().select_related("parent").order_by("parent__code")
        if user.scope_ids is not None:
            mine = mine.filter(pk__in=user.scope_ids)
        found = {str(each.parent_id): str(each.parent) for each in mine}
        self.fields["street"].choices = [*ALL, *found.items()]

    def where(self, chosen: dict[str, Any]) -> Q:
        return Q(**{f"{self.place}__parent": chosen["street"]}) if chosen.get("street") else Q()
