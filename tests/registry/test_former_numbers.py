"""A number that has been corrected, or merged away, still names the person in what other departments deliver."""

from typing import Any

import pytest

from registry.models import FormerIdentity, Household, HouseholdIncome, Person, SchoolEnrolment, SocialAssistance
from registry.services.certificates import case_withdraw, person_register
from registry.services.corrections import identity_correct
from registry.sheets.lookup import create_households
from tests.deliveries import counts, fact, holder, id_number, receive, refused, refused_at, upload
from tests.records import community, day
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken

pytestmark = [pytest.mark.django_db, pytest.mark.core]
ONE, OLD = holder(1), holder(11)


@pytest.fixture(autouse=True)
def corrected() -> None:
    """Somebody whose old number the police have corrected."""
    upload("registry", [ONE, holder(2)])
    person = Person.objects.get(name=ONE["姓名"])
    index = FormerIdentity._meta.get_field("id_index").of(str(OLD["身份证号"]))
    FormerIdentity.objects.create(
        person=person, id_number=OLD["身份证号"], id_index=index, until="2025-01-01", reason="公安更正"
    )


def about_one(code: str, **change: object) -> dict[str, Any]:
    """A row under the old number."""
    return fact(code, {**ONE, "身份证号": OLD["身份证号"]}, **change)


def test_another_departments_row_under_the_old_number_is_the_persons() -> None:
    assert counts(upload("social-assistance", [about_one("social-assistance")])) == {"new": 1}
    assert SocialAssistance.objects.get().person.id_number == ONE["身份证号"]
    assert counts(receive("social-assistance", [fact("social-assistance", ONE)])) == {"same": 1}


def test_old_and_new_number_in_one_file_are_one_record() -> None:
    rows = [fact("social-assistance", ONE), about_one("social-assistance", 终止日期="2025-01-01")]
    ((heading, sentence),) = refused(receive("social-assistance", rows))[3]
    assert (heading, "同一条记录" in sentence) == ("终止日期", True)


def test_the_name_must_still_fit() -> None:
    row = {**about_one("social-assistance"), "姓名": "别人"}
    assert [heading for heading, _ in refused(receive("social-assistance", [row]))[2]] == ["姓名"]


def test_a_childrens_sheet_makes_no_second_person_of_the_old_number() -> None:
    upload("school-enrolment", [about_one("school-enrolment")])
    assert SchoolEnrolment.objects.get().person.name == ONE["姓名"]
    assert Person.objects.count() == 2


def test_the_register_makes_no_second_person_of_the_old_number_and_says_which_is_meant() -> None:
    batch = upload("registry", [{**OLD, "姓名": ONE["姓名"]}, holder(3)])
    ((heading, sentence),) = refused(batch)[2]
    assert (heading, "曾用身份证号" in sentence) == ("身份证号", True)
    assert str(ONE["身份证号"]) not in sentence
    assert Person.objects.count() == 3


def test_the_true_bearer_of_the_old_number_is_known_to_the_register_once_a_form_has_told_of_them() -> None:
    issue = {"category": "4", "level": "2", "assessed_by": "区医院", "effective_on": day("2019-05-01")}
    who = {"id_number": str(OLD["身份证号"]), "name": "赵甲", "community": community(), "act": "issue"}
    with pytest.raises(RuleBroken, match="真正持有人"):
        person_register(**who, **issue, by=None, today=day("2025-06-01"), note="重号")
    person_register(**who, **issue, by=None, today=day("2025-06-01"), note="重号", is_true_bearer=True)
    assert counts(receive("registry", [{**OLD, "姓名": "赵甲", "民族": "汉族"}])) == {"changed": 1}
    assert Person.objects.count() == 3


def test_a_member_whose_row_still_names_the_heads_old_number_founds_no_second_household() -> None:
    two = holder(2, 户主身份证号=ONE["身份证号"])
    upload("registry", [two])
    somebody = Person.objects.get(name=ONE["姓名"])
    identity_correct(person=somebody, id_number=id_number(21), by=None, reason="更正", today=day("2025-06-01"))
    assert refused_at(upload("registry", [two])) == {2: {"户主身份证号"}}
    assert Household.objects.filter(certificates__person__name=two["姓名"]).get().head_id_number == id_number(21)
    assert counts(receive("registry", [{**two, "户主身份证号": id_number(21)}])) == {"same": 1}


def test_a_correction_stands_where_a_household_has_been_founded_under_the_old_number_since() -> None:
    two = holder(2, 户主身份证号=ONE["身份证号"])
    upload("registry", [two])
    somebody = Person.objects.get(name=ONE["姓名"])
    case = identity_correct(person=somebody, id_number=id_number(21), by=None, reason="更正", today=day("2025-06-01"))
    open_history_context(user="system")
    create_households([str(ONE["身份证号"])])
    assert counts(upload("registry", [two])) == {"changed": 1}
    with pytest.raises(RuleBroken, match="又有改动"):
        case_withdraw(case=case, by=None, reason="证明有误")


def test_who_bears_the_number_now_is_meant_by_it() -> None:
    FormerIdentity.objects.all().delete()
    upload("registry", [{**OLD, "姓名": "赵甲"}])
    index = FormerIdentity._meta.get_field("id_index").of(str(OLD["身份证号"]))
    person = Person.objects.get(name=ONE["姓名"])
    FormerIdentity.objects.create(
        person=person, id_number=OLD["身份证号"], id_index=index, until="2025-01-01", reason="公安更正"
    )
    upload("social-assistance", [{**about_one("social-assistance"), "姓名": "赵甲"}])
    assert SocialAssistance.objects.get().person.name == "赵甲"
    assert counts(receive("registry", [{**OLD, "姓名": "赵甲"}])) == {"same": 1}


def test_a_household_is_known_by_its_heads_number_of_today() -> None:
    row = {**fact("household-income", ONE), "户主身份证号": OLD["身份证号"]}
    assert [heading for heading, _ in refused(upload("household-income", [row]))[2]] == ["户主身份证号"]
    assert not HouseholdIncome.objects.exists()
