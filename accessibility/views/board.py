"""改造看板: all homes by stage with the overdue ones first, the years against their tasks, and the money."""

from __future__ import annotations

from typing import IO, Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accessibility.board import reading
from accessibility.board.drawing import plots_of
from accessibility.board.exporting import TITLE, export_board
from accessibility.forms.board import EVERYTHING, OVERDUE, BoardFilter
from accessibility.models import HomeStage, RetrofitHome
from zalainuoer.common.models import AccessAct
from zalainuoer.common.queries import with_query
from zalainuoer.common.services import access_record
from zalainuoer.common.views.taking_out import take_out

PAGE = 50
VIEW, MANAGE = "accessibility.view_accessibility", "accessibility.manage_homes"
EXPORT = (VIEW, "accessibility.export_accessibility")
views_homes = permission_required(VIEW, raise_exception=True)
exports = permission_required(EXPORT, raise_exception=True)
RELATED = ("person__community__parent", "contractor")


def _mine(request: HttpRequest) -> Any:
    return RetrofitHome.objects.visible_to(request.user)


def sees_tasks(request: HttpRequest) -> bool:
    """Tasks and grants are the district's: beside one street's numbers they would mislead."""
    user: Any = request.user
    return bool(user.has_perm(MANAGE))


@views_homes
@never_cache
def access_board(request: HttpRequest) -> HttpResponse:
    """The homes that the filter shows, and the sums of all stages under the same filter."""
    today = timezone.localdate()
    form = BoardFilter(request.GET, user=request.user, today=today)
    summed = form.tab(_mine(request))
    rows = reading.in_order(form.found(_mine(request)), today=today).select_related(*RELATED)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [_line(row, today) for row in page.object_list]
    access_record(
        by=request.user,
        act=AccessAct.SEARCH,
        what=f"家庭无障碍改造看板，第{page.number}页",
        people=len(lines),
        address=request.META.get("REMOTE_ADDR"),
    )
    with_tasks = sees_tasks(request)
    total = reading.total(summed, today=today)
    stages = reading.grouped(summed, reading.STAGE, today=today)
    streets = reading.grouped(summed, reading.STREET, today=today)
    funds = reading.by_fund(summed, year=form.year_chosen, with_tasks=with_tasks)
    plan = reading.progress(request.user, today=today, with_tasks=with_tasks)
    named = _in_words(stages)
    context = {
        "form": form,
        "query": form.query,
        "page_obj": page,
        "lines": lines,
        "people": [line["home"].person for line in lines],
        "tiles": _tiles(form, total, stages),
        "total": total,
        "streets": streets,
        "communities": reading.grouped(summed, reading.COMMUNITY, today=today),
        "contractors": reading.grouped(summed, reading.CONTRACTOR, today=today),
        "funds": funds,
        "plan": plan,
        "check": reading.check(summed, total),
        "plots": plots_of(stages=named, streets=streets, funds=funds, plan=plan, with_tasks=with_tasks),
        "with_tasks": with_tasks,
        "may_export": request.user.has_perms(EXPORT),
    }
    return render(request, "accessibility/board/page.html", context)


def _line(row: RetrofitHome, today: Any) -> dict[str, Any]:
    """One home as the list shows it."""
    left, tone = "", ""
    if row.due_on is not None and row.stage not in (HomeStage.FILED, HomeStage.ENDED):
        days = (row.due_on - today).days
        left = f"还剩 {days} 天" if days > 0 else "今天到期" if days == 0 else f"已超期 {-days} 天"
        tone = "wait" if days > 0 else "warn" if days == 0 else "bad"
    return {"home": row, "left": left, "left_tone": tone, "tone": _tone(row.stage)}


def _tone(stage: str) -> str:
    return {HomeStage.FILED: "good", HomeStage.ENDED: "idle", HomeStage.CORRECTING: "warn"}.get(
        HomeStage(stage), "even"
    )


def _in_words(stages: list[reading.Group]) -> list[reading.Group]:
    """Stages in the order of the way, those without a home as well."""
    sums = {group.key[0]: group.sums for group in stages}
    return [reading.Group((stage.label,), sums.get(stage.value, reading.Sums())) for stage in HomeStage]


def _tiles(form: BoardFilter, total: reading.Sums, stages: list[reading.Group]) -> list[dict[str, Any]]:
    """What is overdue, then each stage with what lies there; every tile is an address."""
    sums = {group.key[0]: group.sums for group in stages}
    tiles = [(OVERDUE, "已超期", total.overdue, total.overdue), ("", "办理中", total.going, 0)]
    for stage in HomeStage:
        at = sums.get(stage.value, reading.Sums())
        tiles.append((stage.value, str(stage.label), at.homes, at.overdue))
    tiles.append((EVERYTHING, "全部", total.homes, 0))
    now = form.data.get("stage", "")
    return [
        {
            "label": label,
            "count": count,
            "late": late,
            "query": with_query(form.data, stage=key),
            "is_current": now == key,
        }
        for key, label, count, late in tiles
    ]


@exports
@never_cache
def access_board_export(request: HttpRequest) -> HttpResponse:
    """Asks why, then hands out exactly the homes that the filter shows, with the sums."""
    today = timezone.localdate()
    chosen = BoardFilter(request.GET, user=request.user, today=today)
    listed = chosen.found(_mine(request))

    def write(file: IO[bytes], reason: str) -> None:
        export_board(
            file,
            listed=listed,
            summed=chosen.tab(_mine(request)),
            year=chosen.year_chosen,
            with_tasks=sees_tasks(request),
            by=request.user,
            today=today,
            at=timezone.now(),
            reason=reason,
            chosen=[f"{label}：{value}" for label, value in chosen.chosen.items()],
            address=request.META.get("REMOTE_ADDR"),
        )

    back = reverse("access_board")
    return take_out(
        request, title=TITLE, write=write, count=listed.count(), back=f"{back}?{chosen.query}" if chosen.query else back,
        group="无障碍改造与环境", page="改造看板",
        holds="户，含完整姓名、身份证号和电话，另附按社区、施工单位、资金来源的统计", chosen=chosen.chosen,
    )  # fmt: skip


urls = [
    path("accessibility/", access_board, name="access_board"),
    path("accessibility/export/", access_board_export, name="access_board_export"),
]
