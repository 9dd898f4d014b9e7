"""Homes in the works, for tests: approved by hand, every later stage reached through the services."""

from __future__ import annotations

import struct
import zlib
from decimal import Decimal
from typing import Any

from accessibility.models import (
    Contractor,
    Fund,
    FundingShare,
    HomeAssessment,
    HomeRetrofit,
    HomeRoom,
    HomeStage,
    HomeStep,
    HomeStepKind,
    HomeStepOutcome,
    ItemGroup,
    ItemVerdict,
    Photo,
    PlanItem,
    RetrofitHome,
    RetrofitItem,
    Room,
)
from accessibility.services.homes import accepting, filing, following, settling, works
from accessibility.services.homes.accepting import Judged
from accessibility.services.homes.signatures import Signature
from registry.models import Level
from tests.records import day, holder, household
from zalainuoer.common import ciphers
from zalainuoer.common.models import Role, User

TODAY = day("2026-11-20")
PHONE = "13800001111"
PASSED = Judged(ItemVerdict.PASSED)


def png(width: int = 2, height: int = 2) -> bytes:
    """A PNG of a given size, black."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    lines = b"".join(b"\x00" + b"\x00" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def official(name: str = "gongcheng") -> User:
    """An account of the federation's for the whole district."""
    return User.objects.get_or_create(username=name, defaults={"name": "陈同志", "role": Role.FEDERATION_STAFF})[0]


HOUSEHOLD, FEDERATION = Signature("某1", image=png()), Signature("陈同志", image=png())


def approved(n: int = 1, *, groups: tuple[str, ...] = ("engineering", "device"), **change: Any) -> RetrofitHome:
    """A home approved on 2025-01-10: 1,000 yuan for each item, all from the central fund."""
    somebody = holder(n)
    home = RetrofitHome.objects.create(
        person=somebody,
        household=household(somebody.id_number),
        year=2025,
        stage=HomeStage.CONTRACTING,
        since_on=day("2025-01-10"),
        address="某路 1 号",
        wish="出门方便",
        is_alterable=True,
        opened_on=day("2024-11-01"),
        hardship="dibao",
        level=Level.SECOND,
        evidence="低保名单 2025-01；残疾人证二级",
        **change,
    )
    home.retrofit = HomeRetrofit.objects.create(
        person=somebody,
        household=home.household,
        hardship="dibao",
        level=Level.SECOND,
        works="坡道",
        approved_on=day("2025-01-10"),
    )
    home.save()
    for at, group in enumerate(groups):
        item = RetrofitItem.objects.get_or_create(
            name=f"{ItemGroup(group).label}{at}", defaults={"group": group, "unit": "处"}
        )[0]
        PlanItem.objects.create(
            home=home, item=item, room=Room.TOILET, quantity=1, price_yuan=Decimal(1000), amount_yuan=Decimal(1000)
        )
    FundingShare.objects.create(home=home, fund=Fund.CENTRAL, budget_yuan=Decimal(1000) * len(groups))
    return home


def contractor(**change: Any) -> Contractor:
    facts = {"name": "某建筑公司", "contact_name": "赵经理", "contact_phone": PHONE, **change}
    facts["contact_phone_index"] = ciphers.blind_index(PHONE, purpose="phone")
    return Contractor.objects.get_or_create(credit_code="91150799MA0000001X", defaults=facts)[0]


def contracted(home: RetrofitHome, **change: Any) -> RetrofitHome:
    facts = {
        "contractor": contractor(),
        "number": "合同〔2025〕1号",
        "amount_yuan": Decimal(1800),
        "signed_on": day("2025-01-20"),
        "works_due_on": day("2025-03-01"),
        **change,
    }
    works.home_contract(home=home, by=official(), today=TODAY, **facts)
    return now(home)


def finished(home: RetrofitHome) -> RetrofitHome:
    works.home_start(home=contracted(home), started_on=day("2025-02-01"), by=official(), today=TODAY)
    works.home_finish(home=home, finished_on=day("2025-02-20"), by=official(), today=TODAY)
    return now(home)


def judged(home: RetrofitHome, *, failed: bool = False) -> dict[int, Judged]:
    """All items passed, or the first of them failed."""
    found = dict.fromkeys(home.items.values_list("pk", flat=True), PASSED)
    if failed:
        found[min(found)] = Judged(ItemVerdict.FAILED, "扶手松动")
    return found


def accept(home: RetrofitHome, on: str = "2025-02-28", *, failed: bool = False, **change: Any) -> RetrofitHome:
    facts = {"items": judged(home, failed=failed), "household": HOUSEHOLD, "federation": FEDERATION, **change}
    accepting.home_accept(home=home, accepted_on=day(on), by=official(), today=TODAY, **facts)
    return now(home)


def settle(home: RetrofitHome, **change: Any) -> RetrofitHome:
    facts = {
        "items": dict.fromkeys(home.items.values_list("pk", flat=True), Decimal(900)),
        "funds": {Fund.CENTRAL: Decimal(900) * home.items.count()},
        "document": "结算单 1",
        "settled_on": day("2025-03-10"),
        **change,
    }
    settling.home_settle(home=home, by=official(), today=TODAY, **facts)
    return now(home)


def follow_up(home: RetrofitHome, on: str, **change: Any) -> RetrofitHome:
    facts = {"use": "good", "satisfaction": 5, **change}
    following.home_follow_up(home=home, done_on=day(on), by=official(), today=TODAY, **facts)
    return now(home)


def followed(n: int = 1) -> RetrofitHome:
    """A home with both follow-ups done, waiting to be filed."""
    return follow_up(follow_up(settle(accept(finished(approved(n)))), "2025-05-28"), "2026-02-28")


def complete(home: RetrofitHome) -> None:
    """What other helpers' steps leave in a file: assessment, publicity, decision, photographs."""
    found = HomeAssessment.objects.create(home=home, assessed_on=day("2024-11-10"), assessors="陈同志")
    HomeRoom.objects.create(assessment=found, room=Room.TOILET, barrier="有门槛")
    for kind in (HomeStepKind.SHOW_END, HomeStepKind.DECIDE):
        HomeStep.objects.create(home=home, kind=kind, outcome=HomeStepOutcome.PASSED, done_on=day("2025-01-10"))
    Photo.objects.bulk_create(
        Photo(home=home, purpose=purpose, sha256=f"{purpose}{n}", width=4, height=3)
        for purpose, count in filing.PHOTOS.items()
        for n in range(count)
    )


def now(home: RetrofitHome) -> RetrofitHome:
    return RetrofitHome.objects.select_related("retrofit").get(pk=home.pk)
