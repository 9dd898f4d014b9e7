"""What is masked about a person until somebody says why they want to see it, and how it looks meanwhile.

A page marks every such value with its key (`masked` in registry/templatetags/people.py); what 显示 answers names the
same keys, so that the page can put the full values in their place and take them away again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from registry.histories import number_history
from registry.models import Person
from zalainuoer.common import ciphers
from zalainuoer.common.identity import masked, masked_name, masked_phone

NUMBER_LENGTH = 18


@dataclass(frozen=True)
class Secret:
    """One value of one person: where it stands on the page, masked and in full."""

    key: str
    shown: str
    full: str


def masked_certificate(number: str) -> str:
    """A certificate number without the digits of category and level: 1507**********0018**, then B1 and so on."""
    return f"{masked(number[:NUMBER_LENGTH])}**{number[NUMBER_LENGTH + 2 :]}"


def masked_birth(born_on: str) -> str:
    """The year alone: month and day are what is hidden in the ID number beside it."""
    return f"{born_on[:4]}-**-**"


MASKS: dict[str, Callable[[str], str]] = {
    "name": masked_name,
    "id_number": masked,
    "born_on": masked_birth,
    "phone": masked_phone,
    "guardian_name": masked_name,
    "guardian_phone": masked_phone,
}
OWN_FIELDS = (*MASKS, "address")


def secret(person: Person, field: str) -> Secret | None:
    """One of the person's own fields; None where nothing is known."""
    full = getattr(person, field)
    if not full:
        return None
    shown = f"{person.community}　＊＊＊" if field == "address" else MASKS[field](str(full))
    return Secret(f"{field}-{person.pk}", shown, str(full))


def number_secret(person: Person, number: str) -> Secret:
    """A certificate number of the person's, or an ID number they once had: told apart on the page by a fingerprint."""
    shown = masked_certificate(number) if len(number) > NUMBER_LENGTH else masked(number)
    fingerprint = ciphers.blind_index(number, purpose="page_key")[:16]
    return Secret(f"number-{person.pk}-{fingerprint}", shown, number)


def secrets_of(person: Person) -> list[Secret]:
    """Everything that 显示 shows of a person: own fields, every certificate number, former ID numbers.

    Reads `certificates` and `former_identities`; prefetch both for more than one person.
    """
    own = [found for field in OWN_FIELDS if (found := secret(person, field)) is not None]
    return own + [number_secret(person, number) for number in _numbers(person)]


def _numbers(person: Person) -> list[str]:
    held = [period.number for period in number_history(person)]
    former = [identity.id_number for identity in person.former_identities.all()]
    return list(dict.fromkeys([*held, *former]))
