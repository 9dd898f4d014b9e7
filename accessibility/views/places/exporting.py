"""Lists of public places, notices and reports on their way out: a reason, then exactly what the filter shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accessibility.forms.cases import CaseFilter
from accessibility.forms.places import FacilityFilter, PlacesFilter
from accessibility.inventory import with_barriers, with_counts
from accessibility.models import BarrierCase, Facility, RectificationNotice
from accessibility.parking import bays_required, bays_wanting
from accessibility.views.common import note
from accessibility.views.places.cases import case_rows, is_overdue
from accessibility.views.places.common import percent_on
from zalainuoer.common.models import AccessAct
from zalainuoer.common.sheets.export import CHUNK
from zalainuoer.common.sheets.listing import columns_of, write_list
from zalainuoer.common.views.taking_out import take_out

EXPORT = ("accessibility.view_accessibility", "accessibility.export_accessibility")
exports_places = permission_required(EXPORT, raise_exception=True)

PLACE = {"街道（镇）": 16, "社区": 18}
FACILITIES = {
    "名称": 26, "类别": 20, **PLACE, "地址": 30, "管理单位": 24, "主管部门": 20, "停车泊位总数": 14, "无障碍停车位数": 14,
    "应有无障碍停车位数": 18, "缺无障碍停车位数": 16, "未消除障碍": 12, "整改逾期": 10, "停用日期": 14, "备注": 30,
}  # fmt: skip
NOTICES = {
    "文号": 18, "设施": 26, **PLACE, "管理单位": 24, "主管部门": 20, "发出日期": 14, "整改期限（工作日）": 18, "整改截止日期": 14,
    "要求整改": 10, "未消除": 10, "情况": 12, "撤回日期": 14, "撤回原因": 30,
}  # fmt: skip
CASES = {
    "来源": 24, "来源编号": 18, "收到日期": 14, "反映事项": 40, **PLACE, "具体地点": 30, "设施": 26, "承办人": 12, "答复期限": 14,
    "状态": 12, "逾期": 8, "转办单位": 24, "转办日期": 14, "答复日期": 14, "答复内容": 40, "满意度": 10, "撤销原因": 30,
}  # fmt: skip
NUMBERS = {
    "序号", "停车泊位总数", "无障碍停车位数", "应有无障碍停车位数", "缺无障碍停车位数", "未消除障碍", "整改逾期", "整改期限（工作日）",
    "要求整改", "未消除", "满意度",
}  # fmt: skip


def _take_out(
    request: HttpRequest, *, title: str, columns: Mapping[str, int], lines: Iterator[Sequence[Any]], count: int,
    form: PlacesFilter, back: str, page: str, holds: str,
) -> HttpResponse:  # fmt: skip
    """No line is about somebody: the register of exports says nobody's data, and why."""
    chosen = form.chosen

    def write(file: IO[bytes], reason: str) -> None:
        numbered: Iterable[Sequence[Any]] = ([number, *line] for number, line in enumerate(lines, 1))
        headings = columns_of({"序号": 8, **columns}, numbers=NUMBERS)
        write_list(file, title=title, columns=headings, rows=numbered, by=request.user, at=timezone.now(), freeze="C2")
        what = "：".join(filter(None, (f"导出{title}", "、".join(f"{k}：{v}" for k, v in chosen.items()))))
        note(request, AccessAct.EXPORT, what, people=0, reason=reason)

    return take_out(
        request, title=title, write=write, count=count, back=f"{back}?{form.query}" if form.query else back,
        group="无障碍改造与环境", page=page, holds=holds, chosen=chosen, example="送住建局督办",
    )  # fmt: skip


@exports_places
@never_cache
def facility_export(request: HttpRequest) -> HttpResponse:
    """The inventory as the filter shows it."""
    today, form = timezone.localdate(), FacilityFilter(request.GET, user=request.user)
    rows = with_barriers(form.found(Facility.objects.visible_to(request.user), today=today), today=today)
    return _take_out(
        request, title="无障碍设施台账", columns=FACILITIES, lines=_facilities(rows, percent_on(today)[0]),
        count=rows.count(), form=form, back=reverse("facility_list"), page="设施台账", holds="处",
    )  # fmt: skip


def _facilities(rows: Any, percent: int | None) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=CHUNK):
        required = None if percent is None or row.bays is None else bays_required(row.bays, percent=percent)
        wanting = None if percent is None else bays_wanting(row, percent=percent)
        yield [
            row.name, row.get_kind_display(), *_place(row.community), row.address, row.keeper, row.supervisor, row.bays,
            row.accessible_bays, required, wanting, row.standing, row.overdue, _day(row.closed_on), row.note,
        ]  # fmt: skip


@exports_places
@never_cache
def notice_export(request: HttpRequest) -> HttpResponse:
    """The notices, withdrawn ones as well, of the places that the filter shows."""
    today, form = timezone.localdate(), FacilityFilter(request.GET, user=request.user)
    places = form.found(Facility.objects.visible_to(request.user), today=today)
    mine = RectificationNotice.objects.visible_to(request.user)
    rows = with_counts(mine.filter(facility__in=places.order_by().values("pk")))
    return _take_out(
        request, title="整改通知登记", columns=NOTICES, lines=_notices(rows, today), count=rows.count(), form=form,
        back=reverse("facility_list"), page="设施台账", holds="份整改通知",
    )  # fmt: skip


def _notices(rows: Any, today: Any) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=CHUNK):
        place = row.facility
        yield [
            str(row), place.name, *_place(place.community), place.keeper, place.supervisor, _day(row.issued_on),
            row.working_days, _day(row.due_on), row.named, row.standing, _state(row, today), _day(row.withdrawn_on),
            row.withdrawn_reason,
        ]  # fmt: skip


def _state(row: Any, today: Any) -> str:
    if row.withdrawn_on is not None:
        return "已撤回"
    if not row.standing:
        return "已消除"
    return "逾期" if row.due_on < today else "整改中"


@exports_places
@never_cache
def barrier_case_export(request: HttpRequest) -> HttpResponse:
    """Reports as the filter shows them."""
    form = CaseFilter(request.GET, user=request.user)
    rows = form.found(case_rows(request), today=timezone.localdate()).order_by("due_on", "pk")
    return _take_out(
        request, title="障碍反映", columns=CASES, lines=_cases(rows), count=rows.count(), form=form,
        back=reverse("barrier_case_list"), page="障碍反映", holds="件",
    )  # fmt: skip


def _cases(rows: Any) -> Iterator[list[Any]]:
    row: BarrierCase
    for row in rows.iterator(chunk_size=CHUNK):
        yield [
            row.get_channel_display(), row.source_number, _day(row.received_on), row.topic, *_place(row.community),
            row.place, row.facility.name if row.facility else "", row.owner.name, _day(row.due_on),
            row.get_state_display(), "是" if is_overdue(row) else "", row.transferred_to, _day(row.transferred_on),
            _day(row.replied_on), row.reply, row.satisfaction, row.withdrawn_reason,
        ]  # fmt: skip


def _place(community: Any) -> tuple[str, str]:
    return str(community.parent), community.name


def _day(day: Any) -> str:
    return "" if day is None else f"{day:%Y-%m-%d}"


urls = [
    path("accessibility/places/export/", facility_export, name="facility_export"),
    path("accessibility/places/notices/export/", notice_export, name="notice_export"),
    path("accessibility/cases/export/", barrier_case_export, name="barrier_case_export"),
]
