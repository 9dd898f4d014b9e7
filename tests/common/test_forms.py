"""What an administrator types becomes a value of the same kind as the present one."""

import pytest

from zalainuoer.common.forms import parsed


@pytest.mark.parametrize(
    ("text", "like", "value"),
    [
        (" 60 ", 45, 60),
        ("1.5", 2.0, 1.5),
        ("125.50", "100.00", "125.50"),
        ("09-01", "08-31", "09-01"),
        ("6\n16\n", [6, 15], [6, 16]),
        ("甲\n 乙 ", ["丙"], ["甲", "乙"]),
        ("是", False, True),
        ('{"a": 1}', {"a": 2}, {"a": 1}),
        ("某个词", "另一个词", "某个词"),
    ],
)
def test_a_value_keeps_its_kind(text: str, like: object, value: object) -> None:
    assert parsed(text, like=like) == value


@pytest.mark.parametrize(
    ("text", "like", "sentence"),
    [
        ("很多", 45, "请填写数字。"),
        ("1.5", 45, "请填写整数。"),
        ("2月30日", "08-31", "请按“月-日”填写，如 08-31。"),
        ("{", {}, "格式不对，请照原有取值的写法填写。"),
        ("无穷", "100.00", "请填写数字。"),
        ("NaN", 45, "请填写数字。"),
    ],
)
def test_what_is_no_such_value_is_refused_with_a_sentence(text: str, like: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parsed(text, like=like)
