"""One search box, filters that hold together, lists that keep to their area and their trail."""

import datetime
import io
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from registry import finding
from registry.forms.finding import PeopleFilter
from registry.models import FormerIdentity, Person
from registry.rules import valid
from registry.services.identity import name_fields, phone_fields
from tests import records
from tests.deliveries import id_number, user
from zalainuoer.common import ciphers
from zalainuoer.common.models import AccessLog, Role, SavedView, User
from zalainuoer.common.rules import Parameters

pytestmark = pytest.mark.django_db
DAY = records.DAY


def named(name: str, n: int = 1, **how: Any) -> Person:
    """A holder with a name."""
    somebody = records.holder(n, **how)
    Person.objects.filter(pk=somebody.pk).update(**name_fields(name))
    somebody.refresh_from_db()
    return somebody


def found(text: str) -> set[str]:
    """The names the search box finds, everywhere."""
    searched = finding.search(text)
    assert searched is not None
    return set(Person.objects.filter(searched.condition).values_list("name", flat=True))


def staff(**where: Any) -> User:
    return user(Role.FEDERATION_STAFF, department="区残联", **where)


def filtered(query: str, *, by: User | None = None, on: datetime.date = DAY) -> set[int]:
    """The primary keys the address's filter finds."""
    who = by or User(role=Role.FEDERATION_STAFF)
    return set(
        PeopleFilter(QueryDict(query), user=who, on=on, parameters=Parameters(on=on)).qs.values_list("pk", flat=True)
    )


def logged_in(who: User) -> Client:
    client = Client()
    client.force_login(who, backend="zalainuoer.roles.RoleBackend")
    return client


# the search box


@pytest.mark.parametrize(
    "text", ["王桂英", "桂英", "王", "wgy", "WGY", "wangguiying", "Wang Guiying", "guiying", "gy", " 王 桂英 "]
)
def test_a_name_is_found_by_characters_pinyin_and_initials(text: str) -> None:
    named("王桂英")
    named("李明", 2)
    assert found(text) == {"王桂英"}


def test_a_mongolian_name_is_found_with_and_without_its_dot() -> None:
    named("巴图·孟和")
    assert found("巴图孟和") == found("巴图·孟和") == found("孟和") == {"巴图·孟和"}


def test_of_several_the_nearest_to_what_was_typed_comes_first(client: Client) -> None:
    for n, name in enumerate(("王丽", "丽娜", "马丽", "丽"), 1):
        named(name, n)
    searched = finding.search("丽")
    assert searched is not None
    people = finding.in_order(Person.objects.filter(searched.condition), "", on=DAY, closeness=searched.closeness)
    assert [person.name for person in people] == ["丽", "丽娜", "马丽", "王丽"]


@pytest.mark.parametrize("width", [4, 5, 6, 18])
def test_an_id_number_is_found_whole_and_by_its_end(width: int) -> None:
    named("王桂英")
    named("李明", 2)
    assert found(id_number(1)[-width:]) == {"王桂英"}


def test_a_number_may_be_typed_as_offices_write_it() -> None:
    number = next(n for n in (id_number(i) for i in range(1, 60)) if n.endswith("X"))
    named("王桂英", int(number[14:17]))
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    for text in (number.lower(), wide, f"{number[:6]} {number[6:14]} {number[14:]}", f"'{number}", number[-4:].lower()):
        assert found(text) == {"王桂英"}, text


def test_six_digits_alike_in_the_last_four_are_told_apart() -> None:
    first, second = named("王桂英", born="1980-01-01"), named("李明", born="1985-01-18")
    ends = {person.id_number[-4:] for person in (first, second)}
    if len(ends) > 1:  # the check character follows the birth date
        Person.objects.filter(pk=second.pk).update(id_tail_index=first.id_tail_index)
    assert found(first.id_number[-6:]) == {"王桂英"}


def test_a_certificate_number_is_compared_to_its_last_character() -> None:
    somebody = named("王桂英", suffix="B1", suffix_index=ciphers.blind_index("B1", purpose="certificate_suffix"))
    number = f"{somebody.id_number}42"
    assert found(f"{number}B1") == found(f"{number}b1") == found(f"{number}B") == {"王桂英"}
    assert found(number) == found(f"{number}B2") == found(f"{somebody.id_number}41B1") == set()


def test_a_number_from_before_the_certificate_changed_still_finds_its_holder() -> None:
    somebody = named("王桂英", level="1", held_until=records.day("2024-01-01"))
    records.certificate(somebody, held_from="2024-01-01", level="2")
    assert found(f"{somebody.id_number}41") == found(f"{somebody.id_number}42") == {"王桂英"}


def test_a_number_that_the_police_have_corrected_still_finds_its_bearer() -> None:
    somebody, old = named("王桂英"), id_number(7)
    FormerIdentity.objects.create(
        person=somebody,
        id_number=old,
        id_index=ciphers.blind_index(old, purpose="id_number"),
        until="2024-01-01",
        reason="重号更正",
    )
    assert found(old) == found(f"{old}42") == {"王桂英"}


@pytest.mark.parametrize("field", ["phone", "guardian_phone"])
def test_a_phone_finds_its_owner_and_the_ward_of_its_owner(field: str) -> None:
    somebody = named("王桂英")
    named("李明", 2)
    Person.objects.filter(pk=somebody.pk).update(**phone_fields(field, "13800000001"))
    assert found("13800000001") == found("138-0000-0001") == found("138 0000 0001") == {"王桂英"}


def test_signs_that_databases_take_for_patterns_are_only_signs() -> None:
    named("王桂英")
    for text in ("%", "_", "\\", "'; --", "王%英"):
        searched = finding.search(text)
        assert searched is None or not Person.objects.filter(searched.condition).exists()


def test_nothing_typed_is_no_search() -> None:
    assert [finding.search(text) for text in ("", "   ", "\u3000", "·")] == [None] * 4


# filters


def test_filters_hold_together() -> None:
    one = records.holder(1, category="5", level="3")
    records.holder(2, category="5", level="2")
    records.holder(3, category="4", level="3")
    assert filtered("category=5&level=3") == {one.pk}
    assert len(filtered("level=2&level=3")) == 3


@pytest.mark.parametrize("components", ["肢体残疾、智力残疾", "肢体二级、智力三级", "肢体残疾二级、智力残疾三级"])
def test_a_category_finds_multiple_disabilities_that_contain_it(components: str) -> None:
    multiple = records.holder(1, category="7", components=components)
    intellectual = records.holder(2, category="5")
    records.holder(3, category="7", components="视力残疾、听力残疾")
    assert filtered("category=5") == {multiple.pk, intellectual.pk}
    assert len(filtered("category=7")) == 2


def test_street_and_community_are_where_people_live_today() -> None:
    here, there = records.holder(1), records.holder(2, street="第二街道")
    street = here.community.parent_id
    assert filtered(f"street={street}") == filtered(f"community={here.community_id}") == {here.pk}
    assert filtered("") == {here.pk, there.pk}


def test_a_past_days_list_is_that_days_register_whatever_has_happened_since() -> None:
    moved, cancelled = records.holder(1), records.holder(2)
    elsewhere = records.community("第二街道")
    later = {"held_from": "2025-11-01", "category": "4", "level": "1"}
    for somebody, change in ((moved, {"community": elsewhere}), (cancelled, {"status": "cancelled"})):
        somebody.certificates.update(held_until="2025-11-01")
        records.certificate(somebody, status_on="2025-11-01", **{**later, **change})
    Person.objects.filter(pk=moved.pk).update(community=elsewhere)
    street = records.community("第一街道").parent_id
    then = f"on=2025-10-31&status=on_register&level=2&street={street}"
    assert filtered(then) == {moved.pk, cancelled.pk}
    assert filtered(f"status=on_register&street={street}") == set()
    assert filtered(f"status=on_register&street={elsewhere.parent_id}&level=1") == {moved.pk}
    page = logged_in(staff()).get(f"/people/?{then}").content.decode()
    assert page.count('data-label="社区"><div>' + records.community("第一街道").name) == 2
    assert "注销" not in page[page.index("<tbody") : page.index("</tbody")]


def test_no_register_of_a_day_to_come_is_shown() -> None:
    records.holder()
    page = logged_in(staff()).get("/people/?on=2999-01-01").content.decode()
    assert "截至日期：不能晚于今天" in page
    assert "筛选条件有误" in page


def test_valid_is_what_the_rule_says_it_is() -> None:
    records.holder(1)
    records.holder(2, expires_on="2025-12-30")
    records.holder(3, expires_on="2025-12-31")
    records.holder(4, status="frozen", status_on="2025-06-01")
    records.holder(5, status="frozen", status_on="2026-06-01")
    records.holder(6, status="lost", status_on="2025-06-01")
    records.holder(7, status="cancelled", status_on="2025-06-01")
    records.person(8)
    rule = set(valid(DAY).people(Person.objects.all()).values_list("pk", flat=True))
    assert filtered("validity=valid") == rule
    assert len(rule) == 4


def test_a_certificate_expires_the_day_after_its_last_day() -> None:
    somebody = records.holder(1, issued_on="2015-06-01", expires_on="2025-06-01")
    last, after = datetime.date(2025, 6, 1), datetime.date(2025, 6, 2)
    assert filtered("validity=valid", on=last) == {somebody.pk}
    assert filtered("validity=expired", on=last) == set()
    assert filtered("validity=expired", on=after) == {somebody.pk}
    assert filtered("validity=expiring", on=datetime.date(2025, 3, 3)) == {somebody.pk}
    assert filtered("validity=expiring", on=datetime.date(2025, 3, 2)) == set()
    assert filtered("validity=expiring&days=5", on=datetime.date(2025, 5, 26)) == set()
    assert filtered("validity=expiring&days=6", on=datetime.date(2025, 5, 26)) == {somebody.pk}


def test_a_status_counts_from_its_day_on() -> None:
    normal, gone = records.holder(1), records.holder(2, status="cancelled", status_on="2025-12-31")
    coming = records.holder(3, status="cancelled", status_on="2026-01-01")
    uncertified = records.person(4, born="2018-01-01")
    assert filtered("status=normal") == filtered("status=on_register") == {normal.pk, coming.pk}
    assert filtered("status=cancelled") == {gone.pk}
    assert filtered("status=none") == {uncertified.pk}


def test_ages_are_completed_years_both_ends_included() -> None:
    turned, tomorrow = records.holder(1, born="2009-12-31"), records.holder(2, born="2010-01-01")
    assert filtered("age_from=16") == {turned.pk}
    assert filtered("age_to=15") == {tomorrow.pk}
    assert filtered("age_from=15&age_to=16") == {turned.pk, tomorrow.pk}


def test_sex_people_and_assistance() -> None:
    one, two = records.holder(1), records.holder(2)
    Person.objects.filter(pk=one.pk).update(ethnicity="蒙古")
    Person.objects.filter(pk=two.pk).update(ethnicity="蒙古族")
    records.assistance(one)
    records.assistance(two, ends_on="2025-12-31")
    assert filtered("sex=male") == {one.pk}
    assert filtered("ethnicity=蒙古族") == {one.pk, two.pk}
    assert filtered("assistance=dibao") == {one.pk}


def test_subsidies_are_filtered_by_who_is_due_and_who_was_paid() -> None:
    due_and_paid, due, wrong, neither = (records.holder(n) for n in range(1, 5))
    for somebody in (due_and_paid, due):
        records.assistance(somebody)
    for somebody in (due_and_paid, wrong):
        records.living(somebody)
    records.living(neither, month="2025-11-01")
    assert filtered("living=received") == {due_and_paid.pk, wrong.pk}
    assert filtered("living=due") == {due_and_paid.pk, due.pk}
    assert filtered("living=missing") == {due.pk}
    assert filtered("living=wrong") == {wrong.pk}
    assert filtered("nursing=received") == set()


def test_needs_are_filtered_by_whether_they_are_met() -> None:
    served, unserved, device = (records.holder(n) for n in range(1, 4))
    for somebody in (served, unserved):
        records.need(somebody)
    records.need(device, rehab=None, device="轮椅")
    records.service(served, "2025-05-01")
    assert filtered("need=rehab") == {served.pk, unserved.pk}
    assert filtered("need=unserved") == {unserved.pk}
    assert filtered("need=device") == filtered("need=unfitted") == {device.pk}


@pytest.mark.parametrize(
    "query", ["street=999999", "street=x", "level=9", "living=nonsense", "age_from=-1", "worklist=x"]
)
def test_an_address_that_asks_for_what_is_no_choice_finds_nobody(query: str) -> None:
    records.holder()
    assert filtered(query) == set()


def test_newest_issue_and_first_expiry_order_the_list() -> None:
    old = records.holder(1, issued_on="2018-01-01", expires_on="2028-01-01")
    new = records.holder(2, issued_on="2020-01-01", expires_on="2027-01-01")
    child = records.person(3)

    def order(query: str) -> list[int]:
        who = User(role=Role.FEDERATION_STAFF)
        asked = PeopleFilter(QueryDict(query), user=who, on=DAY, parameters=Parameters(on=DAY))
        return list(asked.qs.values_list("pk", flat=True))

    assert order("sort=issued") == order("sort=expires") == [new.pk, old.pk, child.pk]
    assert order("") == [old.pk, new.pk, child.pk]


# the page


def test_street_and_community_staff_find_their_own_people_only() -> None:
    here, there = records.holder(1), records.holder(2, street="第二街道")
    street = user(Role.STREET_STAFF, street="第一街道")
    worker = User.objects.create(username="w", name="专职委员", role=Role.COMMUNITY_WORKER, division=there.community)
    for who, own, other in ((street, here, there), (worker, there, here)):
        client = logged_in(who)
        assert f"/people/{own.pk}/" in client.get("/people/").content.decode()
        for query in (
            "",
            f"?q={other.id_number}",
            f"?q={other.id_number[-5:]}",
            "?q=某",
            f"?community={other.community_id}",
        ):
            page = client.get(f"/people/{query}").content.decode()
            assert f"/people/{other.pk}/" not in page, query
        assert "没有找到人" in client.get(f"/people/?q={other.id_number}").content.decode()


def test_a_list_shows_no_name_and_no_number_in_full() -> None:
    somebody = named("王桂英")
    page = logged_in(staff()).get("/people/").content.decode()
    assert "王＊＊" in page
    assert "王桂英" not in page
    assert somebody.id_number not in page


def test_htmx_gets_the_results_alone_and_a_clean_address() -> None:
    named("王桂英")
    answer = logged_in(staff()).get("/people/?q=wgy&street=&level=", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "找到 1 人" in answer.content.decode()
    assert answer.headers["HX-Replace-Url"] == "/people/?q=wgy"


def test_a_number_that_was_typed_does_not_stay_in_the_address() -> None:
    somebody = named("王桂英")
    address = f"/people/?q={somebody.id_number}&level=2"
    answer = logged_in(staff()).get(address, headers={"HX-Request": "true"})
    assert "找到 1 人" in answer.content.decode()
    assert answer.headers["HX-Replace-Url"] == "/people/?level=2"


def test_the_trail_holds_what_kind_of_search_it_was_and_never_what_was_typed() -> None:
    somebody = named("王桂英")
    client = logged_in(staff())
    client.get(f"/people/?q={somebody.id_number}&level=2")
    client.get("/people/?q=王桂英")
    first, second = AccessLog.objects.filter(act="search").order_by("pk")
    assert (first.what, first.people) == ("按身份证号查询人员，条件：残疾等级，第1页", 1)
    assert second.what == "按姓名查询人员，第1页"


def test_conditions_stand_as_chips_with_the_address_without_them() -> None:
    records.holder()
    page = logged_in(staff()).get("/people/?category=4&level=1&level=2&validity=expiring&days=30").content.decode()
    assert "残疾等级：一级、二级" in page
    assert "有效期：30天以内到期" in page
    assert 'href="?category=4&amp;level=1&amp;level=2"' in page


@pytest.mark.parametrize(
    "query",
    ["", "q=某", "q=wgy", "category=4&level=2&validity=valid&living=missing&need=rehab&worklist=several&sort=expires"],
)
def test_the_statements_of_a_page_do_not_grow_with_its_people(query: str) -> None:
    client = logged_in(staff())

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(f"/people/?{query}").status_code == 200
        return len(captured)

    records.holder(1)
    few = statements()
    for n in range(2, 25):
        records.living(records.holder(n))
    assert statements() <= few + 2  # with nobody on the list two statements fewer are asked


# saved views


def test_a_filter_is_kept_under_a_name_without_what_was_typed() -> None:
    client, who = Client(), staff()
    client.force_login(who, backend="zalainuoer.roles.RoleBackend")
    client.post("/people/views/add/", {"name": "重度", "query": "q=王桂英&level=1&level=2&page=3"})
    kept = SavedView.objects.get()
    assert (kept.user, kept.page, kept.name, kept.query) == (who, "people", "重度", "level=1&level=2")
    assert 'href="?level=1&amp;level=2"' in client.get("/people/").content.decode()
    answer = client.post("/people/views/add/", {"name": "重度", "query": "level=1"}, follow=True)
    assert "您已有名为“重度”的常用筛选" in answer.content.decode()


def test_a_kept_filter_is_its_owners_alone() -> None:
    mine = SavedView.objects.create(user=staff(), page="people", name="我的", query="level=1")
    other = logged_in(user(Role.STREET_STAFF, street="第一街道"))
    assert "我的" not in other.get("/people/").content.decode()
    assert other.post(f"/people/views/{mine.pk}/delete/").status_code == 404
    assert logged_in(mine.user).post(f"/people/views/{mine.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


# export


def exported(client: Client, query: str = "", **form: str) -> list[list[Any]]:
    answer = client.post(f"/people/export/?{query}", {"reason": "入户走访", **form})
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def test_an_export_is_exactly_what_the_filter_shows_with_numbers_masked() -> None:
    one = named("王桂英")
    named("李明", 2, level="3")
    rows = exported(logged_in(staff()), "level=2")
    assert rows[0][:3] == ["姓名", "身份证号", "残疾人证号"]
    assert rows[1][:3] == ["王桂英", f"1507**********{one.id_number[-4:]}", f"1507**********{one.id_number[-4:]}**"]
    assert rows[2] == [None] * len(rows[0])
    assert rows[3][0].startswith("导出人：陈同志")
    note = AccessLog.objects.get(act="export")
    assert (note.people, note.reason) == (1, "入户走访")
    assert note.what == "导出人员名单：查询人员，条件：残疾等级（号码已遮盖）"


def test_whole_numbers_leave_the_system_only_when_they_are_asked_for() -> None:
    one = named("王桂英")
    Person.objects.filter(pk=one.pk).update(**phone_fields("phone", "13800000001"))
    client = logged_in(staff())
    assert exported(client)[1][-1] == "138****0001"
    row = exported(client, whole="on")[1]
    assert (row[1], row[2], row[-1]) == (one.id_number, f"{one.id_number}42", "13800000001")
    assert AccessLog.objects.filter(act="export").first().what == "导出人员名单：查询人员（完整号码）"  # type: ignore[union-attr]


def test_nothing_leaves_the_system_without_a_reason() -> None:
    named("王桂英")
    client = logged_in(staff())
    assert "请填写" in client.post("/people/export/", {"reason": " "}).content.decode()
    assert "不要写" in client.post("/people/export/", {"reason": "核对13800000001"}).content.decode()
    assert not AccessLog.objects.filter(act="export").exists()


def test_a_community_worker_exports_nothing() -> None:
    worker = User.objects.create(
        username="w", name="专职委员", role=Role.COMMUNITY_WORKER, division=records.holder(1).community
    )
    client = logged_in(worker)
    assert client.get("/people/export/").status_code == client.post("/people/export/").status_code == 403
    assert "/people/export/" not in client.get("/people/").content.decode()


def test_street_staff_export_their_own_people() -> None:
    records.holder(1)
    records.holder(2, street="第二街道")
    assert len(exported(logged_in(user(Role.STREET_STAFF, street="第一街道")))) == 1 + 1 + 2


def test_a_name_that_looks_like_a_formula_stays_a_name() -> None:
    named("=cmd|calc!A1")
    answer = logged_in(staff()).post("/people/export/", {"reason": "核对"})
    page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    assert (page["A2"].value, page["A2"].data_type, page["A2"].quotePrefix) == ("=cmd|calc!A1", "s", True)


def test_the_statements_of_an_export_do_not_grow_with_its_people() -> None:
    client = logged_in(staff())

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            exported(client, "category=4&sort=issued")
        return len(captured)

    records.holder(1)
    few = statements()
    for n in range(2, 12):
        records.holder(n)
    assert statements() == few


def test_who_may_not_see_people_finds_no_page() -> None:
    for who in (user(Role.LIAISON, department="民政局"), user(Role.LEADERSHIP), user(Role.SYSTEM_ADMINISTRATOR)):
        client = logged_in(who)
        for address in ("/people/", "/people/export/", "/worklists/"):
            assert client.get(address).status_code == 403, address


def test_somebody_without_a_certificate_is_listed_and_exported_too() -> None:
    records.person(1, born="2018-01-01")
    client = logged_in(staff())
    assert "未办证" in client.get("/people/").content.decode()
    row = exported(client)[1]
    assert (row[2], row[3], row[9]) == (None, "男", "未办证")


def test_pages_are_counted_and_cut_in_one_statement_and_end_at_the_last() -> None:
    for n in range(1, 6):
        records.holder(n)
    people = Person.objects.order_by("pk")
    with CaptureQueriesContext(connection) as captured:
        page = finding.page_of(people, "2", size=2)
    assert (len(captured), page.paginator.count, len(page.object_list), page.has_next()) == (1, 5, 2, True)
    assert finding.page_of(people, "99", size=2).number == 3
    for nonsense in ("", "0", "-1", "x", "9" * 30, "²"):
        assert finding.page_of(people, nonsense, size=2).number == 1
    assert finding.page_of(people.none(), "1", size=2).paginator.count == 0
