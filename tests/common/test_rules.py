"""Rules: named clauses that the database evaluates."""

import datetime

import pytest
from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models import Certificate, Household, Person
from tests.records import day, holder, person
from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.models import Parameter
from zalainuoer.common.rules import Clause, Parameters, Rule, latest_birth

ADULT = Clause(Q(born_on__lte="2009-12-31"), "未满16周岁", "某法 第一条")
HOLDER = Clause(Exists(Certificate.objects.filter(person=OuterRef("pk"))), "没有残疾人证", "某法 第二条")


def everybody() -> QuerySet[Person]:
    return Person.objects.order_by("pk")


def test_a_clause_across_a_to_many_relation_is_refused_when_the_rule_is_made() -> None:
    with pytest.raises(TypeError, match="must be an Exists"):
        Rule(Person, Clause(Q(certificates__level="1"), "", ""))


def test_a_nested_clause_across_a_to_many_relation_is_refused_too() -> None:
    with pytest.raises(TypeError, match="must be an Exists"):
        Rule(Household, Clause(Q(pk__gt=0) & ~Q(Q(certificates__level="1") | Q(pk=1)), "", ""))


def test_a_clause_across_a_to_one_relation_is_fine() -> None:
    assert Rule(Person, Clause(Q(community__parent__name="第一街道"), "", ""))


def test_rules_about_different_models_do_not_join() -> None:
    with pytest.raises(TypeError, match="Household"):
        Rule(Person, ADULT) & Rule(Household)


@pytest.mark.django_db
class TestWithPeople:
    def test_people_are_those_for_whom_every_clause_holds(self) -> None:
        adult, child = holder(1), holder(2, born="2015-01-01")
        person(3)
        assert list(Rule(Person, ADULT, HOLDER).people(everybody())) == [adult]
        assert list(Rule(Person, HOLDER).people(everybody())) == [adult, child]

    def test_those_failing_are_all_the_others(self) -> None:
        holder(1)
        child, stranger = holder(2, born="2015-01-01"), person(3)
        assert list(Rule(Person, ADULT, HOLDER).failing(everybody())) == [child, stranger]

    def test_a_rule_with_further_clauses_is_a_subset(self) -> None:
        adult = holder(1)
        person(2)
        rule = Rule(Person, ADULT).but(HOLDER)
        assert rule.clauses == (ADULT, HOLDER)
        assert (Rule(Person, ADULT) & Rule(Person, HOLDER)).clauses == (ADULT, HOLDER)
        assert list(rule.people(everybody())) == [adult]

    def test_explain_tells_every_clause_and_not_only_the_first_that_fails(self) -> None:
        child = person(1, born="2015-01-01")
        verdicts = Rule(Person, ADULT, HOLDER).explain(child)
        assert [(v.clause.reason, v.holds) for v in verdicts] == [("未满16周岁", False), ("没有残疾人证", False)]

    def test_a_missing_value_never_makes_a_verdict_unknown(self) -> None:
        unknown = person(1)  # ethnicity is NULL
        assert unknown.ethnicity is None
        (verdict,) = Rule(Person, Clause(Q(ethnicity="汉族"), "不是汉族", "")).explain(unknown)
        assert verdict.holds is False
        assert list(Rule(Person, Clause(Q(ethnicity="汉族"), "不是汉族", "")).failing(everybody())) == [unknown]

    def test_a_list_is_explained_in_one_statement(self, django_assert_num_queries: object) -> None:
        for n in range(5):
            holder(n)
        with django_assert_num_queries(1):  # type: ignore[operator]
            explained = dict(Rule(Person, ADULT, HOLDER).explained(everybody()))
        assert len(explained) == 5
        assert all(v.holds for verdicts in explained.values() for v in verdicts)


@pytest.mark.django_db
class TestParameters:
    def test_a_value_holds_from_its_day_until_the_next_one(self) -> None:
        Parameter.objects.create(key="x", name="某参数", value=1, effective_from="2024-01-01", document="一号")
        Parameter.objects.create(key="x", name="某参数", value=2, effective_from="2025-01-01", document="二号")
        assert Parameters(on=day("2024-12-31"))["x"] == 1
        assert Parameters(on=day("2025-01-01"))["x"] == 2

    def test_before_its_first_day_a_parameter_is_missing_and_named(self) -> None:
        Parameter.objects.create(key="x", name="某参数", value=1, effective_from="2024-01-01", document="一号")
        with pytest.raises(ParameterMissing, match="参数未维护：某参数（2023-12-31）"):
            Parameters(on=day("2023-12-31"))["x"]

    def test_a_parameter_that_was_ended_is_missing(self) -> None:
        Parameter.objects.create(key="x", name="某参数", value=1, effective_from="2024-01-01", document="一号")
        Parameter.objects.create(key="x", name="某参数", value=None, effective_from="2025-01-01", document="二号")
        with pytest.raises(ParameterMissing):
            Parameters(on=day("2025-06-01"))["x"]


@pytest.mark.parametrize(
    ("on", "age", "latest"),
    [
        ("2025-12-31", 16, "2009-12-31"),
        ("2025-08-31", 6, "2019-08-31"),
        ("2024-02-29", 16, "2008-02-29"),
        ("2024-02-29", 17, "2007-02-28"),
        ("2025-02-28", 17, "2008-02-28"),  # born on 29 February: a year older on 1 March
    ],
)
def test_the_latest_birth_of_an_age(on: str, age: int, latest: str) -> None:
    assert latest_birth(age=age, on=day(on)) == day(latest)


def test_latest_birth_agrees_with_counting_completed_years() -> None:
    for offset in range(0, 3000, 7):
        on = day("2020-02-20") + datetime.timedelta(days=offset)
        for born_before in range(5700, 6000, 11):
            born = on - datetime.timedelta(days=born_before)
            years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
            assert (born <= latest_birth(age=16, on=on)) == (years >= 16)
