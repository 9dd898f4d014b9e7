"""Bank account numbers as offices write them: read, checked, masked."""

from zalainuoer.common.identity import normalised_number

SHORTEST, LONGEST = 12, 30
CARD_LENGTHS = range(16, 20)  # cards end in a check digit; passbooks need not
TAIL = 4


class NotAnAccountNumber(ValueError):
    """Says in Chinese what is wrong with the number."""


def checked_account_number(text: str) -> str:
    """The bare digits; blanks and hyphens between them are decoration. Raises NotAnAccountNumber."""
    number = normalised_number(text).replace("-", "").replace("—", "")
    if not (number.isascii() and number.isdigit()):
        raise NotAnAccountNumber("银行账号应全是数字，请核对。")
    if not SHORTEST <= len(number) <= LONGEST:
        raise NotAnAccountNumber(f"银行账号应为 {SHORTEST} 至 {LONGEST} 位数字，现为 {len(number)} 位。")
    return number


def has_wrong_check_digit(number: str) -> bool:
    """Whether a number as long as a card's fails the Luhn check: a reason to look again, never to refuse."""
    if len(number) not in CARD_LENGTHS:
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(doubled)) % 10 != 0


def masked_account(number: str) -> str:
    """How an account number is shown: ****1234."""
    return f"****{number[-TAIL:]}"
