"""Matching says why: every clause holds or does not, with its sentence and source, the same from both sides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from employment.models import JobSeeker, Vacancy
from employment.rules.matching import HOLDS, SOFT, hard, ranked, seekers_for, vacancies_for
from employment.services import seeking
from tests.employment.jobs_makers import TODAY, clerk, seeker, sent, vacancy
from tests.records import community, day, holder, person
from zalainuoer.common.rules import Parameters, Rule

pytestmark = pytest.mark.django_db


def codes(rule: Rule, row: Any) -> set[str]:
    """The clauses that do not hold."""
    return {verdict.clause.code for verdict in rule.explain(row) if not verdict.holds}


def broken(who: JobSeeker, what: Vacancy) -> set[str]:
    """The same from both sides, which must agree."""
    parameters = Parameters(on=TODAY)
    from_seeker = codes(vacancies_for(who, on=TODAY, parameters=parameters), what)
    from_vacancy = codes(seekers_for(what, on=TODAY, parameters=parameters), who)
    assert from_seeker == from_vacancy
    return from_seeker


def test_a_seeker_and_a_vacancy_that_suit_each_other_meet_every_clause() -> None:
    assert broken(seeker(holder(1)), vacancy()) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"valid_until": "2025-06-19"}, "open"),
        ({"registered_on": "2025-06-21"}, "open"),
        ({"closed_on": "2025-06-01"}, "open"),
        ({"categories": ["1", "2"]}, "category"),
        ({"levels": ["3", "4"]}, "level"),
        ({"trades": ["massage"]}, {"trade", "skill"}),
        ({"trades": ["cleaning", "massage"]}, set()),
        ({"trades": []}, set()),
        ({"wage_yuan": Decimal("1999.99")}, "wage"),
        ({"wage_yuan": Decimal(2000)}, set()),
        ({"education": 3}, "education"),
        ({"categories": ["4"], "levels": ["2"]}, set()),
        ({"valid_until": "2025-06-20"}, set()),
        ({"street": None}, "place"),
    ],
)
def test_one_thing_of_the_vacancy_breaks_one_clause(change: dict[str, Any], code: Any) -> None:
    assert broken(seeker(holder(1)), vacancy(**change)) == ({code} if isinstance(code, str) else code)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"skills": []}, "skill"),
        ({"wanted": ["massage"]}, "trade"),
        ({"wanted": []}, set()),
        ({"least_wage_yuan": None}, set()),
        ({"least_wage_yuan": Decimal(3000)}, "wage"),
        ({"wanted_street": None}, set()),
        ({"status": "ended", "ended_on": "2025-06-01"}, "looking"),
        ({"status": "referred"}, set()),
    ],
)
def test_one_thing_of_the_seeker_breaks_one_clause(change: dict[str, Any], code: Any) -> None:
    assert broken(seeker(holder(1), **change), vacancy()) == ({code} if isinstance(code, str) else code)


def test_another_place_is_a_wish_that_is_not_met() -> None:
    assert broken(seeker(holder(1), wanted_street=community("第二街道").parent), vacancy()) == {"place"}


@pytest.mark.parametrize(
    "change",
    [
        {"expires_on": "2025-06-19"},
        {"status": "frozen", "status_on": "2025-06-01"},
        {"status": "cancelled", "status_on": "2025-06-01"},
    ],
)
def test_without_a_valid_certificate_nobody_is_recommended(change: dict[str, Any]) -> None:
    assert broken(seeker(holder(1, **change)), vacancy()) == {"certificate"}


def test_without_any_certificate_neither_category_nor_level_is_accepted_where_they_are_asked_for() -> None:
    assert broken(seeker(person(1)), vacancy(categories=["4"], levels=["2"])) == {"certificate", "category", "level"}


@pytest.mark.parametrize(
    ("n", "born", "is_of_age"),
    [
        (1, "2009-06-20", True),  # 16 today
        (1, "2009-06-21", False),
        (1, "1965-06-21", True),  # a man of 59, 60 tomorrow
        (1, "1965-06-20", False),
        (2, "1970-06-21", True),  # a woman of 54, 55 tomorrow
        (2, "1970-06-20", False),
    ],
)
def test_working_age_is_reckoned_by_full_years_on_the_day(n: int, born: str, is_of_age: bool) -> None:
    assert broken(seeker(holder(n, born=born)), vacancy()) == (set() if is_of_age else {"working_age"})


def test_a_full_vacancy_takes_nobody_else_until_the_hiring_is_taken_back() -> None:
    first, second, offer = seeker(holder(1)), seeker(holder(3)), vacancy()
    referral = sent(first, offer)
    assert broken(second, offer) == set()
    seeking.referral_hire(referral=referral, form="quota", started_on=TODAY, by=clerk(), today=TODAY)
    assert broken(second, offer) == {"room"}
    seeking.referral_take_back(referral=referral, reason="录错", by=clerk())
    assert broken(second, offer) == set()


def test_whoever_was_recommended_already_is_not_again_unless_that_was_withdrawn() -> None:
    who, offer = seeker(holder(1)), vacancy()
    referral = sent(who, offer)
    who.refresh_from_db()
    assert broken(who, offer) == {"unsent"}
    seeking.referral_take_back(referral=referral, reason="录错", by=clerk())
    who.refresh_from_db()
    assert broken(who, offer) == set()


def test_wishes_rank_and_exclude_nobody() -> None:
    who = seeker(holder(1))
    poor = vacancy(post="乙", wage_yuan=Decimal(1000), trades=["massage"], street=None)
    good, fair = vacancy(post="甲"), vacancy(post="丙", wage_yuan=Decimal(1000))
    rule = vacancies_for(who, on=TODAY, parameters=Parameters(on=TODAY))
    found = list(ranked(rule, hard(rule).people(Vacancy.objects.all())))
    assert [(row.pk, row.wishes_met) for row in found] == [(good.pk, 5), (fair.pk, 4), (poor.pk, 1)]


def test_every_clause_has_a_sentence_for_both_answers_and_a_source() -> None:
    rule = vacancies_for(seeker(holder(1)), on=TODAY, parameters=Parameters(on=TODAY))
    assert {clause.code for clause in rule.clauses} == set(HOLDS)
    assert set(SOFT) < set(HOLDS)
    assert all(clause.reason and clause.source for clause in rule.clauses)


def test_statements_do_not_grow_with_seekers_or_vacancies() -> None:
    def statements() -> int:
        offer, who = Vacancy.objects.first(), JobSeeker.objects.select_related("person").first()
        assert offer is not None
        assert who is not None
        parameters = Parameters(on=TODAY)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            list(seekers_for(offer, on=TODAY, parameters=parameters).explained(JobSeeker.objects.all()))
            list(vacancies_for(who, on=TODAY, parameters=parameters).explained(Vacancy.objects.all()))
        return len(captured)

    seeker(holder(1))
    vacancy()
    before = statements()
    for n in range(3, 23, 2):
        seeker(holder(n))
        vacancy(post=f"岗{n}")
    assert statements() == before == 2


def test_multiple_disability_is_a_category_of_its_own() -> None:
    who = seeker(holder(1, category="7", components="肢体三级、视力四级"))
    assert broken(who, vacancy(categories=["4"])) == {"category"}
    assert broken(who, vacancy(categories=["4", "7"])) == set()


def test_the_days_certificate_decides_and_not_a_later_one() -> None:
    somebody = holder(1, held_until=day("2025-07-01"))
    assert broken(seeker(somebody), vacancy(categories=["4"])) == set()
