"""Writing what a comparison of 残疾人证台账 found: households first, then people, then dated certificates.

Rows are made piece by piece while PostgreSQL takes in the piece before, so that encrypting and storing overlap.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from registry.models import Certificate, Person
from registry.pinyin import pinyin_of
from registry.sheets.lookup import HEAD, ID, create_households, known_households
from registry.sheets.register_facts import (
    CERTIFICATE_STORES,
    DATES,
    PERSON_SIZE,
    SEALED,
    SPAN_STORES,
    STORES,
    Facts,
    StoredPerson,
    as_text,
)
from registry.spans import FIRST_DAY, LAST_DAY, Span, stated
from zalainuoer.common import bulk, ciphers
from zalainuoer.common.identity import born_on
from zalainuoer.common.sheets.comparing import CHANGED, NEW, Comparison
from zalainuoer.common.sheets.delivery import Values

PIECE = 2000  # rows
SUFFIX = "残疾人证号"
IDENTITY = ("id_number", "id_index", "id_tail_index", "born_on")  # what never changes of a person
DESCRIPTION = ("name", "pinyin", "initials", "sex", "ethnicity", "guardian_name", "community_id")
FIRST_SPAN = ("person_id", "held_from", "held_until", *CERTIFICATE_STORES, "suffix")


class RegisterWriting:
    """One comparison's writing. `rows` are the delivered facts by row index, `old` the stored people behind them."""

    def __init__(self, comparison: Comparison, rows: list[Facts], old: dict[int, StoredPerson]):
        self.delivery, self.rows, self.old = comparison.delivery, rows, old
        self.new = [i for i, verdict in enumerate(comparison.verdicts) if verdict == NEW]
        self.changed = [i for i, verdict in enumerate(comparison.verdicts) if verdict == CHANGED]
        self.phones = [heading for heading in ("联系电话", "监护人电话") if heading in self.delivery.values]

    def write(self) -> None:
        if not (self.new or self.changed):
            return
        self.household_ids = self._households([*self.new, *self.changed])
        strangers = [i for i in self.new if i not in self.old]
        ids = dict(zip(strangers, bulk.next_ids(Person, len(strangers)), strict=True)) if strangers else {}
        if strangers:
            bulk.insert(Person, *self._people(ids, identity=True))
        known = {i: self.old[i].id for i in self.new if i in self.old}  # children who now hold a certificate
        restated = known | {i: self.old[i].id for i in self.changed if self._person_changed(i)}
        if restated:
            bulk.update(Person, *self._people(restated, identity=False))
        if self.new:
            bulk.insert(Certificate, FIRST_SPAN, self._first_spans(ids | known))
        if self.changed:
            self._restate()

    def _households(self, written: list[int]) -> dict[int, str]:
        """The household of each written row, created where nobody has named it before."""
        heads = self.delivery.column(HEAD)
        households = known_households(heads[i] for i in written)
        households |= create_households(heads[i] or "" for i in written if heads[i] not in households)
        return {i: households[heads[i] or ""] for i in written}

    def _person_changed(self, index: int) -> bool:
        """Whether anything changes that stands with the person: what never was dated, and where the person lives."""
        was, now = self.old[index].facts, self.rows[index]
        return any(was[place] != now[place] for place in (*range(PERSON_SIZE), STORES.index("community_id")))

    def _people(self, ids: Mapping[int, int], *, identity: bool) -> tuple[Sequence[str], Iterator[Any]]:
        """Columns and rows of people by row index; with `identity` for those who are new."""
        phones = [name for heading in self.phones for name in (SEALED[heading][0], f"{SEALED[heading][0]}_index")]
        columns = ("id", *(IDENTITY if identity else ()), *DESCRIPTION, *phones)
        return columns, self._people_rows(ids, identity=identity)

    def _people_rows(self, ids: Mapping[int, int], *, identity: bool) -> Iterator[Any]:
        numbers = self.delivery.column(ID)
        places = {store: STORES.index(store) for store in DESCRIPTION if store in STORES}
        for piece in _pieces(list(ids)):
            columns: list[Sequence[Any]] = [[ids[i] for i in piece]]
            if identity:
                delivered = [numbers[i] for i in piece]
                columns += _sealed(delivered, purpose="id_number")
                columns.append(ciphers.blind_indexes([(number or "")[-4:] for number in delivered], purpose="id_tail"))
                columns.append([born_on(number or "") for number in delivered])
            spelled = [pinyin_of(self.rows[i][places["name"]] or "") for i in piece]
            spelling = {"pinyin": [s[0] for s in spelled], "initials": [s[1] for s in spelled]}
            for store in DESCRIPTION:
                columns.append(spelling.get(store) or [self.rows[i][places[store]] for i in piece])
            for heading in self.phones:
                values = self.delivery.column(heading)
                columns += _sealed([values[i] for i in piece], purpose=SEALED[heading][1])
            yield from zip(*columns, strict=True)

    def _first_spans(self, ids: Mapping[int, int]) -> Iterator[Any]:
        """A new holder's certificate: what is delivered holds for every day so far."""
        for piece in _pieces(self.new):
            suffixes, suffix_indexes = self._suffixes(piece)
            for i, suffix, suffix_index in zip(piece, suffixes, suffix_indexes, strict=True):
                yield (ids[i], FIRST_DAY, LAST_DAY, *self._certificate_facts(i, suffix_index), suffix)

    def _suffixes(self, indexes: Sequence[int]) -> list[Values]:
        """Encrypted suffixes of the certificate numbers, and their blind indexes."""
        numbers = self.delivery.column(SUFFIX)
        return _sealed([(numbers[i] or "")[20:] or None for i in indexes], purpose=SEALED[SUFFIX][1])

    def _certificate_facts(self, index: int, suffix_index: str | None) -> Facts:
        facts = list(self.rows[index][PERSON_SIZE:])
        facts[SUFFIX_PLACE], facts[HOUSEHOLD_PLACE] = suffix_index, self.household_ids[index]
        return tuple(facts)

    def _restate(self) -> None:
        """Lets each changed row state anew what holds since when; writes only spans that differ."""
        before = self._spans()
        new_rows, changed_rows, gone = [], [], []
        for index, suffix, suffix_index in zip(self.changed, *self._suffixes(self.changed), strict=True):
            person = self.old[index].id
            facts = (*self._certificate_facts(index, suffix_index), suffix)
            spans = stated(before[person], _same_seal(facts, before[person][-1].facts), dates=DATES)
            was = {span.id: span for span in before[person]}
            gone += [pk for pk in was if pk not in {span.id for span in spans}]
            for span in spans:
                row = (span.held_from, span.held_until, *span.facts)
                if span.id is None:
                    new_rows.append((person, *row))
                elif span != was[span.id]:
                    changed_rows.append((span.id, *row))
        if gone:
            bulk.delete(Certificate, [pk for pk in gone if pk is not None])
        if changed_rows:
            bulk.update(Certificate, ("id", "held_from", "held_until", *SPAN_STORES), changed_rows)
        if new_rows:
            bulk.insert(Certificate, FIRST_SPAN, new_rows)

    def _spans(self) -> dict[int, list[Span]]:
        """The stored spans of the changed people, oldest first."""
        selected = ", ".join(map(as_text, SPAN_STORES))
        spans: dict[int, list[Span]] = {}
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT person_id, id, held_from::text, held_until::text, {selected} FROM registry_certificate"
                " WHERE person_id = ANY(%s) ORDER BY person_id, held_from",
                [[self.old[i].id for i in self.changed]],
            )
            for person, pk, held_from, held_until, *facts in cursor.fetchall():
                spans.setdefault(person, []).append(Span(pk, held_from, held_until, tuple(facts)))
        return spans


SUFFIX_PLACE, HOUSEHOLD_PLACE = CERTIFICATE_STORES.index("suffix_index"), CERTIFICATE_STORES.index("household_id")


def _pieces(indexes: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(indexes), PIECE):
        yield indexes[start : start + PIECE]


def _sealed(values: Values, *, purpose: str) -> list[Values]:
    """[encrypted values, blind indexes]."""
    return [ciphers.encrypt_many(values, purpose=purpose), ciphers.blind_indexes(values, purpose=purpose)]


def _same_seal(facts: Facts, stored: Facts) -> Facts:
    """A fresh nonce is no change: an unchanged suffix keeps the ciphertext it has."""
    return (*facts[:-1], stored[-1]) if facts[SUFFIX_PLACE] == stored[SUFFIX_PLACE] else facts
