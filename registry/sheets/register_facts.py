"""What a row of 残疾人证台账 states, and what is stored of the same people: the two sides of the comparison."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from registry.models import Certificate, Person
from registry.sheets.lookup import COMMUNITY, HEAD, NAME
from registry.spans import LAST_DAY
from zalainuoer.common import ciphers
from zalainuoer.common.sheets.delivery import Delivery, Values

Facts = tuple[str | None, ...]

# What a row states, in the order of a "facts" tuple: heading → column of the table. Encrypted values are compared by
# their blind index; the certificate number by its suffix, for the rest of it stands in other columns.
PERSON_FACTS = {
    NAME: "name",
    "性别": "sex",
    "民族": "ethnicity",
    "联系电话": "phone_index",
    "监护人姓名": "guardian_name",
    "监护人电话": "guardian_phone_index",
}
CERTIFICATE_FACTS = {
    "首次发证日期": "first_issued_on",
    "发证日期": "issued_on",
    "有效期至": "expires_on",
    "残疾类别": "category",
    "残疾等级": "level",
    "多重残疾明细": "components",
    "残疾人证号": "suffix_index",
    "证件状态": "status",
    "状态日期": "status_on",
    "状态原因": "status_reason",
    "户口性质": "hukou_type",
    "在校学生": "is_student",
    COMMUNITY: "community_id",
    HEAD: "household_id",
}
FACTS = {**PERSON_FACTS, **CERTIFICATE_FACTS}
HEADINGS, STORES = tuple(FACTS), tuple(FACTS.values())
PERSON_SIZE = len(PERSON_FACTS)
CERTIFICATE_STORES = STORES[PERSON_SIZE:]
SPAN_STORES = (*CERTIFICATE_STORES, "suffix")
DATES = (CERTIFICATE_STORES.index("issued_on"), CERTIFICATE_STORES.index("status_on"))
# Columns that stand encrypted beside their index: heading → (column, purpose).
SEALED = {
    "联系电话": ("phone", "phone"),
    "监护人电话": ("guardian_phone", "phone"),
    "残疾人证号": ("suffix", "certificate_suffix"),
}


def as_text(column: str) -> str:
    """A column in the text form the engine compares: blind indexes as 32 digits, all else as PostgreSQL prints it."""
    return f"replace({column}::text, '-', '')" if column.endswith("_index") else f"{column}::text"


@dataclass(frozen=True)
class Begun:
    """A span that an act of a form has begun: what has been stated since then, and what had been before."""

    act: str
    day: str
    before: Facts
    since: Facts


def begun_by_acts(people: Iterable[int]) -> dict[int, list[Begun]]:
    """The spans of some people that acts have begun, the latest act first; acts that were withdrawn do not count."""
    before, since = (
        ", ".join(
            as_text(f"{span}_home.head_id_index" if store == "household_id" else f"{span}.{store}")
            for store in CERTIFICATE_STORES
        )
        for span in ("before", "since")
    )
    found: dict[int, list[Begun]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT k.person_id, k.act, k.effective_on::text, {before}, {since}"
            " FROM registry_certificatecase k"
            " JOIN registry_certificate since ON since.person_id = k.person_id AND since.held_from = k.effective_on"
            " JOIN registry_certificate before ON before.person_id = k.person_id AND before.held_until = k.effective_on"
            " JOIN registry_household since_home ON since_home.id = since.household_id"
            " JOIN registry_household before_home ON before_home.id = before.household_id"
            " WHERE k.withdrawn_at IS NULL AND k.person_id = ANY(%s) ORDER BY k.id DESC",
            [list(people)],
        )
        size = len(CERTIFICATE_STORES)
        for person, act, day, *facts in cursor.fetchall():
            found.setdefault(person, []).append(Begun(act, day, tuple(facts[:size]), tuple(facts[size:])))
    return found


class StoredPerson:
    """A stored person as the sheet sees one: keys, and the facts of the span that holds today."""

    __slots__ = ("community", "facts", "id", "is_holder", "name")

    def __init__(self, row: Sequence[Any]):
        self.id: int = row[1]
        self.community: str = row[2]
        self.is_holder: bool = row[3]
        self.facts: tuple[str | None, ...] = tuple(row[4:])
        self.name: str = row[4]


def stored_people(numbers: Iterable[str]) -> dict[str, StoredPerson]:
    """The stored people behind ID numbers, with everything a row states, in one statement."""
    if not Person.objects.exists():
        return {}
    numbers = list(numbers)
    by_index = dict(zip(ciphers.blind_indexes(numbers, purpose="id_number"), numbers, strict=True))
    person = ", ".join(as_text(f"p.{store}") for store in STORES[:PERSON_SIZE])
    certificate = ", ".join(
        as_text("h.head_id_index" if store == "household_id" else f"c.{store}") for store in CERTIFICATE_STORES
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {as_text('p.id_index')}, p.id, p.community_id::text, c.id IS NOT NULL, {person}, {certificate}"
            " FROM registry_person p"
            " LEFT JOIN registry_certificate c ON c.person_id = p.id AND c.held_until = %s"
            " LEFT JOIN registry_household h ON h.id = c.household_id"
            " WHERE p.id_index = ANY(%s::uuid[])",
            [LAST_DAY, list(by_index)],
        )
        return {by_index[row[0]]: StoredPerson(row) for row in cursor.fetchall()}


def facts_of(delivery: Delivery, communities: Values, *, indexed: bool) -> list[tuple[str | None, ...]]:
    """What each row states, as stored. Blind indexes are only worked out where something is there to compare."""
    columns: list[Values] = []
    for heading in HEADINGS:
        values = delivery.column(heading)
        if heading == COMMUNITY:
            values = communities
        elif heading == "残疾人证号":
            values = [number[20:] or None if number else None for number in values]
        if indexed and heading in SEALED:
            values = ciphers.blind_indexes(values, purpose=SEALED[heading][1])
        elif indexed and heading == HEAD:
            values = ciphers.blind_indexes(values, purpose="id_number")
        columns.append(values)
    return list(zip(*columns, strict=True))


def opened(people: list[int]) -> dict[int, dict[str, str]]:
    """The encrypted values of people, readable, by heading: for showing what a delivery would replace."""
    current = Certificate.objects.filter(person__in=people, held_until=LAST_DAY)
    return {
        certificate.person_id: {
            "联系电话": certificate.person.phone or "",
            "监护人电话": certificate.person.guardian_phone or "",
            "残疾人证号": certificate.number,
            HEAD: certificate.household.head_id_number,
        }
        for certificate in current.select_related("person", "household")
    }
