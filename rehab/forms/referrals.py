"""The forms of referrals: sending, and what was answered."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from rehab.forms.fields import SuggestInput, not_after, providers_of, reason_field
from rehab.models import Referral, ReferralState, ServiceKind
from rehab.services.referrals import ANSWERS, EARLY, WHY
from zalainuoer.common.forms import DateInput, PlainWords
from zalainuoer.common.models import User


class ReferralForm(PlainWords, forms.Form):
    """From whom to whom, for what and why."""

    free_text = ("from_provider", "to_provider", "reason")
    kind = forms.ChoiceField(label="需要的服务类别", choices=[("", "请选择"), *ServiceKind.choices])
    from_provider = forms.CharField(label="转出机构", max_length=100)
    to_provider = forms.CharField(label="转入机构", max_length=100)
    sent_on = forms.DateField(label="转出日期", widget=DateInput)
    reason = reason_field("转介事由", "如：需要机构内系统训练，社区不具备条件。")

    def __init__(self, *args: Any, user: User, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial.setdefault("sent_on", today)
        suggestions = providers_of(user)
        for name in ("from_provider", "to_provider"):
            self.fields[name].widget = SuggestInput(suggestions, attrs={"maxlength": 100})

    def clean_sent_on(self) -> datetime.date | None:
        return not_after(self.cleaned_data["sent_on"], self.today)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        sender, receiver = (self.cleaned_data.get(name) for name in ("from_provider", "to_provider"))
        if sender and sender == receiver:
            self.add_error("to_provider", "转出机构和转入机构不能是同一家。")
        return cleaned


class AnswerForm(PlainWords, forms.Form):
    """What the receiver has answered, or that the sender takes the referral back."""

    free_text = ("answer",)
    state = forms.ChoiceField(
        label="答复",
        choices=[(state.value, state.label) for state in map(ReferralState, ANSWERS)],
        widget=forms.RadioSelect,
    )
    answered_on = forms.DateField(label="答复日期", widget=DateInput)
    answer = forms.CharField(
        label="答复说明", max_length=200, required=False, help_text="没有接收或者撤回的，必须写明原因。"
    )

    def __init__(self, *args: Any, referral: Referral, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.referral, self.today = referral, today
        self.initial.setdefault("answered_on", today)

    def clean_answered_on(self) -> datetime.date | None:
        day = not_after(self.cleaned_data["answered_on"], self.today)
        if day is not None and day < self.referral.sent_on:
            raise forms.ValidationError(EARLY.format(sent_on=self.referral.sent_on))
        return day

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        state = self.cleaned_data.get("state")
        if state and state != ReferralState.ACCEPTED and not self.cleaned_data.get("answer"):
            self.add_error("answer", WHY)
        return cleaned
