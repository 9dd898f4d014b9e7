"""What an act changes: the person's own fields that follow from it, and the lines that its file keeps.

A line is [heading, before, after]. Numbers, names and addresses stand in it masked: the file is shown to whoever may
see the person, and what exactly stood there is in the history.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from registry.masking import masked_certificate
from registry.models import Certificate, Household, Person
from registry.services.identity import name_fields, phone_fields
from zalainuoer.common import ciphers
from zalainuoer.common.identity import masked, masked_name, masked_phone

# What stands with the person and not with a day's statement, in the order of the form.
OWN = ("name", "ethnicity", "phone", "address", "guardian_name", "guardian_phone", "card_generation")
MASKS: dict[str, Callable[[str], str]] = {
    "name": masked_name,
    "guardian_name": masked_name,
    "phone": masked_phone,
    "guardian_phone": masked_phone,
    "address": lambda text: "＊＊＊",
}
UNSHOWN = frozenset({"suffix", "suffix_index"})  # the certificate number tells


def person_facts(person: Person, facts: Mapping[str, Any], *, may_empty: bool) -> dict[str, Any]:
    """The person's own fields that differ from what is on file; an empty answer counts only where it `may_empty`."""
    given = {name: facts[name] or None for name in OWN if name in facts and (facts[name] or may_empty)}
    return {name: value for name, value in given.items() if value != (getattr(person, name) or None)}


def person_columns(known: Mapping[str, Any]) -> dict[str, Any]:
    """The columns behind changed fields: pinyin with a name, blind indexes with encrypted values."""
    columns: dict[str, Any] = {}
    for name, value in known.items():
        if name == "name":
            columns |= name_fields(value)
        elif name in ("phone", "guardian_phone"):
            columns |= phone_fields(name, value)
        elif name == "address":
            index = None if value is None else ciphers.blind_index(value, purpose="address")
            columns |= {"address": value, "address_index": index}
        else:
            columns[name] = value
    return columns


def person_changes(person: Person, known: Mapping[str, Any]) -> list[list[str]]:
    """The lines about the person's own fields."""
    return [
        [_heading(Person, name), _own(name, getattr(person, name)), _own(name, known[name])]
        for name in OWN
        if name in known
    ]


def statement_changes(person: Person, last: Certificate | None, stated: Mapping[str, Any]) -> list[list[str]]:
    """The lines about the statement, the certificate number first where it is another one."""
    lines = []
    old = "" if last is None else f"{person.id_number}{last.category}{last.level}{last.suffix or ''}"
    new = _number(person, last, stated)
    if new != old:
        lines.append(["残疾人证号", masked_certificate(old) if old else "", masked_certificate(new)])
    for name, value in stated.items():
        if name not in UNSHOWN:
            before = "" if last is None else _shown(Certificate, name, getattr(last, name))
            lines.append([_heading(Certificate, name), before, _shown(Certificate, name, value)])
    return [line for line in lines if line[1] or line[2]]


def _number(person: Person, last: Certificate | None, stated: Mapping[str, Any]) -> str:
    present = {name: "" if last is None else getattr(last, name) for name in ("category", "level", "suffix")}
    category, level, suffix = ({**present, **stated}[name] for name in ("category", "level", "suffix"))
    return f"{person.id_number}{category}{level}{suffix or ''}"


def _heading(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)


def _own(name: str, value: Any) -> str:
    return MASKS[name](value) if value and name in MASKS else _shown(Person, name, value)


def _shown(model: Any, name: str, value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Household):
        return masked(value.head_id_number)
    if isinstance(value, datetime.date):
        return value.isoformat()
    choices = {str(code): str(label) for code, label in model._meta.get_field(name).flatchoices}
    return choices.get(str(value), str(value))
