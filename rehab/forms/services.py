"""The forms of services and of the catalogue they are chosen from."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from registry.forms.facts import CellField
from registry.services.facts import FactRefused, version
from rehab.forms.fields import SuggestInput, not_after, providers_of, reason_field
from rehab.models import AgeBand, CatalogueGroup, CatalogueItem, ServiceKind
from rehab.sheets import RehabServiceSheet
from zalainuoer.common.forms import PlainWords
from zalainuoer.common.models import User

ASKED = ("served_on", "kind", "item", "provider", "form", "worker", "cost", "outcome")


class ServiceForm(PlainWords, forms.Form):
    """A service given to one person or to many on a day: the sheet's own columns, cleaned as an upload's are."""

    free_text = ("worker", "outcome", "reason")

    def __init__(self, *args: Any, user: User, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today, self.sheet = today, RehabServiceSheet()
        for name in ASKED:
            self.fields[name] = CellField(self.sheet.fields[name])
        self.fields["provider"].widget = SuggestInput(providers_of(user))
        self.fields["provider"].help_text = "写全称；输入时会提示登记过的机构。"
        self.fields["worker"].help_text = ""
        self.fields["cost"].label = "费用（元）"
        self.fields["cost"].help_text = "每人的费用；没有发生或不清楚的留空。"
        self.fields["outcome"].help_text = "如：关节活动度改善、家属已掌握护理方法。"
        self.fields["reason"] = reason_field("登记依据", "如：机构服务签到表、入户服务记录。")
        for field in self.fields.values():
            chooses = isinstance(field.widget, forms.Select)
            field.error_messages["required"] = "请选择。" if chooses else "请填写。"

    def clean_served_on(self) -> str | None:
        text = self.cleaned_data["served_on"]
        not_after(text and datetime.date.fromisoformat(text), self.today)
        return text

    @property
    def values(self) -> dict[str, str | None]:
        """The cleaned cells by heading."""
        return {self.sheet.fields[name].heading: self.cleaned_data[name] for name in ASKED}

    def refuse(self, refused: FactRefused) -> None:
        """Puts what the sheet says beside the fields it speaks of."""
        names = {self.sheet.fields[name].heading: name for name in ASKED}
        for heading, sentence in refused.problems:
            name = names.get(heading)
            self.add_error(name, sentence if name else f"{heading}：{sentence}")


class ItemForm(PlainWords, forms.Form):
    """An item of the catalogue; `item` is the stored one that is to be changed."""

    free_text = ("name", "standard", "document", "reason")
    group = forms.ChoiceField(label="残疾类别", choices=[("", "请选择"), *CatalogueGroup.choices])
    age_band = forms.ChoiceField(label="年龄段", choices=[("", "请选择"), *AgeBand.choices])
    name = forms.CharField(label="项目名称", max_length=60)
    kind = forms.ChoiceField(
        label="服务类别",
        choices=[("", "请选择"), *ServiceKind.choices],
        help_text="登记服务时选这个项目，服务类别必须与此一致。",
    )
    standard = forms.CharField(
        label="服务内容和标准", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    document = forms.CharField(label="文号", max_length=100, help_text="项目出自哪份文件，如“残联发〔2019〕34号”。")
    is_open = forms.BooleanField(
        label="在用", required=False, initial=True, help_text="停用的项目不再出现在登记表里，已有的记录不变。"
    )

    def __init__(self, *args: Any, item: CatalogueItem | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.item = item
        if item is not None:
            self.initial.update({name: getattr(item, name) for name in self.base_fields})
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=version(item))
            self.fields["reason"] = reason_field("修改理由", "如：目录修订。")
            self.fields["reason"].error_messages["required"] = "请填写。"

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.base_fields}
