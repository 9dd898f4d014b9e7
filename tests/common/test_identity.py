"""ID numbers and names: GB 11643, and what offices make of them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from zalainuoer.common.identity import (
    NotAnIdNumber,
    age_on,
    born_on,
    check_character,
    checked_id_number,
    masked,
    name_key,
    normalised_number,
)

# The golden vectors of the domain's rules (§2.1): computed there by hand, independently of this code.
VALID = (
    "360426199101010071",
    "120103198806018241",
    "11010519491231002X",
    "150703195803120018",
    "150703197001010027",
    "150703199912310011",
    "150703200802290019",
    "150703196508150171",
    "150703198806300245",
)


@pytest.mark.parametrize("number", VALID)
def test_a_golden_vector_is_right(number: str) -> None:
    assert checked_id_number(number) == number


@given(st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_our_check_character_is_the_standards(first17: str) -> None:
    assert check_character(first17) == mod_11_2.calc_check_digit(first17)


@given(st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(place: int, shift: int) -> None:
    right = "150703196508150171"
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    with pytest.raises(NotAnIdNumber):
        checked_id_number(wrong)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("11010519491231002x", "11010519491231002X"),
        (" 150703 19580312 0018 ", "150703195803120018"),
        ("'150703195803120018", "150703195803120018"),
        ("’150703195803120018", "150703195803120018"),
        ("１５０７０３１９５８０３１２００１８", "150703195803120018"),
        ("1507031958\u200b03120018", "150703195803120018"),
        ("\ufeff150703195803120018\n", "150703195803120018"),
        ("11010519491231002Ｘ", "11010519491231002X"),
    ],
)
def test_a_number_typed_as_offices_do_is_understood(typed: str, meant: str) -> None:
    assert normalised_number(typed) == meant
    assert checked_id_number(typed) == meant


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("360426199101010072", "身份证号最后一位校验码不对，请核对是否有数字录错。"),
        ("15070319580312001", "身份证号应为 18 位，现为 17 位。"),
        ("1507031958031200188", "身份证号应为 18 位，现为 19 位。"),
        ("150703580312001", "身份证号应为 18 位，现为 15 位。"),
        ("15070319580230001X", "身份证号中的出生日期 19580230 不存在。"),
        ("150799190002290015", "身份证号中的出生日期 19000229 不存在。"),
        ("150703189912310011", "身份证号中的出生日期 18991231 不存在。"),
        ("15O703195803120018", "身份证号前 17 位应全是数字。"),
        ("１５X703195803120018", "身份证号前 17 位应全是数字。"),
        ("٠507031958031200181"[:18], "身份证号前 17 位应全是数字。"),
    ],
)
def test_what_is_no_id_number_is_refused_with_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(NotAnIdNumber) as refused:
        checked_id_number(typed)
    assert str(refused.value) == sentence


def test_the_region_is_never_a_reason_to_refuse() -> None:
    first17 = "15079919580312001"  # 150799 is assigned to nobody
    assert checked_id_number(first17 + check_character(first17)).startswith("150799")


def test_somebody_born_on_29_february_turns_a_year_older_on_1_march() -> None:
    born = datetime.date(2008, 2, 29)
    assert age_on(born, datetime.date(2024, 2, 29)) == 16
    assert age_on(born, datetime.date(2023, 2, 28)) == 14
    assert age_on(born, datetime.date(2023, 3, 1)) == 15


def test_age_counts_completed_years() -> None:
    born = datetime.date(2009, 9, 1)
    assert age_on(born, datetime.date(2025, 8, 31)) == 15
    assert age_on(born, datetime.date(2025, 9, 1)) == 16


def test_the_birth_date_stands_in_the_number() -> None:
    assert born_on("150703200802290019") == "2008-02-29"


def test_a_shown_number_hides_birth_and_place() -> None:
    assert masked("150703195803120018") == "1507**********0018"


@pytest.mark.parametrize(
    "spelling", ["巴图·孟和", "巴图•孟和", "巴图‧孟和", "巴图．孟和", " 巴图 孟和 ", "巴图\u3000孟和"]
)
def test_spaces_and_middle_dots_do_not_make_another_name(spelling: str) -> None:
    assert name_key(spelling) == name_key("巴图孟和")


def test_another_character_makes_another_name() -> None:
    assert name_key("巴图孟和") != name_key("巴图孟合")
