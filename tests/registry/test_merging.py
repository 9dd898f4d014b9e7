"""Two records of one person: found, merged so that nothing is lost, and made two again as they were."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accessibility.models import HomeRetrofit, RetrofitHome
from employment.models import (
    Employer,
    FairAttendance,
    GraduatePlan,
    JobFair,
    JobSeeker,
    MassagePractitioner,
    MilitaryCertificate,
    PublicPost,
    PublicPostHolder,
    RoleModel,
    StartUp,
)
from registry.models import (
    Certificate,
    CertificateCase,
    DeathNotice,
    FormerIdentity,
    Household,
    HouseholdIncome,
    MergePair,
    Person,
    SocialAssistance,
)
from registry.services.identity import name_fields, number_fields, phone_fields
from registry.services.merging import merge_forecast, merge_undo, pair_distinct, people_merge, references_to
from registry.similar import (
    FORMER,
    SAME_BIRTH,
    SAME_GUARDIAN,
    SAME_HOUSEHOLD,
    SAME_PHONE,
    are_similar,
    differing_places,
    similar_pairs,
    similar_people,
)
from rehab.models import (
    CareHome,
    CareLine,
    CareSettlement,
    CareStandard,
    CareStay,
    ChildApplication,
    ChildCase,
    ChildSettlement,
    DeviceCase,
    DeviceItem,
    DeviceLoan,
    DoctorContract,
    Institution,
    PlanLine,
    Referral,
    RehabService,
    StockDevice,
    TrainingMonth,
)
from subsidies.models import (
    Application,
    BankAccount,
    Finding,
    Grant,
    PaymentLine,
    PaymentReturn,
    PaymentRun,
    RecoveryReceipt,
    Resumption,
    Review,
    Stop,
)
from tests.deliveries import user
from tests.employment.employers import employed, employer
from tests.records import (
    application,
    assistance,
    benefit,
    certificate,
    community,
    day,
    due,
    fitting,
    household,
    income,
    living,
    medical,
    need,
    nursing,
    pension,
    reached,
    retrofit,
    school,
    service,
    training,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import check_character
from zalainuoer.common.models import AccessLog, User

pytestmark = [pytest.mark.django_db, pytest.mark.core]
ON = day("2025-12-31")
ON_MORNING = datetime.datetime(2025, 12, 31, 9, 0, tzinfo=datetime.UTC)


def number(sequence: str = "001", born: str = "19800101", region: str = "150799") -> str:
    first17 = f"{region}{born}{sequence}"
    return first17 + check_character(first17)


def record(id_number: str, name: str = "张重", *, street: str = "第一街道", **fields: Any) -> Person:
    return Person.objects.create(**number_fields(id_number), **name_fields(name), community=community(street), **fields)


@pytest.fixture
def staff() -> User:
    return user("federation_staff", department="区残联")


@pytest.fixture
def client(client: Client, staff: User) -> Client:
    client.force_login(staff, backend="zalainuoer.roles.RoleBackend")
    return client


@pytest.fixture
def kept() -> Person:
    found = record(number("001"))
    certificate(found)
    return found


@pytest.fixture
def gone() -> Person:
    found = record(number("003"))
    certificate(found, level="1")
    return found


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the domain, as stored; but what was decided and read."""
    found = {}
    with connection.cursor() as cursor:
        for app in ("registry", "subsidies", "rehab", "employment", "accessibility"):
            for model in apps.get_app_config(app).get_models():
                if not hasattr(model, "pgh_tracked_model") and model is not MergePair:
                    cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY {model._meta.pk.column}")
                    found[model._meta.db_table] = cursor.fetchall()
    return found


def merge(kept: Person, gone: Person, by: User) -> MergePair:
    """A merge in a transaction of its own: this test is one transaction, and what follows is no part of the act."""
    pair = people_merge(kept=kept, gone=gone, by=by, reason="号码录错一位", on=ON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_id', '', true)")
        cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")
    return pair


def undo(pair: MergePair, by: User) -> None:
    merge_undo(pair=pair, by=by, reason="核实是两个人", on=ON)


def facts_about(somebody: Person, home: Household) -> None:
    """One row in every table that says something about people."""
    assistance(somebody)
    application(somebody, "2022-12-01", decided_on="2022-12-20")
    benefit(somebody, "old_age")
    living(somebody)
    nursing(somebody)
    pension(somebody)
    medical(somebody)
    school(somebody)
    need(somebody)
    service(somebody, "2025-05-06")
    fitting(somebody, "2025-06-07")
    training(somebody, "2025-03-01")
    employed(somebody, at=Employer.objects.first() or employer())
    MilitaryCertificate.objects.create(person=somebody, number="蒙军K1", level=7, valid_from="2020-01-01")
    retrofit(somebody, home)
    MassagePractitioner.objects.create(
        person=somebody,
        kind="health",
        certificate_number=f"H{somebody.pk}",
        qualified_on="2020-01-01",
        level="junior",
    )
    DeathNotice.objects.create(person=somebody, died_on="2025-01-01", source="police")
    CertificateCase.objects.create(person=somebody, act="renew", effective_on="2025-01-01", basis="测试")
    DeviceCase.objects.create(person=somebody, wanted="轮椅", opened_on="2025-01-01")
    piece = StockDevice.objects.create(
        inventory_number=f"L{somebody.pk}",
        item=DeviceItem.objects.get_or_create(name="轮椅", unit="辆")[0],
        place="库房",
    )
    DeviceLoan.objects.create(person=somebody, device=piece, lent_on="2025-01-01", due_on="2025-02-01")
    PlanLine.objects.create(person=somebody, year=2025, domain="nursing")
    Referral.objects.create(
        person=somebody, kind="nursing", from_provider="甲院", to_provider="乙院", reason="转诊", sent_on="2025-01-01"
    )
    DoctorContract.objects.create(
        person=somebody,
        year=2025,
        outcome="signed",
        team="一队",
        doctor="某",
        signed_on="2025-01-01",
        until="2025-12-31",
    )
    subsidies_of(somebody)
    jobs_of(somebody)


def jobs_of(somebody: Person) -> None:
    """A row in every table of job services."""
    fair, _ = JobFair.objects.get_or_create(kind="job_fair", name="招聘会", held_on="2025-03-01", place="广场")
    post, _ = PublicPost.objects.get_or_create(
        kind="cleaner", unit="某处", street=community().parent, number=5, starts_on="2025-01-01"
    )
    JobSeeker.objects.create(person=somebody, registered_on="2025-01-01", education=2)
    PublicPostHolder.objects.create(
        post=post,
        person=somebody,
        is_of_jobless_household=True,
        member_name="某",
        relation="配偶",
        member_from="2025-01-01",
    )
    FairAttendance.objects.create(fair=fair, person=somebody)
    GraduatePlan.objects.create(person=somebody, school="某校", graduated_on="2025-06-01")
    StartUp.objects.create(person=somebody, project="店", support="money", supported_on="2025-01-01", document="某文")
    RoleModel.objects.create(person=somebody, kind="working", year=2025, deeds="自强")


def cared_for(somebody: Person) -> None:
    """A row in every table of stays and of a child's way: of these nobody has two at a time."""
    home, _ = CareHome.objects.get_or_create(name="托养中心", address="某路", opened_on="2020-01-01")
    standard, _ = CareStandard.objects.get_or_create(
        mode="day", basis="day", amount_yuan=20, first_month="2020-01-01", document="某文"
    )
    stay = CareStay.objects.create(person=somebody, home=home, mode="day", starts_on="2025-01-01")
    settled, _ = CareSettlement.objects.get_or_create(home=home, month="2025-01-01", prepared_at=ON_MORNING)
    CareLine.objects.create(
        settlement=settled, person=somebody, stay=stay, month="2025-01-01", mode="day", most_days=31,
        standard=standard, standard_yuan=20, basis="day",
    )  # fmt: skip
    case = ChildCase.objects.create(
        person=somebody, stage="training", since_on="2025-01-01", office="区残联", category="limb",
        screened_on="2024-10-01", diagnosed_on="2024-10-02",
    )  # fmt: skip
    applied = ChildApplication.objects.create(
        person=somebody, case=case, year=2025, applied_on="2025-01-01", guardian_name="某", guardian_phone="13800001111",
        guardian_phone_index=uuid4(), state="applied",
    )  # fmt: skip
    at, _ = Institution.objects.get_or_create(
        name="某康复中心", defaults={"contact_phone_index": uuid4(), "capacity": 5}
    )
    sheet, _ = ChildSettlement.objects.get_or_create(
        institution=at, month="2025-01-01", number=1, prepared_on="2025-02-02"
    )
    TrainingMonth.objects.create(settlement=sheet, application=applied, person=somebody, month="2025-01-01")
    RetrofitHome.objects.create(
        person=somebody, household=household(somebody.id_number), year=2025, stage="ended", end_reason="declined",
        since_on="2025-02-01", opened_on="2025-01-01", wish="坡道",
    )  # fmt: skip


def subsidies_of(somebody: Person, *, run: PaymentRun | None = None) -> None:
    """A row in every table of the subsidies; the run is the person's own unless one is given."""
    of: Any = {"person": somebody, "subsidy": "nursing"}
    BankAccount.objects.create(person=somebody, bank="某行", number="6200001", number_index=uuid4(), holder="某")
    asked = {"applied_on": "2024-05-01", "arrived_on": "2024-05-01", "state": "granted", "accepted_elsewhere": "某街道"}
    Application.objects.create(**of, **asked)
    Grant.objects.create(**of, first_month="2024-05-01", origin="roster", granted_on="2024-05-01")
    Stop.objects.create(**of, code="T8", effective_on="2025-01-01", reason="服刑", document="某号")
    months = {"first_month": "2024-08-01", "last_month": "2024-08-01"}
    Resumption.objects.create(**of, **months, cause="frozen", reason="查明", decided_on="2024-09-01")
    Review.objects.create(person=somebody, year=2025, result="confirmed", method="visit", reviewed_on="2025-05-01")
    Finding.objects.create(
        **of, kind="unentitled", cause="T8", clause="在服刑", source="某文", since_month="2025-02-01", ground="x",
        found_on="2025-03-01", seen_on="2025-03-01",
    )  # fmt: skip
    run = run or PaymentRun.objects.create(
        subsidy="nursing", month=f"{2030 + somebody.pk % 50}-01-01", pay_on="2025-01-10", prepared_at=ON_MORNING
    )
    PaymentLine.objects.create(
        **of, run=run, benefit_month="2024-05-01", kind="regular", amount_yuan=125, community=somebody.community
    )
    PaymentReturn.objects.create(person=somebody, run=run, amount_yuan=125, is_paid=True, returned_on="2025-01-20")


class TestFinding:
    @pytest.mark.parametrize(
        ("one", "other", "places"),
        [
            (number("001"), number("003"), [17, 18]),
            (number("012"), number("210"), [15, 17, 18]),
            (number(region="150798"), number(), [6, 18]),
        ],
    )
    def test_a_digit_or_two_or_a_transposition_is_a_slip(self, one: str, other: str, places: list[int]) -> None:
        assert [place for place in differing_places(one, other) if place < 18] == [p for p in places if p < 18]
        assert are_similar(one, other)

    def test_three_digits_are_another_person(self) -> None:
        assert not are_similar(number("001"), number("112", region="150789"))

    def test_same_name_birth_and_sex_with_similar_numbers_are_offered(self) -> None:
        one, other = record(number("001")), record(number("003"))
        record(number("002"))  # a woman
        record(number("005"), "李别")
        record(number("117", region="150789"))
        assert similar_pairs(Person.objects.all()) == {(one.pk, other.pk): [SAME_BIRTH]}

    def test_a_former_number_that_somebody_bears_is_offered(self) -> None:
        one, other = record(number("001", "19800101")), record(number("117", "19810203"), "张更")
        FormerIdentity.objects.create(
            person=other, id_number=one.id_number, id_index=one.id_index, until="2025-01-01", reason="公安更正"
        )
        assert similar_pairs(Person.objects.all()) == {(one.pk, other.pk): [FORMER]}

    def test_a_corrected_birth_is_offered_by_phone_guardian_or_household(self) -> None:
        phone, guardian = phone_fields("phone", "13800000001"), phone_fields("guardian_phone", "13900000001")
        one = record(number("001", "19800101"), **phone, **guardian)
        other = record(number("117", "19810203"), **phone, **guardian)
        home = household(number("700", "19500505"))
        certificate(one, home=home)
        certificate(other, home=home)
        assert similar_pairs(Person.objects.all()) == {(one.pk, other.pk): [SAME_PHONE, SAME_GUARDIAN, SAME_HOUSEHOLD]}

    def test_what_two_people_are_found_to_be_is_not_offered_again(self, staff: User) -> None:
        one, other = record(number("001")), record(number("003"))
        assert [(s.one, s.other) for s in similar_people(Person.objects.all())] == [(one, other)]
        pair_distinct(one=other, other=one, by=staff, reason="同名同姓")
        assert similar_people(Person.objects.all()) == []

    def test_nobody_outside_the_area_is_offered(self) -> None:
        record(number("001"))
        record(number("003"), street="第三街道")
        street = user("federation_staff", street="第一街道")
        assert similar_people(Person.objects.visible_to(street)) == []

    def test_statements_do_not_grow_with_the_pairs(self, django_assert_num_queries: Any) -> None:
        for n in range(1, 40, 2):
            record(number(f"{n:03d}"), phone_index=None)
        with django_assert_num_queries(8):
            assert len(similar_people(Person.objects.all())) > 100


class TestMerging:
    def test_every_row_of_the_other_record_moves(self, kept: Person, gone: Person, staff: User) -> None:
        Certificate.objects.filter(person=kept).delete()
        facts_about(gone, household(number("700", "19500505")))
        cared_for(gone)
        shares = {share.name: (share.moved, share.withdrawn) for share in merge_forecast(kept=kept, gone=gone)}
        referring = {f.model for f in references_to(Person)} - {FormerIdentity}
        assert shares == {str(model._meta.verbose_name): (1, 0) for model in referring}
        merge(kept, gone, staff)
        for field in references_to(Person):
            assert set(field.model.objects.values_list(field.name, flat=True)) == {kept.pk}, field
        assert list(Person.objects.values_list("pk", flat=True)) == [kept.pk]
        assert Certificate.objects.get().level == "1"
        connection.check_constraints()

    def test_where_both_have_a_row_of_one_key_the_kept_records_stays(
        self, kept: Person, gone: Person, staff: User
    ) -> None:
        home = household(number("700", "19500505"))
        facts_about(kept, home)
        before = everything()
        facts_about(gone, home)
        SocialAssistance.objects.filter(person=gone).update(ends_on="2024-12-31")
        assistance(gone, starts_on="2021-01-01", ends_on="2022-01-01")
        shares = {share.name: (share.moved, share.withdrawn) for share in merge_forecast(kept=kept, gone=gone)}
        assert shares.pop("社会救助") == (1, 1)
        # files have no key, nor have ended applications: both stay
        for keyless in (
            "残疾人证业务记录",
            "补贴申请",
            "恢复补发决定",
            "银行代发回盘",
            "辅具适配办理",
            "辅具借用",
            "公益性岗位在岗人员",
            "就业典型",
        ):
            assert shares.pop(keyless) == (1, 0), keyless
        assert set(shares.values()) == {(0, 1)}
        merge(kept, gone, staff)
        after = everything()
        moving = {
            FormerIdentity,
            CertificateCase,
            SocialAssistance,
            Certificate,
            Application,
            Resumption,
            PaymentReturn,
            DeviceCase,
            DeviceLoan,
            PublicPostHolder,
            RoleModel,
        }
        for field in references_to(Person):
            table = field.model._meta.db_table
            if field.model not in moving:
                assert after[table] == before[table], table
        assert set(SocialAssistance.objects.values_list("starts_on__year", "ends_on__year")) == {
            (2023, None),
            (2021, 2022),
        }
        assert Certificate.objects.get().level == "2"

    def test_two_open_cases_of_a_child_with_what_rests_on_them_are_not_made_one(
        self, kept: Person, gone: Person, staff: User
    ) -> None:
        cared_for(kept)
        cared_for(gone)
        before = everything()
        with pytest.raises(RuleBroken, match="各有一份“"), transaction.atomic():
            merge(kept, gone, staff)
        assert everything() == before

    def test_what_nothing_rests_on_gives_way_to_the_kept_records(self, kept: Person, gone: Person, staff: User) -> None:
        for somebody in (kept, gone):
            DoctorContract.objects.create(person=somebody, year=2025, outcome="declined", declined_because="不需要")
        merge(kept, gone, staff)
        assert DoctorContract.objects.get().person == kept

    def test_the_other_number_still_finds_the_person(self, kept: Person, gone: Person, staff: User) -> None:
        merge(kept, gone, staff)
        former = FormerIdentity.objects.get()
        assert (former.person, former.id_number, former.id_index, former.until) == (
            kept,
            gone.id_number,
            UUID(str(gone.id_index)),
            ON,
        )

    def test_a_corrected_number_kept_is_nobodys_former_one(self, kept: Person, gone: Person, staff: User) -> None:
        FormerIdentity.objects.create(
            person=gone, id_number=kept.id_number, id_index=kept.id_index, until="2025-01-01", reason="公安更正"
        )
        merge(kept, gone, staff)
        assert [f.id_number for f in FormerIdentity.objects.all()] == [gone.id_number]

    def test_what_the_kept_record_lacks_is_taken_over(self, staff: User) -> None:
        phone, guardian = phone_fields("phone", "13800000001"), phone_fields("guardian_phone", "13900000001")
        kept = record(number("001"), **phone)
        gone = record(
            number("003"), street="第三街道", guardian_name="王监", **phone_fields("phone", "13800000002"), **guardian
        )
        certificate(gone)
        merge(kept, gone, staff)
        kept.refresh_from_db()
        assert (kept.phone, kept.guardian_name, kept.guardian_phone) == ("13800000001", "王监", "13900000001")
        assert kept.community.parent is not None
        assert kept.community.parent.name == "第三街道"  # where the certificate says

    def test_a_head_under_two_numbers_has_one_household(self, kept: Person, gone: Person, staff: User) -> None:
        of_kept, of_gone = household(kept.id_number), household(gone.id_number)
        other = record(number("101", "20100101"), "张子")
        certificate(other, home=of_gone)
        income(of_kept, 2024, "1000")
        income(of_gone, 2024, "2000")
        income(of_gone, 2020, "500")
        retrofit(kept, of_kept)
        retrofit(gone, of_gone)
        merge(kept, gone, staff)
        assert set(Certificate.objects.values_list("household", flat=True)) == {of_kept.pk}
        assert sorted(HouseholdIncome.objects.values_list("year", "disposable_income_yuan")) == [
            (2020, 500),
            (2024, 1000),
        ]
        assert HomeRetrofit.objects.get().person == kept
        assert not Household.objects.filter(pk=of_gone.pk).exists()

    def test_a_household_of_the_other_number_only_gets_the_kept_one(self, staff: User) -> None:
        kept, gone = record(number("001")), record(number("003"))
        certificate(gone)
        merge(kept, gone, staff)
        home = Household.objects.get()
        assert (home.head_id_number, home.head_id_index) == (kept.id_number, UUID(str(kept.id_index)))

    def test_the_person_counts_once_in_every_figure(self, kept: Person, gone: Person, staff: User) -> None:
        for somebody in (kept, gone):
            assistance(somebody)
            application(somebody, "2022-12-01", decided_on="2022-12-20")
            pension(somebody)
            medical(somebody)
            need(somebody, device="轮椅")
            service(somebody, "2025-05-06")
            fitting(somebody, "2025-06-07")
            living(somebody)
            nursing(somebody)
            training(somebody, "2025-03-01")
            retrofit(somebody, household(somebody.id_number))
        rates = (3, 4, 5, 6, 7, 9, 10)
        assert [len(due(n)) for n in rates] == [2] * len(rates)
        pair = merge(kept, gone, staff)
        assert [due(n) for n in rates] == [{kept.pk}] * len(rates)
        assert [reached(n) for n in rates] == [{kept.pk}] * len(rates)
        assert (len(reached(2)), len(reached(11))) == (1, 1)
        undo(pair, staff)
        assert [len(due(n)) for n in rates] == [2] * len(rates)

    def test_one_history_context_says_who_and_why(self, kept: Person, gone: Person, staff: User) -> None:
        assistance(gone)
        pair = merge(kept, gone, staff)
        for model in (Person, SocialAssistance, FormerIdentity, Certificate):
            event = model.pgh_event_model.objects.select_related("pgh_context").latest("pgh_id")
            assert event.pgh_context_id == pair.history_context
            assert event.pgh_context.metadata == {
                "user": staff.username, "reason": "号码录错一位", "what": "合并档案",
            }  # fmt: skip

    def test_a_record_is_not_merged_with_itself_or_with_one_that_is_gone(
        self, kept: Person, gone: Person, staff: User
    ) -> None:
        with pytest.raises(RuleBroken, match="同一份"):
            merge(kept, kept, staff)
        merge(kept, gone, staff)
        with pytest.raises(RuleBroken, match="已经不在"):
            merge(kept, gone, staff)

    def test_statements_do_not_grow_with_the_rows(self, kept: Person, gone: Person, staff: User) -> None:
        def statements(somebody: Person, months: int) -> int:
            for month in range(1, months + 1):
                living(somebody, f"2024-{month:02d}-01")
            with CaptureQueriesContext(connection) as captured:
                merge(kept, somebody, staff)
            return len(captured)

        few = statements(gone, 1)
        again = record(number("005"))
        certificate(again)
        assert statements(again, 12) == few


class TestUndoing:
    def test_all_tables_are_as_they_were(self, kept: Person, gone: Person, staff: User) -> None:
        facts_about(kept, household(number("700", "19500505")))
        facts_about(gone, household(gone.id_number))
        assistance(gone, starts_on="2021-01-01")
        income(household(gone.id_number), 2024, "1000")
        Person.objects.filter(pk=gone.pk).update(**phone_fields("phone", "13800000002"), ethnicity="蒙古族")
        before = everything()
        pair = merge(kept, gone, staff)
        assert everything() != before
        undo(pair, staff)
        assert everything() == before
        connection.check_constraints()
        pair.refresh_from_db()
        assert (pair.state, pair.reason) == ("undone", "核实是两个人")

    def test_what_was_said_of_the_kept_record_since_stays(self, kept: Person, gone: Person, staff: User) -> None:
        pair = merge(kept, gone, staff)
        pension(kept)
        undo(pair, staff)
        assert kept.pensionenrolments.count() == 1

    def test_if_something_has_changed_since_nothing_is_undone_and_it_is_named(
        self, kept: Person, gone: Person, staff: User
    ) -> None:
        assistance(gone, starts_on="2021-01-01")
        service(gone, "2025-05-06")
        pair = merge(kept, gone, staff)
        SocialAssistance.objects.update(ends_on="2025-01-01")
        RehabService.objects.all().delete()
        before = everything()
        with pytest.raises(RuleBroken) as refused:
            undo(pair, staff)
        assert "社会救助（之后又有改动）" in refused.value.message
        assert "康复服务（之后又有改动）" in refused.value.message
        assert everything() == before
        pair.refresh_from_db()
        assert pair.state == "merged"

    def test_if_somebody_has_the_number_again_it_is_not_undone(self, kept: Person, gone: Person, staff: User) -> None:
        pair = merge(kept, gone, staff)
        record(number("003"))
        with pytest.raises(RuleBroken, match="人员（之后已有同一条新记录）"):
            undo(pair, staff)

    def test_twice_is_refused_and_merging_anew_is_not(self, kept: Person, gone: Person, staff: User) -> None:
        pair = merge(kept, gone, staff)
        undo(pair, staff)
        with pytest.raises(RuleBroken, match="已经撤销"):
            undo(pair, staff)
        (offered,) = similar_people(Person.objects.all())
        assert offered.decided == pair
        before = everything()
        undo(merge(gone, kept, staff), staff)
        assert everything() == before


class TestSubsidies:
    """What a merge must not make one by itself is refused with a sentence; the rest follows."""

    @staticmethod
    def line(of: Person, run: PaymentRun, month: str = "2025-01-01", kind: str = "regular", **more: Any) -> PaymentLine:
        facts = {"reason": "已死亡", "community": of.community, "is_locked": True, **more}
        return PaymentLine.objects.create(
            person=of, run=run, subsidy="nursing", benefit_month=month, kind=kind, amount_yuan=125, **facts
        )

    @staticmethod
    def run() -> PaymentRun:
        return PaymentRun.objects.create(
            subsidy="nursing", month="2025-01-01", state="locked", pay_on="2025-01-10",
            prepared_at=ON_MORNING, approved_at=ON_MORNING,
        )  # fmt: skip

    def test_locked_lines_and_what_came_back_follow_and_come_back_with_an_undoing(
        self, kept: Person, gone: Person, staff: User
    ) -> None:
        run = self.run()
        own, theirs = self.line(kept, run), self.line(gone, run, "2024-12-01", "recovery")
        RecoveryReceipt.objects.create(
            line=theirs, amount_yuan=25, received_on="2025-02-01", method="cash", document="收据1"
        )
        before = everything()
        pair = merge(kept, gone, staff)
        assert set(PaymentLine.objects.values_list("pk", "person")) == {(own.pk, kept.pk), (theirs.pk, kept.pk)}
        assert RecoveryReceipt.objects.get().line_id == theirs.pk
        undo(pair, staff)
        assert everything() == before

    def test_a_month_that_both_were_paid_for_keeps_them_apart(self, kept: Person, gone: Person, staff: User) -> None:
        run = self.run()
        self.line(kept, run)
        self.line(gone, run)
        with pytest.raises(RuleBroken, match="在2025年1月都有已锁定的重度残疾人护理补贴发放明细"):
            merge(kept, gone, staff)
        assert Person.objects.count() == 2

    def test_a_row_each_in_one_runs_returns_keeps_them_apart(self, kept: Person, gone: Person, staff: User) -> None:
        run = self.run()
        for somebody, is_paid in ((kept, True), (gone, False)):
            PaymentReturn.objects.create(
                person=somebody, run=run, amount_yuan=125, is_paid=is_paid, failure="户名不符", returned_on=ON
            )
        with pytest.raises(RuleBroken, match="发放批次 B202501 的银行回盘里各有一行"):
            merge(kept, gone, staff)

    def test_two_open_applications_keep_them_apart_and_ended_ones_do_not(
        self, kept: Person, gone: Person, staff: User
    ) -> None:
        asked: Any = {"subsidy": "nursing", "applied_on": ON, "arrived_on": ON, "accepted_elsewhere": "某街道"}
        for somebody in (kept, gone):
            Application.objects.create(person=somebody, state="first_review", **asked)
        with pytest.raises(RuleBroken, match="各有一份申请正在办理"):
            merge(kept, gone, staff)
        Application.objects.update(state="granted")
        merge(kept, gone, staff)
        assert Application.objects.filter(person=kept).count() == 2

    def test_one_stop_on_two_days_keeps_them_apart_and_stops_of_other_times_follow(
        self, kept: Person, gone: Person, staff: User
    ) -> None:
        facts: Any = {"subsidy": "nursing", "code": "T8", "reason": "服刑", "document": "某号"}
        stop = Stop.objects.create(person=kept, effective_on="2025-01-01", **facts)
        Stop.objects.create(person=gone, effective_on="2025-02-01", **facts)
        with pytest.raises(RuleBroken, match="“服刑”停发登记，发生日期不同"):
            merge(kept, gone, staff)
        Stop.objects.filter(pk=stop.pk).update(until_on="2025-01-20")
        merge(kept, gone, staff)
        assert Stop.objects.filter(person=kept).count() == 2


class TestPages:
    def test_the_list_offers_pairs_masked_and_notes_the_look(self, client: Client, kept: Person, gone: Person) -> None:
        page = client.get("/merging/").content.decode()
        assert f'href="/merging/{kept.pk}/{gone.pk}/"' in page
        assert SAME_BIRTH in page
        assert "张重" not in page
        assert kept.id_number not in page
        note = AccessLog.objects.first()
        assert note is not None
        assert (note.act, note.people) == ("list", 2)

    def test_both_stand_side_by_side_with_what_would_happen(self, client: Client, kept: Person, gone: Person) -> None:
        assistance(gone)
        url = f"/merging/{kept.pk}/{gone.pk}/"
        answer = client.get(url)
        lines = {line.label: line.differs for line in answer.context["lines"]}
        assert (lines["身份证号"], lines["残疾等级"], lines["出生日期"]) == (True, True, False)
        assert answer.context["shares"] == []
        shares = client.get(url, {"keep": kept.pk}).context["shares"]
        assert [(share.name, share.moved, share.withdrawn) for share in shares] == [
            ("残疾人证", 0, 1),
            ("社会救助", 1, 0),
        ]

    def test_a_merge_wants_a_choice_and_a_reason(self, client: Client, kept: Person, gone: Person) -> None:
        url = f"/merging/{kept.pk}/{gone.pk}/"
        client.post(url, {"reason": "录错"})
        assert client.post(f"{url}?keep={gone.pk}", {"reason": ""}).context["form"].errors
        assert Person.objects.count() == 2
        answer = client.post(f"{url}?keep={gone.pk}", {"reason": "录错"})
        assert answer.url == f"/people/{gone.pk}/"
        assert Person.objects.get() == gone
        pair = MergePair.objects.get()
        event = Person.pgh_event_model.objects.filter(pgh_label="delete").latest("pgh_id")
        assert event.pgh_context_id == pair.history_context  # the request's own context

    def test_a_merge_is_undone_by_its_page(self, client: Client, kept: Person, gone: Person) -> None:
        before = everything()
        client.post(f"/merging/{kept.pk}/{gone.pk}/?keep={kept.pk}", {"reason": "录错"})
        pair = MergePair.objects.get()
        assert f'href="/merging/{pair.pk}/undo/"' in client.get("/merging/").content.decode()
        assert client.post(f"/merging/{pair.pk}/undo/", {"reason": "两个人"}).status_code == 302
        assert everything() == before

    def test_two_people_are_found_to_be_two(self, client: Client, kept: Person, gone: Person) -> None:
        url = f"/merging/{kept.pk}/{gone.pk}/"
        assert client.post(f"{url}distinct/", {"distinct-reason": ""}).context["distinct_form"].errors
        assert client.post(f"{url}distinct/", {"distinct-reason": "同名"}).status_code == 302
        assert "确认不是同一人。理由：同名" in client.get(url).content.decode()
        assert "没有疑似重复的档案" in client.get("/merging/").content.decode()

    def test_whoever_calls_two_what_a_colleague_has_just_merged_does_not_spoil_its_undoing(
        self, client: Client, kept: Person, gone: Person, staff: User
    ) -> None:
        pair = merge(kept, gone, staff)  # the other clerk's page still shows both
        with pytest.raises(RuleBroken, match="刚刚有人合并过"):
            pair_distinct(one=kept, other=gone, by=staff, reason="同名")
        undo(pair, staff)
        assert Person.objects.filter(pk=gone.pk).exists()

    def test_a_reason_holds_no_numbers(self, client: Client, kept: Person, gone: Person) -> None:
        url = f"/merging/{kept.pk}/{gone.pk}/"
        answer = client.post(f"{url}?keep={kept.pk}", {"reason": f"原号码{gone.id_number}录错"})
        assert "不要写身份证号" in str(answer.context["form"].errors)
        answer = client.post(f"{url}distinct/", {"distinct-reason": "打了138 1234 0000核实"})
        assert "不要写身份证号" in str(answer.context["distinct_form"].errors)
        assert not MergePair.objects.exists()

    def test_two_records_that_nothing_but_knowledge_connects_are_chosen_by_number(
        self, client: Client, kept: Person
    ) -> None:
        other = record(number("117", "19810203"), "李别")
        answer = client.post("/merging/", {"one": kept.id_number, "other": other.id_number})
        assert answer.url == f"/merging/{kept.pk}/{other.pk}/"
        assert "没有发现这两份档案相同的线索" in client.get(answer.url).content.decode()

    def test_a_number_that_is_none_or_nobodys_or_the_same_is_refused(self, client: Client, kept: Person) -> None:
        for other in ("123", number("117", "19810203"), kept.id_number):
            errors = client.post("/merging/", {"one": kept.id_number, "other": other}).context["form"].errors
            assert list(errors) == ["other"]

    def test_whoever_is_bounded_by_an_area_reaches_no_pair_outside(
        self, client: Client, kept: Person, gone: Person, staff: User
    ) -> None:
        pair = merge(kept, gone, staff)
        far = record(number("001", "19900101"), street="第三街道")
        too = record(number("003", "19900101"), street="第三街道")
        client.force_login(user("federation_staff", street="第三街道"), backend="zalainuoer.roles.RoleBackend")
        assert client.get(f"/merging/{pair.pk}/undo/").status_code == 404
        assert client.get("/merging/").context["decided"] == []
        assert client.get(f"/merging/{far.pk}/{too.pk}/").status_code == 200
        client.force_login(user("federation_staff", street="第二街道"), backend="zalainuoer.roles.RoleBackend")
        assert client.get(f"/merging/{far.pk}/{too.pk}/").status_code == 404
        assert client.post(f"/merging/{far.pk}/{too.pk}/distinct/", {"distinct-reason": "某"}).status_code == 404

    @pytest.mark.parametrize("role", ["system_administrator", "street_staff", "community_worker", "liaison"])
    def test_nobody_but_the_federation_merges(self, client: Client, role: str) -> None:
        account = user(role, street="友谊社区", department="民政局" if role == "liaison" else None)
        client.force_login(account, backend="zalainuoer.roles.RoleBackend")
        for url in ("/merging/", "/merging/1/2/", "/merging/1/2/distinct/", "/merging/1/undo/"):
            assert client.get(url).status_code == 403

    def test_statements_do_not_grow_with_the_list(self, client: Client, django_assert_max_num_queries: Any) -> None:
        for n in range(1, 40, 2):
            record(number(f"{n:03d}"))
        with django_assert_max_num_queries(20):
            client.get("/merging/")

    def test_statements_of_a_pair_do_not_grow_with_the_rows(
        self, client: Client, kept: Person, gone: Person, django_assert_max_num_queries: Any
    ) -> None:
        for month in range(1, 13):
            living(gone, f"2024-{month:02d}-01")
        with django_assert_max_num_queries(63):  # one a table that refers to people
            client.get(f"/merging/{kept.pk}/{gone.pk}/", {"keep": kept.pk})


def test_the_address_of_a_record_that_was_merged_leads_to_the_one_that_is_left(
    client: Client, staff: User, kept: Person, gone: Person
) -> None:
    pair = merge(kept, gone, staff)
    answer = client.get(f"/people/{gone.pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/people/{kept.pk}/")
    other = Client()
    other.force_login(user("street_staff", street="第二街道"), backend="zalainuoer.roles.RoleBackend")
    assert other.get(f"/people/{gone.pk}/").status_code == 404
    undo(pair, staff)
    assert client.get(f"/people/{gone.pk}/").status_code == 200
