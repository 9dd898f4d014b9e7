"""What the demonstration shows of accessibility: homes at every stage of the retrofit, one overdue, one failed and put
right, one filed with its photographs; a year's task; public places with an inspection, a notice and reports.

Told in 2026, the filed home was accepted in 2025, so it counts in indicator 11 beside those of the workbooks.
Everything is invented and says so; everything goes through the services, on the days on which it would have been done.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, QuerySet
from stdnum.cn import uscc

from accessibility.demonstration.desks import Desks
from accessibility.demonstration.pictures import VIEWS, drawing
from accessibility.demonstration.places import PARKING, places
from accessibility.demonstration.walking import EARLIEST, STORIES, Walk
from accessibility.models import Contractor, Facility, Fund, ItemGroup, RetrofitItem
from accessibility.rules import candidates
from accessibility.services.catalogue import contractor_save, item_save
from accessibility.services.photos.keeping import remade
from accessibility.services.year_tasks import year_task_save
from registry.models import Certificate, Person
from registry.rules import held
from zalainuoer.common.administration import parameter_add
from zalainuoer.common.models import CalendarDay, Parameter, User
from zalainuoer.common.rules import Parameters

__all__ = ("PARKING", "STORIES", "Desks", "is_wanted", "load")

DOCUMENT = "演示用取值（虚构，没有文件依据）"
# Figures without which no home goes on, and which no document of the district gives.
PARAMETERS = {"retrofit.publicity_days": 5, "retrofit.cap_per_household_yuan": 6000}
TASK_HOMES = 14
GRANTS = {Fund.LOTTERY: 40_000, Fund.DISTRICT: 30_000}
CONTRACTORS = ("演示建筑安装有限公司", "演示适老化改造有限公司")
ITEMS = (
    ("出入口坡化和扶手", ItemGroup.ENGINEERING, "处", "坡度不大于 1:12"),
    ("房门加宽", ItemGroup.ENGINEERING, "樘", "净宽不小于 0.8 米"),
    ("卫生间坐便器和扶手", ItemGroup.ENGINEERING, "套", "扶手能承受身体重量"),
    ("地面平整防滑", ItemGroup.ENGINEERING, "平方米", ""),
    ("低位灶台", ItemGroup.ENGINEERING, "套", ""),
    ("闪光门铃", ItemGroup.DEVICE, "个", ""),
    ("浴凳", ItemGroup.DEVICE, "个", ""),
)


def is_wanted() -> bool:
    """Whether the demonstration of accessibility is not in: it comes in whole or not at all."""
    return not Facility.objects.filter(name=PARKING).exists()


def load(*, today: datetime.date, by: Desks) -> None:
    """Adds it, unless it is in."""
    if not is_wanted():
        return
    today = _told_on(today)
    pictures = {purpose: [remade(drawing(purpose, view)) for view in views] for purpose, views in VIEWS.items()}
    with transaction.atomic():
        _parameters(today, by=by.federation)
        _tasks(today, by=by.federation)
        items = {item.name: item for item in _items(by.federation)}
        contractors = _contractors(by.federation)
        for n, (somebody, story) in enumerate(zip(_people(by.street, today), STORIES, strict=False)):
            walk = Walk(today, by, items, contractors[n % len(contractors)], story)
            walk.through(somebody, pictures)
        places(today, by=by)


def _told_on(today: datetime.date) -> datetime.date:
    """Today; in a year whose working calendar is not maintained yet, a day from which the last one reaches far enough."""
    last = CalendarDay.objects.aggregate(last=Max("day__year"))["last"]
    return min(today, datetime.date(last, 12, 1)) if last else today


def _parameters(today: datetime.date, *, by: User) -> None:
    first = datetime.date(today.year - 2, 1, 1)
    for key, value in PARAMETERS.items():
        known = Parameter.objects.filter(key=key).order_by("effective_from").first()
        if known is not None:
            added = Parameter(key=key, name=known.name, value=value, effective_from=first, document=DOCUMENT)
            parameter_add(parameter=added, by=by)


def _tasks(today: datetime.date, *, by: User) -> None:
    lines: list[tuple[str, int | None, Decimal | None]] = [("", TASK_HOMES, None)]
    lines += [(fund, None, Decimal(yuan)) for fund, yuan in GRANTS.items()]
    for fund, homes, yuan in lines:
        year_task_save(
            task=None,
            year=today.year,
            fund=fund,
            homes=homes,
            budget_yuan=yuan,
            document=DOCUMENT,
            reason="演示",
            by=by,
        )


def _items(by: User) -> list[RetrofitItem]:
    return [
        item_save(name=name, group=group, unit=unit, requirement=asked, by=by) for name, group, unit, asked in ITEMS
    ]


def _contractors(by: User) -> list[Contractor]:
    found = []
    for n, name in enumerate(CONTRACTORS, 1):
        stem = f"9115079990000000{n}"  # of a division that is not assigned
        code = stem + str(uscc.calc_check_digit(stem + "0"))
        found.append(
            contractor_save(
                name=name, credit_code=code, contact_name="演示联系人", contact_phone=f"1380000000{n}", by=by
            )
        )
    return found


def _people(street: User, today: datetime.date) -> list[Person]:
    """Candidates of the street, on the first of the days and today, one of each household."""
    people: QuerySet[Person] = Person.objects.visible_to(street)
    for day in (today - datetime.timedelta(days=EARLIEST), today):
        people = candidates(on=day, parameters=Parameters(on=day)).people(people)
    statements = Certificate.objects.filter(held(today), person__in=people).select_related("person").order_by("person")
    homes: dict[int, Person] = {}
    for statement in statements:
        homes.setdefault(statement.household_id, statement.person)
    return list(homes.values())[: len(STORIES)]
