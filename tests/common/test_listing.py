"""Lists as workbooks: what is text stays text, and the last row says who took how many rows out."""

from __future__ import annotations

import datetime
import io

import pytest
from openpyxl import Workbook, load_workbook

from tests.deliveries import user
from zalainuoer.common.models import Role
from zalainuoer.common.sheets.listing import add_page, columns_of, page_name, write_list

pytestmark = pytest.mark.django_db
AT = datetime.datetime(2025, 10, 20, 2, 0, tzinfo=datetime.UTC)
COLUMNS = columns_of({"序号": 8, "姓名": 12, "号码": 22}, numbers={"序号"})


def test_a_text_stays_text_whatever_it_looks_like_and_a_number_a_number() -> None:
    file = io.BytesIO()
    rows = [[1, "=1+1", "001"], [2, None, ""]]
    assert write_list(file, title="名单", columns=COLUMNS, rows=rows, by=user(Role.FEDERATION_STAFF), at=AT) == 2
    page = load_workbook(file)["名单"]
    number, name, code = page[2]
    assert (number.value, number.number_format) == (1, "General")
    assert (name.value, name.data_type, code.value, code.number_format) == ("=1+1", "s", "001", "@")
    assert [cell.value for cell in page[3]] == [2, None, None]
    assert (page.freeze_panes, page.column_dimensions["C"].width) == ("A2", 22)


def test_a_total_is_bold_and_not_counted_among_the_rows() -> None:
    book, file = Workbook(write_only=True), io.BytesIO()
    by = user(Role.FEDERATION_STAFF)
    assert add_page(book, "一", COLUMNS, [[1, "某人", "7"]], total=["", "合计", "7"], by=by, at=AT, holds="汇总数") == 1
    book.save(file)
    page = load_workbook(file)["一"]
    assert page["B3"].font.bold
    assert not page["B2"].font.bold
    assert page["A5"].value == f"导出人：{by.name}（{by.username}）　导出时间：2025-10-20 10:00　共 1 条　汇总数"


def test_a_page_may_bear_any_place_name() -> None:
    assert page_name("第一/二街道[东]" + "长" * 40) == "第一　二街道　东　" + "长" * 22
