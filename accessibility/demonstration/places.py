"""Public places of the demonstration."""

from __future__ import annotations

import datetime

from accessibility.demonstration.desks import Desks
from accessibility.models import FacilityKind
from accessibility.services.places import (
    Found,
    barrier_case_open,
    barrier_case_reply,
    facility_add,
    inspection_add,
    notice_issue,
)
from zalainuoer.common.models import Division

PARKING = "演示停车场"


def places(today: datetime.date, *, by: Desks) -> None:
    """Five places; one inspected and its keeper told, the day to mend it past; a report that waits and one answered."""
    communities = list(Division.objects.communities().filter(parent=by.street.division).order_by("code")[:5])
    kinds: tuple[tuple[str, FacilityKind, dict[str, int]], ...] = (
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
