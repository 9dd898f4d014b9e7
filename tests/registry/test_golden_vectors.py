"""The domain's golden vectors (rules §12, numbers 1, 2, 3, 8), through the checks that forms and sheets share."""

import pytest

from registry.acts import is_expired, years_later
from registry.forms.act_fields import CleanedField
from registry.models import Certificate
from tests.records import day
from zalainuoer.common.identity import check_character, normalised_number
from zalainuoer.common.sheets.widgets import CertificateNumberWidget, IdNumberWidget

REGION = "1507" + "03"  # the vectors' own; every other test invents its numbers under a code that is not assigned
MALE = f"{REGION}195803120018"


def id_number(text: str) -> str | None:
    return CleanedField(IdNumberWidget()).clean(text)


def certificate_number(text: str) -> str | None:
    return CleanedField(CertificateNumberWidget()).clean(text)


@pytest.mark.parametrize(
    "number",
    [
        "360426199101010071",
        "120103198806018241",
        "11010519491231002X",
        MALE,
        f"{REGION}197001010027",
        f"{REGION}199912310011",
        f"{REGION}200802290019",
        f"{REGION}196508150171",
        f"{REGION}198806300245",
    ],
)
def test_1_the_valid_numbers_are_valid(number: str) -> None:
    assert id_number(number) == number


def test_1_lower_case_full_width_and_blanks_are_decoration() -> None:
    assert id_number("11010519491231002x") == "11010519491231002X"
    assert id_number("１１０１０５１９４９１２３１００２Ｘ") == "11010519491231002X"
    assert id_number(" 110105 19491231 002X ") == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("360426199101010072", "校验码"),
        ("150799199002300017", "不存在"),
        ("150799900230001", "18 位"),
        ("15079918991231001X", "不存在"),
        ("1507991990010100AX", "数字"),
    ],
)
def test_1_others_are_refused_with_what_is_wrong(number: str, sentence: str) -> None:
    with pytest.raises(Exception, match=sentence):
        id_number(number)


@pytest.mark.parametrize("region", ["152102", "150781"])
def test_1_an_older_region_code_is_no_reason_to_refuse(region: str) -> None:
    first17 = f"{region}19700101002"
    number = first17 + check_character(first17)
    assert id_number(number) == number


def test_2_certificate_numbers_with_and_without_a_reissue() -> None:
    assert certificate_number(f"{MALE}41") == f"{MALE}41"
    assert certificate_number(f"{MALE}41B1") == f"{MALE}41B1"
    assert certificate_number(f"{MALE}41b2") == f"{MALE}41B2"
    assert certificate_number(f"{MALE}41B") == f"{MALE}41B1"
    assert normalised_number(f"{MALE}41b2")[18:20] == "41"


@pytest.mark.parametrize("tail", ["41B0", "80", "45", "4", "41B100", "41C1"])
def test_2_numbers_that_cannot_be(tail: str) -> None:
    with pytest.raises(Exception, match="残疾人证号应为"):
        certificate_number(f"{MALE}{tail}")


def test_3_valid_through_the_last_day_and_open_for_renewal_after_nine_years() -> None:
    statement = Certificate(issued_on=day("2015-06-01"), expires_on=day("2025-06-01"))
    assert not is_expired(statement, on=day("2025-06-01"))
    assert is_expired(statement, on=day("2025-06-02"))
    assert years_later(statement.issued_on, 9) == day("2024-06-01")
    assert years_later(day("2016-02-29"), 9) == day("2025-03-01")
