"""What the demonstration shows of accessibility: homes at every stage of the retrofit, one overdue, one failed and put
right, one filed with its photographs; a year's task; public places with an inspection, a notice and reports.

Everything is invented and says so; everything goes through the services, on the days on which it would have been done.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from stdnum.cn import uscc

from accessibility.demonstration_pictures import VIEWS, drawing, signature
from accessibility.models import (
    Contractor,
    EndReason,
    Facility,
    FacilityKind,
    Fund,
    HomeStage,
    ItemGroup,
    ItemVerdict,
    PhotoPurpose,
    RetrofitHome,
    RetrofitItem,
    Room,
)
from accessibility.photographs.guarded import MadeAnew
from accessibility.rules import candidates
from accessibility.services.catalogue import contractor_save, item_save
from accessibility.services.homes import (
    accepting,
    assessing,
    deciding,
    filing,
    following,
    opening,
    planning,
    settling,
    showing,
    works,
)
from accessibility.services.homes.accepting import Judged
from accessibility.services.homes.signatures import Signature
from accessibility.services.photos.keeping import PhotoOf, keep, refuse_of, remade
from accessibility.services.places import (
    Found,
    barrier_case_open,
    barrier_case_reply,
    facility_add,
    inspection_add,
    notice_issue,
)
from accessibility.services.year_tasks import year_task_save
from registry.models import Certificate, Person
from registry.rules import held
from zalainuoer.common.administration import parameter_add
from zalainuoer.common.models import Division, Parameter, User
from zalainuoer.common.rules import Parameters

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
PLAN = (
    ("出入口坡化和扶手", Room.ENTRANCE, 2400),
    ("卫生间坐便器和扶手", Room.TOILET, 1800),
    ("浴凳", Room.TOILET, 300),
)
PARKING = "演示停车场"


@dataclass(frozen=True)
class Story:
    """How far a home has come, registered so many days ago; failed at its first acceptance or not."""

    until: HomeStage
    days: int
    has_failed: bool = False
    has_photos: bool = False


# The most telling first: a small district may have fewer candidates than stories.
STORIES = (
    Story(HomeStage.FILED, 470, has_photos=True),
    Story(HomeStage.WORKS, 95, has_photos=True),  # past the day of its contract
    Story(HomeStage.CORRECTING, 80, has_failed=True),
    Story(HomeStage.CANDIDATE, 4),
    Story(HomeStage.ON_SHOW, 13),
    Story(HomeStage.SETTLING, 100, has_failed=True),
    Story(HomeStage.APPROVING, 40),
    Story(HomeStage.FOLLOWING, 130),
    Story(HomeStage.PLANNING, 9),
    Story(HomeStage.CONTRACTING, 45),
    Story(HomeStage.ACCEPTING, 70),
    Story(HomeStage.WAITING_FOR_WORKS, 50),
    Story(HomeStage.PUBLICITY, 11),
    Story(HomeStage.ENDED, 60),
)
EARLIEST = max(story.days for story in STORIES)
Pictures = dict[PhotoPurpose, list[MadeAnew]]


@dataclass(frozen=True)
class Desks:
    """The accounts that do the demonstration's work: who visits and plans, and who approves and pays."""

    street: User
    federation: User


def is_wanted() -> bool:
    """Whether the demonstration of accessibility is not in: it comes in whole or not at all."""
    return not Facility.objects.filter(name=PARKING).exists()


def load(*, today: datetime.date, by: Desks) -> None:
    """Adds it, unless it is in."""
    if not is_wanted():
        return
    pictures = {purpose: [remade(drawing(purpose, view)) for view in views] for purpose, views in VIEWS.items()}
    with transaction.atomic():
        _parameters(today, by=by.federation)
        _tasks(today, by=by.federation)
        items = {item.name: item for item in _items(by.federation)}
        contractors = _contractors(by.federation)
        for n, (somebody, story) in enumerate(zip(_people(by.street, today), STORIES, strict=False)):
            walk = _Walk(today, by, items, contractors[n % len(contractors)], story)
            walk.through(somebody, pictures)
        _places(today, by=by)


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
    people = Person.objects.visible_to(street)
    for day in (today - datetime.timedelta(days=EARLIEST), today):
        people = candidates(on=day, parameters=Parameters(on=day)).people(people)
    statements = Certificate.objects.filter(held(today), person__in=people).select_related("person").order_by("person")
    homes: dict[int, Person] = {}
    for statement in statements:
        homes.setdefault(statement.household_id, statement.person)
    return list(homes.values())[: len(STORIES)]


class _Walk:
    """One home on its way, each act on a day counted from its registration."""

    def __init__(
        self,
        today: datetime.date,
        by: Desks,
        items: dict[str, RetrofitItem],
        contractor: Contractor,
        story: Story,
    ) -> None:
        self.today, self.by, self.items, self.contractor, self.story = today, by, items, contractor, story
        self.opened_on = today - datetime.timedelta(days=story.days)

    def through(self, somebody: Person, pictures: Pictures) -> RetrofitHome:
        """The home, at the stage at which its story ends."""
        home = self._open(somebody)
        acts = {
            HomeStage.CANDIDATE: self._assess, HomeStage.PLANNING: self._plan, HomeStage.PUBLICITY: self._show,
            HomeStage.ON_SHOW: self._show_end, HomeStage.APPROVING: self._decide, HomeStage.CONTRACTING: self._contract,
            HomeStage.WAITING_FOR_WORKS: self._start, HomeStage.WORKS: self._finish, HomeStage.ACCEPTING: self._accept,
            HomeStage.CORRECTING: self._correct, HomeStage.SETTLING: self._settle, HomeStage.FOLLOWING: self._follow,
            HomeStage.FILING: self._file,
        }  # fmt: skip
        while not self._is_there(home):
            if self.story.has_photos:
                self._photograph(home, pictures)
            acts[HomeStage(home.stage)](home)
            home = RetrofitHome.objects.get(pk=home.pk)
        if self.story.has_photos and home.stage != HomeStage.FILED:
            self._photograph(home, pictures)
        return home

    def _is_there(self, home: RetrofitHome) -> bool:
        return home.stage == self.story.until

    def _day(self, days: int) -> datetime.date:
        return self.opened_on + datetime.timedelta(days=days)

    def _open(self, somebody: Person) -> RetrofitHome:
        return opening.home_open(
            person=somebody, year=self.opened_on.year, wish="出门和上卫生间方便些（演示）", opened_on=self.opened_on,
            by=self.by.street, today=self.today,
        )  # fmt: skip

    def _assess(self, home: RetrofitHome) -> None:
        street, today = self.by.street, self.today
        if self.story.until == HomeStage.ENDED:
            opening.home_end(
                home=home, end_reason=EndReason.DECLINED, opinion="本人准备搬家，已签字放弃（演示）",
                ended_on=self._day(3), by=street, today=today,
            )  # fmt: skip
            return
        assessing.assessment_save(
            home=home, assessed_on=self._day(3), assessors="演示评估员二人", is_own=True, owner_agrees=None,
            moves_by="室内扶墙行走，出门坐轮椅", wishes="先改门口和卫生间", by=street, today=today,
        )  # fmt: skip
        assessing.room_save(home=home, room=Room.ENTRANCE, barrier="门口两级台阶", height_gap_mm=300, by=street)
        assessing.room_save(
            home=home, room=Room.TOILET, barrier="蹲便，没有扶手", door_width_mm=700, length_mm=1800, width_mm=1500,
            wish="换成坐便", by=street,
        )  # fmt: skip
        assessing.home_assess(home=home, is_alterable=True, opinion="", by=street, today=today)

    def _plan(self, home: RetrofitHome) -> None:
        street = self.by.street
        for name, room, yuan in PLAN:
            planning.plan_item_save(
                home=home, item=self.items[name], room=room, quantity=Decimal(1), price_yuan=Decimal(yuan), by=street
            )
        whole = planning.budget_of(home)
        planning.shares_save(home=home, budgets={Fund.LOTTERY: 3500, Fund.DISTRICT: whole - 3500}, by=street)
        planning.home_plan(home=home, planned_on=self._day(6), by=street, today=self.today)

    def _show(self, home: RetrofitHome) -> None:
        showing.home_show(
            home=home, shown_on=self._day(8), place="社区公告栏（演示）", by=self.by.federation, today=self.today
        )

    def _show_end(self, home: RetrofitHome) -> None:
        ended_on = (home.due_on or self.today) + datetime.timedelta(days=1)
        showing.home_show_end(home=home, ended_on=ended_on, by=self.by.federation, today=self.today)

    def _decide(self, home: RetrofitHome) -> None:
        deciding.home_decide(
            home=home, outcome="passed", decided_on=max(self._day(26), home.since_on), opinion="同意",
            by=self.by.federation, today=self.today,
        )  # fmt: skip

    def _contract(self, home: RetrofitHome) -> None:
        works.home_contract(
            home=home, contractor=self.contractor, number=f"演示〔{self.opened_on.year}〕{home.pk}号",
            amount_yuan=planning.budget_of(home), signed_on=self._day(30), works_due_on=self._day(60),
            by=self.by.federation, today=self.today,
        )  # fmt: skip

    def _start(self, home: RetrofitHome) -> None:
        works.home_start(home=home, started_on=self._day(34), by=self.by.street, today=self.today)

    def _finish(self, home: RetrofitHome) -> None:
        works.home_finish(home=home, finished_on=self._day(55), by=self.by.street, today=self.today)

    def _accept(self, home: RetrofitHome) -> None:
        found = {item.pk: Judged(ItemVerdict.PASSED) for item in home.items.all()}
        is_first = not home.steps.filter(kind="accept").exists()
        if self.story.has_failed and is_first:
            found[min(found)] = Judged(ItemVerdict.FAILED, "坡道扶手松动，须加固")
        accepting.home_accept(
            home=home, accepted_on=self._day(60 if is_first else 72), items=found,
            household=Signature(home.person.name, image=signature(1)),
            federation=Signature(self.by.federation.name, image=signature(2)),
            by=self.by.federation, today=self.today,
        )  # fmt: skip

    def _correct(self, home: RetrofitHome) -> None:
        works.home_correct(
            home=home, corrected_on=self._day(68), note="扶手已重新固定（演示）", by=self.by.street, today=self.today
        )

    def _settle(self, home: RetrofitHome) -> None:
        settling.home_settle(
            home=home, settled_on=self._day(80), document=f"演示结算单 {home.pk}",
            items={item.pk: item.amount_yuan for item in home.items.all()},
            funds={share.fund: share.budget_yuan for share in home.shares.all()},
            by=self.by.federation, today=self.today,
        )  # fmt: skip

    def _follow(self, home: RetrofitHome) -> None:
        following.home_follow_up(
            home=home, done_on=home.due_on or self.today, use="good", satisfaction=5, by=self.by.street,
            today=self.today,
        )  # fmt: skip

    def _file(self, home: RetrofitHome) -> None:
        filing.home_file(
            home=home, filed_on=home.since_on + datetime.timedelta(days=5), by=self.by.federation, today=self.today
        )

    def _photograph(self, home: RetrofitHome, pictures: Pictures) -> None:
        """The photographs that the stage brings."""
        brought = {
            HomeStage.PLANNING: PhotoPurpose.BEFORE,
            HomeStage.WORKS: PhotoPurpose.DURING,
            HomeStage.ACCEPTING: PhotoPurpose.AFTER,
        }
        purpose = brought.get(HomeStage(home.stage))
        for made in pictures.get(purpose, []) if purpose else []:
            of = PhotoOf(purpose=str(purpose), home=home, room=Room.ENTRANCE, caption="演示用的图，不是照片")
            refuse_of(of, by=self.by.street)
            keep(of, made, by=self.by.street)


def _places(today: datetime.date, *, by: Desks) -> None:
    """Five places; one inspected and its keeper told, the day to mend it past; a report that waits and one answered."""
    communities = list(Division.objects.communities().filter(parent=by.street.division).order_by("code")[:5])
    kinds = (
        ("演示政务服务大厅", FacilityKind.SERVICE, {}),
        ("演示公共厕所", FacilityKind.TOILET, {}),
        ("演示道路一段", FacilityKind.ROAD, {}),
        ("演示社区卫生服务中心", FacilityKind.BUILDING, {}),
        (PARKING, FacilityKind.PARKING, {"bays": 137, "accessible_bays": 2}),
    )
    places = [
        facility_add(
            name=name, kind=kind, community=communities[n % len(communities)], keeper="演示管理单位",
            address=f"演示路 {n + 1} 号", by=by.street, **bays,
        )
        for n, (name, kind, bays) in enumerate(kinds)
    ]  # fmt: skip

    def ago(days: int) -> datetime.date:
        return today - datetime.timedelta(days=days)

    hall, toilet = places[:2]
    barriers = (
        Found("主入口", "只有台阶，没有坡道", "坡度不大于 1:12"),
        Found("服务窗口", "没有低位窗口"),
    )
    first = inspection_add(
        facility=hall, inspected_on=ago(60), team="演示体验促进队", found=barriers, by=by.street, today=today
    )
    told = list(first.barriers.order_by("pk").values_list("pk", flat=True))
    notice_issue(facility=hall, barriers=told, issued_on=ago(55), working_days=15, by=by.federation, today=today)
    inspection_add(
        facility=hall, inspected_on=ago(20), team="演示体验促进队", note="窗口已改，入口未改", removed=told[1:],
        by=by.street, today=today,
    )  # fmt: skip
    barrier_case_open(
        channel="12345", source_number="演示-12345-1", received_on=ago(20), due_on=ago(10),
        topic="轮椅进不了公共厕所（演示）", community=toilet.community, place="公共厕所门口", facility=toilet,
        owner=by.street, by=by.federation, today=today,
    )  # fmt: skip
    answered = barrier_case_open(
        channel="resident", received_on=ago(30), due_on=ago(15), topic="盲道被车辆占用（演示）",
        community=places[2].community, place="演示道路一段", facility=places[2], owner=by.street, by=by.street,
        today=today,
    )  # fmt: skip
    barrier_case_reply(
        case=answered, reply="已请管理单位清理，并加装隔离桩（演示）", replied_on=ago(25), by=by.street, today=today,
        seen=answered.state,
    )  # fmt: skip
