"""The forms of the acts on certificates, put together from what each act asks for (registry/acts.py)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms

from registry.acts import DEATH, Act
from registry.components import components_read
from registry.forms.act_fields import EMPTIED, FIELDS, CleanedField, PapersField, choice_field, date_field
from registry.models import Category, Certificate, CertificateAct, Person
from registry.services.changes import MASKS
from registry.services.drafts import needs_guardian
from registry.services.statements import file_version
from zalainuoer.common.forms import PlainWords
from zalainuoer.common.identity import born_on
from zalainuoer.common.models import User
from zalainuoer.common.sheets.widgets import IdNumberWidget, TextWidget

NOT_WITHOUT_STATEMENT = frozenset({"community", "hukou_type", "is_student", "is_correction"})


@dataclass(frozen=True)
class Group:
    """A part of the form under its own heading."""

    title: str
    fields: list[Any]


CARD = (
    *("number", "category", "level", "components", "assessed_by", "first_issued_on", "issued_on", "expires_on"),
    *("override", "reassessed", "is_declared_void", "destination", "died_on", "card_generation"),
)
CASE = ("effective_on", "reason", "is_correction", "note", "accepted_by", "decided_by", "attachments")


class ActForm(PlainWords, forms.Form):
    """One act on a certificate; of somebody new (`person` None) it asks who that is, too."""

    free_text = ("reason", "note", "assessed_by", "override", "destination", "accepted_by", "decided_by")

    def __init__(
        self,
        *args: Any,
        act: Act,
        user: User,
        today: datetime.date,
        office: str,
        person: Person | None = None,
        statement: Certificate | None = None,
        **kwargs: Any,
    ):
        self.act, self.user, self.today, self.person, self.statement = act, user, today, person, statement
        super().__init__(*args, **kwargs)
        if person is None:
            self.fields["id_number"] = CleanedField(IdNumberWidget(), label="身份证号", help_text="18 位。")
            self.fields["is_true_bearer"] = FIELDS["is_true_bearer"](self)
            self.fields["name"] = FIELDS["name"](self)
        for name in act.asks:
            if self._is_asked(name):
                self.fields[name] = FIELDS[name](self)
        self._add_case_fields(office)
        for field in self.fields.values():
            chooses = isinstance(field, (forms.ChoiceField, forms.FileField))
            field.error_messages["required"] = "请选择。" if chooses else "请填写。"

    def _is_asked(self, name: str) -> bool:
        """Somebody on file without a certificate lives where the file says; their first one dates nothing before it."""
        if name == "override":
            return self.statement is not None
        if self.person is None or self.statement is not None:
            return True
        if self.act.act == CertificateAct.DETAILS:
            return name not in NOT_WITHOUT_STATEMENT
        return name != "community"

    def _add_case_fields(self, office: str) -> None:
        self.fields["effective_on"] = date_field("生效日期", "从这一天起算，以前各天不变；不能晚于今天。")
        self.fields["effective_on"].initial = self.today
        if self.act.reasons:
            self.fields["reason"] = choice_field("原因", [(r, r) for r in self.act.reasons], required=True)
        else:
            self.fields["reason"] = CleanedField(TextWidget(100), label="原因", required=self.act.needs_reason)
        self.fields["note"] = CleanedField(TextWidget(300), label="备注", required=False)
        both = (
            "跨省通办的，受理机关填居住地残联。" if self.act.may_be_accepted_elsewhere else "本项不属于跨省通办事项。"
        )
        self.fields["accepted_by"] = CleanedField(TextWidget(100), label="受理机关", initial=office, help_text=both)
        self.fields["decided_by"] = CleanedField(
            TextWidget(100), label="决定机关", initial=office, help_text="户籍所在地残联。"
        )
        self.fields["attachments"] = PapersField()
        if self.person is not None:
            self.fields["seen"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
            self.fields["seen"].initial = file_version(self.person)

    def groups(self) -> Iterator[Group]:
        """The fields in the order in which a clerk has them on paper."""
        own = [name for name in self.fields if name not in (*CARD, *CASE, "seen")]
        for title, names in (("本人", own), ("残疾人证", CARD), ("办理", CASE)):
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield Group(title, fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = cleaned.get("id_number")
        if typed and born_on(typed) > self.today.isoformat():
            self.add_error("id_number", f"号码中的出生日期 {born_on(typed)} 晚于今天，请核对。")
        self._check_components(cleaned)
        self._check_guardian(cleaned)
        if cleaned.get("reason") == DEATH and "died_on" in cleaned and cleaned["died_on"] is None:
            self.add_error("died_on", "原因是“死亡”的，必须填写死亡日期。")
        number, own = cleaned.get("number"), cleaned.get("id_number") or getattr(self.person, "id_number", None)
        if number and own and number[:18] != own:
            self.add_error("number", "残疾人证号的前 18 位与身份证号不一致。")
        return cleaned

    def _check_components(self, cleaned: dict[str, Any]) -> None:
        if self._category(cleaned) != Category.MULTIPLE or "components" in self.errors:
            return
        try:
            components_read(cleaned.get("components") or "")
        except ValueError as error:
            self.add_error("components", str(error))

    def _check_guardian(self, cleaned: dict[str, Any]) -> None:
        category, on = self._category(cleaned), cleaned.get("effective_on")
        if category is None or on is None or cleaned.get("guardian_name") or "guardian_name" not in self.fields:
            return
        number = cleaned.get("id_number")
        born = self.person.born_on if self.person else number and datetime.date.fromisoformat(born_on(number))
        known = getattr(self.person, "guardian_name", None)
        if (
            born
            and not known
            and needs_guardian(category=category, components=cleaned.get("components"), born_on=born, on=on)
        ):
            self.add_error("guardian_name", "智力、精神残疾人和未成年人须填写监护人姓名。")

    @staticmethod
    def _category(cleaned: dict[str, Any]) -> str | None:
        number = cleaned.get("number")
        return cleaned.get("category") or (number[18] if number else None)

    @property
    def case(self) -> dict[str, Any]:
        """What the file of the act keeps."""
        names = ("effective_on", "reason", "note", "accepted_by", "decided_by", "attachments")
        file = {name: self.cleaned_data[name] or ("" if name != "attachments" else []) for name in names}
        return file if self.person is None else {**file, "seen": self.cleaned_data["seen"]}

    @property
    def facts(self) -> dict[str, Any]:
        """What the act is told: an empty answer about a masked field leaves it, 无 empties it."""
        facts = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in (*self.case, "id_number", "is_true_bearer")
        }
        if facts.get("number"):
            facts["number"] = self.data[
                "number"
            ]  # as typed: whoever does the act reads it, and says what it took it for
        for name in MASKS:
            if name in facts and facts[name] is None:
                del facts[name]
            elif facts.get(name) == EMPTIED:
                facts[name] = None
        return facts


class ReasonForm(PlainWords, forms.Form):
    """Why an act is taken back."""

    reason = forms.CharField(label="撤回的原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class IdentityForm(PlainWords, forms.Form):
    """The number the police have given, and on what ground."""

    id_number = CleanedField(IdNumberWidget(), label="更正后的身份证号", help_text="18 位，照公安机关的证明填写。")
    reason = forms.CharField(label="更正的原因和依据", max_length=200, help_text="如：公安机关重号更正证明。")


class DeathForm(PlainWords, forms.Form):
    """A death looked into and found true."""

    effective_on = date_field("注销的生效日期", "一般就是死亡日期。")
    note = forms.CharField(label="核实说明", max_length=150, required=False, help_text="如：社区已入户核实。")

    def __init__(self, *args: Any, is_live: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not is_live:  # there is no certificate to cancel
            del self.fields["effective_on"]


class RejectForm(PlainWords, forms.Form):
    """A notice of death found wrong."""

    note = forms.CharField(label="核实情况", max_length=150, help_text="如：本人健在，已入户见到。")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, auto_id="reject_%s", **kwargs)
