"""The sheet of public places: what it takes, what it refuses and where, and that undoing brings back what was."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accessibility.models import Facility
from tests.accessibility.test_places import barrier, staff
from tests.deliveries import changes, counts, place, receive, refused, undo, upload, user, workbook
from tests.records import community
from zalainuoer.common.models import Role
from zalainuoer.common.sheets.base import sheet_of
from zalainuoer.common.sheets.export import export_workbook

pytestmark = pytest.mark.django_db


def said(*rows: dict[str, object]) -> dict[str, str]:
    """What the one refused row is refused for, by heading."""
    (problems,) = refused(receive("facilities", list(rows))).values()
    return dict(problems)


def test_places_come_are_corrected_and_go_again() -> None:
    first = upload(
        "facilities", [place(), place(名称="某厕所", 类别="公共厕所", 停车泊位总数=None, 无障碍停车位数=None)]
    )
    assert counts(first) == {"new": 2}
    row = Facility.objects.get(name="第一停车场")
    assert (row.kind, row.community.name, row.bays, row.accessible_bays, row.note) == ("parking", "友谊社区", 51, 1, "")
    second = upload(
        "facilities",
        [place(无障碍停车位数=2), place(名称="某厕所", 类别="公共厕所", 停车泊位总数=None, 无障碍停车位数=None)],
    )
    assert counts(second) == {"changed": 1, "same": 1}
    assert [(each.heading, each.old, each.new) for each in changes(second)[2]] == [("无障碍停车位数", "1", "2")]
    undo(second)
    row.refresh_from_db()
    assert row.accessible_bays == 1
    undo(first)
    assert not Facility.objects.exists()


def test_a_name_is_another_place_in_another_community() -> None:
    other = place(所属街道="第二街道", 所属社区=community("第二街道").name)
    assert counts(upload("facilities", [place(), other])) == {"new": 2}


def test_columns_that_are_left_out_keep_what_is_stored() -> None:
    upload("facilities", [place(备注="待改造")])
    less = workbook([place(管理单位="新单位"), place(名称="某广场")], without=("地址", "主管部门", "备注"))
    assert counts(upload("facilities", less)) == {"changed": 1, "new": 1}
    row, new = Facility.objects.get(name="第一停车场"), Facility.objects.get(name="某广场")
    assert (row.keeper, row.address, row.note) == ("新单位", "某路1号", "待改造")
    assert (new.address, new.supervisor, new.note) == ("", "", "")


@pytest.mark.parametrize(
    ("change", "heading", "sentence"),
    [
        ({"类别": "城堡"}, "类别", "可选"),
        ({"所属社区": "月亮社区"}, "所属社区", "没有“月亮社区”"),
        ({"所属街道": "第二街道"}, "所属社区", "不属于“第二街道”"),
        ({"管理单位": None}, "管理单位", "必填"),
        ({"无障碍停车位数": 52}, "无障碍停车位数", "多于停车泊位总数 51 个"),
        ({"停车泊位总数": None}, "停车泊位总数", "也要填写停车泊位总数"),
        ({"停车泊位总数": "很多"}, "停车泊位总数", "不是整数"),
        ({"停用日期": "2099-01-01"}, "停用日期", "不能晚于报送日期"),
    ],
)
def test_what_a_place_is_refused_for_stands_at_its_cell(change: dict[str, Any], heading: str, sentence: str) -> None:
    assert sentence in said(place(**change))[heading]


@pytest.mark.parametrize("without", ["停车泊位总数", "无障碍停车位数"])
def test_bays_and_accessible_bays_come_together(without: str) -> None:
    upload("facilities", [place()])
    batch = receive("facilities", workbook([place()], without=(without,)))
    assert f"没有“{without}”一列" in refused(batch)[2][0][1]


def test_a_place_twice_in_a_sheet_is_refused_where_it_differs() -> None:
    assert "第 2 行是同一条记录" in said(place(), place(管理单位="别家"))["管理单位"]


def test_a_place_that_has_been_inspected_stays_when_its_sheet_is_undone() -> None:
    batch = upload("facilities", [place(), place(名称="某广场")])
    barrier(Facility.objects.get(name="第一停车场"), staff())
    undo(batch)
    assert [row.name for row in Facility.objects.all()] == ["第一停车场"]


def test_whoever_delivers_for_one_street_does_not_touch_another() -> None:
    by = user(Role.STREET_STAFF, department="住房和城乡建设局", street="第二街道")
    assert "不在您的辖区内" in refused(receive("facilities", [place()], by=by))[2][0][1]


def test_what_goes_out_can_be_delivered_again_and_says_the_same() -> None:
    upload("facilities", [place(), place(名称="某广场", 停用日期="2024-05-01")])
    by, sheet = user(Role.FEDERATION_STAFF, department="区残联"), sheet_of("facilities")
    assert counts(upload("facilities", export_workbook(sheet, by, now=timezone.now()))) == {"same": 2}
