"""How a cell of each kind is read and written: django-import-export widgets that end in PostgreSQL's text form.

`clean` turns whatever stands in a cell into the text PostgreSQL itself would print for the stored value
(2025-12-31, 125.00, true), or None for an empty cell; a ValueError says in Chinese what is wrong. That one form
serves the comparison with what is stored, the preview and COPY, without a conversion between them.
`render` turns a model's value into what stands in a delivered or exported cell.
"""

import datetime
import re
import unicodedata
from abc import ABC, abstractmethod
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.db.models import TextChoices
from import_export import widgets

from zalainuoer.common.bank import checked_account_number
from zalainuoer.common.identity import checked_id_number, normalised_number
from zalainuoer.common.models import Division, DivisionLevel

EXCEL_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"})
DIGITS_LOST = "这一格是数字格式，{what}的末几位已经丢失，无法还原。请把整列设为“文本”格式后重新录入。"
_SCIENTIFIC = re.compile(r"^\d(\.\d+)?E\+?\d+$", re.IGNORECASE)
_BLANK = re.compile(r"^[\s'’\u200b-\u200f\ufeff]*$")


def plain(raw: Any) -> str:
    """A cell's text without full-width forms and surrounding blanks; empty for an empty cell."""
    if raw is None:
        return ""
    text = raw if isinstance(raw, str) else _number_text(raw)
    if text in EXCEL_ERRORS:
        raise ValueError(f"这一格是 Excel 错误值 {text}，请改为实际内容。")
    return unicodedata.normalize("NFKC", text).strip().lstrip("'").strip()


def _number_text(raw: Any) -> str:
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw)


def quoted(raw: Any) -> str:
    text = str(raw).strip().replace("\n", " ")
    return f"“{text[:20]}{'…' if len(text) > 20 else ''}”"


class CellWidget(widgets.Widget, ABC):
    """Base: `kind` names the cell's kind for templates and table reading, `help` explains it to a clerk."""

    kind: ClassVar[str] = "text"
    help: str = ""
    choices: tuple[str, ...] = ()

    @abstractmethod
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        """The stored value's text form, None for an empty cell; raises ValueError with a Chinese sentence."""

    def display(self, text: str | None) -> str:
        """What a person sees for the text form."""
        return "" if text is None else text


class TextWidget(CellWidget):
    """Free text on one line. `empty_words` are words that mean nothing is there (无)."""

    help = "文字"

    def __init__(self, max_length: int, *, empty_words: tuple[str, ...] = ()):
        super().__init__()
        self.max_length, self.empty_words = max_length, empty_words

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        if value is None or (isinstance(value, str) and not value):
            return None
        text = value if isinstance(value, str) else plain(value)
        if text in EXCEL_ERRORS:
            raise ValueError(f"这一格是 Excel 错误值 {text}，请改为实际内容。")
        text = " ".join("".join(c if c.isprintable() else " " for c in text.replace("\u3000", " ")).split())
        if not text or text in self.empty_words or _BLANK.match(text):
            return None
        if len(text) > self.max_length:
            raise ValueError(f"内容过长：最多 {self.max_length} 个字，现有 {len(text)} 个字。")
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value or None


class NameWidget(TextWidget):
    """A person's name: spaces between the characters of a Chinese name are decoration."""

    help = "与身份证一致的姓名"

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text = super().clean(value)
        if text is None or text.isascii():
            return text
        return text.replace(" ", "")


class PhoneWidget(CellWidget):
    """A telephone number, kept as text; several may stand in one cell."""

    help = "电话号码，多个号码用“、”隔开"

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        if isinstance(value, str) and value.isascii() and value.isdigit() and 5 <= len(value) <= 60:
            return value
        text = plain(value)
        if not text or text in {"-", "—", "无"}:
            return None
        if _SCIENTIFIC.match(text):
            raise ValueError(DIGITS_LOST.format(what="电话号码"))
        text = re.sub(r"[\s\-—()]", "", text)
        text = re.sub(r"[/,;、，；]+", "、", text).strip("、")
        if not re.fullmatch(r"\+?[\d、转+]{5,60}", text):
            raise ValueError(f"{quoted(value)}不是电话号码。")
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value or None


class IdNumberWidget(CellWidget):
    """居民身份证号 (GB 11643-1999)."""

    kind = "id"
    help = "18 位身份证号，单元格须为文本格式"

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        if isinstance(value, str):
            if not value or _BLANK.match(value):
                return None
            if _SCIENTIFIC.match(value.strip()):
                raise ValueError(DIGITS_LOST.format(what="身份证号"))
            return checked_id_number(value)
        if value is None:
            return None
        raise ValueError(DIGITS_LOST.format(what="身份证号"))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class CertificateNumberWidget(CellWidget):
    """残疾人证号: ID number, category digit, level digit, and B with the count of re-issues."""

    kind = "cert"
    help = "20 位残疾人证号（身份证号＋类别＋等级），补发的加 B1、B2……"
    PATTERN = re.compile(r"^\d{17}[\dX][1-7][1-4](B[1-9]\d?)?$")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str) or _SCIENTIFIC.match(value.strip()):
            raise ValueError(DIGITS_LOST.format(what="残疾人证号"))
        number = normalised_number(value)
        if not number:
            return None
        if number.endswith("B"):
            number += "1"  # some offices write the first re-issue as a bare B
        if not self.PATTERN.match(number):
            raise ValueError("残疾人证号应为身份证号 18 位加类别（1–7）和等级（1–4），补发的再加 B1、B2……")
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class AccountNumberWidget(CellWidget):
    """A bank account's number: kept as text, for Excel forgets every digit after the fifteenth."""

    kind = "account"
    help = "银行卡号或存折账号，12 至 30 位数字，单元格须为文本格式"

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str) or _SCIENTIFIC.match(value.strip()):
            raise ValueError(DIGITS_LOST.format(what="银行账号"))
        if _BLANK.match(value):
            return None
        return checked_account_number(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class DateWidget(CellWidget):
    """A day. `open_ended` columns may say 长期 for "no end"."""

    kind = "date"
    help = "日期，如 2025-12-31"
    PATTERN = re.compile(r"^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00(?:\.0+)?)?)?$")
    MONTH_ONLY = re.compile(r"^\d{4}\s*[-./年]\s*\d{1,2}\s*月?$")

    def __init__(self, *, open_ended: bool = False):
        super().__init__()
        self.open_ended = open_ended

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        if isinstance(value, datetime.date):
            return self._day(value.year, value.month, value.day, value)
        text = plain(value)
        if not text or (self.open_ended and text in {"长期", "-", "—", "无"}):
            return None
        if match := self.PATTERN.match(text):
            year, month, day = map(int, match.groups())
            return self._day(year, month, day, value)
        if text.isdigit() and len(text) == 8:
            return self._day(int(text[:4]), int(text[4:6]), int(text[6:]), value)
        if text.isdigit() and len(text) == 5 and not isinstance(value, str):
            found = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(text))  # Excel's own count
            return self._day(found.year, found.month, found.day, value)
        if self.MONTH_ONLY.match(text):
            raise ValueError(f"{quoted(value)}缺少日，请填写到日，如 2025-12-31。")
        raise ValueError(f"{quoted(value)}不是日期，请写成 2025-12-31 的样子。")

    @staticmethod
    def _day(year: int, month: int, day: int, raw: Any) -> str:
        try:
            found = datetime.date(year, month, day)
        except ValueError:
            raise ValueError(f"{quoted(raw)}：没有这一天。") from None
        if not 1900 <= year <= 2100:
            raise ValueError(f"{quoted(raw)}：年份应在 1900 至 2100 之间。")
        return found.isoformat()

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class MonthWidget(CellWidget):
    """A month, kept as its first day."""

    kind = "month"
    help = "月份，如 2025-12"
    PATTERN = re.compile(r"^(\d{4})\s*[-./年]?\s*(\d{1,2})\s*月?(?:\s*[-./]?\s*\d{1,2}\s*日?)?$")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        if isinstance(value, datetime.date):
            return f"{value.year:04d}-{value.month:02d}-01"
        if isinstance(value, float) and not value.is_integer():
            raise ValueError(f"{quoted(value)}分不清是 1 月还是 10 月，请写成 2025-10。")
        text = plain(value)
        if not text:
            return None
        found = self.PATTERN.match(text)
        if not found or not (1900 <= int(found[1]) <= 2100):
            raise ValueError(f"{quoted(value)}不是月份，请写成 2025-12 的样子。")
        if not 1 <= int(found[2]) <= 12:
            raise ValueError(f"{quoted(value)}：没有这个月。")
        return f"{found[1]}-{int(found[2]):02d}-01"

    def display(self, text: str | None) -> str:
        return "" if text is None else text[:7]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return f"{value:%Y-%m}" if value else None


class MoneyWidget(CellWidget):
    """An amount in yuan, two decimals, never negative."""

    kind = "money"
    help = "金额，单位：元"
    LIMIT = Decimal(10) ** 8

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text = plain(value)
        if not text or text in {"-", "—", "/"}:
            return None
        if "万" in text:
            raise ValueError(f"{quoted(value)}：请以元为单位填写。")
        try:
            amount = Decimal(re.sub(r"[￥¥,，\s]|元$", "", text))
        except InvalidOperation:
            raise ValueError(f"{quoted(value)}不是金额。") from None
        if not amount.is_finite() or abs(amount) >= self.LIMIT:
            raise ValueError(f"{quoted(value)}不是合理的金额。")
        if amount < 0:
            raise ValueError("金额不能是负数。")
        cents = amount.quantize(Decimal("0.01"))
        if abs(cents - amount) > Decimal("0.000001"):  # more than the dust of a floating-point cell
            raise ValueError(f"{quoted(value)}：金额最多两位小数。")
        return str(cents + 0)  # no -0.00, which the database would not give back

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class IntegerWidget(CellWidget):
    """A whole number between two bounds. `suffix` may stand behind it (年)."""

    kind = "int"
    help = "整数"

    def __init__(self, *, minimum: int, maximum: int, suffix: str = ""):
        super().__init__()
        self.minimum, self.maximum, self.suffix = minimum, maximum, suffix

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text = plain(value)
        if self.suffix:
            text = text.removesuffix(self.suffix).strip()
        if not text:
            return None
        if not re.fullmatch(r"-?\d{1,9}(\.0+)?", text):
            raise ValueError(f"{quoted(value)}不是整数。")
        number = int(text.partition(".")[0])
        if not self.minimum <= number <= self.maximum:
            raise ValueError(f"应在 {self.minimum} 至 {self.maximum} 之间，现为 {number}。")
        return str(number)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class SchoolYearWidget(CellWidget):
    """学年, kept as its first calendar year: 2025-2026 is 2025."""

    help = "学年，如 2025-2026"
    PATTERN = re.compile(r"^(\d{4})\s*(?:[-—–~～至/])\s*(\d{4})\s*(?:学年度?)?$")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text = plain(value)
        if not text:
            return None
        found = self.PATTERN.match(text)
        if not found or int(found[2]) != int(found[1]) + 1 or not 1990 <= int(found[1]) <= 2100:
            raise ValueError(f"{quoted(value)}不是学年，请写成 2025-2026 的样子。")
        return found[1]

    def display(self, text: str | None) -> str:
        return "" if text is None else f"{text}-{int(text) + 1}"

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return f"{value}-{value + 1}" if value is not None else None


class ChoiceWidget(CellWidget):
    """One of a list; `options` are a model's TextChoices, whose labels stand in the sheet."""

    kind = "choice"

    def __init__(self, options: type[TextChoices]):
        super().__init__()
        self.by_label = {str(label): str(value) for value, label in options.choices}
        self.by_value = {value: label for label, value in self.by_label.items()}
        self.choices = tuple(self.by_label)
        self.help = "从下拉列表中选择"

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        if isinstance(value, str) and value in self.by_label:
            return self.by_label[value]
        text = re.sub(r"\s+", "", plain(value))
        if not text:
            return None
        if text not in self.by_label:
            raise ValueError(f"{quoted(value)}不在可选范围内，可选：{'、'.join(self.choices)}。")
        return self.by_label[text]

    def display(self, text: str | None) -> str:
        return "" if text is None else self.by_value.get(text, text)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return None if value in (None, "") else self.by_value[str(value)]


class YesNoWidget(CellWidget):
    """是 or 否; an empty cell is unknown, not 否."""

    kind = "choice"
    choices = ("是", "否")
    help = "是或否"
    TEXTS: ClassVar = {"是": "true", "否": "false"}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text = plain(value)
        if not text:
            return None
        if text not in self.TEXTS:
            raise ValueError(f"{quoted(value)}不在可选范围内，可选：是、否。")
        return self.TEXTS[text]

    def display(self, text: str | None) -> str:
        return {"true": "是", "false": "否"}.get(text or "", "")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return None if value is None else ("是" if value else "否")


class DivisionWidget(CellWidget):
    """A street's or community's name; the engine finds the division it names."""

    kind = "choice"
    help = "从下拉列表中选择"

    def __init__(self, level: DivisionLevel):
        super().__init__()
        self.level = level

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names as the table has them now: staff rename and add."""
        names = Division.objects.filter(level=self.level).values_list("name", flat=True)
        return tuple(dict.fromkeys(names))

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        return re.sub(r"\s+", "", plain(value)) or None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return str(value)
