"""The pages and the API of the children's rehabilitation: who sees what, statements constant, what is handed out."""

from __future__ import annotations

import io
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from registry.models import Person
from rehab.models import ChildCase, ChildSettlement, Institution
from rehab.views.child_figures import SETS, people_of
from tests import rehabilitation as way
from tests.deliveries import id_number, user
from tests.records import community, day, holder, service
from zalainuoer.common.identity import masked
from zalainuoer.common.models import AccessLog, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def client(account: User) -> Client:
    found = Client()
    found.force_login(account, backend="zalainuoer.roles.RoleBackend")
    return found


def federation() -> Client:
    return client(way.settler())


def street(name: str = "第一街道") -> Client:
    return client(user(Role.STREET_STAFF, street=name))


def text(answer: Any) -> str:
    return str(answer.content.decode())


# the list


def test_whoever_is_stuck_is_listed_with_days_limit_and_whose_turn_it_is() -> None:
    way.screened(way.child())
    page = text(street().get(reverse("child_case_list")))
    assert "待复筛" in page
    assert "292 天" in page
    assert "超 262 天" in page
    assert "卫生健康部门" in page
    assert id_number(1, born="2022-03-01") not in page


def test_another_streets_children_are_not_listed_and_their_pages_not_found() -> None:
    case = way.screened(way.child())
    other = street("第二街道")
    assert "没有停在筛查到康复之间的儿童" in text(other.get(reverse("child_case_list")))
    for address in (
        reverse("child_case", args=[case.pk]),
        reverse("child_case_act", args=[case.pk, "rescreening"]),
        reverse("child_case_withdraw", args=[case.pk]),
        reverse("child_screening_add", args=[case.person_id]),
        f"/api/v1/rehab/child-cases/{case.pk}/",
    ):
        assert other.get(address).status_code == 404


def test_a_community_worker_looks_and_does_not_act_and_leadership_sees_no_child() -> None:
    case = way.screened(way.child())
    worker = client(User.objects.create(username="zw", name="专委", role=Role.COMMUNITY_WORKER, division=community()))
    assert worker.get(reverse("child_case", args=[case.pk])).status_code == 200
    assert worker.get(reverse("child_case_act", args=[case.pk, "rescreening"])).status_code == 403
    assert client(user(Role.LEADERSHIP)).get(reverse("child_case_list")).status_code == 403


def test_a_street_does_not_decide_nor_settle_nor_change_institutions() -> None:
    case, mine = way.applied(way.child()), street()
    at = way.institution()
    assert mine.get(reverse("child_case_act", args=[case.pk, "decision"])).status_code == 403
    for name in ("settlement_list", "settlement_add", "institution_add"):
        assert mine.get(reverse(name)).status_code == 403
    assert mine.get(reverse("institution", args=[at.pk])).status_code == 200


def test_an_act_that_is_not_open_leads_back() -> None:
    case = way.screened(way.child())
    answer = street().get(reverse("child_case_act", args=[case.pk, "informing"]))
    assert answer.headers["Location"] == reverse("child_case", args=[case.pk])
    assert federation().get(reverse("child_case_act", args=[case.pk, "nothing"])).status_code == 404


def test_statements_of_every_page_do_not_grow_with_children() -> None:
    at, mine = way.institution(), federation()
    way.training(way.child(1), at)
    way.screened(way.child(2))
    found = way.sheet(at)
    pages = [
        reverse("child_case_list"),
        f"{reverse('child_case_list')}?stage=all",
        reverse("child_figures"),
        reverse("child_figure_people", args=["missing"]),
        reverse("settlement_list"),
        reverse("institution_list"),
        "/api/v1/rehab/child-cases/",
    ]
    sheets = [found]
    for address in pages:
        mine.get(address)
    before = {address: statements(mine, address) for address in pages}
    one = statements(mine, reverse("settlement", args=[found.pk]))
    for n in (3, 4, 5):
        way.training(way.child(n, street="第二街道"), at)
    for n in (6, 7):
        way.screened(way.child(n))
    sheets.append(way.sheet(at, "2026-05-01"))
    assert {address: statements(mine, address) for address in pages} == before
    assert statements(mine, reverse("settlement", args=[sheets[1].pk])) == one


def statements(mine: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert mine.get(address).status_code == 200
    return len(captured)


def test_an_export_asks_why_and_is_noted() -> None:
    way.screened(way.child())
    mine = street()
    assert "请填写" in text(mine.post(reverse("child_case_export"), {"reason": ""}))
    answer = mine.post(reverse("child_case_export"), {"reason": "核对"})
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[1][2] == id_number(1, born="2022-03-01")
    noted = AccessLog.objects.latest("pk")
    assert (noted.act, noted.people, noted.reason) == ("export", 1, "核对")


# one case


def test_a_case_is_walked_by_its_forms() -> None:
    somebody, at = way.child(), way.institution()
    staff, mine = client(way.approver()), street()
    answer = mine.post(
        reverse("child_screening_add", args=[somebody.pk]),
        {"screened_on": "2026-02-01", "place": "社区卫生服务中心", "done_by": "李医生", "result": "positive"},
    )
    case = ChildCase.objects.get()
    assert answer.headers["Location"] == reverse("child_case", args=[case.pk])
    for by, act, facts in (
        (mine, "rescreening", {"on": "2026-02-10", "place": "妇幼", "done_by": "王", "result": "positive"}),
        (
            mine,
            "diagnosis",
            {"on": "2026-02-20", "place": "区医院", "done_by": "赵", "result": "confirmed", "category": "autism"},
        ),
        (mine, "informing", {"on": "2026-02-25", "done_by": "社区"}),
        (mine, "application", {"on": "2026-03-01", "guardian_name": "王", "guardian_phone": "13900002222"}),
        (staff, "decision", {"on": "2026-03-05", "is_approved": "yes"}),
        (mine, "placement", {"on": "2026-03-10", "institution": at.pk}),
    ):
        address = reverse("child_case_act", args=[case.pk, act])
        form = by.get(address).context["form"]
        answer = by.post(address, {**facts, "seen": form["seen"].value()})
        assert answer.status_code == 302, text(answer)
    case.refresh_from_db()
    assert case.stage == "training"
    page = text(mine.get(reverse("person", args=[somebody.pk])))
    assert "儿童康复：初筛" in page
    assert "在训" in page


def test_the_forms_say_what_is_missing() -> None:
    case = way.screened(way.child())
    way.step(case, "rescreen", "2026-02-10", result="positive", place="妇幼", done_by="")
    address = reverse("child_case_act", args=[case.pk, "diagnosis"])
    facts = {"on": "2026-02-20", "place": "区医院", "done_by": "赵", "result": "confirmed", "seen": 0}
    mine = street()
    assert "确诊的必须选择救助类别" in text(mine.post(address, facts))
    assert "又有变化" in text(mine.post(address, {**facts, "category": "autism"}))


def test_only_institutions_with_room_and_designation_are_offered() -> None:
    case = way.approved(way.child())
    way.institution("听力中心", categories=("hearing",))
    way.institution("孤独症中心")
    page = text(street().get(reverse("child_case_act", args=[case.pk, "placement"])))
    assert "孤独症中心" in page
    assert "听力中心" not in page


def test_the_person_page_offers_a_screening_to_children_alone() -> None:
    mine = street()
    assert "登记初筛" in text(mine.get(reverse("person", args=[way.child().pk])))
    assert "登记初筛" not in text(mine.get(reverse("person", args=[holder(5).pk])))


def test_a_child_is_registered_or_found() -> None:
    mine = street()
    facts = {
        "id_number": id_number(8, born="2022-03-01"),
        "name": "白小",
        "community": community().pk,
        "guardian_name": "白大",
        "guardian_phone": "13900003333",
        "reason": "监护人到窗口登记",
    }
    first = mine.post(reverse("child_add"), facts)
    again = mine.post(reverse("child_add"), facts)
    assert first.headers["Location"] == again.headers["Location"] == reverse("person", args=[Person.objects.get().pk])


# institutions


def test_an_institution_is_registered_designated_and_checked_by_its_forms() -> None:
    mine = client(way.approver())
    mine.post(
        reverse("institution_add"),
        {
            "name": "某中心",
            "kinds": ["centre", "school"],
            "contact_name": "赵主任",
            "contact_phone": "13800001111",
            "capacity": "20",
            "bank": "某行",
            "account_number": "6200 0012 3456 7890 128",
            "account_holder": "某中心",
            "reason": "申报",
        },
    )
    at = Institution.objects.get()
    mine.post(
        reverse("designation_add", args=[at.pk]),
        {"categories": ["autism", "limb"], "starts_on": "2026-01-01", "document": "某文"},
    )
    mine.post(
        reverse("institution_check_add", args=[at.pk]),
        {"checked_on": "2026-06-01", "result": "failed", "note": "消防"},
    )
    page = text(mine.get(reverse("institution", args=[at.pk])))
    assert "不合格，已暂停" in page
    assert "****0128" in page
    assert way.ACCOUNT not in page
    assert "13800001111" not in page
    assert at.designations.count() == 2


# settlements


def test_a_sheet_is_prepared_settled_printed_and_paid() -> None:
    at, somebody, mine = way.institution(), way.child(), federation()
    way.training(somebody, at)
    mine.post(reverse("settlement_add"), {"institution": at.pk, "month": "2026-04"})
    found = ChildSettlement.objects.get()
    address = reverse("settlement", args=[found.pk])
    assert "先逐人填写出勤" in text(mine.get(address))
    line = found.months.get()
    mine.post(
        reverse("settlement_month", args=[line.pk]),
        {"attended_days": "20", "first_on": "2026-04-01", "last_on": "2026-04-28", "requested_yuan": "1500.50"},
    )
    page = mine.get(address)
    assert str(page.context["form"][f"amount_{line.pk}"].value()) == "1500.50"
    facts = {f"amount_{line.pk}": "1000", f"reason_{line.pk}": "", "seen": page.context["form"]["seen"].value()}
    assert "请写明理由" in text(mine.post(address, facts))
    assert mine.post(address, {**facts, f"reason_{line.pk}": "票据不全"}).status_code == 302
    assert "核定" in text(mine.get(address))
    printed = text(mine.post(reverse("settlement_print", args=[found.pk]), {"reason": "报财政"}))
    for shown in (somebody.name, way.ACCOUNT, "1000.00", "14000.00", "票据不全", "自治区专项资金"):
        assert shown in printed
    assert AccessLog.objects.filter(act="print", people=1, reason="报财政").exists()
    book = mine.post(reverse("settlement_export", args=[found.pk]), {"reason": "报财政"})
    rows = list(load_workbook(io.BytesIO(b"".join(book.streaming_content))).worksheets[0].iter_rows(values_only=True))  # type: ignore[attr-defined]
    assert rows[1][8] == 1000
    mine.post(reverse("settlement_pay", args=[found.pk]), {"paid_on": "2026-11-20", "document": "支付令7号"})
    found.refresh_from_db()
    assert found.state == "paid"


def test_what_refuses_a_month_is_said_while_the_sheet_is_prepared() -> None:
    at = way.institution()
    way.training(way.child(), at)
    found = way.sheet(at)
    way.attended(found.months.get())
    assert "由您审核批准" in text(client(way.approver()).get(reverse("settlement", args=[found.pk])))
    assert "可以结算" in text(federation().get(reverse("settlement", args=[found.pk])))


def test_a_draft_is_thrown_away_and_a_settled_sheet_is_not() -> None:
    at, somebody, mine = way.institution(), way.child(), federation()
    way.training(somebody, at)
    mine.post(reverse("settlement_drop", args=[way.sheet(at).pk]))
    assert not ChildSettlement.objects.exists()
    found = way.settle(way.month(somebody, at), "1500")
    mine.post(reverse("settlement_drop", args=[found.pk]))
    assert ChildSettlement.objects.exists()


def test_whoever_sees_a_street_alone_settles_no_other_streets_child() -> None:
    at = way.institution()
    one, two = way.child(1), way.child(2, street="第二街道")
    way.training(one, at)
    way.training(two, at)
    found = way.sheet(at)
    for line in found.months.all():
        way.attended(line)
    bounded = client(user(Role.FEDERATION_STAFF, street="第一街道"))
    address = reverse("settlement", args=[found.pk])
    page = bounded.get(address)
    assert [line["row"].person for line in page.context["lines"]] == [one]
    key = page.context["lines"][0]["row"].pk
    answer = bounded.post(
        address, {f"amount_{key}": "1500", f"reason_{key}": "", "seen": page.context["form"]["seen"].value()}
    )
    assert "辖区以外的儿童" in text(answer)


# figures


def figures(which: str) -> set[int]:
    return set(people_of(which, Person.objects.all(), year=2026, on=way.TODAY).values_list("pk", flat=True))


def test_the_figures_are_sets_that_lie_in_one_another() -> None:
    at = way.institution()
    negative, stuck, waits, trains, served = (way.child(n) for n in range(1, 6))
    way.screened(negative, result="negative")
    way.screened(stuck)
    way.diagnosed(waits)
    way.training(trains, at)
    way.settle(way.month(trains, at), "1500")
    way.diagnosed(served)
    service(served, "2026-05-06")
    served.rehabservices.update(kind="training")
    assert figures("screened") == {each.pk for each in (negative, stuck, waits, trains, served)}
    assert figures("positive") == {each.pk for each in (stuck, waits, trains, served)}
    assert figures("diagnosed") == figures("need") == {waits.pk, trains.pk, served.pk}
    assert figures("placed") == {trains.pk}
    assert figures("trained") == {trains.pk, served.pk}
    assert figures("missing") == {waits.pk}
    page = text(federation().get(reverse("child_figures")))
    assert "66.67%" in page
    assert at.name in page


def test_the_figures_of_a_street_are_its_own_and_add_up() -> None:
    way.diagnosed(way.child(1))
    way.diagnosed(way.child(2, street="第二街道"))
    whole = federation().get(reverse("child_figures")).context
    assert [line.counts["need"] for line in whole["streets"]] == [1, 1]
    assert whole["total"].counts["missing"] == 2
    assert street().get(reverse("child_figures")).context["total"].counts["need"] == 1


def test_every_figure_opens_and_the_missing_say_whose_turn_it_is() -> None:
    way.diagnosed(way.child())
    mine = street()
    for which in SETS:
        assert mine.get(reverse("child_figure_people", args=[which])).status_code == 200
    page = text(mine.get(reverse("child_figure_people", args=["missing"])))
    assert "待告知监护人" in page
    assert "街道（社区）" in page
    assert mine.get(reverse("child_figure_people", args=["nothing"])).status_code == 404
    assert mine.get(reverse("child_figures") + "?year=1999").status_code == 404


def test_a_past_year_without_children_is_empty() -> None:
    way.diagnosed(way.child())
    assert federation().get(reverse("child_figures") + "?year=2025").context["total"].counts["need"] == 0


# the API


def test_the_api_tells_masked_what_the_page_tells() -> None:
    case = way.training(way.child(), way.institution())
    mine = street()
    found = mine.get("/api/v1/rehab/child-cases/").json()["results"][0]
    assert (found["stage"], found["turn"], found["name"]) == ("training", "区残联", "某＊")
    one = mine.get(f"/api/v1/rehab/child-cases/{case.pk}/").json()
    assert [step["kind"] for step in one["steps"]][:2] == ["screening", "rescreening"]
    assert one["applications"][0]["cap_yuan"] == "15000.00"
    number = id_number(1, born="2022-03-01")
    assert number not in str(one)
    assert masked(number) not in str(one)
    assert mine.post("/api/v1/rehab/child-cases/", {}).status_code == 405
    assert AccessLog.objects.filter(what="儿童康复个案（接口）", person=case.person_id).exists()
    assert day("2026-03-10").isoformat() in str(one)
