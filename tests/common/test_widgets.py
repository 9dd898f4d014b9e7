"""How a cell of each kind is read: what is accepted, and the sentence for what is not."""

import datetime
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.models import CertificateStatus, Level
from tests.deliveries import id_number
from zalainuoer.common.models import DivisionLevel
from zalainuoer.common.sheets.widgets import (
    CellWidget,
    CertificateNumberWidget,
    ChoiceWidget,
    DateWidget,
    DivisionWidget,
    IdNumberWidget,
    IntegerWidget,
    MoneyWidget,
    MonthWidget,
    NameWidget,
    PhoneWidget,
    SchoolYearWidget,
    TextWidget,
    YesNoWidget,
)

ID = "150703195803120018"  # a golden vector
DATE, MONTH, MONEY, PHONE, TEXT = DateWidget(), MonthWidget(), MoneyWidget(), PhoneWidget(), TextWidget(10)
PEOPLE = IntegerWidget(minimum=1, maximum=99, suffix="人")
YEAR = IntegerWidget(minimum=1990, maximum=2100, suffix="年")
STATUS, LEVEL = ChoiceWidget(CertificateStatus), ChoiceWidget(Level)

ACCEPTED: list[tuple[CellWidget, Any, str]] = [
    (TEXT, "轮椅", "轮椅"),
    (TEXT, "  手 杖\n（单）\t", "手 杖 （单）"),
    (TEXT, "全\u3000角", "全 角"),
    (TEXT, "看不\u200b见", "看不 见"),
    (TEXT, 12.0, "12"),
    (TEXT, 3.5, "3.5"),
    (NameWidget(50), "王 桂 英", "王桂英"),
    (NameWidget(50), "巴图·孟和", "巴图·孟和"),
    (NameWidget(50), "Anna Maria", "Anna Maria"),
    (PHONE, "13812345678", "13812345678"),
    (PHONE, 13812345678.0, "13812345678"),
    (PHONE, "138 1234 5678", "13812345678"),
    (PHONE, "0470-6521234", "04706521234"),
    (PHONE, "（0470）6521234转8", "04706521234转8"),
    (PHONE, "13812345678/13912345678", "13812345678、13912345678"),
    (PHONE, "13812345678，13912345678；", "13812345678、13912345678"),
    (IdNumberWidget(), ID, ID),
    (IdNumberWidget(), "150703 19580312 0018", ID),
    (IdNumberWidget(), "11010519491231002x", "11010519491231002X"),
    (CertificateNumberWidget(), ID + "42", ID + "42"),
    (CertificateNumberWidget(), f"'{ID} 42", ID + "42"),
    (CertificateNumberWidget(), ID + "42b1", ID + "42B1"),
    (CertificateNumberWidget(), ID + "42B", ID + "42B1"),
    (CertificateNumberWidget(), ID + "71Ｂ12", ID + "71B12"),
    (DATE, "2025-12-31", "2025-12-31"),
    (DATE, "2025.5.1", "2025-05-01"),
    (DATE, "2025/5/1", "2025-05-01"),
    (DATE, "20250501", "2025-05-01"),
    (DATE, 20250501.0, "2025-05-01"),
    (DATE, "2025年5月1日", "2025-05-01"),
    (DATE, "２０２５年５月１日", "2025-05-01"),
    (DATE, "2025 年 5 月 1 日", "2025-05-01"),
    (DATE, "2025-05-01 00:00:00", "2025-05-01"),
    (DATE, "'2025-05-01", "2025-05-01"),
    (DATE, datetime.date(2025, 5, 1), "2025-05-01"),
    (
        DATE,
        datetime.datetime(2025, 5, 1, 8, 30),  # noqa: DTZ001 - a cell has no zone
        "2025-05-01",
    ),
    (DATE, 45778.0, "2025-05-01"),
    (DATE, "2024-02-29", "2024-02-29"),
    (MONTH, "2025-11", "2025-11-01"),
    (MONTH, "2025年11月", "2025-11-01"),
    (MONTH, "2025.9", "2025-09-01"),
    (MONTH, "202511", "2025-11-01"),
    (MONTH, 202511.0, "2025-11-01"),
    (MONTH, "2025-11-15", "2025-11-01"),
    (MONTH, datetime.date(2025, 11, 15), "2025-11-01"),
    (MONEY, "125", "125.00"),
    (MONEY, 125.0, "125.00"),
    (MONEY, 0.1 + 0.2, "0.30"),
    (MONEY, 0, "0.00"),
    (MONEY, "-0", "0.00"),
    (MONEY, "￥1,234.50元", "1234.50"),
    (MONEY, "１２５．５", "125.50"),
    (MONEY, "99999999.99", "99999999.99"),
    (PEOPLE, "3", "3"),
    (PEOPLE, 3.0, "3"),
    (PEOPLE, "３人", "3"),
    (PEOPLE, "03", "3"),
    (YEAR, "2025年", "2025"),
    (YEAR, "2025.0", "2025"),
    (SchoolYearWidget(), "2025-2026", "2025"),
    (SchoolYearWidget(), "2025—2026学年", "2025"),
    (SchoolYearWidget(), "2025～2026 学年度", "2025"),
    (SchoolYearWidget(), "2025至2026", "2025"),
    (STATUS, "正常", "normal"),
    (STATUS, " 注 销 ", "cancelled"),
    (LEVEL, "一级", "1"),
    (YesNoWidget(), "是", "true"),
    (YesNoWidget(), " 否 ", "false"),
    (DivisionWidget(DivisionLevel.COMMUNITY), " 第一 街道\n", "第一街道"),
]


@pytest.mark.parametrize(("widget", "cell", "stored"), ACCEPTED)
def test_a_cell_is_accepted(widget: CellWidget, cell: Any, stored: str) -> None:
    assert widget.clean(cell) == stored


REFUSED: list[tuple[CellWidget, Any, str]] = [
    (TEXT, "一二三四五六七八九十一", "内容过长：最多 10 个字，现有 11 个字。"),
    (TEXT, "#N/A", "这一格是 Excel 错误值 #N/A，请改为实际内容。"),
    (DATE, "#REF!", "这一格是 Excel 错误值 #REF!，请改为实际内容。"),
    (MONEY, "#DIV/0!", "这一格是 Excel 错误值 #DIV/0!，请改为实际内容。"),
    (PHONE, "打座机", "“打座机”不是电话号码。"),
    (PHONE, "1381", "“1381”不是电话号码。"),
    (
        PHONE,
        "1.38123E+10",
        "这一格是数字格式，电话号码的末几位已经丢失，无法还原。请把整列设为“文本”格式后重新录入。",
    ),
    (
        IdNumberWidget(),
        150703195803120000.0,
        "这一格是数字格式，身份证号的末几位已经丢失，无法还原。请把整列设为“文本”格式后重新录入。",
    ),
    (
        IdNumberWidget(),
        "1.50703E+17",
        "这一格是数字格式，身份证号的末几位已经丢失，无法还原。请把整列设为“文本”格式后重新录入。",
    ),
    (IdNumberWidget(), "360426199101010072", "身份证号最后一位校验码不对，请核对是否有数字录错。"),
    (IdNumberWidget(), "无", "身份证号应为 18 位，现为 1 位。"),
    (
        CertificateNumberWidget(),
        1.5070319580312e19,
        "这一格是数字格式，残疾人证号的末几位已经丢失，无法还原。请把整列设为“文本”格式后重新录入。",
    ),
    *(
        (
            CertificateNumberWidget(),
            number,
            "残疾人证号应为身份证号 18 位加类别（1–7）和等级（1–4），补发的再加 B1、B2……",
        )
        for number in (ID, ID + "4", ID + "81", ID + "01", ID + "45", ID + "42B0", ID + "42C1", ID + "42B123")
    ),
    (DATE, "2025年2月30日", "“2025年2月30日”：没有这一天。"),
    (DATE, "20250230", "“20250230”：没有这一天。"),
    (DATE, "2025-13-01", "“2025-13-01”：没有这一天。"),
    (DATE, "去年春天", "“去年春天”不是日期，请写成 2025-12-31 的样子。"),
    (DATE, "2025年5月", "“2025年5月”缺少日，请填写到日，如 2025-12-31。"),
    (DATE, 2025.5, "“2025.5”缺少日，请填写到日，如 2025-12-31。"),
    (DATE, "1899-12-31", "“1899-12-31”：年份应在 1900 至 2100 之间。"),
    (DATE, "2205-01-01", "“2205-01-01”：年份应在 1900 至 2100 之间。"),
    (DATE, 99999.0, "“99999.0”：年份应在 1900 至 2100 之间。"),
    (DATE, "45778", "“45778”不是日期，请写成 2025-12-31 的样子。"),
    (DATE, "长期", "“长期”不是日期，请写成 2025-12-31 的样子。"),
    (DATE, True, "“True”不是日期，请写成 2025-12-31 的样子。"),
    (MONTH, "2025年13月", "“2025年13月”：没有这个月。"),
    (MONTH, "上个月", "“上个月”不是月份，请写成 2025-12 的样子。"),
    (MONTH, "11", "“11”不是月份，请写成 2025-12 的样子。"),
    (MONTH, 2025.1, "“2025.1”分不清是 1 月还是 10 月，请写成 2025-10。"),
    (MONEY, "若干元", "“若干元”不是金额。"),
    (MONEY, "-125", "金额不能是负数。"),
    (MONEY, -0.5, "金额不能是负数。"),
    (MONEY, "1.234", "“1.234”：金额最多两位小数。"),
    (MONEY, "3万元", "“3万元”：请以元为单位填写。"),
    (MONEY, "100000000", "“100000000”不是合理的金额。"),
    (MONEY, "NaN", "“NaN”不是合理的金额。"),
    (MONEY, "Infinity", "“Infinity”不是合理的金额。"),
    (PEOPLE, "若干", "“若干”不是整数。"),
    (PEOPLE, 2.5, "“2.5”不是整数。"),
    (PEOPLE, 0, "应在 1 至 99 之间，现为 0。"),
    (PEOPLE, -1, "应在 1 至 99 之间，现为 -1。"),
    (YEAR, "25", "应在 1990 至 2100 之间，现为 25。"),
    (YEAR, 1e300, "不是整数。"),
    (SchoolYearWidget(), "2025", "“2025”不是学年，请写成 2025-2026 的样子。"),
    (SchoolYearWidget(), "2025-2027", "“2025-2027”不是学年，请写成 2025-2026 的样子。"),
    (SchoolYearWidget(), "2025-26", "“2025-26”不是学年，请写成 2025-2026 的样子。"),
    (STATUS, "不详代码9", "“不详代码9”不在可选范围内，可选：正常、挂失、冻结、注销、迁出。"),
    (LEVEL, "1", "“1”不在可选范围内，可选：一级、二级、三级、四级。"),
    (YesNoWidget(), "有", "“有”不在可选范围内，可选：是、否。"),
]


@pytest.mark.parametrize(("widget", "cell", "sentence"), REFUSED)
def test_a_cell_is_refused_with_a_sentence(widget: CellWidget, cell: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        widget.clean(cell)


EVERY_KIND = (
    TEXT,
    NameWidget(50),
    PHONE,
    IdNumberWidget(),
    CertificateNumberWidget(),
    DATE,
    MONTH,
    MONEY,
    PEOPLE,
    YEAR,
    SchoolYearWidget(),
    STATUS,
    YesNoWidget(),
    DivisionWidget(DivisionLevel.COMMUNITY),
)


@pytest.mark.parametrize("widget", EVERY_KIND)
@pytest.mark.parametrize("cell", [None, "", "   ", "\n", "\u3000", "'"])
def test_a_cell_without_content_is_empty(widget: CellWidget, cell: str | None) -> None:
    assert widget.clean(cell) is None


@pytest.mark.parametrize(
    ("widget", "cell"),
    [
        (DateWidget(open_ended=True), "长期"),
        (DateWidget(open_ended=True), "-"),
        (TextWidget(200, empty_words=("无", "-")), "无"),
        (TextWidget(200, empty_words=("无", "-")), " 无 "),
        (PHONE, "无"),
        (MONEY, "-"),
    ],
)
def test_a_word_for_nothing_is_empty(widget: CellWidget, cell: str) -> None:
    assert widget.clean(cell) is None


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.text(max_size=40),
    st.from_regex(r"[0-9.年月日/万元xX-]{1,20}", fullmatch=True),
)


@given(CELLS)
def test_whatever_stands_in_a_cell_is_cleaned_or_refused_in_chinese(cell: Any) -> None:
    for widget in EVERY_KIND:
        text, sentence = "", None
        try:
            text = widget.clean(cell)
        except ValueError as refused:
            sentence = str(refused)
        if sentence is not None:
            assert any("\u4e00" <= character <= "\u9fff" for character in sentence), (widget, sentence)
            continue
        assert text is None or text, widget
        if not isinstance(widget, DivisionWidget):  # whose text is looked up, never stored
            assert text is None or text.isprintable(), widget


@given(CELLS)
def test_a_cleaned_value_is_cleaned_to_itself(cell: Any) -> None:
    """What is stored, exported and delivered again must be the same."""
    for widget in (TEXT, NameWidget(50), PHONE, IdNumberWidget(), CertificateNumberWidget(), DATE, MONEY, YEAR):
        try:
            text = widget.clean(cell)
        except ValueError:
            continue
        assert text is None or widget.clean(text) == text, widget


def test_a_person_reads_what_an_office_would_write() -> None:
    assert MONTH.display("2025-11-01") == "2025-11"
    assert SchoolYearWidget().display("2025") == "2025-2026"
    assert STATUS.display("cancelled") == "注销"
    assert YesNoWidget().display("false") == "否"
    assert TEXT.display(None) == ""


def test_the_invented_numbers_of_these_tests_are_right() -> None:
    assert IdNumberWidget().clean(id_number(7, born="1999-12-31")) == id_number(7, born="1999-12-31")
