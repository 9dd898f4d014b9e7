"""Why somebody wants to see full names and numbers."""

import re
from typing import Any

from django import forms
from django.db.models import TextChoices

from zalainuoer.common.forms import PlainWords

# The reason stands in the access log, which is read by people who see no personal data.
NUMBER = re.compile(r"\d{6,}")


class RevealReason(TextChoices):
    """显示事由."""

    BUSINESS = "business", "业务办理"
    PAPERS = "papers", "核对材料"
    CALL = "call", "电话联系"
    OTHER = "other", "其他"


class RevealForm(PlainWords, forms.Form):
    """A reason from the list; of 其他, in words."""

    reason = forms.ChoiceField(label="事由", choices=RevealReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="说明", max_length=150, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, auto_id="reveal_%s", **kwargs)

    def clean_note(self) -> str:
        note = self.cleaned_data["note"].strip()
        if NUMBER.search(note):
            raise forms.ValidationError("说明会留在访问记录里，请不要写身份证号、电话等号码。")
        return note

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        is_other = self.cleaned_data.get("reason") == RevealReason.OTHER
        if is_other and self.cleaned_data.get("note") == "":  # missing where it was refused already
            self.add_error("note", "选择“其他”时，请写明事由。")
        return cleaned

    @property
    def words(self) -> str:
        """The reason as the access log keeps it: 核对材料：换证."""
        label = RevealReason(self.cleaned_data["reason"]).label
        return "：".join(part for part in (label, self.cleaned_data["note"]) if part)
