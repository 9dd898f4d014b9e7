"""残疾人证台账: the sheet people are known from. One row is a person, a household and a dated certificate."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from registry.models import Category, Certificate, CertificateStatus, Household, HukouType, Level, Person, Sex
from registry.pinyin import pinyin_of
from registry.sheets.base import community_column, head_column, street_column
from registry.sheets.lookup import (
    COMMUNITY,
    HEAD,
    ID,
    NAME,
    OUT_OF_SCOPE,
    communities_of,
    create_households,
    known_households,
)
from registry.spans import FIRST_DAY, LAST_DAY, Span, stated
from zalainuoer.common import bulk, ciphers
from zalainuoer.common.identity import born_on, name_key
from zalainuoer.common.sheets.base import Column, Sheet
from zalainuoer.common.sheets.comparing import CHANGED, NEW, REFUSED, SAME, Change, Comparison, Scope
from zalainuoer.common.sheets.delivery import Delivery, Values
from zalainuoer.common.sheets.rhythm import Monthly
from zalainuoer.common.sheets.undo import Unit
from zalainuoer.common.sheets.widgets import (
    CertificateNumberWidget,
    ChoiceWidget,
    DateWidget,
    IdNumberWidget,
    NameWidget,
    PhoneWidget,
    TextWidget,
    YesNoWidget,
)

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
STATUSES_WITHOUT_DATE = {CertificateStatus.NORMAL}


class RegistrySheet(Sheet):
    """残疾人证台账 (残疾人证管理办法)."""

    code, title, department, order = "registry", "残疾人证台账", "区残联", 1
    model, key, rhythm = Certificate, (ID,), Monthly(day=5)

    name = Column("person__name", NAME, NameWidget(50), required=True, synonyms=("残疾人姓名", "人员姓名"))
    sex = Column("person__sex", "性别", ChoiceWidget(Sex), required=True)
    ethnicity = Column("person__ethnicity", "民族", TextWidget(20))
    id_number = Column(
        "person__id_number",
        ID,
        IdNumberWidget(),
        required=True,
        synonyms=("身份证号码", "公民身份号码", "居民身份证号"),
    )
    number = Column(
        "number", "残疾人证号", CertificateNumberWidget(), required=True, synonyms=("证件号码", "残疾证号")
    )
    category = Column("category", "残疾类别", ChoiceWidget(Category), required=True, synonyms=("残疾类型",))
    level = Column("level", "残疾等级", ChoiceWidget(Level), required=True, synonyms=("等级",))
    components = Column("components", "多重残疾明细", TextWidget(100))
    first_issued_on = Column(
        "first_issued_on", "首次发证日期", DateWidget(), required=True, synonyms=("初次发证日期",)
    )
    issued_on = Column("issued_on", "发证日期", DateWidget(), required=True, synonyms=("签发日期",))
    expires_on = Column(
        "expires_on", "有效期至", DateWidget(), required=True, synonyms=("有效期截止", "有效期限至")
    )
    status = Column("status", "证件状态", ChoiceWidget(CertificateStatus), required=True, synonyms=("状态",))
    status_on = Column("status_on", "状态日期", DateWidget(), synonyms=("状态变更日期",))
    status_reason = Column("status_reason", "状态原因", TextWidget(100))
    hukou_type = Column("hukou_type", "户口性质", ChoiceWidget(HukouType), synonyms=("户籍性质",))
    street = street_column()
    community = community_column()
    phone = Column("person__phone", "联系电话", PhoneWidget(), synonyms=("手机号", "电话"))
    guardian_name = Column("person__guardian_name", "监护人姓名", NameWidget(50))
    guardian_phone = Column("person__guardian_phone", "监护人电话", PhoneWidget())
    head = head_column()
    is_student = Column("is_student", "在校学生", YesNoWidget(), synonyms=("是否在校学生",))

    def check(self, delivery: Delivery) -> None:
        """Checks between the cells of a row: the certificate number against ID, category and level; the dates."""
        column = delivery.column
        numbers = zip(column(ID), column("残疾人证号"), column("残疾类别"), column("残疾等级"), strict=True)
        for index, (id_number, number, category, level) in enumerate(numbers):
            if number is None:
                continue
            if id_number is not None and number[:18] != id_number:
                delivery.refuse(index, "残疾人证号", "残疾人证号的前 18 位与身份证号不一致。")
            if category is not None and number[18] != category:
                delivery.refuse(index, "残疾类别", f"与残疾人证号第 19 位（{Category(number[18]).label}）不一致。")
            if level is not None and number[19] != level:
                delivery.refuse(index, "残疾等级", f"与残疾人证号第 20 位（{Level(number[19]).label}）不一致。")
        dates = zip(column("发证日期"), column("有效期至"), column("证件状态"), column("状态日期"), strict=True)
        for index, (issued_on, expires_on, status, status_on) in enumerate(dates):
            if issued_on and expires_on and expires_on < issued_on:
                delivery.refuse(index, "有效期至", "有效期至早于发证日期。")
            if status and status_on is None and status not in STATUSES_WITHOUT_DATE:
                if not any(heading == "状态日期" for heading, _ in delivery.problems.get(index, ())):
                    label = CertificateStatus(status).label
                    delivery.refuse(index, "状态日期", f"证件状态为“{label}”的，必须填写状态日期。")

    def compare(self, delivery: Delivery, scope: Scope) -> Comparison:
        delivery = delivery.copy()
        communities = communities_of(delivery, scope)
        comparison = Comparison(delivery, [REFUSED] * len(delivery))
        firsts = _judge_within_file(comparison)
        known = _known(firsts)
        rows = _facts(delivery, communities, indexed=bool(known))
        delivered = [heading in delivery.values or heading == COMMUNITY for heading in HEADINGS]
        old: dict[int, _Known] = {}
        for number, index in firsts.items():
            person = known.get(number)
            if person is None:
                comparison.verdicts[index] = NEW
                continue
            old[index] = person
            if not _may_touch(comparison, index, person, rows[index], scope):
                continue
            if not person.is_holder:
                comparison.verdicts[index] = NEW
                continue
            if not all(delivered):  # a column the office did not deliver leaves what is stored
                rows[index] = tuple(
                    new if is_there else was
                    for new, was, is_there in zip(rows[index], person.facts, delivered, strict=True)
                )
            comparison.verdicts[index] = SAME if rows[index] == person.facts else CHANGED
        _describe_changes(comparison, rows, old)
        comparison.write = lambda how: _Writing(comparison, rows, old).write()
        return comparison

    def undo_units(self) -> tuple[Unit, ...]:
        return Unit(Certificate, belongs_to="person_id"), Unit(Person), Unit(Household, is_support=True)


class _Known:
    """A stored person as the sheet sees one: keys, and the facts of the span that holds today."""

    __slots__ = ("community", "facts", "id", "is_holder", "name")

    def __init__(self, row: Sequence[Any]):
        self.id: int = row[1]
        self.community: str = row[2]
        self.is_holder: bool = row[3]
        self.facts: tuple[str | None, ...] = tuple(row[4:])
        self.name: str = row[4]


def _known(numbers: Iterable[str]) -> dict[str, _Known]:
    """The stored people behind ID numbers, with everything a row states, in one statement."""
    numbers = list(numbers)
    if not numbers:
        return {}
    by_index = dict(zip(ciphers.blind_indexes(numbers, purpose="id_number"), numbers, strict=True))
    person = ", ".join(f"p.{store}::text" for store in STORES[:PERSON_SIZE])
    certificate = ", ".join(
        "h.head_id_index::text" if store == "household_id" else f"c.{store}::text" for store in CERTIFICATE_STORES
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.id_index::text, p.id, p.community_id::text, c.id IS NOT NULL, {person}, {certificate}"
            " FROM registry_person p"
            " LEFT JOIN registry_certificate c ON c.person_id = p.id AND c.held_until = %s"
            " LEFT JOIN registry_household h ON h.id = c.household_id"
            " WHERE p.id_index = ANY(%s::uuid[])",
            [LAST_DAY, list(by_index)],
        )
        return {by_index[row[0]]: _Known(row) for row in cursor.fetchall()}


def _judge_within_file(comparison: Comparison) -> dict[str, int]:
    """The first accepted row of each ID number; a later one is the same, or contradicts it and is refused."""
    delivery = comparison.delivery
    firsts: dict[str, int] = {}
    for index, number in enumerate(delivery.column(ID)):
        if index in delivery.problems or number is None:
            continue
        first = firsts.setdefault(number, index)
        if first == index:
            continue
        heading = next((h for h, values in delivery.values.items() if values[first] != values[index]), None)
        if heading is None:
            comparison.verdicts[index] = SAME
        else:
            delivery.refuse(index, heading, f"与本表第 {delivery.numbers[first]} 行是同一个人，内容却不一致。")
    return firsts


def _facts(delivery: Delivery, communities: Values, *, indexed: bool) -> list[tuple[str | None, ...]]:
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


def _may_touch(
    comparison: Comparison, index: int, person: _Known, row: tuple[str | None, ...], scope: Scope
) -> bool:
    delivery = comparison.delivery
    if scope.communities is not None and person.community not in scope.communities:
        delivery.refuse(index, ID, f"此人{OUT_OF_SCOPE}")
        return False
    delivered = row[0] or ""
    if name_key(delivered) == name_key(person.name) or delivery.numbers[index] in scope.confirmed_rows:
        return True
    comparison.to_confirm.append(index)
    delivery.refuse(
        index, NAME, f"台账中该身份证号的姓名是“{person.name}”，本表是“{delivered}”：确属改名的，请在预览中逐行确认。"
    )
    return False


def _describe_changes(comparison: Comparison, rows: list[tuple[str | None, ...]], old: dict[int, _Known]) -> None:
    changed = [i for i in old if comparison.verdicts[i] == CHANGED]
    if not changed:
        return
    sheet = RegistrySheet()
    opened = _opened([old[i].id for i in changed])
    communities = _names_of_communities(
        {facts[STORES.index("community_id")] for i in changed for facts in (rows[i], old[i].facts)}
    )
    for index in changed:
        person = old[index]
        cells = []
        for heading, was, now in zip(HEADINGS, person.facts, rows[index], strict=True):
            if was == now:
                continue
            if heading in SEALED or heading == HEAD:
                delivered = comparison.delivery.column(heading)[index]
                cells.append(Change(heading, opened[person.id][heading], delivered or ""))
            elif heading == COMMUNITY:
                cells.append(Change(heading, communities[was], communities[now]))
            else:
                widget = sheet.column(heading).widget
                cells.append(Change(heading, widget.display(was), widget.display(now)))
        comparison.changes[index] = cells


def _opened(people: list[int]) -> dict[int, dict[str, str]]:
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


def _names_of_communities(ids: set[str | None]) -> dict[str | None, str]:
    from zalainuoer.common.models import Division

    return {str(pk): name for pk, name in Division.objects.filter(id__in=ids).values_list("id", "name")}


class _Writing:
    """Writes what a comparison found: households first, then people, then certificates."""

    def __init__(self, comparison: Comparison, rows: list[tuple[str | None, ...]], old: dict[int, _Known]):
        self.delivery, self.rows, self.old = comparison.delivery, rows, old
        self.new = [i for i, verdict in enumerate(comparison.verdicts) if verdict == NEW]
        self.changed = [i for i, verdict in enumerate(comparison.verdicts) if verdict == CHANGED]

    def write(self) -> None:
        written = [*self.new, *self.changed]
        if not written:
            return
        heads = self.delivery.column(HEAD)
        households = known_households(heads[i] for i in written)
        households |= create_households(heads[i] for i in written if heads[i] not in households)
        self.household_ids = {i: households[heads[i] or ""] for i in written if heads[i]}
        strangers = [i for i in self.new if i not in self.old]
        children = [i for i in self.new if i in self.old]
        ids = dict(zip(strangers, bulk.next_ids(Person, len(strangers)), strict=True)) if strangers else {}
        if strangers:
            bulk.insert(Person, *self._people(strangers, ids, identity=True))
        if restated := [*children, *(i for i in self.changed if self._person_changed(i))]:
            known = {i: self.old[i].id for i in restated}
            bulk.update(Person, *self._people(restated, known, identity=False))
        ids |= {i: self.old[i].id for i in children}
        if self.new:
            bulk.insert(Certificate, *self._first_certificates(ids))
        if self.changed:
            self._restate()

    def _person_changed(self, index: int) -> bool:
        """Whether anything changes that stands with the person: what never was dated, and today's place and home."""
        was, now = self.old[index].facts, self.rows[index]
        places = (*range(PERSON_SIZE), STORES.index("community_id"), STORES.index("household_id"))
        return any(was[place] != now[place] for place in places)

    def _sealed(self, heading: str, indexes: list[int]) -> tuple[Values, Values]:
        """(encrypted values, blind indexes) of a column for some rows."""
        values = self.delivery.column(heading)
        if heading == "残疾人证号":
            plain = [(values[i] or "")[20:] or None for i in indexes]
        else:
            plain = [values[i] for i in indexes]
        purpose = SEALED[heading][1]
        return ciphers.encrypt_many(plain, purpose=purpose), ciphers.blind_indexes(plain, purpose=purpose)

    def _people(self, indexes: list[int], ids: dict[int, int], *, identity: bool) -> tuple[list[str], Any]:
        """Columns and rows of people; `identity` with what never changes of a person."""
        fact = {store: [self.rows[i][place] for i in indexes] for place, store in enumerate(STORES)}
        columns: dict[str, Sequence[Any]] = {"id": [ids[i] for i in indexes]}
        if identity:
            numbers = [self.delivery.column(ID)[i] for i in indexes]
            columns["id_number"] = ciphers.encrypt_many(numbers, purpose="id_number")
            columns["id_index"] = ciphers.blind_indexes(numbers, purpose="id_number")
            columns["born_on"] = [born_on(number or "") for number in numbers]
        spelled = [pinyin_of(name or "") for name in fact["name"]]
        columns["pinyin"], columns["initials"] = [s[0] for s in spelled], [s[1] for s in spelled]
        for store in ("name", "sex", "ethnicity", "guardian_name", "community_id"):
            columns[store] = fact[store]
        for heading in ("联系电话", "监护人电话"):
            if heading in self.delivery.values:
                store = SEALED[heading][0]
                columns[store], columns[f"{store}_index"] = self._sealed(heading, indexes)
        columns["household_id"] = [self.household_ids[i] for i in indexes]
        return list(columns), zip(*columns.values(), strict=True)

    def _first_certificates(self, ids: dict[int, int]) -> tuple[list[str], Any]:
        suffixes, suffix_indexes = self._sealed("残疾人证号", self.new)
        columns: dict[str, Sequence[Any]] = {"person_id": [ids[i] for i in self.new]}
        columns["held_from"], columns["held_until"] = [FIRST_DAY] * len(self.new), [LAST_DAY] * len(self.new)
        for place, store in enumerate(CERTIFICATE_STORES, PERSON_SIZE):
            columns[store] = [self.rows[i][place] for i in self.new]
        columns["suffix"], columns["suffix_index"] = suffixes, suffix_indexes
        columns["household_id"] = [self.household_ids[i] for i in self.new]
        return list(columns), zip(*columns.values(), strict=True)

    def _restate(self) -> None:
        """Lets each changed row state anew what holds since when; writes only spans that differ."""
        facts = self._certificate_facts()
        before = self._spans()
        new_rows, changed_rows, gone = [], [], []
        for index in self.changed:
            person = self.old[index].id
            spans = stated(before[person], _same_seal(facts[index], before[person][-1].facts), dates=DATES)
            kept = {span.id: span for span in spans}
            gone += [span.id for span in before[person] if span.id not in kept]
            was = {span.id: span for span in before[person]}
            for span in spans:
                row = (span.held_from, span.held_until, *span.facts)
                if span.id is None:
                    new_rows.append((person, *row))
                elif span != was[span.id]:
                    changed_rows.append((span.id, *row))
        stores = ("held_from", "held_until", *SPAN_STORES)
        if gone:
            bulk.delete(Certificate, gone)
        if changed_rows:
            bulk.update(Certificate, ("id", *stores), changed_rows)
        if new_rows:
            bulk.insert(Certificate, ("person_id", *stores), new_rows)

    def _certificate_facts(self) -> dict[int, tuple[str | None, ...]]:
        """Facts as the spans keep them: household by key; the suffix by its index, its ciphertext follows in `suffix`."""
        suffixes, suffix_indexes = self._sealed("残疾人证号", self.changed)
        place = {store: CERTIFICATE_STORES.index(store) for store in ("household_id", "suffix_index")}
        found = {}
        for index, suffix, suffix_index in zip(self.changed, suffixes, suffix_indexes, strict=True):
            facts = list(self.rows[index][PERSON_SIZE:])
            facts[place["household_id"]] = self.household_ids[index]
            facts[place["suffix_index"]] = suffix_index
            found[index] = (*facts, suffix)
        return found

    def _spans(self) -> dict[int, list[Span]]:
        """The stored spans of the changed people, oldest first."""
        people = [self.old[i].id for i in self.changed]
        selected = ", ".join(f"{store}::text" for store in SPAN_STORES)
        spans: dict[int, list[Span]] = {}
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT person_id, id, held_from::text, held_until::text, {selected} FROM registry_certificate"
                " WHERE person_id = ANY(%s) ORDER BY person_id, held_from",
                [people],
            )
            for person, pk, held_from, held_until, *facts in cursor.fetchall():
                spans.setdefault(person, []).append(Span(pk, held_from, held_until, tuple(facts)))
        return spans


def _same_seal(facts: tuple[str | None, ...], stored: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """A fresh nonce is no change: an unchanged suffix keeps the ciphertext it has."""
    place = SPAN_STORES.index("suffix_index")
    return (*facts[:-1], stored[-1]) if facts[place] == stored[place] else facts
