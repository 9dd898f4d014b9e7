"""What is stored of an ID number, and what is read from it."""

from typing import Any

from registry.models import Sex
from registry.pinyin import pinyin_of
from zalainuoer.common import ciphers
from zalainuoer.common.identity import born_on, sex_of


def number_fields(id_number: str) -> dict[str, Any]:
    """The fields of Person that a checked number fills."""
    return {
        "id_number": id_number,
        "id_index": ciphers.blind_index(id_number, purpose="id_number"),
        "id_tail_index": ciphers.blind_index(id_number[-4:], purpose="id_tail"),
        "born_on": born_on(id_number),
        "sex": Sex(sex_of(id_number)),
    }


def name_fields(name: str) -> dict[str, Any]:
    """The fields of Person that a name fills."""
    pinyin, initials = pinyin_of(name)
    return {"name": name, "pinyin": pinyin, "initials": initials}


def phone_fields(field: str, phone: str | None) -> dict[str, Any]:
    """The pair of fields (encrypted, index) of a phone number; `field` is phone or guardian_phone."""
    index = None if phone is None else ciphers.blind_index(phone, purpose="phone")
    return {field: phone, f"{field}_index": index}
