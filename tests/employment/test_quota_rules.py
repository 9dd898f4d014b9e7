"""Who counts in a month, at which employer, and for how many."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from employment.models import (
    Audit,
    AuditState,
    CountedAt,
    DispatchAgreement,
    Employer,
    EmployerKind,
    EmploymentForm,
    EmploymentMonth,
    EmploymentRecord,
    QuotaSheet,
)
from employment.rules.quota import claims, counted, months_existing, terms_of_months
from employment.rules.terms import ParameterBook
from registry.models import CertificateStatus
from tests import records
from tests.employment import levy_makers as make
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role

pytestmark = pytest.mark.django_db
MARCH = datetime.date(2025, 3, 1)


def a_claim(**change: Any) -> EmploymentMonth:
    """March 2025 of somebody of level 3 who counts."""
    make.terms()
    made = make.job(records.holder(1, level="3"), make.employer(), **change)
    return make.months(made, [3])[0]


def reasons(claim: EmploymentMonth, year: int = make.YEAR) -> list[str]:
    """The codes of the clauses that do not hold for a claim."""
    rule = counted(year, terms_of_months(year, ParameterBook()))
    ((_, verdicts),) = rule.explained(claims(year).filter(pk=claim.pk))
    return [verdict.clause.code for verdict in verdicts if not verdict.holds]


def test_whoever_fulfils_everything_counts() -> None:
    assert reasons(a_claim()) == []


Change = Callable[[EmploymentMonth], None]


def record(**values: Any) -> Change:
    return lambda claim: EmploymentRecord.objects.filter(pk=claim.record_id).update(**values)


def month(**values: Any) -> Change:
    return lambda claim: EmploymentMonth.objects.filter(pk=claim.pk).update(**values)


def certificate(**values: Any) -> Change:
    return lambda claim: claim.record.person.certificates.update(**values)


def born(on: str, sex: str = "male") -> Change:
    def change(claim: EmploymentMonth) -> None:
        type(claim.record.person).objects.filter(pk=claim.record.person_id).update(born_on=on, sex=sex)

    return change


def at_work(**values: Any) -> Change:
    return lambda claim: Employer.objects.filter(pk=claim.record.employer_id).update(**values)


CHANGES: dict[str, tuple[Change, list[str]]] = {
    "self-employed": (record(form=EmploymentForm.SELF_EMPLOYED), ["form"]),
    "sheltered": (record(form=EmploymentForm.SHELTERED), ["form"]),
    "concentrated": (record(form=EmploymentForm.CONCENTRATED), []),
    "hired on the last day of the month": (record(started_on="2025-03-31"), []),
    "hired the month after": (record(started_on="2025-04-01"), ["span"]),
    "left on the first of the month": (record(ended_on="2025-03-01"), []),
    "left the month before": (record(ended_on="2025-02-28"), ["span"]),
    "no contract": (record(contract=""), ["contract", "contract_year"][:1]),
    "on the books without dates": (record(contract="established", contract_from=None), []),
    "a service agreement": (record(contract="service_agreement"), []),
    "a contract without a beginning": (record(contract_from=None), ["contract_year", "contract_covers"]),
    "a contract of a whole year": (record(contract_from="2025-01-01", contract_until="2025-12-31"), []),
    "a contract a day short of a year": (
        record(contract_from="2025-01-01", contract_until="2025-12-30"),
        ["contract_year"],
    ),
    "a contract from a leap day": (
        record(contract_from="2024-02-29", contract_until="2025-02-28"),
        ["contract_covers"],
    ),
    "a contract up to the last of the month": (record(contract_from="2024-04-01", contract_until="2025-03-31"), []),
    "a contract up to the day before": (
        record(contract_from="2024-03-31", contract_until="2025-03-30"),
        ["contract_covers"],
    ),
    "a contract from the next month": (record(contract_from="2025-04-01"), ["contract_covers"]),
    "a wage at the minimum": (month(wage_yuan="1980"), []),
    "a wage a fen below": (month(wage_yuan="1979.99"), ["wage"]),
    "no pension": (month(is_pension_paid=False), ["pension"]),
    "no medical insurance": (month(is_medical_paid=False), ["medical"]),
    "nothing paid": (month(is_pension_paid=False, is_medical_paid=False), ["pension", "medical"]),
    "a certificate issued later": (certificate(first_issued_on="2025-04-01"), ["certificate"]),
    "a certificate issued in the month": (certificate(first_issued_on="2025-03-31"), []),
    "a certificate up to the last of the month": (certificate(expires_on="2025-03-31"), []),
    "a certificate that expired the day before": (certificate(expires_on="2025-03-30"), ["expired"]),
    "cancelled": (certificate(status=CertificateStatus.CANCELLED, status_on="2025-03-31"), ["certificate"]),
    "cancelled later": (certificate(status=CertificateStatus.CANCELLED, status_on="2025-04-01"), []),
    "frozen": (certificate(status=CertificateStatus.FROZEN, status_on="2025-03-31"), ["frozen"]),
    "lost": (certificate(status=CertificateStatus.LOST, status_on="2025-03-01"), []),
    "sixteen on the last of the month": (born("2009-03-31"), []),
    "not yet sixteen": (born("2009-04-01"), ["too_young"]),
    "a man not yet sixty": (born("1965-04-01"), []),
    "a man of sixty on the last of the month": (born("1965-03-31"), ["too_old"]),
    "a woman not yet fifty-five": (born("1970-04-01", "female"), []),
    "a woman of fifty-five": (born("1970-03-31", "female"), ["too_old"]),
    "the employer is founded in the month": (at_work(established_on="2025-03-31"), []),
    "the employer is founded later": (at_work(established_on="2025-04-01"), ["employer"]),
    "the employer closed before": (at_work(closed_on="2025-02-28"), ["employer"]),
    "the employer closed in the month": (at_work(closed_on="2025-03-01"), []),
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_change_decides(name: str) -> None:
    change, wanted = CHANGES[name]
    claim = a_claim()
    change(claim)
    assert reasons(claim) == wanted


def test_a_deferred_retirement_with_its_document_counts() -> None:
    claim = a_claim()
    born("1964-01-01")(claim)
    record(is_retirement_deferred=True, deferral_document="延迟退休协议 2025-1")(claim)
    assert reasons(claim) == []


def test_somebody_born_on_a_leap_day_is_sixteen_on_the_first_of_march() -> None:
    """29 February 2008: on 28 February 2025 still 16, on 28 February 2024 still 15."""
    make.terms()
    made = make.job(records.holder(1, born="2008-02-29"), make.employer(), started_on="2024-01-01")
    (of_2024,) = make.months(made, [2], year=2024)
    assert reasons(of_2024, 2024) == []  # 29 February 2024 is the birthday
    EmploymentRecord.objects.update(ended_on="2024-02-28")
    assert reasons(of_2024, 2024) == ["too_young"]


def test_whoever_left_in_the_month_is_judged_on_the_last_day_there() -> None:
    claim = a_claim()
    record(ended_on="2025-03-10")(claim)
    certificate(expires_on="2025-03-10")(claim)
    assert reasons(claim) == []
    certificate(expires_on="2025-03-09")(claim)
    assert reasons(claim) == ["expired"]


@pytest.mark.parametrize(("level", "wanted"), [(1, []), (8, []), (9, ["certificate"])])
def test_a_veteran_needs_no_other_certificate_up_to_level_eight(level: int, wanted: list[str]) -> None:
    make.terms()
    somebody = records.person(1)
    make.veteran(somebody, level)
    (claim,) = make.months(make.job(somebody, make.employer()), [3])
    assert reasons(claim) == wanted


def test_an_expired_certificate_does_not_hurt_a_veteran() -> None:
    claim = a_claim()
    certificate(expires_on="2025-01-01")(claim)
    make.veteran(claim.record.person, 6, valid_until="2025-03-31")
    assert reasons(claim) == []


# --- several claims --------------------------------------------------------------------------------------------------


def test_the_first_recorded_of_two_employers_counts_and_the_second_waits_to_be_checked() -> None:
    claim = a_claim()
    other = make.employer(2)
    (second,) = make.months(make.job(claim.record.person, other), [3])
    assert (reasons(claim), reasons(second)) == ([], ["elsewhere"])


def test_a_claim_that_does_not_count_itself_stands_in_nobodys_way() -> None:
    claim = a_claim()
    month(is_pension_paid=False)(claim)
    (second,) = make.months(make.job(claim.record.person, make.employer(2)), [3])
    assert reasons(second) == []


def test_two_records_at_one_employer_count_once() -> None:
    claim = a_claim()
    again = make.job(claim.record.person, claim.record.employer, started_on="2025-03-15")
    (second,) = make.months(again, [3])
    assert (reasons(claim), reasons(second)) == ([], ["elsewhere"])
    make.declared(claim.record.employer)
    assert make.sheet(claim.record.employer).placed_by_month[2] == 1


def dispatched(counted_at: str, **change: Any) -> tuple[Employer, Employer]:
    """Somebody sent by one employer to work at another all year, under an agreement."""
    make.terms()
    sender, host = make.employer(1, name="派出有限公司"), make.employer(2, name="用工有限公司")
    for each in (sender, host):
        make.declared(each)
    facts = {"starts_on": "2024-01-01", "document": "协议1号", **change}
    agreement = DispatchAgreement.objects.create(dispatcher=sender, host=host, counted_at=counted_at, **facts)
    make.placed(1, sender, agreement=agreement)
    return sender, host


def placed(at: Employer) -> list[int]:
    return [int(count) for count in QuotaSheet.objects.get(employer=at).placed_by_month]


def test_dispatched_staff_count_at_the_dispatcher_or_by_agreement_at_the_host_never_at_both() -> None:
    sender, host = dispatched(CountedAt.DISPATCHER)
    make.reckon()
    assert (placed(sender), placed(host)) == ([1] * 12, [0] * 12)
    DispatchAgreement.objects.update(counted_at=CountedAt.HOST)
    make.reckon()
    assert (placed(sender), placed(host)) == ([0] * 12, [1] * 12)


def test_an_agreement_counts_while_it_is_in_force() -> None:
    sender, host = dispatched(CountedAt.HOST, starts_on="2025-03-31", ends_on="2025-10-30")
    make.reckon()
    assert placed(host) == [0, 0, *[1] * 7, 0, 0, 0]
    assert placed(sender) == [1, 1, *[0] * 7, 1, 1, 1]


def test_an_agreement_of_another_dispatcher_moves_nobody() -> None:
    sender, host = dispatched(CountedAt.HOST)
    third = make.employer(3)
    DispatchAgreement.objects.update(dispatcher=third)
    make.reckon()
    assert (placed(sender), placed(host)) == ([1] * 12, [0] * 12)


def test_the_host_cannot_count_again_whom_the_dispatcher_counts() -> None:
    sender, host = dispatched(CountedAt.DISPATCHER)
    make.months(make.job(records.Person.objects.get(), host))
    make.reckon()
    assert (placed(sender), placed(host)) == ([1] * 12, [0] * 12)


# --- weights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "weight"), [("1", 2), ("2", 2), ("3", 1), ("4", 1)])
@pytest.mark.parametrize("category", ["1", "5", "6", "7"])
def test_levels_one_and_two_count_double(category: str, level: str, weight: int) -> None:
    make.terms()
    at = make.employer()
    make.declared(at)
    somebody = records.holder(1, category=category, level=level)
    make.months(make.job(somebody, at), [1])
    assert make.sheet(at).placed_by_month[0] == weight


@pytest.mark.parametrize(("level", "weight"), [(1, 2), (3, 2), (4, 1), (8, 1)])
def test_veterans_count_double_up_to_level_three(level: int, weight: int) -> None:
    make.terms()
    at = make.employer()
    make.declared(at)
    somebody = records.person(1)
    make.veteran(somebody, level)
    make.months(make.job(somebody, at), [1])
    assert make.sheet(at).placed_by_month[0] == weight


def test_of_two_certificates_the_heavier_counts_once() -> None:
    make.terms()
    at = make.employer()
    make.declared(at)
    made = make.placed(1, at, level="4")
    make.veteran(made.person, 2)
    assert make.sheet(at).placed == 2


def test_the_weights_of_a_year_are_those_of_its_last_day() -> None:
    """智力 三级 counted as two from 2026 on leaves 2025 as it was."""
    make.terms()
    at = make.employer()
    for year in (2025, 2026):
        make.declared(at, year=year)
    made = make.job(records.holder(1, category="5", level="3"), at)
    for year in (2025, 2026):
        make.months(made, year=year)
    make.parameter("employment.weights", {"5": {"3": 2}}, "2026-06-01")
    assert make.sheet(at, 2025).placed == 1
    assert make.sheet(at, 2026).placed == 2


def test_a_matrix_without_the_grade_says_so_instead_of_guessing() -> None:
    make.terms()
    at = make.employer()
    make.declared(at)
    make.placed(1, at, level="3")
    make.parameter("employment.weights", {"4": {"1": 2}}, "2025-01-01")
    row = make.sheet(at)
    assert (row.placed, row.gap, row.net_yuan) == (None, None, None)
    assert "折算系数" in row.missing[0]


def test_somebody_whose_level_changes_in_june_counts_by_the_level_of_each_month() -> None:
    make.terms()
    at = make.employer()
    make.declared(at)
    somebody = records.holder(1, level="3", held_until="2025-06-15")
    records.certificate(somebody, level="2", held_from="2025-06-15", issued_on="2025-06-15", expires_on="2035-06-14")
    make.months(make.job(somebody, at))
    assert make.sheet(at).placed_by_month == [1] * 5 + [2] * 7


# --- what is missing -------------------------------------------------------------------------------------------------


def test_without_a_minimum_wage_nobody_is_counted_and_nobody_is_left_out() -> None:
    make.terms(minimum=None)
    at, empty = make.employer(1), make.employer(2)
    for each in (at, empty):
        make.declared(each)
    make.placed(1, at, [3, 4])
    row = make.sheet(at)
    assert (row.headcount, row.placed, row.required, row.gap) == (100, None, Decimal("1.5"), None)
    assert row.missing == [
        "参数未维护：当地月最低工资标准（元）（2025-03-31）",
        "参数未维护：当地月最低工资标准（元）（2025-04-30）",
    ]
    assert QuotaSheet.objects.get(employer=empty).placed == 0  # whose wage would have to be looked at?


def test_a_missing_minimum_wage_does_not_matter_for_whoever_would_not_count_anyway() -> None:
    make.terms(minimum=None)
    at = make.employer()
    make.declared(at)
    make.months(make.job(records.holder(1), at), is_pension_paid=False)
    assert make.sheet(at).placed == 0


def test_the_minimum_wage_of_each_month_is_asked() -> None:
    make.terms()
    make.parameter("employment.minimum_wage_yuan", "3500", "2025-07-01")
    at = make.employer()
    make.declared(at)
    make.placed(1, at)  # 3,000 a month
    assert make.sheet(at).placed_by_month == [1] * 6 + [0] * 6


@pytest.mark.parametrize(
    ("heads", "average", "missing"),
    [
        (None, "60000", "数据未登记：有 12 个存续月没有在职职工人数"),
        ([10] * 11 + [None], None, "数据未登记：有 1 个存续月没有在职职工人数"),
        (100, None, "数据未登记：工资总额"),
    ],
)
def test_undeclared_figures_are_named(heads: Any, average: str | None, missing: str) -> None:
    make.terms()
    at = make.employer()
    make.declared(at, heads, average=average)
    row = make.sheet(at)
    assert missing in row.missing
    assert row.net_yuan is None


def test_an_employer_that_has_declared_nothing_has_a_sheet_that_says_so() -> None:
    make.terms()
    row = make.sheet(make.employer())
    assert row.missing == ["数据未登记：有 12 个存续月没有在职职工人数", "数据未登记：工资总额"]


# --- parts of a year, and who has declared ---------------------------------------------------------------------------


def test_an_employer_founded_in_march_has_ten_months() -> None:
    make.terms()
    at = make.employer(established_on="2025-03-20")
    make.declared(at, [None, None, *[100] * 10], average=None, wage_total_yuan="6000000")
    make.placed(1, at, range(8, 13), level="1")
    row = make.sheet(at)
    assert (row.months_existing, row.headcount, row.placed) == (10, 100, 1)


def test_months_of_existence_are_those_with_a_day_of_it() -> None:
    day = datetime.date
    assert months_existing(2025, established_on=day(2025, 3, 31), closed_on=day(2025, 5, 1)) == [3, 4, 5]
    assert months_existing(2025, established_on=None, closed_on=day(2024, 12, 31)) == []


def test_an_employer_that_was_not_there_has_no_sheet() -> None:
    make.terms()
    make.employer(1, closed_on="2024-12-31")
    make.employer(2, established_on="2026-01-01")
    make.reckon()
    assert not QuotaSheet.objects.exists()


LATE = datetime.datetime(2026, 11, 1, 2, 0, tzinfo=make.AT.tzinfo)


def with_window(**change: Any) -> Employer:
    make.terms()
    make.parameter("employment.audit_window_until", "10-31", "2026-01-01")
    at = make.employer()
    make.declared(at)
    make.placed(1, at, level="1")
    if change:
        Audit.objects.create(employer=at, year=make.YEAR, **change)
    return at


def test_whoever_has_not_declared_in_time_is_treated_as_having_placed_nobody() -> None:
    at = with_window(state=AuditState.NOT_DECLARED)
    make.reckon(at=LATE)
    row = QuotaSheet.objects.get(employer=at)
    assert (row.is_undeclared, row.placed, row.placed_by_month) == (True, 0, [0] * 12)
    assert row.net_yuan == Decimal("81000.00")
    assert row.lines[1]["figures"] == "期满未申报，视为未安排"


def test_on_the_last_day_of_the_window_nobody_is_late() -> None:
    at = with_window()
    make.reckon(at=LATE - datetime.timedelta(days=1))
    row = QuotaSheet.objects.get(employer=at)
    assert (row.is_undeclared, row.placed) == (False, 2)


def test_whoever_has_declared_is_counted_as_found() -> None:
    at = with_window(state=AuditState.DECLARED, declared_on="2026-05-01")
    make.reckon(at=LATE)
    assert QuotaSheet.objects.get(employer=at).placed == 2


@pytest.mark.parametrize("value", [None, "2027-10-31", "13-45", "没有"])
def test_without_a_window_of_the_audits_year_nobody_is_late(value: str | None) -> None:
    at = with_window()
    make.parameter("employment.audit_window_until", value, "2026-01-01")
    make.reckon(at=LATE)
    assert not QuotaSheet.objects.get(employer=at).is_undeclared


def test_a_whole_date_of_the_audits_year_is_a_window_too() -> None:
    at = with_window()
    make.parameter("employment.audit_window_until", "2026-06-30", "2026-01-01")
    make.reckon(at=LATE)
    assert QuotaSheet.objects.get(employer=at).is_undeclared


# --- the service -----------------------------------------------------------------------------------------------------


def test_reckoning_again_writes_nothing() -> None:
    at = with_window()
    assert make.reckon().new == 1
    before = QuotaSheet.objects.get().reckoned_at
    events = QuotaSheet.pgh_event_model.objects.count()  # type: ignore[attr-defined]
    found = make.reckon(at=make.AT + datetime.timedelta(days=1))
    assert (found.new, found.changed, found.same) == (0, 0, 1)
    assert QuotaSheet.objects.get().reckoned_at == before
    make.placed(2, at)
    assert make.reckon().changed == 1
    assert QuotaSheet.pgh_event_model.objects.count() == events + 1  # type: ignore[attr-defined]


def test_one_employer_is_reckoned_by_itself() -> None:
    at = with_window()
    other = make.employer(2)
    make.reckon(employers=[at.pk])
    assert list(QuotaSheet.objects.values_list("employer", flat=True)) == [at.pk]
    assert QuotaSheet.objects.get().placed == 2
    make.reckon(employers=[other.pk])
    assert QuotaSheet.objects.count() == 2


def test_a_certified_sheet_keeps_its_figures() -> None:
    at = with_window()
    make.reckon()
    make.certified(at, declared_on="2026-04-01")
    make.placed(2, at)
    found = make.reckon()
    assert (found.kept, found.changed) == (1, 0)
    assert QuotaSheet.objects.get().placed == 2


def test_only_the_federation_with_the_whole_district_reckons() -> None:
    from tests.deliveries import user

    make.reckon(by=user(Role.FEDERATION_STAFF))
    for other in (user(Role.STREET_STAFF, street="第一街道"), user(Role.FEDERATION_STAFF, street="第一街道")):
        with pytest.raises(RuleBroken, match="全区"):
            make.reckon(by=other)
    with pytest.raises(RuleBroken, match="不能测算"):
        make.reckon(2000)


def test_an_organ_is_not_exempt_however_small() -> None:
    make.terms()
    at = make.employer(kind=EmployerKind.ORGAN)
    make.declared(at, 28, average="90000")
    assert make.sheet(at).net_yuan == Decimal("34020.00")


def test_the_year_after_the_relief_has_expired_names_what_is_wanted() -> None:
    make.terms()
    at = make.employer()
    make.declared(at, year=2028)
    make.parameter("employment.local_average_wage_yuan", "80000", "2028-01-01")
    row = make.sheet(at, 2028)
    assert row.gross_yuan == Decimal("90000.00")
    assert row.missing == ["参数未维护：暂免征收的企业在职职工人数（含）（2028-12-31）"]
    assert row.net_yuan is None


def test_the_local_average_wage_of_a_year_is_not_carried_on_into_the_next() -> None:
    make.terms()
    at = make.employer(kind=EmployerKind.ORGAN)
    for year in (make.YEAR, make.YEAR + 1):
        make.declared(at, year=year)
    assert make.sheet(at).base_yuan == Decimal("60000.00")
    row = make.sheet(at, make.YEAR + 1)
    assert (row.gap, row.base_yuan, row.net_yuan) == (Decimal("1.5"), None, None)
    assert row.missing == ["参数未维护：当地社会平均工资（元，每年）（2026-12-31）"]
