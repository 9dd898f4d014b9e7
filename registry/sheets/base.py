"""Sheets about people and households: the columns they share, and how their numbers are looked up."""

import datetime
from collections import Counter
from typing import Any

from django.db import connection, models
from django.utils.functional import cached_property

from registry.models import Household, Person
from registry.rules import day_of
from registry.sheets.lookup import (
    COMMUNITY,
    HEAD,
    ID,
    NAME,
    OUT_OF_SCOPE,
    STREET,
    KnownPerson,
    communities_of,
    create_children,
    create_households,
    households_in,
    known_households,
    known_people,
    refuse_other_name,
)
from zalainuoer.common.identity import age_on, born_on
from zalainuoer.common.models import Division, DivisionLevel
from zalainuoer.common.rules import Parameters
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.comparing import KeyedSheet, Scope
from zalainuoer.common.sheets.delivery import Delivery, Values
from zalainuoer.common.sheets.undo import Unit
from zalainuoer.common.sheets.widgets import DivisionWidget, IdNumberWidget, NameWidget

NOT_ON_REGISTER = "不在残疾人台账中。请核对号码；如属新持证人员，请先由区残联报送残疾人证台账。"


def id_column() -> Column:
    return Column(
        "person__id_number",
        ID,
        IdNumberWidget(),
        required=True,
        synonyms=("身份证号码", "公民身份号码", "居民身份证号"),
        stores="person_id",
    )


def name_column() -> Column:
    return Column("person__name", NAME, NameWidget(50), required=True, synonyms=("残疾人姓名", "人员姓名"), stores="")


def street_column() -> Column:
    return Column(
        "community__parent",
        STREET,
        DivisionWidget(DivisionLevel.STREET),
        required=True,
        synonyms=("街道（镇）", "所在街道", "乡镇街道"),
        stores="",
    )


def community_column() -> Column:
    return Column(
        "community",
        COMMUNITY,
        DivisionWidget(DivisionLevel.COMMUNITY),
        required=True,
        synonyms=("社区（村）", "所在社区"),
        stores="community_id",
    )


def head_column() -> Column:
    return Column(
        "household__head_id_number",
        HEAD,
        IdNumberWidget(),
        required=True,
        synonyms=("户主身份证号码",),
        stores="household_id",
    )


class PersonSheet(KeyedSheet):
    """A sheet whose rows say something about people of the register, known by ID number and checked by name."""

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        people = known_people(delivery.column(ID), by_former=True)
        keys: Values = []
        for index, (number, name) in enumerate(zip(delivery.column(ID), delivery.column(NAME), strict=True)):
            keys.append(self._person(delivery, index, number, name, people, scope))
        return {"person_id": keys}

    def _person(
        self,
        delivery: Delivery,
        index: int,
        number: str | None,
        name: str | None,
        people: dict[str, KnownPerson],
        scope: Scope,
    ) -> str | None:
        if number is None:
            return None
        known = people.get(number)
        if known is None:
            delivery.refuse(index, ID, NOT_ON_REGISTER)
            return None
        if scope.communities is not None and known.community not in scope.communities:
            delivery.refuse(index, ID, f"此人{OUT_OF_SCOPE}")
        else:
            refuse_other_name(delivery, index, NAME, name, known.name)
        return known.id

    def absent_queryset(self, delivery: Delivery, scope: Scope) -> models.QuerySet[Any]:
        rows = self.rows_of_delivered_periods(delivery).select_related("person")
        if scope.communities is not None:
            rows = rows.filter(person__community__in=scope.communities)
        return rows.order_by("person__pinyin", "pk")

    def subject(self, record: Any) -> str:
        return str(record.person)


class ChildSheet(PersonSheet):
    """A person sheet in which an unknown child becomes a person without a certificate (未持证残疾儿童).

    On the day that the parameter `cut_day` names, in the row's year, the child must be below `child.age_limit`: the
    same parameters the indicators count by.
    """

    cut_day: str  # the parameter's key

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        communities = communities_of(delivery, scope)
        self.children: dict[str, tuple[str, str]] = {}  # unknown children: number → (name, community)
        self.places: dict[str, str] = {}  # their stand-in keys, until they are written
        self._years = delivery.column(self.period)
        self._communities = communities
        return {"community_id": communities, **super().resolve(delivery, scope)}

    def _person(
        self,
        delivery: Delivery,
        index: int,
        number: str | None,
        name: str | None,
        people: dict[str, KnownPerson],
        scope: Scope,
    ) -> str | None:
        if number is None or number in people:
            return super()._person(delivery, index, number, name, people, scope)
        if number in self.children:
            refuse_other_name(delivery, index, NAME, name, self.children[number][0])
            return self.places[number]
        year, community = self._years[index], self._communities[index]
        if index in delivery.problems or not (name and year and community):
            return None
        if not self._is_child(number, int(year)):
            delivery.refuse(index, ID, NOT_ON_REGISTER)
            return None
        self.children[number] = (name, community)
        self.places[number] = str(-len(self.children))  # no stored key is negative
        return self.places[number]

    def _is_child(self, number: str, year: int) -> bool:
        cut_on = day_of(year, self._parameters[self.cut_day])
        return age_on(datetime.date.fromisoformat(born_on(number)), cut_on) < self._parameters["child.age_limit"]

    @cached_property
    def _parameters(self) -> Parameters:
        """Those in force at the end of the latest year delivered."""
        return Parameters(on=datetime.date(max(int(year) for year in self._years if year), 12, 31))

    def display(self, store: str, text: str | None) -> str:
        return self._community_names.get(text or "", "") if store == "community_id" else super().display(store, text)

    @cached_property
    def _community_names(self) -> dict[str, str]:
        return {str(pk): name for pk, name in Division.objects.communities().values_list("id", "name")}

    def undo_units(self) -> tuple[Unit, ...]:
        return (*super().undo_units(), Unit(Person, is_support=True))

    def prepare_write(self, delivery: Delivery, indexes: list[int], stored: dict[str, Values]) -> None:
        ids = create_children(self.children)
        numbers = delivery.column(ID)
        for index in indexes:
            if numbers[index] in ids:
                stored["person_id"][index] = ids[numbers[index] or ""]

    def after_write(self, delivery: Delivery, indexes: list[int], stored: dict[str, Values]) -> None:
        """A child without a certificate lives where its latest row says."""
        touched = sorted({int(stored["person_id"][i] or 0) for i in indexes})
        period, table = self.column(self.period).stores, self.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {Person._meta.db_table} p SET community_id = latest.community_id"
                f" FROM (SELECT DISTINCT ON (person_id) person_id, community_id FROM {table}"
                f"       WHERE person_id = ANY(%s) ORDER BY person_id, {period} DESC) latest"
                " WHERE p.id = latest.person_id AND p.community_id <> latest.community_id"
                "   AND NOT EXISTS (SELECT FROM registry_certificate c WHERE c.person_id = p.id)",
                [touched],
            )


def _lives_in(person: KnownPerson | None, scope: Scope) -> bool:
    return person is not None and person.community in (scope.communities or ())


class HouseholdColumnMixin(KeyedSheet):
    """For sheets with a 户主身份证号, known if it stands in either ID column of the registry sheet."""

    head_name: str = ""  # the heading of the head's name, where the sheet has it

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        heads = delivery.column(HEAD)
        households = known_households(heads)
        people = {number: known for number, known in known_people(heads).items() if known.is_holder}
        self.new_heads: dict[str, str] = {}  # holders who are head of a household nobody has named yet
        mine = None if scope.communities is None else households_in(scope.communities)
        keys: Values = []
        names = delivery.column(self.head_name) if self.head_name else [None] * len(delivery)
        for index, (head, name) in enumerate(zip(heads, names, strict=True)):
            if head is None:
                keys.append(None)
                continue
            if head not in households and head not in people:
                delivery.refuse(index, HEAD, NOT_ON_REGISTER)
            elif mine is not None and not (households.get(head) in mine or _lives_in(people.get(head), scope)):
                delivery.refuse(index, HEAD, f"此户{OUT_OF_SCOPE}")
            elif head in people:
                tells = mine is None or _lives_in(people[head], scope)
                refuse_other_name(delivery, index, self.head_name, name, people[head].name, tells=tells)
            keys.append(households.get(head) or self.new_heads.setdefault(head, str(-1 - len(self.new_heads))))
        return {"household_id": keys, **super().resolve(delivery, scope)}

    def undo_units(self) -> tuple[Unit, ...]:
        return (*super().undo_units(), Unit(Household, is_support=True))

    def prepare_write(self, delivery: Delivery, indexes: list[int], stored: dict[str, Values]) -> None:
        super().prepare_write(delivery, indexes, stored)
        heads = delivery.column(HEAD)
        missing = Counter(heads[i] or "" for i in indexes if (heads[i] or "") in self.new_heads)
        ids = create_households(missing)
        for index in indexes:
            stored["household_id"][index] = ids.get(heads[index] or "", stored["household_id"][index])
