"""The forms of the foundation's pages: logging in, accounts, dated parameters."""

import datetime
import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.contrib.auth import forms as auth_forms
from django.db.models import TextChoices

from zalainuoer.common.models import Department, Division, DivisionLevel, Parameter, Role, User
from zalainuoer.common.sheets.widgets import MonthWidget

# An ID number, a certificate number or a mobile phone's, whole; also in groups with spaces between.
WHOLE_NUMBER = re.compile(r"\d(?: ?\d){10,}")


class PlainWords:
    """Says 请填写 or 请选择 where a required field is empty, instead of speaking of fields.

    What is said in free text stands unencrypted in files, in the history and in the log: numbers are refused there.
    """

    free_text: tuple[str, ...] = ("reason", "note")
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            chooses = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField, forms.FileField))
            field.error_messages["required"] = "请选择。" if chooses else "请填写。"

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()  # type: ignore[misc]
        for name in self.free_text:
            if WHOLE_NUMBER.search(str(self.cleaned_data.get(name) or "")):
                self.add_error(name, "这里写的会留在档案和记录里，请不要写身份证号、电话等号码。")  # type: ignore[attr-defined]
        return cleaned


STRENGTH_HELP = "至少 12 个字符；不能全是数字，不能是常见密码，不能与用户名、姓名相似。"


class LoginForm(PlainWords, auth_forms.AuthenticationForm):
    error_messages: ClassVar = {
        "invalid_login": "用户名或密码不对。请核对后重新输入，密码区分大小写。",
        "inactive": "这个账号已停用，请联系系统管理员。",
        "system_client": "这个账号供其他系统对接使用，只能凭令牌访问接口，不能登录页面。",
    }

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if user.role == Role.SYSTEM_CLIENT:
            raise forms.ValidationError(self.error_messages["system_client"], code="system_client")


class PasswordForm(PlainWords, auth_forms.PasswordChangeForm):
    """One's own new password."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _name_passwords(self, "new_password1", "new_password2", "新密码")


class UploadForm(PlainWords, forms.Form):
    """One workbook."""

    file = forms.FileField(label="文件", error_messages={"empty": "文件是空的（0 字节）。请检查后重新选择。"})


class DateInput(forms.DateInput):
    """The browser's own date field, which every keyboard and screen reader knows."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MonthField(forms.CharField):
    """A month as the sheets take it (2024-07, 2024年7月), typed: not every browser has a field of its own for it."""

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=20, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, datetime.date) else value

    def clean(self, value: Any) -> datetime.date | None:
        text = self.prepare_value(value)  # a disabled field hands its initial value in
        try:
            cleaned = MonthWidget().clean(super().clean(text) or None)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return None if cleaned is None else datetime.date.fromisoformat(cleaned)


class AccountForm(PlainWords, forms.ModelForm):
    """Who it is and what the person may do; the password has its own form."""

    class Meta:
        model = User
        fields = ("username", "name", "role", "division", "department", "is_active")
        help_texts: ClassVar = {
            "username": "登录时填写，建议用姓名全拼或工号。",
            "role": "“对接系统”不能登录页面，保存后在账号页发放令牌。",
            "division": (
                "只看本辖区及以下的人员；留空表示全区。街道（镇）工作人员必须选择街道（镇）或社区（村），"
                "社区专职委员必须选择社区（村）。"
            ),
            "department": "部门联络员必须选择，决定其能报送哪些报表。",
            "is_active": "取消勾选即停用：不能登录，已登录的立即退出，令牌不再有效。",
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        below = (DivisionLevel.STREET, DivisionLevel.COMMUNITY)  # the whole district is the empty choice
        self.fields["division"].queryset = Division.objects.filter(level__in=below)
        self.fields["division"].label_from_instance = _indented
        self.fields["division"].empty_label = "全区"
        self.fields["department"].queryset = Department.objects.all()
        self.fields["department"].empty_label = "不属于任何部门"
        self.fields["role"].choices = [("", "请选择"), *Role.choices]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        role, division = self.cleaned_data.get("role"), self.cleaned_data.get("division")
        if role == Role.COMMUNITY_WORKER and (division is None or division.level != DivisionLevel.COMMUNITY):
            self.add_error("division", "社区专职委员必须选择社区（村）。")
        if role == Role.STREET_STAFF and division is None:
            self.add_error("division", "街道（镇）工作人员必须选择街道（镇）或社区（村）。")
        return cleaned


def _indented(division: Division) -> str:
    """A community stands indented under its street."""
    return ("\u3000" if division.level == DivisionLevel.COMMUNITY else "") + division.name


class NewPasswordForm(PlainWords, auth_forms.SetPasswordForm):
    """An account's new password, told to the person by the administrator."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _name_passwords(self, "new_password1", "new_password2", "新密码")


def _name_passwords(form: forms.Form, first: str, again: str, label: str) -> None:
    form.fields[first].label, form.fields[first].help_text = label, STRENGTH_HELP
    form.fields[again].label, form.fields[again].help_text = f"再次输入{label}", ""


class NewAccountForm(auth_forms.SetPasswordMixin, AccountForm):
    """A new account with its first password."""

    password1, password2 = auth_forms.SetPasswordMixin.create_password_fields()

    class Meta(AccountForm.Meta):
        fields = ("username", "name", "role", "division", "department")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _name_passwords(self, "password1", "password2", "初始密码")

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        return super().clean()

    def _post_clean(self) -> None:
        super()._post_clean()
        self.validate_password_for_user(self.instance)


class TokenForm(PlainWords, forms.Form):
    """For how long a connected system's new token is good."""

    DAYS = ((30, "30 天"), (90, "90 天"), (180, "180 天"), (365, "1 年"))
    days = forms.TypedChoiceField(label="新令牌的有效期", choices=DAYS, coerce=int, initial=180)


class DivisionForm(PlainWords, forms.Form):
    """A street's or community's name and code; whether they fit, the service says."""

    name = forms.CharField(label="名称", max_length=50, help_text="与报表中的写法一致，如“友谊社区”。")
    code = forms.CharField(label="代码", max_length=12)

    def __init__(self, *args: Any, level: str, parent_code: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        digits = 9 if level == DivisionLevel.STREET else 12
        self.fields["code"].help_text = f"{digits} 位数字，以上级代码 {parent_code} 开头。"


class MoveForm(PlainWords, forms.Form):
    """The street a community goes over to, and the code it gets there."""

    parent = forms.ModelChoiceField(label="划入街道（镇）", queryset=Division.objects.none(), empty_label="请选择")
    code = forms.CharField(label="新代码", max_length=12, help_text="12 位数字，以新街道（镇）的 9 位代码开头。")

    def __init__(self, *args: Any, streets: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = streets
        self.fields["parent"].label_from_instance = lambda street: f"{street.name}（{street.code}）"


class ParameterForm(PlainWords, forms.ModelForm):
    """A parameter's next value, from a day on; typed the way its present value is.

    `words` are the choices behind the codes of a list; a list that `may_be_empty` says so by having been empty before.
    """

    value = forms.CharField(label="新取值")

    class Meta:
        model = Parameter
        fields = ("value", "effective_from", "document", "note")
        widgets: ClassVar = {"effective_from": DateInput}
        help_texts: ClassVar = {
            "effective_from": "从这一天起执行，直到下一个取值生效；以前各天的计算不受影响。",
            "document": "写明依据的文件名称和文号。",
        }

    def __init__(
        self,
        *args: Any,
        present: Any,
        words: type[TextChoices] | None = None,
        may_be_empty: bool = False,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.present = present
        value = self.fields["value"]
        value.help_text = VALUE_HELP.get(type(present), "")
        if words is not None:
            self.fields["value"] = value = forms.MultipleChoiceField(
                label="新取值", choices=words.choices, initial=present, widget=forms.CheckboxSelectMultiple
            )
            value.error_messages["required"] = "请至少选择一项。"
        elif isinstance(present, bool):
            value.widget = forms.RadioSelect(choices=(("是", "是"), ("否", "否")))
        elif isinstance(present, list):
            value.widget = forms.Textarea(attrs={"rows": 4})
        if may_be_empty:
            value.required = False
            value.help_text = "一项都不勾选表示没有。" if words is not None else f"{value.help_text}空着表示没有。"

    def clean_value(self) -> Any:
        value = self.cleaned_data["value"]
        if isinstance(value, list):
            return value
        try:
            return parsed(value, like=self.present)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


MONTH_AND_DAY = re.compile(r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
VALUE_HELP = {int: "填写整数。", float: "填写数字。", list: "每行填写一项。", dict: "按原有格式（JSON）填写。"}


def parsed(text: str, *, like: Any) -> Any:
    """The typed text as a value of the same kind as another; raises ValueError with a Chinese sentence."""
    text = text.strip()
    if isinstance(like, bool):
        return text == "是"
    if isinstance(like, list):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return [parsed(line, like=like[0]) if like else line for line in lines]
    if isinstance(like, dict):
        return _json(text)
    if isinstance(like, (int, float)):
        return _number(text, whole=isinstance(like, int))
    if MONTH_AND_DAY.match(str(like)):
        if not MONTH_AND_DAY.match(text):
            raise ValueError("请按“月-日”填写，如 08-31。")
        return text
    if like is None and text.isdecimal():  # never had a value: a count or a sum
        return int(text)
    if _is_number(like):  # decimals are kept as text, so that none is rounded
        return str(_number(text, whole=False, exact=True))
    return text


def _is_number(value: Any) -> bool:
    try:
        Decimal(str(value))
    except InvalidOperation:
        return False
    return True


def _number(text: str, *, whole: bool, exact: bool = False) -> Any:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError("请填写数字。")
    if whole:
        if number != int(number):
            raise ValueError("请填写整数。")
        return int(number)
    return number if exact else float(number)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise ValueError("格式不对，请照原有取值的写法填写。") from None
