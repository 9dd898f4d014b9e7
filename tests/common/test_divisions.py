"""Streets and communities are data: staff keeps them, another district loads its own."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests.deliveries import holder, upload, user
from zalainuoer.common import divisions
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Division, DivisionLevel, Role, User
from zalainuoer.common.sheets.base import sheet_of
from zalainuoer.common.sheets.template import write_template

pytestmark = pytest.mark.django_db
HEADINGS = "code,name,level,parent_code\n"
ELSEWHERE = HEADINGS + (
    "110000,某省,region,\n110100,某市,city,110000\n110101,某区,district,110100\n"
    "110101001,东街道,street,110101\n110101001001,甲社区,community,110101001\n"
)


@pytest.fixture
def staff() -> User:
    return user(Role.FEDERATION_STAFF, department="区残联")


def street(name: str = "第一街道") -> Division:
    return Division.objects.streets().get(name=name)


def community(name: str = "友谊社区") -> Division:
    return Division.objects.communities().get(name=name)


def client(of: User) -> Client:
    found = Client()
    found.force_login(of, backend="zalainuoer.roles.RoleBackend")
    return found


def broken(act: Any, **how: Any) -> str:
    with pytest.raises(RuleBroken) as caught:
        act(**how)
    return caught.value.message


# --- services --------------------------------------------------------------------------------------------------------


def test_a_community_is_added_below_its_street(staff: User) -> None:
    added = divisions.division_add(parent=street(), name=" 新 社区 ", code="150703002009", by=staff)
    assert (added.name, added.level, added.parent) == ("新社区", DivisionLevel.COMMUNITY, street())
    event = added.events.select_related("pgh_context").get()
    assert event.pgh_context.metadata["user"] == staff.username


def test_a_street_is_added_below_the_district(staff: User) -> None:
    district = Division.objects.get(level=DivisionLevel.DISTRICT)
    assert divisions.division_add(parent=district, name="新镇", code="150703101", by=staff).level == "street"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("15070300200", "应为 12 位数字"),
        ("15070300200x", "应为 12 位数字"),
        ("１５０７０３００２００９", "应为 12 位数字"),
        ("150703003009", "应以上级代码的 150703002 开头"),
        ("150703002001", "已经是“新开街社区”的代码"),
    ],
)
def test_a_code_must_be_its_parents_and_free(staff: User, code: str, sentence: str) -> None:
    assert sentence in broken(divisions.division_add, parent=street(), name="新社区", code=code, by=staff)


def test_two_communities_of_a_street_have_two_names(staff: User) -> None:
    assert "已有“友谊社区”" in broken(
        divisions.division_add, parent=street(), name="友谊社区", code="150703002009", by=staff
    )
    assert "请填写区划名称" in broken(divisions.division_add, parent=street(), name=" ", code="150703002009", by=staff)


def test_nothing_is_added_below_a_community_or_a_city(staff: User) -> None:
    for parent in (community(), Division.objects.get(level=DivisionLevel.CITY)):
        assert "不能直接增加" in broken(divisions.division_add, parent=parent, name="一", code="1", by=staff)


def test_a_streets_new_code_renumbers_its_communities(staff: User) -> None:
    divisions.division_change(division=street(), name="第一街道", code="150703009", by=staff)
    codes = Division.objects.filter(parent=street()).values_list("code", flat=True)
    assert list(codes) == ["150703009001", "150703009002", "150703009003"]


def test_a_renumbering_that_meets_anothers_code_changes_nothing(staff: User) -> None:
    divisions.division_delete(division=community("联营社区"), by=staff)
    other = Division.objects.create(code="150703009001", name="外社区", level="community", parent=street("第二街道"))
    assert other.name in broken(
        divisions.division_change, division=street(), name="第一街道", code="150703009", by=staff
    )
    assert street().code == "150703002"


def test_a_community_moves_with_everybody_who_lives_there(staff: User) -> None:
    upload("registry", [holder(1)])
    divisions.division_move(division=community(), parent=street("第二街道"), code="150703003009", by=staff)
    there = client(user(Role.STREET_STAFF, department="区残联", street="第二街道"))
    assert there.get(reverse("api_person-list")).json()["count"] == 1
    here = client(user(Role.STREET_STAFF, department="区残联", street="第一街道"))
    assert here.get(reverse("api_person-list")).json()["count"] == 0


def test_only_a_community_moves_and_only_to_a_street(staff: User) -> None:
    for division, parent in ((street(), street("第二街道")), (community(), community("东风社区"))):
        assert "只能把社区" in broken(
            divisions.division_move, division=division, parent=parent, code="150703003009", by=staff
        )


def test_what_is_used_is_not_deleted_and_the_sentence_says_by_what(staff: User) -> None:
    upload("registry", [holder(1)])
    User.objects.create(username="w", name="专委", role=Role.COMMUNITY_WORKER, division=community())
    sentence = broken(divisions.division_delete, division=community(), by=staff)
    assert all(words in sentence for words in ("人员 1 条", "残疾人证 1 条", "账号 1 条"))
    assert "下级区划 3 条" in broken(divisions.division_delete, division=street(), by=staff)


def test_what_nothing_uses_is_deleted_and_remembered(staff: User) -> None:
    pk = community("联营社区").pk
    divisions.division_delete(division=community("联营社区"), by=staff)
    assert not Division.objects.filter(pk=pk).exists()
    assert Division.events.rel.related_model.objects.filter(pgh_obj_id=pk, pgh_label="delete").exists()


def test_the_district_and_what_is_above_are_left_alone(staff: User) -> None:
    district = Division.objects.get(level=DivisionLevel.DISTRICT)
    assert "只能维护街道" in broken(divisions.division_change, division=district, name="新区", code="150704", by=staff)
    assert "只能维护街道" in broken(divisions.division_delete, division=district, by=staff)


# --- sheets ----------------------------------------------------------------------------------------------------------


def test_a_renamed_community_appears_in_the_templates_and_is_read_back(staff: User) -> None:
    divisions.division_change(division=community(), name="和谐社区", code=community().code, by=staff)
    content = io.BytesIO()
    write_template(sheet_of("registry"), content)
    pages = load_workbook(content).worksheets
    texts = "".join(str(cell.value) for page in pages for row in page.iter_rows() for cell in row)
    assert "和谐社区" in texts
    assert "友谊社区" not in texts
    assert upload("registry", [holder(1, 所属社区="和谐社区")]).new == 1
    assert upload("registry", [holder(2)]).refused == 1


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_pages_add_change_move_and_delete(staff: User) -> None:
    own = client(staff)
    assert "联营社区" in own.get("/divisions/").content.decode()
    own.post(f"/divisions/{street().pk}/add/", {"name": "新社区", "code": "150703002009"})
    new = community("新社区")
    own.post(f"/divisions/{new.pk}/", {"name": "再新社区", "code": "150703002008"})
    own.post(f"/divisions/{new.pk}/move/", {"parent": street("第二街道").pk, "code": "150703003009"})
    new.refresh_from_db()
    assert (new.name, new.code, new.parent) == ("再新社区", "150703003009", street("第二街道"))
    assert "删除后" in own.get(f"/divisions/{new.pk}/delete/").content.decode()
    own.post(f"/divisions/{new.pk}/delete/")
    assert not Division.objects.filter(pk=new.pk).exists()


def test_a_form_says_what_is_wrong(staff: User) -> None:
    own = client(staff)
    answer = own.post(f"/divisions/{street().pk}/add/", {"name": "新社区", "code": "1"})
    assert "应为 12 位数字" in answer.content.decode()
    moved = own.post(f"/divisions/{community().pk}/move/", {"parent": street("第二街道").pk, "code": "1"})
    assert "应为 12 位数字" in moved.content.decode()
    upload("registry", [holder(1)])
    assert "人员：1 条" in own.get(f"/divisions/{community().pk}/delete/").content.decode()
    refused = own.post(f"/divisions/{community().pk}/delete/", follow=True)
    assert "不能删除" in refused.content.decode()


def test_the_tree_is_for_the_administrator_and_the_federation(staff: User) -> None:
    assert client(user(Role.SYSTEM_ADMINISTRATOR)).get("/divisions/").status_code == 200
    for role in (Role.STREET_STAFF, Role.COMMUNITY_WORKER):
        other = user(role, street="友谊社区")
        assert client(other).get("/divisions/").status_code == 403


def test_somebody_bound_to_an_area_keeps_that_area_alone() -> None:
    bound = client(user(Role.FEDERATION_STAFF, department="区残联", street="第二街道"))
    assert "友谊社区" not in bound.get("/divisions/").content.decode()
    assert bound.get(f"/divisions/{community().pk}/").status_code == 404
    assert bound.post(f"/divisions/{street().pk}/delete/").status_code == 404
    assert bound.get(f"/divisions/{community('东风社区').pk}/add/").status_code == 404


def test_the_number_of_statements_does_not_grow_with_the_divisions(staff: User) -> None:
    own = client(staff)
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as captured:
            own.get("/divisions/")
        counts.append(len(captured))
        for k in range(5):
            divisions.division_add(
                parent=street(), name=f"新{number}{k}社区", code=f"1507030020{number + 1}{k}", by=staff
            )
    assert counts[0] == counts[1]


# --- another district's list -----------------------------------------------------------------------------------------


def load(path: Path, text: str | bytes, *options: str) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    out = io.StringIO()
    call_command("load_divisions", str(path), *options, stdout=out)
    return out.getvalue()


def test_another_district_replaces_the_list_of_an_empty_register(tmp_path: Path) -> None:
    assert "新增区划 5 个" in load(tmp_path / "a.csv", ELSEWHERE, "--replace")
    assert list(Division.objects.values_list("name", flat=True)) == ["某省", "某市", "某区", "东街道", "甲社区"]


def test_a_list_saved_by_excel_is_read(tmp_path: Path) -> None:
    load(tmp_path / "a.csv", ELSEWHERE.encode("gb18030"), "--replace")
    assert Division.objects.filter(name="甲社区").exists()


def test_a_register_in_use_is_not_replaced(tmp_path: Path) -> None:
    upload("registry", [holder(1)])
    with pytest.raises(CommandError, match=r"人员 1 条.*不能整体替换"):
        load(tmp_path / "a.csv", ELSEWHERE, "--replace")
    assert Division.objects.filter(name="友谊社区").exists()


def test_what_is_there_already_stays_as_staff_has_edited_it(tmp_path: Path) -> None:
    text = HEADINGS + "150703002002,旧名社区,community,150703002\n150703002010,添加社区,community,150703002\n"
    said = load(tmp_path / "a.csv", text)
    assert "新增区划 1 个，已有 1 个" in said
    assert "清单为“旧名社区”，系统中为“友谊社区”" in said
    assert community("添加社区").parent == street()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("code,name\n1,2\n", "清单缺少列：level、parent_code"),
        (HEADINGS, "清单里没有区划"),
        (HEADINGS + "150703002011,甲,village,150703002\n", "第 2 行：级别“village”不对"),
        (HEADINGS + "150703002011,,community,150703002\n", "第 2 行：没有名称"),
        (HEADINGS + "150703002011,甲,community,150703777\n", "应以上级代码的 150703777 开头"),
        (HEADINGS + "150703777011,甲,community,150703777\n", "上级代码 150703777 既不在清单里"),
        (HEADINGS + "150703002011,甲,community,150703\n", "上级“扎赉诺尔区”的级别不对"),
        (HEADINGS + "150703002011,甲,community,150703002\n" * 2, "第 3 行：代码 150703002011 重复"),
        (HEADINGS + "150703002011,友谊社区,community,150703002\n", "第 2 行：同一上级下已有“友谊社区”"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_loaded(tmp_path: Path, text: str, sentence: str) -> None:
    before = Division.objects.count()
    with pytest.raises(CommandError, match=sentence):
        load(tmp_path / "a.csv", text)
    assert Division.objects.count() == before


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="读不到文件"):
        call_command("load_divisions", str(tmp_path / "none.csv"))
