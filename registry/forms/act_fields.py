"""The fields that the acts on certificates ask for, each made from what is on file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms

from registry.components import HELP as COMPONENTS_HELP
from registry.forms.facts import CommunityField
from registry.models import CardGeneration, Category, CertificateAct, HukouType, Level
from registry.services.attachments import Paper, refuse_papers
from registry.services.certificates import TRUE_BEARER
from registry.services.changes import MASKS
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.forms import DateInput
from zalainuoer.common.sheets.widgets import (
    CellWidget,
    CertificateNumberWidget,
    IdNumberWidget,
    NameWidget,
    PhoneWidget,
    TextWidget,
)

if TYPE_CHECKING:
    from registry.forms.certificates import ActForm

EMPTIED = "无"  # what one types to empty a field that is not shown
Fields = Callable[["ActForm"], forms.Field]


class CleanedField(forms.CharField):
    """Text cleaned by the same widget that cleans the cells of a sheet."""

    def __init__(self, cell: CellWidget, *, may_be_emptied: bool = False, **kwargs: Any):
        self.cell, self.may_be_emptied = cell, may_be_emptied
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str | None:
        text = super().clean(value)
        if text == EMPTIED and self.may_be_emptied:
            return EMPTIED
        try:
            cleaned = self.cell.clean(text or None)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if cleaned is None and self.required:
            raise forms.ValidationError(self.error_messages["required"])
        return cleaned


class PapersInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class PapersField(forms.FileField):
    """附件: any number of PDF, JPG and PNG files."""

    def __init__(self) -> None:
        attrs = {"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}
        super().__init__(
            label="附件",
            required=False,
            widget=PapersInput(attrs=attrs),
            help_text="PDF、JPG 或 PNG，可选多个，每个不超过 10 MB。加密保存。",
        )

    def clean(self, data: Any, initial: Any = None) -> list[Paper]:
        papers = [Paper(file.name, file.read()) for file in data or ()]
        try:
            refuse_papers(papers)
        except RuleBroken as broken:
            raise forms.ValidationError(broken.message) from broken
        return papers


def date_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, help_text=help_text, required=required, widget=DateInput())


def choice_field(label: str, choices: Any, *, required: bool = False, empty: str = "未填写", **how: Any) -> forms.Field:
    choices = [("", "请选择" if required else empty), *choices]
    return forms.TypedChoiceField(label=label, choices=choices, required=required, empty_value=None, **how)


def _yes_no(label: str) -> forms.Field:
    return choice_field(label, [("yes", "是"), ("no", "否")], coerce=lambda value: value == "yes")


def _tick(label: str, help_text: str = "") -> forms.Field:
    return forms.BooleanField(label=label, help_text=help_text, required=False)


def _own(name: str, label: str, cell: CellWidget) -> Fields:
    """A field of the person's own. What is masked elsewhere is not filled in here either."""

    def field(form: ActForm) -> forms.Field:
        known = getattr(form.person, name, None)
        if known and name in MASKS:
            emptied = "" if name == "name" else f"；要清空请填“{EMPTIED}”"
            help_text = (
                f"现为“{MASKS[name](known)}”，不改就留空{emptied if form.act.act == CertificateAct.DETAILS else ''}。"
            )
            may_be_emptied = name != "name"
            return CleanedField(cell, label=label, required=False, help_text=help_text, may_be_emptied=may_be_emptied)
        return CleanedField(cell, label=label, required=name == "name", initial=known)

    return field


FIELDS: dict[str, Fields] = {
    "name": _own("name", "姓名", NameWidget(50)),
    "ethnicity": _own("ethnicity", "民族", TextWidget(20)),
    "phone": _own("phone", "联系电话", PhoneWidget()),
    "address": _own("address", "住址", TextWidget(200)),
    "guardian_name": _own("guardian_name", "监护人姓名", NameWidget(50)),
    "guardian_phone": _own("guardian_phone", "监护人电话", PhoneWidget()),
    "card_generation": lambda form: choice_field(
        "证卡代次", CardGeneration.choices, coerce=int, initial=getattr(form.person, "card_generation", None)
    ),
    "category": lambda form: choice_field(
        "残疾类别", Category.choices, required=True, initial=getattr(form.statement, "category", None)
    ),
    "level": lambda form: choice_field(
        "残疾等级", Level.choices, required=True, initial=getattr(form.statement, "level", None)
    ),
    "components": lambda form: CleanedField(
        TextWidget(100),
        label="多重残疾明细",
        required=False,
        initial=getattr(form.statement, "components", None),
        help_text=f"只有多重残疾填写。{COMPONENTS_HELP}。等级按最重的一项定。",
    ),
    "assessed_by": lambda form: CleanedField(TextWidget(100), label="评定机构", help_text="指定的残疾评定机构名称。"),
    "community": lambda form: _community(form),
    "hukou_type": lambda form: choice_field(
        "户口性质", HukouType.choices, initial=getattr(form.statement, "hukou_type", None)
    ),
    "is_student": lambda form: _student(form),
    "head": lambda form: CleanedField(
        IdNumberWidget(),
        label="户主身份证号",
        required=False,
        help_text="留空表示与现有的户相同；新办证的，留空表示本人就是户主。",
    ),
    "number": lambda form: CleanedField(
        CertificateNumberWidget(), label="残疾人证号", help_text="照原证填写，20 位，补发的末尾有 B1、B2……"
    ),
    "first_issued_on": lambda form: date_field("首次发证日期", "照原证填写。"),
    "issued_on": lambda form: date_field("发证日期", "照原证填写。"),
    "expires_on": lambda form: (
        date_field("有效期至", "照原证填写。")
        if form.act.act == CertificateAct.MOVE_IN
        else date_field("有效期至", "留空由系统按有效期年限计算；证面另有日期的照证面填写。", required=False)
    ),
    "override": lambda form: CleanedField(
        TextWidget(200),
        label="提前重新申请的理由",
        required=False,
        help_text="只有注销后未满规定时间又重新申请的才填写，会记入档案。",
    ),
    "reassessed": lambda form: _tick("已重新评定"),
    "is_declared_void": lambda form: _tick("已声明原证作废", "已经挂失的不用再勾选。"),
    "is_true_bearer": lambda form: _tick(
        TRUE_BEARER, "一般不勾选。仅用于重号：这个号码曾错登在别人的档案中、已经更正，现在为真正的持有人建档。"
    ),
    "destination": lambda form: CleanedField(
        TextWidget(80), label="迁往何处", help_text="迁入地的旗县区，如：满洲里市。"
    ),
    "died_on": lambda form: date_field(
        "死亡日期", "原因是“死亡”的必须填写；生效日期一般就是死亡日期。", required=False
    ),
    "is_correction": lambda form: _tick(
        "更正（原来就填错了）", "勾选后，社区、户口性质和在校学生从填错的那天起一并改正，过去的统计也随之改变。"
    ),
}


def _community(form: ActForm) -> forms.Field:
    field = CommunityField(form.user)
    field.initial = getattr(form.statement or form.person, "community", None)
    return field


def _student(form: ActForm) -> forms.Field:
    field = _yes_no("在校学生")
    field.initial = {True: "yes", False: "no"}.get(getattr(form.statement, "is_student", None), "")
    return field
