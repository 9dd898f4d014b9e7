"""Who may stand in a children's sheet without a certificate follows the dated parameters, as the indicators do."""

import datetime

import pytest

from registry.models import Person
from tests.deliveries import fact, holder, receive, refused
from zalainuoer.common.models import Parameter

pytestmark = [pytest.mark.django_db, pytest.mark.core]
SHEETS = [("school-enrolment", "school.cut_day"), ("rehab-needs", "rehab.cut_day")]


def from_2025(key: str, value: object) -> None:
    Parameter.objects.create(key=key, name=key, value=value, effective_from=datetime.date(2025, 1, 1), document="测试")


def is_taken(code: str, *, born: str, year: int = 2025) -> bool:
    """Whether the sheet takes a child nobody knows."""
    period: dict[str, object] = {"学年": f"{year}-{year + 1}"} if code == "school-enrolment" else {"年度": year}
    batch = receive(code, [fact(code, holder(1, born=born), **period)])
    problems = [heading for row in refused(batch).values() for heading, _ in row]
    assert problems in ([], ["身份证号"])
    assert not Person.objects.exists()
    return not problems


@pytest.mark.parametrize(("code", "key"), SHEETS)
def test_a_lower_age_limit_refuses_a_child_the_old_one_took(code: str, key: str) -> None:
    assert is_taken(code, born="2011-03-01")
    from_2025("child.age_limit", 14)
    assert not is_taken(code, born="2011-03-01")
    assert is_taken(code, born="2011-03-01", year=2024)  # the year before the new limit


@pytest.mark.parametrize(("code", "key"), SHEETS)
def test_a_higher_age_limit_takes_a_child_the_old_one_refused(code: str, key: str) -> None:
    assert not is_taken(code, born="2008-03-01")
    from_2025("child.age_limit", 18)
    assert is_taken(code, born="2008-03-01")


@pytest.mark.parametrize(("code", "key"), SHEETS)
def test_the_day_of_the_cut_decides_by_a_day(code: str, key: str) -> None:
    from_2025(key, "03-01")
    assert is_taken(code, born="2009-03-02")
    assert not is_taken(code, born="2009-03-01")
    from_2025("child.age_limit", 17)
    assert is_taken(code, born="2009-03-01")
