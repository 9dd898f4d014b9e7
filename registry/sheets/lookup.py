"""What stands behind the numbers and names of a delivery: people, households, communities. One statement each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from registry.models import Certificate, Household, Person
from registry.pinyin import pinyin_of
from zalainuoer.common import bulk, ciphers
from zalainuoer.common.identity import born_on, name_key, sex_of
from zalainuoer.common.models import Division, DivisionLevel
from zalainuoer.common.sheets.comparing import Scope
from zalainuoer.common.sheets.delivery import Delivery, Values

ID, NAME, STREET, COMMUNITY, HEAD = "身份证号", "姓名", "所属街道", "所属社区", "户主身份证号"
OUT_OF_SCOPE = "不在您的辖区内，不能由您填报。"


@dataclass(frozen=True)
class KnownPerson:
    """A stored person, as far as a delivery needs to know; keys as text."""

    id: str
    name: str
    community: str
    is_holder: bool


def known_people(numbers: Iterable[str | None], *, by_former: bool = False) -> dict[str, KnownPerson]:
    """The stored people behind ID numbers, by number; if asked, also those who once had one that is nobody's now."""
    wanted = {number for number in numbers if number}
    by_index = dict(zip(ciphers.blind_indexes(wanted, purpose="id_number"), wanted, strict=True))
    known = (
        "p.id::text, p.name, p.community_id::text,"
        " EXISTS (SELECT FROM registry_certificate c WHERE c.person_id = p.id) FROM registry_person p"
    )
    rows = _fetch(
        f"SELECT replace(p.id_index::text, '-', ''), {known} WHERE p.id_index = ANY(%s::uuid[])", list(by_index)
    )
    if by_former:
        rows += _fetch(
            f"SELECT replace(f.id_index::text, '-', ''), {known}"
            " JOIN registry_formeridentity f ON f.person_id = p.id WHERE f.id_index = ANY(%s::uuid[])",
            list(by_index.keys() - {row[0] for row in rows}),
        )
    return {by_index[row[0]]: KnownPerson(*row[1:]) for row in rows}


def known_households(heads: Iterable[str | None]) -> dict[str, str]:
    """The stored households of 户主 ID numbers: {number: primary key}."""
    if not Household.objects.exists():
        return {}
    wanted = {head for head in heads if head}
    by_index = dict(zip(ciphers.blind_indexes(wanted, purpose="id_number"), wanted, strict=True))
    rows = _fetch(
        "SELECT replace(head_id_index::text, '-', ''), id::text FROM registry_household WHERE head_id_index = ANY(%s::uuid[])",
        list(by_index),
    )
    return {by_index[index]: pk for index, pk in rows}


def households_in(communities: frozenset[str]) -> set[str]:
    """The households with a certificate holder in some communities: primary keys as text."""
    found = Certificate.objects.current().filter(community__in=communities)
    return {str(pk) for pk in found.values_list("household_id", flat=True)}


def _fetch(sql: str, keys: list[Any]) -> list[tuple[Any, ...]]:
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, [keys])
        return cursor.fetchall()


def create_households(heads: Iterable[str]) -> dict[str, str]:
    """Writes households for 户主 who have none; {number: primary key}."""
    heads = list(dict.fromkeys(heads))
    if not heads:
        return {}
    ids = bulk.next_ids(Household, len(heads))
    sealed = ciphers.encrypt_many(heads, purpose="id_number")
    indexes = ciphers.blind_indexes(heads, purpose="id_number")
    births = [born_on(head) for head in heads]
    columns = ("id", "head_id_number", "head_id_index", "head_born_on")
    bulk.insert(Household, columns, zip(ids, sealed, indexes, births, strict=True))
    return {head: str(pk) for head, pk in zip(heads, ids, strict=True)}


def create_children(children: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Writes people without a certificate, {number: (name, community)}; returns {number: primary key}."""
    if not children:
        return {}
    numbers = list(children)
    ids = bulk.next_ids(Person, len(numbers))
    sealed = ciphers.encrypt_many(numbers, purpose="id_number")
    indexes = ciphers.blind_indexes(numbers, purpose="id_number")
    tails = ciphers.blind_indexes((number[-4:] for number in numbers), purpose="id_tail")
    rows = (
        (pk, *sealed_number, name, *pinyin_of(name), sex_of(number), born_on(number), community)
        for pk, sealed_number, (number, (name, community)) in zip(
            ids, zip(sealed, indexes, tails, strict=True), children.items(), strict=True
        )
    )
    identity = ("id_number", "id_index", "id_tail_index")
    columns = ("id", *identity, "name", "pinyin", "initials", "sex", "born_on", "community_id")
    bulk.insert(Person, columns, rows)
    return {number: str(pk) for number, pk in zip(numbers, ids, strict=True)}


def communities_of(delivery: Delivery, scope: Scope) -> Values:
    """The communities' primary keys by row; refuses names that are none, and streets that are not theirs."""
    streets: set[str] = set()
    places: dict[tuple[str, str], str] = {}
    rows = Division.objects.filter(level__in=(DivisionLevel.STREET, DivisionLevel.COMMUNITY))
    for pk, level, name, parent in rows.values_list("id", "level", "name", "parent__name"):
        if level == DivisionLevel.STREET:
            streets.add(name)
        else:
            places[str(parent), name] = str(pk)
    names = {name for _, name in places}
    found: Values = []
    for index, (street, community) in enumerate(zip(delivery.column(STREET), delivery.column(COMMUNITY), strict=True)):
        place = places.get((street or "", community or ""))
        found.append(place)
        if place is not None:
            if scope.communities is not None and place not in scope.communities:
                delivery.refuse(index, COMMUNITY, f"“{community}”{OUT_OF_SCOPE}")
        elif street and street not in streets:
            delivery.refuse(index, STREET, f"没有“{street}”这个街道（镇），请从下拉列表中选择。")
        elif community and community not in names:
            delivery.refuse(index, COMMUNITY, f"没有“{community}”这个社区（村），请从下拉列表中选择。")
        elif street and community:
            delivery.refuse(index, COMMUNITY, f"“{community}”不属于“{street}”。")
    return found


def refuse_other_name(
    delivery: Delivery, index: int, heading: str, delivered: str | None, known: str, *, tells: bool = True
) -> None:
    """An ID number that is known under another 姓名 is somebody else's, or wrong; `tells`: the reader may know whose."""
    if delivered and delivered != known and name_key(delivered) != name_key(known):
        if not tells:
            delivery.refuse(index, heading, f"“{delivered}”与台账中该身份证号的姓名不一致，请核对。")
            return
        delivery.refuse(index, heading, f"台账中该身份证号的姓名是“{known}”，与本表“{delivered}”不一致，请核对。")
