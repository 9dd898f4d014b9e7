"""一人一档: what stands on the page, for whom, and what it costs."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from employment.models import MilitaryCertificate
from registry.models import CertificateCase, DeathNotice, FormerIdentity, Person
from rehab.models import CareHome, CareStay, DoctorContract
from tests import records
from tests.deliveries import id_number, user
from tests.employment.employers import employed, employer, paid
from zalainuoer.common.models import AccessAct, AccessLog, Parameter, Role, User

pytestmark = [pytest.mark.django_db]
BACKEND = "zalainuoer.roles.RoleBackend"
TITLES = ["基本情况", "家庭", "残疾人证", "应享与实享", "救助与待遇", "两项补贴", "社会保险", "义务教育", "康复与辅具",
          "就业", "职业技能培训", "家庭无障碍改造"]  # fmt: skip


def opened(by: User, person: Person, *, how: str = "") -> Any:
    client = Client()
    client.force_login(by, backend=BACKEND)
    return client.get(f"/people/{person.pk}/{how}")


def page(by: User, person: Person, *, how: str = "") -> str:
    answer = opened(by, person, how=how)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def staff() -> User:
    return user(Role.FEDERATION_STAFF)


@pytest.fixture
def somebody() -> Person:
    """张三, with one row of everything."""
    person = records.holder(1, born="1980-01-01")
    records.assistance(person)
    records.application(person, "2022-12-01", decided_on="2022-12-20")
    records.benefit(person, "old_age", "100")
    records.living(person)
    records.nursing(person, amount="0")
    records.pension(person)
    records.medical(person)
    records.school(person)
    records.need(person, rehab="康复训练", device="轮椅")
    records.service(person, "2025-05-06")
    records.fitting(person, "2025-06-07")
    records.training(person, "2025-03-01", name="电商一班")
    paid(employed(person, at=employer()), "2025-01-01")
    MilitaryCertificate.objects.create(person=person, number="蒙军K1", level=7, valid_from="2020-01-01")
    records.retrofit(person, records.household(person.id_number), works="卫生间扶手")
    DoctorContract.objects.create(
        person=person, year=2025, outcome="signed", team="一队", doctor="某", signed_on="2025-01-01", until="2025-12-31"
    )
    home = CareHome.objects.create(name="托养中心", address="某路", opened_on="2020-01-01")
    CareStay.objects.create(person=person, home=home, mode="day", starts_on="2025-01-01")
    CertificateCase.objects.create(person=person, act="details", effective_on="2024-01-02", basis="依据")
    return person


def test_everything_known_stands_on_one_page_in_the_order_staff_ask(staff: User, somebody: Person) -> None:
    text = page(staff, somebody)
    places = [text.index(f'-title">{title}</h2>') for title in [*TITLES, "时间线"]]
    assert places == sorted(places)
    for shown in ("肢体残疾", "二级", "低保", "2022-12-20", "高龄津贴", "125", "城乡居民基本养老保险", "正常参保", "随班就读",
                  "康复训练", "区医院", "轮椅", "电商一班", "卫生间扶手"):  # fmt: skip
        assert shown in text, shown
    assert "没有记录" not in text


def test_a_person_of_whom_nothing_is_known_has_a_page_that_says_so(staff: User) -> None:
    text = page(staff, records.person(1, born="2016-01-01"))
    assert "没有办理残疾人证" in text
    assert text.count("没有记录") >= 8
    assert "未办残疾人证" in text


def test_the_title_names_nobody(staff: User, somebody: Person) -> None:
    text = page(staff, somebody)
    assert somebody.name not in text[text.index("<title>") : text.index("</title>")]


class TestWhoMaySee:
    @pytest.mark.parametrize(
        ("role", "where", "status"),
        [
            (Role.FEDERATION_STAFF, None, 200),
            (Role.STREET_STAFF, "第一街道", 200),
            (Role.STREET_STAFF, "第二街道", 404),
            (Role.COMMUNITY_WORKER, "own", 200),
            (Role.COMMUNITY_WORKER, "other", 404),
            (Role.LEADERSHIP, None, 403),
            (Role.SYSTEM_ADMINISTRATOR, None, 403),
        ],
    )
    @pytest.mark.parametrize("how", ["", "print/"])
    def test_within_ones_area_and_role(self, role: str, where: str | None, status: int, how: str) -> None:
        person = records.holder(1)
        places = {"own": person.community.name, "other": records.community("灵泉镇").name}
        by = user(role, street=places.get(where, where) if where else None)
        assert opened(by, person, how=how).status_code == status

    def test_a_liaison_has_no_business_here(self) -> None:
        assert opened(user(Role.LIAISON, department="民政局"), records.holder(1)).status_code == 403

    def test_each_look_is_noted_and_so_is_printing(self, staff: User) -> None:
        person = records.holder(1)
        page(staff, person)
        page(staff, person, how="print/")
        noted = AccessLog.objects.filter(person=person.pk, username=staff.username).order_by("pk")
        assert [(row.act, row.people) for row in noted] == [(AccessAct.READ, 1), (AccessAct.PRINT, 1)]

    def test_what_is_not_shown_is_not_noted(self) -> None:
        person = records.holder(1)
        opened(user(Role.STREET_STAFF, street="第二街道"), person)
        assert not AccessLog.objects.filter(person=person.pk).exists()

    def test_the_page_is_kept_by_no_cache(self, staff: User, somebody: Person) -> None:
        assert "no-store" in opened(staff, somebody).headers["Cache-Control"]


class TestCertificate:
    def test_the_numbers_a_person_had_are_listed_newest_first(self, staff: User) -> None:
        person = records.person(1)
        records.certificate(person, held_until="2024-03-01", level="3")
        records.certificate(person, held_from="2024-03-01", issued_on="2024-03-01", level="2")
        text = page(staff, person)
        history = text[text.index("证号历史") :]
        assert history.index("类别等级变更") < history.index("首次发证")
        assert "2024-03-01" in history

    def test_an_act_on_file_shows_its_basis_and_who_decided(self, staff: User) -> None:
        person = records.holder(1)
        CertificateCase.objects.create(
            person=person, act="report_loss", effective_on="2025-10-01", reason="遗失", basis="残疾人证管理办法",
            accepted_by="海拉尔区残联", decided_by="本区残联", changes=[["证件状态", "正常", "挂失"]], recorded_by=staff,
        )  # fmt: skip
        text = page(staff, person)
        for shown in ("海拉尔区残联", "本区残联", "残疾人证管理办法", "正常 → 挂失"):
            assert shown in text

    def test_the_acts_its_state_allows_are_offered_to_whoever_may_do_them(self, staff: User) -> None:
        person = records.holder(1)
        assert f'href="/people/{person.pk}/certificate/regrade/"' in page(staff, person)
        assert f'href="/people/{person.pk}/certificate/unfreeze/"' not in page(staff, person)
        assert "/certificate/" not in page(user(Role.STREET_STAFF, street="第一街道"), person)

    def test_only_the_latest_act_can_be_taken_back(self, staff: User) -> None:
        person = records.holder(1)
        first, last = (
            CertificateCase.objects.create(person=person, act="details", effective_on=on, basis="依据")
            for on in ("2025-02-01", "2025-01-01")
        )
        text = page(staff, person)
        assert f'href="/certificates/cases/{last.pk}/withdraw/"' in text
        assert f'href="/certificates/cases/{first.pk}/withdraw/"' not in text

    def test_an_expired_certificate_is_said_so_on_top(self, staff: User) -> None:
        person = records.holder(1, expires_on="2020-04-30", issued_on="2010-05-01", first_issued_on="2010-05-01")
        assert "过期</span>" in page(staff, person)

    def test_a_death_reported_waits_to_be_checked(self, staff: User) -> None:
        person = records.holder(1)
        DeathNotice.objects.create(person=person, died_on="2025-09-09", source="police")
        assert "公安报告死亡（2025-09-09），待核实" in page(staff, person)

    def test_a_corrected_id_number_stands_with_its_reason_and_is_masked(self, staff: User) -> None:
        person = records.holder(1)
        old = id_number(77)
        FormerIdentity.objects.create(
            person=person, id_number=old, id_index=FormerIdentity._meta.get_field("id_index").of(old),
            until="2025-01-01", reason="公安更正",
        )  # fmt: skip
        text = page(staff, person)
        assert "公安更正" in text
        assert old not in text


class TestHousehold:
    def test_other_holders_are_named_with_links_and_the_household_is_marked(self, staff: User) -> None:
        head = records.holder(1)
        home = records.household(head.id_number)
        other = records.holder(2, home=home)
        text = page(staff, head)
        assert f'href="/people/{other.pk}/"' in text
        assert "一户多残" in text

    def test_whoever_lives_in_another_area_is_counted_and_not_named(self) -> None:
        head = records.holder(1)
        other = records.holder(2, home=records.household(head.id_number), street="灵泉镇")
        text = page(user(Role.STREET_STAFF, street="第一街道"), head)
        assert "另有 1 名持证人在其他辖区" in text
        assert f'href="/people/{other.pk}/"' not in text

    def test_a_head_who_lives_in_another_area_is_not_named(self) -> None:
        head = records.holder(2, street="灵泉镇")
        person = records.holder(1, home=records.household(head.id_number))
        text = page(user(Role.STREET_STAFF, street="第一街道"), person)
        assert "户主：在其他辖区" in text

    def test_a_disabled_child_of_old_parents_is_marked(self, staff: User) -> None:
        home = records.household(id_number(9, born="1950-01-01"))
        home.head_name, home.head_born_on = "某父", datetime.date(1950, 1, 1)
        home.save()
        text = page(staff, records.holder(1, home=home))
        assert "依老养残" in text
        assert "某父" not in text


def test_facts_can_be_added_mended_and_withdrawn_by_whoever_keeps_them(staff: User, somebody: Person) -> None:
    row = somebody.pensionenrolments.get()
    links = [f"/people/{somebody.pk}/facts/pension-enrolment/add/", f"/facts/pension-enrolment/{row.pk}/",
             f"/facts/pension-enrolment/{row.pk}/withdraw/"]  # fmt: skip
    assert all(f'href="{link}"' in page(staff, somebody) for link in links)
    worker = user(Role.COMMUNITY_WORKER, street=somebody.community.name)
    assert "/facts/" not in page(worker, somebody)
    assert "/facts/" not in page(staff, somebody, how="print/")


def test_a_missing_parameter_is_said_in_a_sentence(staff: User, somebody: Person) -> None:
    Parameter.objects.filter(key__in=("living.required_kinds", "certificate.expiring_days")).delete()
    assert page(staff, somebody).count("参数未维护") >= 2


def test_payments_stand_year_by_month(staff: User, somebody: Person) -> None:
    for month in ("2024-11-01", "2024-12-01"):
        records.living(somebody, month=month, amount="110")
    text = page(staff, somebody)
    table = text[text.index("困难残疾人生活补贴逐月发放金额") :]
    assert table.index(">2025</th>") < table.index(">2024</th>")
    assert "<strong>220</strong>" in table


def test_the_timeline_tells_a_run_of_payments_in_one_line(staff: User, somebody: Person) -> None:
    for month in ("2025-10-01", "2025-11-01"):
        records.living(somebody, month=month)
    text = page(staff, somebody)
    timeline = text[text.index("时间线</h2>") :]
    assert "至2025年12月，共3个月、375元" in timeline
    assert timeline.index("2025 年") < timeline.index("2022 年")


def test_many_rows_take_as_many_statements_as_few(staff: User, somebody: Person) -> None:
    def statements() -> int:
        page(staff, somebody)  # sessions and caches are warm
        with CaptureQueriesContext(connection) as captured:
            page(staff, somebody)
        return len(captured)

    few = statements()
    home = records.household(somebody.id_number)
    for n in range(2, 12):
        records.holder(n, home=home)
        records.living(somebody, month=f"2024-{n:02d}-01")
        records.nursing(somebody, month=f"2024-{n:02d}-01")
        records.pension(somebody, year=2000 + n)
        records.medical(somebody, year=2000 + n)
        records.school(somebody, year=2000 + n)
        records.need(somebody, year=2000 + n)
        records.service(somebody, f"2024-05-{n:02d}")
        records.fitting(somebody, f"2024-05-{n:02d}")
        records.training(somebody, f"2024-05-{n:02d}", name=f"{n}班")
        paid(employed(somebody, at=employer(n)), "2025-01-01")
        records.assistance(somebody, starts_on=f"2010-05-{n:02d}", ends_on=f"2010-06-{n:02d}")
        records.application(somebody, f"2010-05-{n:02d}", result="pending")
        CertificateCase.objects.create(person=somebody, act="details", effective_on=f"2024-05-{n:02d}", basis="依据")
    assert statements() == few
    assert few <= 90
