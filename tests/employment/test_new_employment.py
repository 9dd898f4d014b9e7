"""新增就业: whoever begins to work in the span without having worked the day before, once in the five years."""

from __future__ import annotations

import pytest

from employment.models import EmploymentRecord
from employment.new_jobs import NewJobs
from employment.rules.new_employment import new_jobs, newly_employed, span_of
from registry.models import Person
from tests.employment.jobs_makers import worked
from tests.records import day, holder, person
from zalainuoer.common.models import Parameter
from zalainuoer.common.rules import Parameters

pytestmark = pytest.mark.django_db
ON = day("2025-12-31")


def count(year: int = 2023) -> int:
    """How many are newly employed in the year."""
    first, last = span_of(year)
    rule = newly_employed(on=ON, starts_on=first, until=last, parameters=Parameters(on=ON))
    return rule.people(Person.objects.all()).count()


def test_whoever_begins_in_the_year_is_new_in_it() -> None:
    worked(holder(1), "2023-05-01")
    assert (count(2022), count(2023), count(2024)) == (0, 1, 0)


@pytest.mark.parametrize(("started_on", "counts"), [("2023-01-01", 1), ("2022-12-31", 0), ("2023-12-31", 1)])
def test_the_years_first_and_last_day_belong_to_it(started_on: str, counts: int) -> None:
    worked(holder(1), started_on)
    assert count() == counts


@pytest.mark.parametrize(("ended_on", "counts"), [("2023-04-29", 1), ("2023-04-30", 0), (None, 0), ("2023-08-01", 0)])
def test_whoever_worked_the_day_before_is_not_new(ended_on: str | None, counts: int) -> None:
    somebody = holder(1)
    worked(somebody, "2022-03-01", ended_on)
    worked(somebody, "2023-05-01", form="public_post")
    assert count() == counts


def test_two_works_begun_on_one_day_make_one_person_new() -> None:
    somebody = holder(1)
    worked(somebody, "2023-05-01")
    worked(somebody, "2023-05-01", form="farming")
    assert count() == 1


def test_a_later_job_beside_the_first_makes_nobody_new_again() -> None:
    somebody = holder(1)
    worked(somebody, "2022-05-01")
    worked(somebody, "2023-05-01", "2023-06-01")
    assert count() == 0


def test_rehired_in_two_years_counts_in_both_and_once_in_the_five() -> None:
    somebody = holder(1)
    worked(somebody, "2022-05-01", "2022-12-31")
    worked(somebody, "2023-05-01")
    worked(holder(3), "2023-05-01")
    figure = NewJobs(on=ON)
    assert figure.by_year == {2021: 0, 2022: 1, 2023: 2, 2024: 0, 2025: 0}
    assert figure.cumulative == 2
    assert figure.target == 100


def test_whoever_left_yesterday_and_began_today_is_not_new_and_the_day_after_is() -> None:
    one, other = holder(1), holder(3)
    for somebody, again in ((one, "2023-07-01"), (other, "2023-07-02")):
        worked(somebody, "2020-01-01", "2023-06-30")
        worked(somebody, again)
    found = NewJobs(on=ON).rows
    assert [row.person for row in found] == [other.pk]


def test_without_a_certificate_on_the_first_day_nobody_counts() -> None:
    worked(person(1), "2023-05-01")
    worked(holder(3, first_issued_on="2023-05-02", issued_on="2023-05-02"), "2023-05-01")
    worked(holder(5, first_issued_on="2023-05-01", issued_on="2023-05-01"), "2023-05-01")
    worked(holder(7, status="cancelled", status_on="2023-04-30"), "2023-05-01")
    worked(holder(9, status="cancelled", status_on="2023-05-02"), "2023-05-01")
    assert count() == 2


@pytest.mark.parametrize(
    ("n", "born", "counts"),
    [
        (1, "2007-05-01", 1),
        (1, "2007-05-02", 0),
        (1, "1963-05-02", 1),
        (1, "1963-05-01", 0),
        (2, "1968-05-02", 1),
        (2, "1968-05-01", 0),
    ],
)
def test_working_age_is_that_of_the_first_day(n: int, born: str, counts: int) -> None:
    worked(holder(n, born=born), "2023-05-01")
    assert count() == counts


def test_whoever_is_born_on_the_29th_of_february_is_a_year_older_on_the_first_of_march() -> None:
    worked(holder(1, born="2008-02-29"), "2024-02-28")
    worked(holder(3, born="2007-03-01"), "2023-02-28")
    assert count(2023) == 0
    assert count(2024) == 0
    worked(holder(5, born="2004-02-29"), "2020-02-29")
    worked(holder(7, born="2005-02-28"), "2021-02-28")
    assert count(2021) == 1


def test_the_future_is_not_counted() -> None:
    worked(holder(1), "2025-12-31")
    assert NewJobs(on=day("2025-12-30")).cumulative == 0
    assert NewJobs(on=ON).cumulative == 1


def test_a_parameter_that_changes_holds_for_the_years_from_then_on() -> None:
    for key in ("employment.working_age_max_male",):
        Parameter.objects.create(
            key=key, name="就业年龄段的最大年龄（男，周岁）", value=62, effective_from="2024-01-01", document="某文"
        )
    worked(holder(1, born="1962-01-02"), "2023-05-01")
    worked(holder(3, born="1963-01-02"), "2024-05-01")
    assert NewJobs(on=ON).by_year == {2021: 0, 2022: 0, 2023: 0, 2024: 1, 2025: 0}


def test_each_employment_is_told_why_it_does_not_count() -> None:
    worked(person(1), "2020-05-01")
    first, last = span_of(2023)
    rule = new_jobs(on=ON, starts_on=first, until=last, parameters=Parameters(on=ON))
    failing = {verdict.clause.code for verdict in rule.explain(EmploymentRecord.objects.get()) if not verdict.holds}
    assert failing == {"span", "holder"}
    assert all("规划" in clause.source or "说明" in clause.source for clause in rule.clauses)
