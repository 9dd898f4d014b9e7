"""统一社会信用代码 as people write it (GB 32100-2015): 18 characters, the last of which checks the others."""

from __future__ import annotations

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength

from zalainuoer.common.sheets.widgets import plain


class NotACreditCode(ValueError):
    """Says in Chinese what is wrong with a code."""


def checked_credit_code(text: object) -> str:
    """The code in capitals without blanks; raises NotACreditCode with a sentence."""
    code = "".join(plain(text).split()).replace("-", "").upper()
    try:
        return str(uscc.validate(code))
    except InvalidLength as error:
        raise NotACreditCode(f"统一社会信用代码应为 18 位，现为 {len(code)} 位。") from error
    except InvalidChecksum as error:
        raise NotACreditCode("统一社会信用代码的校验位不符，请核对每一位，注意 0 和 O、1 和 I。") from error
    except (InvalidFormat, InvalidComponent) as error:
        raise NotACreditCode(
            "统一社会信用代码只含数字和大写字母（不含 I、O、S、V、Z），第 3 至 8 位是数字，请核对。"
        ) from error
