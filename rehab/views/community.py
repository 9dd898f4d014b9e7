"""社区康复 on one page: sites and coordinators by community, campaigns and awareness of the year; its export."""

from __future__ import annotations

import datetime
import tempfile
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from rehab.forms.community import CommunityFilter
from rehab.models import AwarenessSurvey, CommunitySite, Coordinator, CoordinatorTraining, PreventionCampaign
from rehab.rules import held_enough, is_aware
from rehab.shares import percent_text
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, Division
from zalainuoer.common.rules import Parameters
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.listing import columns_of, write_list

views_rehab = permission_required("rehab.view_rehab", raise_exception=True)
TITLE = "社区康复情况"
COLUMNS = columns_of({
    "序号": 8, "街道（镇）": 18, "社区": 18, "康复站点": 30, "服务内容": 50, "康复协调员": 20, "本年度培训（学时）": 18, "缺项": 24,
}, numbers={"序号", "本年度培训（学时）"})  # fmt: skip


@dataclass
class Place:
    """A community with what it has on the day, and what it had."""

    community: Division
    sites: list[CommunitySite] = field(default_factory=list)
    coordinators: list[Coordinator] = field(default_factory=list)
    closed_sites: list[CommunitySite] = field(default_factory=list)
    former: list[Coordinator] = field(default_factory=list)

    @property
    def lacks(self) -> list[str]:
        """What the community is without."""
        return [
            word for word, there in (("没有康复站点", self.sites), ("没有康复协调员", self.coordinators)) if not there
        ]

    @property
    def hours(self) -> int:
        """Hours of training in the year, of those in office."""
        return sum(training.hours for each in self.coordinators for training in each.year_trainings)


def places(request: HttpRequest, form: CommunityFilter) -> list[Place]:
    """The communities of the reader's area and the chosen place, in a constant number of statements."""
    chosen = form.cleaned_data if form.is_valid() else None
    found = {
        each.pk: Place(each)
        for each in form.communities
        if chosen is not None
        and chosen["street"] in ("", str(each.parent_id))
        and chosen["community"] in ("", str(each.pk))
    }
    on = form.on
    year = CoordinatorTraining.objects.filter(trained_on__year=form.year_of)
    for site in CommunitySite.objects.visible_to(request.user).filter(opened_on__lte=on):
        if site.community_id in found:
            place = found[site.community_id]
            (place.sites if _runs(site.closed_on, on) else place.closed_sites).append(site)
    coordinators = Coordinator.objects.visible_to(request.user).filter(since__lte=on)
    for each in coordinators.prefetch_related(Prefetch("trainings", year, to_attr="year_trainings")):
        if each.community_id in found:
            place = found[each.community_id]
            (place.coordinators if _runs(each.until, on) else place.former).append(each)
    return list(found.values())


def _runs(end: datetime.date | None, on: datetime.date) -> bool:
    return end is None or end > on


@views_rehab
@never_cache
def community_rehab(request: HttpRequest) -> HttpResponse:
    """Sites, coordinators, and the communities without; prevention in the year against what the plan asks for."""
    form = CommunityFilter(request.GET, user=request.user, today=timezone.localdate())
    shown = places(request, form)
    context = {
        "form": form,
        "year": form.year_of,
        "on": form.on,
        "places": shown,
        "with_site": sum(bool(each.sites) for each in shown),
        "with_coordinator": sum(bool(each.coordinators) for each in shown),
        "lacking": [each for each in shown if each.lacks],
        "query": form.query,
        **_prevention(form.year_of, form.on),
    }
    return render(request, "rehab/community/page.html", context)


def _prevention(year: int, on: datetime.date) -> dict[str, Any]:
    """The year's campaigns, the latest surveys, and whether they are enough; a missing parameter is said, not guessed."""
    campaigns = list(PreventionCampaign.objects.filter(held_on__year=year))
    surveys = list(AwarenessSurvey.objects.filter(year__lte=year)[:5])
    found: dict[str, Any] = {"campaigns": campaigns, "problem": ""}
    lines = [{"survey": each, "rate": percent_text(each.aware, each.valid), "is_reached": None} for each in surveys]
    parameters = Parameters(on=on)
    try:
        found["asked_campaigns"] = parameters["prevention.campaigns_a_year"]
        found["asked_percent"] = parameters["prevention.awareness_percent"]
        found["is_enough"] = held_enough(len(campaigns), parameters=parameters)
        for line in lines:
            line["is_reached"] = is_aware(line["survey"], parameters=parameters)
    except RuleBroken as broken:
        found["problem"] = broken.message
    current = next((line for line in lines if line["survey"].year == year), None)
    return {**found, "surveys": lines, "survey": current}


@views_rehab
@never_cache
def community_export(request: HttpRequest) -> HttpResponse:
    """The communities as they are shown, as a workbook; of people it names the coordinators, who are workers."""
    form = CommunityFilter(request.GET, user=request.user, today=timezone.localdate())
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    rows = [_row(number, place) for number, place in enumerate(places(request, form), 1)]
    write_list(
        file,
        title=TITLE,
        columns=COLUMNS,
        rows=rows,
        by=request.user,
        at=timezone.now(),
        freeze="B2",
    )
    access_record(
        by=request.user, act=AccessAct.EXPORT, what="导出社区康复情况", address=request.META.get("REMOTE_ADDR")
    )
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{TITLE}（{form.on:%Y%m%d}）.xlsx")


def _row(number: int, place: Place) -> list[Any]:
    offers = dict.fromkeys(word for site in place.sites for word in site.offers_in_words().split("、"))
    return [
        number,
        str(place.community.parent),
        str(place.community),
        "、".join(map(str, place.sites)),
        "、".join(offers),
        "、".join(map(str, place.coordinators)),
        place.hours,
        "、".join(place.lacks),
    ]


urls = [
    path("rehab/community/", community_rehab, name="community_rehab"),
    path("rehab/community/export/", community_export, name="community_export"),
]
