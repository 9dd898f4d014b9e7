"""The survey's form, filled in on a phone in a home."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from registry.services.facts import version
from rehab import domains
from rehab.forms.fields import not_after, reason_field
from rehab.models import RehabNeed, ServiceKind
from rehab.rules import NO_NEED
from rehab.sheets import NO_NEED as NOTHING
from zalainuoer.common.forms import DateInput, PlainWords

DEVICE, NONE = "device", "none"
CHOICES = [*ServiceKind.choices, (DEVICE, "辅助器具"), (NONE, "没有需求（已问过）")]


class SurveyForm(PlainWords, forms.Form):
    """What somebody needs in a year. `row` is what is stored, `offered` another year's answers to begin with."""

    free_text = ("words", "device", "reason")
    chosen = forms.MultipleChoiceField(
        label="需要哪些服务（可以多选）", choices=CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )
    words = forms.CharField(
        label="其他康复需求", max_length=100, required=False, help_text="上面没有的，用自己的话写；几项之间用“、”隔开。"
    )
    device = forms.CharField(
        label="需要什么辅具", max_length=200, required=False, help_text="勾选了“辅助器具”时填写，如“轮椅、防褥疮床垫”。"
    )
    surveyed_on = forms.DateField(label="调查日期", widget=DateInput)

    def __init__(
        self,
        *args: Any,
        year: int,
        today: datetime.date,
        row: RehabNeed | None = None,
        offered: RehabNeed | None = None,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.year, self.today, self.row = year, today, row
        self.initial.setdefault("surveyed_on", (row and row.surveyed_on) or today)
        if (answers := offered or row) is not None:
            self.initial.update(answers_of(answers))
        if row is not None:
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(row))
            self.fields["reason"] = reason_field("改正理由", "如：再次入户核实、上次登记有误。")
            self.fields["reason"].error_messages["required"] = "请填写。"

    def clean_surveyed_on(self) -> datetime.date | None:
        return not_after(self.cleaned_data["surveyed_on"], self.today)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        chosen, words, device = (self.cleaned_data.get(name) for name in ("chosen", "words", "device"))
        chosen = chosen or []
        # 无 in words is no need, as it is in the sheet.
        words = words if domains.read(words).domains and words not in NOTHING else ""
        device = "" if device in NOTHING else device
        needs = [code for code in chosen if code != NONE]
        if NONE in chosen and (needs or words or device):
            self.add_error("chosen", "既勾选了“没有需求”，又写了需求。请二选一。")
        elif not (chosen or words or device):
            self.add_error("chosen", "请勾选需要的服务；问过确实没有需求的，请勾选“没有需求”。")
        if DEVICE in chosen and not device:
            self.add_error("device", "请写明需要什么辅具。")
        if device and DEVICE not in chosen and NONE not in chosen:
            self.add_error("chosen", "写了需要的辅具，却没有勾选“辅助器具”。请勾选，或者清空辅具名称。")
        return cleaned

    @property
    def answers(self) -> dict[str, Any]:
        """For `services.surveys.survey_record`."""
        cleaned = self.cleaned_data
        kinds = [code for code in cleaned["chosen"] if code in ServiceKind.values]
        return {
            "kinds": kinds,
            "words": cleaned["words"],
            "device": cleaned["device"] or None,
            "surveyed_on": cleaned["surveyed_on"],
            "reason": cleaned.get("reason", ""),
            "seen": cleaned.get("seen", 0),
        }


def answers_of(row: RehabNeed) -> dict[str, Any]:
    """What the form shows of stored answers."""
    needs = domains.read(row.rehab)
    device = "" if row.device in NO_NEED else row.device or ""
    chosen = [kind.value for kind in needs.kinds] + ([DEVICE] if device else [])
    if not (chosen or needs.words):
        chosen = [NONE]
    return {"chosen": chosen, "words": needs.words, "device": device}
