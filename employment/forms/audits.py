"""The forms of the yearly audit, one for each act, and of what follows the push to the tax office."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django import forms

from employment.models import ALWAYS_ASKED, Audit, AuditPaper
from zalainuoer.common.forms import DateInput, PlainWords

MONEY = {"inputmode": "decimal", "autocomplete": "off"}
MONEY_ERRORS = {"invalid": "请填写金额，如 1500 或 1500.50。", "max_decimal_places": "金额最多两位小数。"}


def money(label: str, **how: Any) -> forms.DecimalField:
    """An amount in yuan."""
    return forms.DecimalField(
        label=label,
        max_digits=16,
        decimal_places=2,
        min_value=Decimal("0.01"),
        widget=forms.TextInput(attrs=MONEY),
        error_messages=MONEY_ERRORS,
        **how,
    )


def words(label: str, help_text: str = "", *, required: bool = True, longest: int = 500) -> forms.CharField:
    """A few sentences."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
    )


def happened(label: str, help_text: str = "") -> forms.DateField:
    """A day, the browser's own field."""
    return forms.DateField(label=label, widget=DateInput, help_text=help_text)


def papers_field(label: str, *, required: bool = False) -> forms.MultipleChoiceField:
    """The checklist of papers."""
    return forms.MultipleChoiceField(
        label=label,
        choices=[
            (paper.value, f"{paper.label}{'' if paper in ALWAYS_ASKED else '（有此情形的）'}") for paper in AuditPaper
        ],
        widget=forms.CheckboxSelectMultiple,
        required=required,
        help_text="部门之间已经共享、核对过的也勾选，不要求单位重复提供。",
    )


class ActForm(PlainWords, forms.Form):
    """What every act on an audit tells: besides its own fields, the last step the page showed."""

    free_text: tuple[str, ...] = ("opinion", "missing", "note", "reason", "content")
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, audit: Audit | None, today: datetime.date, seen: int, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.audit, self.today = audit, today
        self.fields["seen"].initial = seen
        for name in ("declared_on", "objected_on", "paid_on", "issued_on", "decided_on"):
            if name in self.fields:
                self.fields[name].initial = today
        self.prepare()

    def prepare(self) -> None:
        """What a form shows of the audit."""


class DeclareForm(ActForm):
    declared_on = happened("申报日期", "窗口收到或国家平台显示的日期；期内已申报、现在补录的，填实际日期。")
    papers = papers_field("已收到的材料")
    note = words("备注", required=False, longest=200, help_text="如：代单位在国家政务服务平台申报。")


class AskForm(ActForm):
    missing = words("需要补正的内容", "一次说全，会告知单位。")
    complete_by = happened("补正期限", "最后一天，含当天。")

    def prepare(self) -> None:
        self.fields["complete_by"].initial = self.today + datetime.timedelta(days=15)


class CompleteForm(ActForm):
    papers = papers_field("现在已有的材料")
    note = words("备注", required=False, longest=200)

    def prepare(self) -> None:
        if self.audit is not None:
            self.fields["papers"].initial = self.audit.papers


class ReviewForm(ActForm):
    """初审 or 复审 passed: upon the figures as the page showed them."""

    opinion = words("意见", required=False, help_text="同意的可以不写。")
    sheet_seen = forms.DateTimeField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, reckoned_at: datetime.datetime | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["sheet_seen"].initial = None if reckoned_at is None else reckoned_at.isoformat()


class ReturnForm(ActForm):
    opinion = words("退回的理由")


class ObjectionForm(ActForm):
    objected_on = happened("提出异议日期")
    content = words("异议的内容")


class JudgeForm(ActForm):
    upheld = forms.ChoiceField(
        label="复核结果",
        choices=[("no", "异议不成立，维持审核确认书"), ("yes", "异议成立，撤回审核确认书，重新审核")],
        widget=forms.RadioSelect,
    )
    opinion = words("复核意见")


class PayForm(ActForm):
    paid_on = happened("缴费日期")
    amount_yuan = money("缴费金额（元）", help_text="不含滞纳金。")
    document = forms.CharField(label="缴费凭证", max_length=100, help_text="税务部门的缴费凭证号。")

    def prepare(self) -> None:
        if self.audit is not None:
            self.fields["amount_yuan"].initial = self.audit.outstanding_yuan


class OweForm(ActForm):
    owing_since = happened("欠缴起始日期", "税务部门确定的缴费期满的次日；滞纳金的测算从这一天算起。")
    document = forms.CharField(label="税务部门反馈的依据", max_length=200)


class RemindForm(ActForm):
    issued_on = happened("出具日期")
    due_on = happened("缴费期限", "最后一天，含当天。")

    def prepare(self) -> None:
        self.fields["due_on"].initial = self.today + datetime.timedelta(days=15)


class CreditForm(ActForm):
    decided_on = happened("决定日期")
    document = forms.CharField(label="决定文号", max_length=100)


class TakeBackForm(ActForm):
    reason = words("撤回的理由", "撤回的环节和理由都会留在经过里。")


class PushForm(PlainWords, forms.Form):
    """When and by which letter the list went to the tax office."""

    pushed_on = happened("推送日期")
    document = forms.CharField(label="推送文号", max_length=100, help_text="来往函件的文号或交接清单的编号。")

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["pushed_on"].initial = today


class CreditPushedForm(PlainWords, forms.Form):
    pushed_on = happened("推送信用平台日期")

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["pushed_on"].initial = today


class CreditRemoveForm(PlainWords, forms.Form):
    removed_on = happened("移出日期")
    reason = words("移出的理由", "如：欠费已缴清。", longest=300)

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["removed_on"].initial = today
