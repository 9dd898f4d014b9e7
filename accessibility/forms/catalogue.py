"""Forms of the catalogue of items and of the contractors."""

from __future__ import annotations

from typing import Any

from django import forms

from accessibility.forms.fields import CHOOSE, yuan
from accessibility.models import Contractor, ItemGroup, RetrofitItem
from zalainuoer.common.forms import PlainWords
from zalainuoer.common.identity import masked_phone


class ItemForm(PlainWords, forms.Form):
    """An item of the catalogue."""

    free_text = ("requirement", "source")
    name = forms.CharField(label="项目名称", max_length=100, help_text="如：出入口坡化、卫生间扶手。")
    group = forms.ChoiceField(
        label="类别", choices=[*CHOOSE, *ItemGroup.choices], help_text="工程类改动房屋；只配辅具和设备不算改造。"
    )
    unit = forms.CharField(label="计量单位", max_length=10, help_text="如：处、米、件。")
    requirement = forms.CharField(label="技术要求", max_length=300, required=False)
    source = forms.CharField(
        label="依据", max_length=200, required=False, help_text="文件名称和文号；填了上限的必须写。"
    )
    ceiling_yuan = yuan("单价上限（元）", required=False, help_text="文件有规定的才填。")
    is_active = forms.BooleanField(label="在用", required=False, initial=True, help_text="停用后新方案里不能再选。")

    def __init__(self, *args: Any, row: RetrofitItem | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if row is not None:
            for name, field in self.fields.items():
                field.initial = getattr(row, name)


class ContractorForm(PlainWords, forms.Form):
    """A contractor."""

    free_text = ("document",)
    name = forms.CharField(label="单位名称", max_length=100)
    credit_code = forms.CharField(
        label="统一社会信用代码",
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="18 位，末位是校验位。",
    )
    contact_name = forms.CharField(label="联系人", max_length=50)
    contact_phone = forms.CharField(
        label="联系电话", max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    )
    document = forms.CharField(label="采购文件或合同文号", max_length=200, required=False)
    is_active = forms.BooleanField(label="在用", required=False, initial=True, help_text="停用后不能再签约。")

    def __init__(self, *args: Any, row: Contractor | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if row is not None:
            for name, field in self.fields.items():
                if name != "contact_phone":
                    field.initial = getattr(row, name)
            phone = self.fields["contact_phone"]
            phone.required, phone.help_text = False, f"现为 {masked_phone(row.contact_phone)}，不改就留空。"
