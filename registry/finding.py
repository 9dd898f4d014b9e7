"""From what somebody types or chooses to people: one search box that judges by the shape of the input, and filters.

Names are searched by reading them all (docs/decisions/0017); numbers are encrypted and found by their blind indexes.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)

from registry.models import Category, Certificate, CertificateStatus, FormerIdentity, Person
from registry.rules import expired, frozen, held, registered
from zalainuoer.common import ciphers
from zalainuoer.common.identity import name_key, normalised_number
from zalainuoer.common.models import Division
from zalainuoer.common.rules import latest_birth

LONGEST = 60
MOST_PAGES = 100_000
TAIL = 4
ID_NUMBER = re.compile(r"\d{17}[\dX]")
CERTIFICATE_NUMBER = re.compile(r"(?P<id>\d{17}[\dX])(?P<category>[1-7])(?P<level>[1-4])(?P<suffix>B(?:[1-9]\d?)?)?")
ID_TAIL = re.compile(r"\d{3,5}[\dX]")
PHONE = re.compile(r"\+?\d{5,17}")
PINYIN = re.compile(r"[a-z]+")
# What stands between a number's groups on paper and in telephones.
_GROUPING = re.compile(r"[-—–()（）.]")


@dataclass(frozen=True)
class Search:
    """What was searched for, as kinds of things (never the words themselves: the kind goes into the audit trail)."""

    kind: str
    condition: Q
    closeness: Case | None = None  # a smaller value stands nearer to what was typed

    @property
    def is_by_number(self) -> bool:
        """Whether what was typed identifies somebody by itself, and must not stay in a browser's history."""
        return self.kind not in ("姓名", "拼音")


def search(text: str) -> Search | None:
    """What the text asks for, by its shape; None where nothing was typed.

    A text that may be two things (five digits: the end of an ID number, or a short telephone number) is both.
    """
    text = unicodedata.normalize("NFKC", text).strip()[:LONGEST]
    number = _GROUPING.sub("", normalised_number(text))
    if not name_key(text):
        return None
    if found := CERTIFICATE_NUMBER.fullmatch(number):
        return Search("残疾人证号", _by_certificate_number(found))
    if ID_NUMBER.fullmatch(number):
        return Search("身份证号", Q(pk__in=_by_id_number(number)))
    if ID_TAIL.fullmatch(number):
        return _by_tail(number)
    if PHONE.fullmatch(number):
        return Search("电话", _by_phone(number))
    letters = text.replace(" ", "").replace("'", "").lower()
    if PINYIN.fullmatch(letters):
        return _by_pinyin(letters)
    return _by_name(text)


def _by_id_number(number: str) -> list[int]:
    """The people who bear the number, or bore it before the police corrected it."""
    index = ciphers.blind_index(number, purpose="id_number")
    bearers = Person.objects.filter(id_index=index).values_list("pk", flat=True)
    former = FormerIdentity.objects.filter(id_index=index).values_list("person_id", flat=True)
    return [*bearers, *former]


def _by_certificate_number(found: re.Match[str]) -> Q:
    """A number of any of the person's certificates, past ones too: old cards and papers bear them."""
    suffix = "B1" if found["suffix"] == "B" else found["suffix"]
    index = None if suffix is None else ciphers.blind_index(suffix, purpose="certificate_suffix")
    stated = Certificate.objects.filter(
        Q(suffix_index__isnull=True) if index is None else Q(suffix_index=index),
        person=OuterRef("pk"),
        category=found["category"],
        level=found["level"],
    )
    return Q(pk__in=_by_id_number(found["id"])) & Q(Exists(stated))


def _by_tail(tail: str) -> Search:
    """The end of an ID number: four by their index; of five or six, those of the four that decrypt to them."""
    index = ciphers.blind_index(tail[-TAIL:], purpose="id_tail")
    if len(tail) == TAIL:
        return Search("身份证号末几位", Q(id_tail_index=index))
    candidates = Person.objects.filter(id_tail_index=index).values_list("pk", "id_number")
    ending = Q(pk__in=[pk for pk, number in candidates.iterator() if number.endswith(tail)])
    if tail.isdigit():
        return Search("身份证号末几位或电话", ending | _by_phone(tail))
    return Search("身份证号末几位", ending)


def _by_phone(number: str) -> Q:
    index = ciphers.blind_index(number, purpose="phone")
    return Q(phone_index=index) | Q(guardian_phone_index=index)


def _by_pinyin(letters: str) -> Search:
    if len(letters) == 1:  # would match nearly everybody anywhere else
        return Search("拼音", Q(initials__startswith=letters))
    condition = Q(initials__contains=letters) | Q(pinyin__contains=letters)
    closeness = _closeness(
        Q(initials=letters) | Q(pinyin=letters), Q(initials__startswith=letters) | Q(pinyin__startswith=letters)
    )
    return Search("拼音", condition, closeness)


def _by_name(text: str) -> Search:
    name = name_key(text)
    condition = Q(name__contains=name) | Q(_Contains(_Undotted(F("name")), Value(name)))
    return Search("姓名", condition, _closeness(Q(name=name), Q(name__startswith=name)))


class _Undotted(Func):
    """A name without the dots between its parts: 巴图·孟和 is found as 巴图孟和."""

    template = "translate(%(expressions)s, '·•‧∙・．. ', '')"


class _Contains(Func):
    """Whether the first text holds the second."""

    template, output_field = "(strpos(%(expressions)s) > 0)", BooleanField()


def _closeness(exact: Q, beginning: Q) -> Case:
    return Case(
        When(exact, then=Value(0)), When(beginning, then=Value(1)), default=Value(2), output_field=IntegerField()
    )


# filters


def of_certificates(condition: Q) -> Q:
    """Of Person: having a certificate statement for which the condition on Certificate holds."""
    return Q(Exists(Certificate.objects.filter(condition, person=OuterRef("pk"))))


def without_certificate(on: datetime.date) -> Q:
    """Of Person: with no certificate issued by the day, as uncertified children are."""
    return ~of_certificates(held(on) & Q(first_issued_on__lte=on))


def living_in(communities: Sequence[int], *, on: datetime.date) -> Q:
    """Of Person: living there on the day as the certificate of that day says, else where they live today."""
    there = held(on) & Q(community__in=communities)
    stated = Exists(Certificate.objects.filter(held(on), person=OuterRef("pk")))
    return of_certificates(there) | (Q(community__in=communities) & ~Q(stated))


def of_category(category: str) -> Q:
    """Of Certificate: of the category, or 多重 with it among the components (肢体残疾、智力残疾; 肢体二级、智力三级)."""
    if category == Category.MULTIPLE:
        return Q(category=category)
    stem = Category(category).label.removesuffix("残疾")
    return Q(category=category) | Q(category=Category.MULTIPLE, components__contains=stem)


def of_status(status: str, *, on: datetime.date) -> Q:
    """Of Certificate: in the state on the day; a state that begins later is not yet one."""
    if status == CertificateStatus.NORMAL:
        return Q(status=status) | Q(status_on__gt=on)
    return Q(status=status, status_on__lte=on)


def valid_statement(on: datetime.date) -> Q:
    """Of Certificate: 有效 on the day, as registry.rules.valid asks it of people clause by clause."""
    return registered(on) & ~expired(on) & ~frozen(on)


def of_ages(youngest: int | None, oldest: int | None, *, on: datetime.date) -> Q:
    """Of Person: of an age (周岁) on the day between the two, both included."""
    condition = Q()
    if youngest is not None:
        condition &= Q(born_on__lte=latest_birth(age=youngest, on=on))
    if oldest is not None:
        condition &= Q(born_on__gt=latest_birth(age=oldest + 1, on=on))
    return condition


# lists


SORTS = {"pinyin": "按姓名", "issued": "最近发证在前", "expires": "最早到期在前"}


def in_order(people: QuerySet[Person], sort: str, *, on: datetime.date, closeness: Case | None) -> QuerySet[Person]:
    """Sorted; of what was typed, the nearest come first unless another order was asked for."""
    if sort == "issued":
        return with_certificate(people, on=on).order_by(F("certificate__issued_on").desc(nulls_last=True), "pk")
    if sort == "expires":
        return with_certificate(people, on=on).order_by(F("certificate__expires_on").asc(nulls_last=True), "pk")
    if closeness is not None:
        return people.alias(closeness=closeness).order_by("closeness", "pinyin", "pk")
    return people.order_by("pinyin", "pk")


def page_of(people: QuerySet[Person], number: str, *, size: int) -> Page:
    """One page of primary keys. The total is counted by the statement that sorts: one pass over the people, not two."""
    wanted = int(number) if number.isdecimal() and 1 <= int(number) <= MOST_PAGES else 1
    counted = people.annotate(total=Window(Count("pk"))).values_list("pk", "total")
    rows = list(counted[(wanted - 1) * size : wanted * size])
    paginator = Paginator(people.values_list("pk", flat=True), size)
    if rows or wanted == 1:
        paginator.count = rows[0][1] if rows else 0
        return Page([pk for pk, _ in rows], wanted, paginator)
    return paginator.get_page(wanted)  # past the end: the last page


def with_certificate(people: QuerySet[Person], *, on: datetime.date) -> QuerySet[Person]:
    """The people joined with the one statement that holds on the day, as `certificate`."""
    covering = FilteredRelation(
        "certificates", condition=Q(certificates__held_from__lte=on, certificates__held_until__gt=on)
    )
    return people.annotate(certificate=covering)


def loaded(people: QuerySet[Person], *, on: datetime.date) -> QuerySet[Person]:
    """The same people with what a list shows of them: certificate, community and street, in one statement."""
    joined = with_certificate(people, on=on).select_related("community__parent", "certificate")  # type: ignore[misc]
    return joined.defer("address", "guardian_phone")


def certificate_of(person: Person) -> Certificate | None:
    """The statement a loaded person was joined with; Django leaves the attribute out where there is none."""
    return getattr(person, "certificate", None)


def places() -> dict[int, Division]:
    """The communities with their streets, for `place_of`: joined relations cannot be followed further by a join."""
    return Division.objects.communities().select_related("parent").in_bulk()


def place_of(person: Person, among: dict[int, Division]) -> Division:
    """The community of a loaded person on the day: the certificate's, else today's."""
    certificate = certificate_of(person)
    return person.community if certificate is None else among.get(certificate.community_id, person.community)


def in_sequence(pks: Sequence[int], *, on: datetime.date) -> list[Person]:
    """The people of one page, loaded, in the order of their keys."""
    found = {person.pk: person for person in loaded(Person.objects.filter(pk__in=pks), on=on)}
    return [found[pk] for pk in pks if pk in found]
