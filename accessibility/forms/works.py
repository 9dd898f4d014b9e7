"""The forms of a home's works: contract, start and finish, acceptance, settlement, follow-up, filing."""

from __future__ import annotations

import base64
import binascii
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html

from accessibility.forms.fields import CHOOSE, day, words, yuan
from accessibility.forms.homes import ActForm
from accessibility.models import Contractor, FollowUpUse, ItemVerdict, Signer
from accessibility.services.homes.accepting import Judged
from accessibility.services.homes.signatures import NAME, REASON, Signature

PNG = "data:image/png;base64,"
SATISFACTION = [(5, "5 分，很满意"), (4, "4 分"), (3, "3 分"), (2, "2 分"), (1, "1 分，很不满意")]


class SignaturePad(forms.HiddenInput):
    """A place to draw on (static/js/signature.js); what is drawn goes with the form as a PNG.

    Without scripts the place stays hidden, and the name is typed with a reason.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """The place, its button, and the field that carries the drawing."""
        field = super().render(name, value, attrs, renderer)
        return format_html(
            '<div class="signature" data-signature hidden><canvas width="600" height="200" role="img" tabindex="-1"'
            ' aria-label="手写签名处，用手指或鼠标书写；不能手写的，在下面写明原因"></canvas>'
            '<button type="button" class="btn btn-sm btn-outline-secondary">清除签名</button>{}</div>',
            field,
        )

    @property
    def is_hidden(self) -> bool:
        """The form shows it in its place, with its label."""
        return False


class SignatureField(forms.CharField):
    """A drawing: the PNG's bytes, empty where nothing was drawn."""

    widget = SignaturePad

    def clean(self, value: Any) -> bytes:
        text = super().clean(value)
        if not text:
            return b""
        if not text.startswith(PNG):
            raise forms.ValidationError("签名图样不能识别，请清除后重新签名。")
        try:
            return base64.b64decode(text.removeprefix(PNG), validate=True)
        except binascii.Error as error:
            raise forms.ValidationError("签名图样不能识别，请清除后重新签名。") from error


class ContractForm(ActForm):
    """签订合同."""

    free_text = ("number",)
    contractor = forms.ModelChoiceField(
        label="施工单位", queryset=Contractor.objects.filter(is_active=True), empty_label="请选择"
    )
    number = forms.CharField(label="合同编号", max_length=100, help_text="按框架协议派单的，填派单编号。")
    amount_yuan = yuan("合同金额（元）", lowest="0.01")
    signed_on = day("签订日期")
    works_due_on = day("合同完工日期")


class StartForm(ActForm):
    """开工."""

    free_text = ("note",)
    started_on = day("开工日期")
    note = words("说明", longest=500, required=False)


class FinishForm(ActForm):
    """完工报验."""

    free_text = ("note",)
    finished_on = day("完工日期")
    note = words("说明", longest=500, required=False)


class CorrectForm(ActForm):
    """整改完成."""

    free_text = ("note",)
    corrected_on = day("整改完成日期")
    note = words("整改的情况", longest=500, help_text="逐项写明不合格的地方怎样改好的。")


class AcceptForm(ActForm):
    """验收: each item judged, then both signatures. Cleaned, it is what `home_accept` takes."""

    free_text = ("note",)
    accepted_on = day("验收日期")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.lines = list(self.home.items.select_related("item"))
        for line in self.lines:
            what = f"{line.item.name}（{line.get_room_display()}，{line.quantity.normalize():f} {line.item.unit}）"
            self.fields[f"verdict_{line.pk}"] = forms.ChoiceField(
                label=what, choices=ItemVerdict.choices, widget=forms.RadioSelect
            )
            self.fields[f"note_{line.pk}"] = forms.CharField(
                label=f"{what}：说明", max_length=200, required=False, help_text="不合格的必须写明原因。"
            )
        self.fields["note"] = words("验收意见", longest=500, required=False)
        for signer in Signer:
            self._sign(signer)
        self.free_text = ("note", *(name for name in self.fields if name.startswith(("note_", "reason_"))))

    def _sign(self, signer: Signer) -> None:
        self.fields[f"name_{signer.value}"] = forms.CharField(label=f"{signer.label}的姓名", max_length=NAME)
        self.fields[f"image_{signer.value}"] = SignatureField(label=f"{signer.label}的签名", required=False)
        self.fields[f"reason_{signer.value}"] = forms.CharField(
            label=f"{signer.label}不手写签名的原因",
            max_length=REASON,
            required=False,
            help_text="手写了签名的留空；不能手写的写明原因，以姓名代替签名。",
        )

    def clean(self) -> dict[str, Any]:
        """{accepted_on, items, household, federation, note, seen}; as it stood where something is wrong."""
        cleaned = super().clean() or self.cleaned_data
        for line in self.lines:
            if cleaned.get(f"verdict_{line.pk}") == ItemVerdict.FAILED and not cleaned.get(f"note_{line.pk}"):
                self.add_error(f"note_{line.pk}", "不合格的项目请写明原因。")
        for signer in Signer:
            image, reason = f"image_{signer.value}", f"reason_{signer.value}"
            if not self.errors.keys() & {image, reason} and not cleaned[image] and not cleaned[reason]:
                self.add_error(reason, "还没有签名。请手写签名，或写明不能手写的原因。")
        if self.errors:
            return cleaned
        return {
            "accepted_on": cleaned["accepted_on"],
            "items": {
                line.pk: Judged(cleaned[f"verdict_{line.pk}"], cleaned[f"note_{line.pk}"]) for line in self.lines
            },
            **{signer.value: self._given(signer, cleaned) for signer in Signer},
            "note": cleaned["note"],
            "seen": cleaned["seen"],
        }

    def _given(self, signer: Signer, cleaned: dict[str, Any]) -> Signature:
        name, image, reason = (cleaned[f"{part}_{signer.value}"] for part in ("name", "image", "reason"))
        return Signature(name=name, image=image, typed_reason="" if image else reason)


class SettleForm(ActForm):
    """结算: what each item came to, what each source paid. Cleaned, it is what `home_settle` takes."""

    free_text = ("document",)
    settled_on = day("结算日期")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.lines, self.shares = list(self.home.items.select_related("item")), list(self.home.shares.all())
        for line in self.lines:
            self.fields[f"item_{line.pk}"] = yuan(
                f"{line.item.name}（{line.get_room_display()}）决算（元）", help_text=f"预算 {line.amount_yuan} 元。"
            )
        for share in self.shares:
            self.fields[f"fund_{share.fund}"] = yuan(
                f"{share.get_fund_display()}支出（元）", help_text=f"方案 {share.budget_yuan} 元。"
            )
        self.fields["document"] = forms.CharField(label="结算单或票据编号", max_length=200)

    def clean(self) -> dict[str, Any]:
        """{settled_on, items, funds, document, seen}; as it stood where something is wrong."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        items: dict[int, Decimal] = {line.pk: cleaned[f"item_{line.pk}"] for line in self.lines}
        funds = {share.fund: cleaned[f"fund_{share.fund}"] for share in self.shares}
        return {name: cleaned[name] for name in ("settled_on", "document", "seen")} | {"items": items, "funds": funds}


class FollowUpForm(ActForm):
    """回访."""

    free_text = ("note", "repair")
    done_on = day("回访日期")
    use = forms.ChoiceField(label="使用情况", choices=[*CHOOSE, *FollowUpUse.choices])
    satisfaction = forms.TypedChoiceField(label="满意度", choices=[*CHOOSE, *SATISFACTION], coerce=int)
    note = words("回访情况", longest=300, required=False, help_text="没有使用的，写明原因。")
    repair = words("维修内容", longest=300, required=False, help_text="需要维修的，写明修什么、谁来修。")


class FileForm(ActForm):
    """归档."""

    free_text = ()
    filed_on = day("归档日期")
