"""阳光家园: who may stay, places, one stay a month, settlement by two people, locked, once."""

from __future__ import annotations

import io
import threading
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.db.utils import InternalError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from registry.models import Person
from registry.services.facts import version
from registry.services.merging import people_merge
from rehab.models import CareHome, CareLine, CarePlaces, CareSettlement, CareStandard, CareStay
from rehab.rules import may_stay
from rehab.services import care_settlements as settling
from rehab.services.daycare import places_save, standard_save, stay_add, stay_end, stay_verdicts, stay_withdraw
from tests.deliveries import user
from tests.records import assistance, day, holder, person
from tests.visiting import client_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessLog, Parameter, Role, User
from zalainuoer.common.rules import Parameters

pytestmark = pytest.mark.django_db
NOON = "2025-12-20 12:00+08:00"
TODAY = day("2025-12-20")
NOVEMBER = day("2025-11-01")


def staff(n: int = 1, role: str = Role.FEDERATION_STAFF, street: str | None = None) -> User:
    return user(role, street=street) if n == 1 else User.objects.create(username=f"另{n}", name=f"另{n}", role=role)


def mental(n: int = 1, **change: Any) -> Person:
    """Somebody who may stay: 精神四级, of working age."""
    return holder(n, **{"category": "6", "level": "4", **change})


def home(name: str = "阳光托养中心", capacity: int = 50, mode: str = "day") -> CareHome:
    found, _ = CareHome.objects.get_or_create(
        name=name, defaults={"address": "某路1号", "opened_on": day("2020-01-01")}
    )
    CarePlaces.objects.create(home=found, mode=mode, capacity=capacity, since=day("2020-01-01"))
    return found


def stays(somebody: Person, at: CareHome, starts_on: str = "2025-01-01", **change: Any) -> CareStay:
    facts = {"mode": "day", "care_plan": "每周五天", **change}
    return CareStay.objects.create(person=somebody, home=at, starts_on=day(starts_on), **facts)


def standard(yuan: str = "20", basis: str = "day", mode: str = "day", **change: Any) -> CareStandard:
    facts = {"first_month": day("2020-01-01"), "document": "某文", **change}
    return CareStandard.objects.create(mode=mode, basis=basis, amount_yuan=Decimal(yuan), **facts)


def may(somebody: Person, on: str = "2025-12-20") -> bool:
    on_day = day(on)
    rule = may_stay(on=on_day, parameters=Parameters(on=on_day))
    return rule.people(Person.objects.filter(pk=somebody.pk)).exists()


def failing(somebody: Person, on: str = "2025-12-20") -> set[str]:
    return {v.clause.code for v in stay_verdicts(person=somebody, on=day(on)) if not v.holds}


def take_in(somebody: Person, at: CareHome, **change: Any) -> CareStay:
    facts = {"mode": "day", "starts_on": TODAY, "care_plan": "每周五天", "today": TODAY, **change}
    by = facts.pop("by", None) or User.objects.filter(role=Role.FEDERATION_STAFF).first() or staff()
    return stay_add(person=somebody, home=at, by=by, **facts)


# who may


@pytest.mark.parametrize(
    ("born", "allowed"),
    [("2009-12-20", True), ("2009-12-21", False), ("1965-12-21", True), ("1965-12-20", False)],
)
def test_from_the_sixteenth_birthday_until_the_day_before_the_sixtieth(born: str, allowed: bool) -> None:
    assert may(mental(1, born=born)) is allowed


@pytest.mark.parametrize(
    ("certificate", "allowed"),
    [
        ({"category": "5", "level": "4"}, True),
        ({"category": "6", "level": "1"}, True),
        ({"category": "4", "level": "2"}, True),
        ({"category": "4", "level": "3"}, False),
        ({"category": "1", "level": "1"}, False),
        ({"category": "7", "level": "3", "components": "肢体残疾三级、智力残疾四级"}, True),
        ({"category": "7", "level": "2", "components": "肢体残疾二级、视力残疾三级"}, True),
        ({"category": "7", "level": "1", "components": "肢体残疾三级、视力残疾一级"}, False),
    ],
)
def test_mental_and_intellectual_of_any_level_physical_only_severe_also_as_components(
    certificate: dict[str, Any], allowed: bool
) -> None:
    assert may(holder(1, **certificate)) is allowed


def test_all_reasons_are_named() -> None:
    somebody = holder(1, born="1950-01-01", level="3", status="frozen", status_on="2025-01-01")
    assistance(somebody, "tekun")
    assert failing(somebody) == {"frozen", "old", "group", "tekun"}
    assert failing(person(2, born="2015-01-01")) == {"none", "young", "group"}


def test_the_last_day_of_a_certificate_counts() -> None:
    somebody = mental(1, expires_on="2025-12-20")
    assert may(somebody, "2025-12-20")
    assert not may(somebody, "2025-12-21")


def test_somebody_on_tekun_stays_only_where_found_to_be_supported_at_home() -> None:
    somebody, at = mental(1), home()
    assistance(somebody, "tekun")
    with pytest.raises(RuleBroken, match="没有核实为分散供养"):
        take_in(somebody, at)
    assert not CareStay.objects.exists()
    take_in(somebody, at, is_dispersed=True)
    assert failing(somebody) == set()


def test_the_ages_are_a_dated_parameter_and_without_them_nobody_is_judged() -> None:
    somebody = mental(1, born="1965-12-20")
    Parameter.objects.create(
        key="daycare.ages", name="年龄", value=[16, 60], effective_from="2025-12-20", document="某文"
    )
    assert may(somebody)
    Parameter.objects.filter(key="daycare.ages").delete()
    with pytest.raises(RuleBroken, match="参数未维护"):
        may(somebody)


# taking in


def test_a_full_institution_takes_nobody_in() -> None:
    at = home(capacity=1)
    take_in(mental(1), at)
    with pytest.raises(RuleBroken, match="已满"):
        take_in(mental(2), at)


def test_without_places_of_the_mode_or_after_closing_nobody_is_taken_in() -> None:
    at = home()
    with pytest.raises(RuleBroken, match="没有寄宿托养的名额"):
        take_in(mental(1), at, mode="boarding")
    CareHome.objects.filter(pk=at.pk).update(closed_on=TODAY)
    at.refresh_from_db()
    with pytest.raises(RuleBroken, match="没有启用"):
        take_in(mental(2), at)


def test_a_month_has_one_institution_and_one_mode() -> None:
    somebody, at, other = mental(1), home(), home("另一家")
    first = take_in(somebody, at, starts_on=day("2025-10-05"))
    stay_end(stay=first, ends_on=day("2025-11-30"), reason="转院", by=staff(2))
    with pytest.raises(RuleBroken, match="同一个月只能有一家机构"):
        take_in(somebody, other, starts_on=day("2025-11-30"))
    take_in(somebody, other, starts_on=day("2025-12-01"))


def test_the_database_itself_keeps_a_month_to_one_stay_and_people_apart() -> None:
    somebody, other, at = mental(1), mental(2), home()
    stays(somebody, at, "2025-10-31", ends_on=day("2025-10-31"))
    stays(other, at, "2025-10-01")
    with pytest.raises(IntegrityError, match="care_stay_one_a_month"), transaction.atomic():
        stays(somebody, at, "2025-10-01", ends_on=day("2025-10-02"), mode="home")
    stays(somebody, at, "2025-11-01")


def test_two_files_with_stays_in_one_month_are_not_merged() -> None:
    one, other, at = mental(1), mental(2), home()
    stays(one, at, "2025-10-01")
    stays(other, at, "2025-11-01")
    with pytest.raises(RuleBroken, match="同一个月的两段托养"):
        people_merge(kept=one, gone=other, by=staff(), reason="一人", on=TODAY)
    assert CareStay.objects.filter(person=other).exists()


def test_nobody_outside_the_area_is_taken_in() -> None:
    by = staff(street="第一街道")
    with pytest.raises(RuleBroken, match="不在您的辖区"):
        take_in(mental(1, street="第二街道"), home(), by=by)


def test_places_and_standards_do_not_overlap() -> None:
    at, by = home(), staff()
    with pytest.raises(RuleBroken, match="时间重叠"):
        places_save(places=CarePlaces(home=at, mode="day", capacity=5, since=TODAY), by=by)
    standard()
    with pytest.raises(RuleBroken, match="执行月份重叠"):
        standard_save(
            standard=CareStandard(
                mode="day", basis="day", amount_yuan=Decimal(25), first_month=NOVEMBER, document="新文"
            ),
            by=by,
        )


# settlement


def prepared(at: CareHome, by: User, month: str = "2025-11-01", today: str = "2025-12-20") -> CareSettlement:
    return settling.settlement_prepare(home=at, month=day(month), by=by, today=day(today))


def attend(settlement: CareSettlement, days: int, by: User) -> None:
    settling.settlement_days(
        settlement=settlement, days=dict.fromkeys(settlement.lines.values_list("pk", flat=True), days), by=by
    )


def approve(settlement: CareSettlement, by: User, total: str) -> CareSettlement:
    return settling.settlement_approve(settlement=settlement, by=by, total=Decimal(total))


def test_without_a_standard_nothing_is_settled() -> None:
    at, by = home(), staff()
    stays(mental(1), at)
    standard(mode="boarding")
    with pytest.raises(RuleBroken, match="参数未维护：2025年11月没有日间照料的补助标准"):
        prepared(at, by)
    assert not CareSettlement.objects.exists()


@pytest.mark.parametrize(("basis", "days", "yuan"), [("day", 7, "140.00"), ("month", 7, "20.00"), ("month", 0, "0.00")])
def test_a_month_comes_to_the_standard_by_month_or_by_day(basis: str, days: int, yuan: str) -> None:
    at, by = home(), staff()
    stays(mental(1), at)
    standard(basis=basis)
    found = prepared(at, by)
    attend(found, days, by)
    assert found.lines.get().amount_yuan == Decimal(yuan)


def test_days_are_those_of_the_stay_and_no_more() -> None:
    at, by = home(), staff()
    standard()
    stays(mental(1), at, "2025-11-10", ends_on=day("2025-11-19"))
    found = prepared(at, by)
    assert found.lines.get().most_days == 10
    with pytest.raises(RuleBroken, match="这个月在托 10 天"):
        attend(found, 11, by)
    attend(found, 10, by)


def test_who_no_longer_may_stay_is_refused_with_every_reason_and_the_rest_settled() -> None:
    at, by = home(), staff()
    standard()
    fine, old, turning = mental(1), mental(2, born="1965-10-31"), mental(3, born="1965-11-02")
    for somebody in (fine, old, turning):
        stays(somebody, at)
    found = prepared(at, by)
    assert set(found.lines.values_list("person", flat=True)) == {fine.pk, turning.pk}
    assert found.refused == [[old.pk, ["2025-11-01已满60周岁"]]]


def test_the_month_of_a_standard_decides_and_not_the_day_of_settlement() -> None:
    at, by = home(), staff()
    standard("20", last_month=NOVEMBER)
    standard("30", first_month=day("2025-12-01"))
    stays(mental(1), at)
    assert prepared(at, by).lines.get().standard_yuan == 20


def test_a_month_is_settled_after_its_end_and_once() -> None:
    at, by = home(), staff()
    standard()
    stays(mental(1), at)
    with pytest.raises(RuleBroken, match="还没有结束"):
        prepared(at, by, today="2025-11-30")
    prepared(at, by, today="2025-12-01")
    with pytest.raises(RuleBroken, match="已有结算表"):
        prepared(at, by)


def test_whoever_prepared_does_not_approve_and_only_they_fill_in_days() -> None:
    at, one, other = home(), staff(), staff(2)
    standard()
    stays(mental(1), at)
    found = prepared(at, one)
    with pytest.raises(RuleBroken, match="只能由制表人"):
        attend(found, 5, other)
    with pytest.raises(RuleBroken, match="没有填实到天数"):
        approve(found, other, "0")
    attend(found, 5, one)
    with pytest.raises(RuleBroken, match="须由另一人审核"):
        approve(found, one, "100.00")
    with pytest.raises(RuleBroken, match="又有变化"):
        approve(found, other, "99.99")
    assert approve(found, other, "100.00").is_locked
    with pytest.raises(IntegrityError, match="second_pair_of_eyes"), transaction.atomic():
        CareSettlement.objects.create(
            home=at, month=day("2025-10-01"), state="locked", prepared_by=one, approved_by=one, prepared_at=NOON,
            approved_at=NOON,
        )  # fmt: skip


def test_a_locked_settlement_is_changed_by_nobody_and_keeps_its_stay_and_standard() -> None:
    at, one, other = home(), staff(), staff(2)
    priced = standard()
    somebody = stays(mental(1), at)
    found = prepared(at, one)
    attend(found, 5, one)
    approve(found, other, "100.00")
    for act in (
        lambda: CareLine.objects.update(days=6),
        lambda: CareLine.objects.all().delete(),
        lambda: CareSettlement.objects.update(month=day("2025-10-01")),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            act()
    with pytest.raises(RuleBroken, match="已经锁定"):
        settling.settlement_discard(settlement=found, reason="错", by=other)
    with pytest.raises(RuleBroken, match="结束日期不能更早"):
        stay_end(stay=somebody, ends_on=day("2025-11-29"), reason="离开", by=one)
    stay_end(stay=somebody, ends_on=day("2025-11-30"), reason="离开", by=one)
    with pytest.raises(RuleBroken, match="不能撤下"):
        stay_withdraw(stay=somebody, reason="错", by=one)
    priced.amount_yuan = Decimal(30)
    with pytest.raises(RuleBroken, match="不能再改"):
        standard_save(standard=priced, by=one)


def test_a_draft_is_discarded_and_prepared_anew() -> None:
    at, one = home(), staff()
    standard()
    stays(mental(1), at)
    settling.settlement_discard(settlement=prepared(at, one), reason="人员有误", by=staff(2))
    assert not CareLine.objects.exists()
    prepared(at, one)


def test_nobody_of_a_smaller_area_settles() -> None:
    with pytest.raises(RuleBroken, match="只管本辖区"):
        prepared(home(), staff(street="第一街道"))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_settlements_at_the_same_moment_one_wins() -> None:
    at, by = home(), staff()
    standard()
    stays(mental(1), at)
    gate, outcomes = threading.Barrier(2), []

    def run() -> None:
        try:
            gate.wait()
            prepared(at, by)
            outcomes.append("made")
        except RuleBroken:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "refused"]
    assert CareLine.objects.count() == 1


def test_the_statements_of_a_settlement_do_not_grow_with_people() -> None:
    standard()
    by = staff()

    def counted(name: str, first: int, count: int) -> int:
        at = home(name)
        for n in range(first, first + count):
            stays(mental(n, **({"level": "1"} if n % 2 else {"born": "1950-01-01"})), at)
        with CaptureQueriesContext(connection) as queries:
            prepared(at, by)
        return len(queries)

    counted("甲", 1, 2)
    assert counted("丙", 40, 30) == counted("乙", 20, 3)


# the pages


@time_machine.travel(NOON)
def test_the_page_shows_places_stays_and_who_no_longer_may() -> None:
    at = home(capacity=3)
    stays(mental(1), at)
    stays(mental(2, born="1960-01-01"), at)
    page = client_of(staff()).get(reverse("daycare"))
    (places,) = page.context["homes"][0]["places"]
    assert (places["taken"], places["free"]) == (2, 1)
    ((wrong),) = page.context["wrong"]
    assert wrong["clauses"][0].code == "old"
    assert "参数未维护" in page.content.decode()
    assert AccessLog.objects.filter(what="阳光家园托养名单").latest("pk").people == 2


@time_machine.travel(NOON)
def test_a_street_sees_its_own_people_and_no_settlement() -> None:
    at, by = home(), staff(2)
    standard()
    stays(mental(1), at)
    there = stays(mental(2, street="第二街道"), at)
    found = prepared(at, by)
    street = client_of(staff(role=Role.STREET_STAFF, street="第一街道"))
    page = street.get(reverse("daycare"))
    assert len(page.context["stays"]) == 1
    assert page.context["settlements"] is None
    assert street.get(reverse("stay", args=[there.pk])).status_code == 404
    assert street.get(reverse("care_settlement", args=[found.pk])).status_code == 403
    bounded = client_of(staff(street="第二街道"))
    for name in ("care_settlement", "care_settlement_print", "care_settlement_export"):
        assert bounded.get(reverse(name, args=[found.pk])).status_code == 404


@time_machine.travel(NOON)
def test_the_statements_of_the_page_do_not_grow_with_people() -> None:
    at, client = home(), client_of(staff())

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("daycare")).status_code == 200
        return len(queries)

    def some(first: int, count: int) -> None:
        for n in range(first, first + count):
            stays(mental(n, **({} if n % 2 else {"born": "1950-01-01"})), at)

    some(1, 2)
    counted()
    few = counted()
    some(10, 30)
    assert counted() == few


@time_machine.travel(NOON)
def test_somebody_is_taken_in_settled_printed_and_let_go_on_the_pages() -> None:
    at, one, other = home(), client_of(staff()), client_of(staff(2))
    standard()
    somebody = mental(1)
    add = reverse("stay_add", args=[somebody.pk])
    assert "符合全部条件" in one.get(add).content.decode()
    sent = {"home": at.pk, "mode": "day", "starts_on": "2025-11-03", "care_plan": "每周五天"}
    assert one.post(add, sent).status_code == 302
    assert "只能有一家机构" in one.post(add, sent).content.decode()
    assert one.post(reverse("care_settlement_add"), {"home": at.pk, "month": "2025-11"}).status_code == 302
    found, line = CareSettlement.objects.get(), CareLine.objects.get()
    address = reverse("care_settlement", args=[found.pk])
    assert "最多 28 天" in one.post(address, {"act": "days", f"days_{line.pk}": "29"}).content.decode()
    assert one.post(address, {"act": "days", f"days_{line.pk}": "20"}).status_code == 302
    assert "须由另一人审核" in one.post(address, {"act": "approve", "total": "400.00"}).content.decode()
    assert "又有变化" in other.post(address, {"act": "approve", "total": "x"}).content.decode()
    assert other.post(address, {"act": "approve", "total": "400.00"}).status_code == 302
    assert "400.00" in other.get(reverse("care_settlement_print", args=[found.pk])).content.decode()
    answer = other.post(reverse("care_settlement_export", args=[found.pk]), {"reason": "送财政"})
    page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    rows = list(page.iter_rows(values_only=True))
    assert (rows[1][2], rows[1][7], rows[1][10]) == (somebody.id_number, 20, 400)
    assert (rows[2][1], rows[2][10]) == ("合计", 400)
    assert "共 1 条" in str(rows[-1][0])
    stay = reverse("stay", args=[CareStay.objects.get().pk])
    end = {"act": "end", "ends_on": "2025-12-10", "reason": "家属接回", "seen": version(CareStay.objects.get())}
    assert one.post(stay, end).status_code == 302
    assert "已结束" in one.get(stay).content.decode()
    assert "阳光家园入托" in one.get(reverse("person", args=[somebody.pk])).content.decode()


@time_machine.travel(NOON)
def test_a_refusal_names_every_reason_on_the_page() -> None:
    somebody, client = holder(1, born="1950-01-01", level="3"), client_of(staff())
    sent = {"home": home().pk, "mode": "day", "starts_on": "2025-12-01", "care_plan": "某"}
    text = client.post(reverse("stay_add", args=[somebody.pk]), sent).content.decode()
    assert "已满60周岁" in text
    assert "不是智力残疾、精神残疾，也不是一级、二级肢体残疾" in text
    assert not CareStay.objects.exists()


@time_machine.travel(NOON)
def test_the_export_and_the_api_of_stays() -> None:
    somebody = mental(1)
    stays(somebody, home())
    client = client_of(staff())
    answer = client.post(reverse("stay_export"), {"reason": "核对"})
    page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert next(page.iter_rows(min_row=2, values_only=True))[2] == somebody.id_number
    (row,) = client.get(reverse("api_care_stay-list")).json()["results"]
    assert row["home"] == "阳光托养中心"
    assert row["name"] != somebody.name
