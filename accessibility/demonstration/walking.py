"""A home of the demonstration on its way: every act on the day on which it would have been done."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from accessibility.demonstration.desks import Desks
from accessibility.demonstration.pictures import signature
from accessibility.models import (
    Contractor,
    EndReason,
    Fund,
    HomeStage,
    ItemVerdict,
    PhotoPurpose,
    RetrofitHome,
    RetrofitItem,
    Room,
)
from accessibility.photographs.guarded import MadeAnew
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
from accessibility.services.photos.keeping import PhotoOf, keep, refuse_of
from registry.models import Person

PLAN = (
    ("出入口坡化和扶手", Room.ENTRANCE, 2400),
    ("卫生间坐便器和扶手", Room.TOILET, 1800),
    ("浴凳", Room.TOILET, 300),
)
LOTTERY = Decimal(3500)  # of a home's budget


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


class Walk:
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
        planning.shares_save(home=home, budgets={Fund.LOTTERY: LOTTERY, Fund.DISTRICT: whole - LOTTERY}, by=street)
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
