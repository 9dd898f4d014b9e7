"""年度复核 of recipients: who is due in each community, confirmed one by one or many at once, and who has missed it."""

from __future__ import annotations

import datetime
import tempfile
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from registry.services.statements import statement_in_force
from subsidies.forms.reviews import ConfirmForm, ReviewExportForm, ReviewFilter, ReviewForm, SuspendForm
from subsidies.models import Resumption, Review, ReviewResult, Stop, StopCode, Subsidy
from subsidies.review_export import TITLE, export_reviews
from subsidies.reviewing import STATES, Recipient, Window, counts_of, recipients, totals, window_of
from subsidies.services import reviews as services
from subsidies.services.applications.cases import CIVIL_REVIEW
from subsidies.services.stops import RECORD_STOPS
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.months import month_of, next_month
from zalainuoer.common.services import access_record

PAGE = 50
AT_ONCE = 500  # people confirmed in one go
YEARS = 3  # that may be chosen
TONES = {"waiting": "wait", "confirmed": "good", "failed": "bad"}
confirms = permission_required(services.CONFIRM, raise_exception=True)
suspends = permission_required(RECORD_STOPS, raise_exception=True)
exports = permission_required("subsidies.export_subsidies", raise_exception=True)


def _years(today: datetime.date) -> list[int]:
    """The year whose review has begun last comes first."""
    latest = today.year if today >= window_of(today.year).first else today.year - 1
    return [latest - n for n in range(YEARS)]


def _filter(request: HttpRequest, data: QueryDict, today: datetime.date) -> tuple[ReviewFilter, Window]:
    form = ReviewFilter(data, user=request.user, years=_years(today))
    return form, window_of(form.year_chosen)


@confirms
@never_cache
def review_list(request: HttpRequest) -> HttpResponse:
    """How far each community has come, and the people themselves."""
    today = timezone.localdate()
    form, window = _filter(request, request.GET, today)
    placed = form.placed(recipients(window, today=today, by=request.user))
    counts = counts_of(placed)
    page, lines = _page(request, form.shown(placed), window)
    _note(request, AccessAct.SEARCH, f"年度复核名单，第{page.number}页", people=len(lines))
    context = {
        "form": form,
        "query": form.query,
        "window": window,
        "is_over": today > window.last,
        "left": (window.last - today).days,
        "communities": [(place, counts[place.pk]) for place in form.places if place.pk in counts],
        "total": totals(list(counts.values())),
        "page_obj": page,
        "lines": lines,
        "people": [line["person"] for line in lines],
        "state": form.data.get("state") or "waiting",
        "to_decide": _to_decide(request, window) if request.user.has_perm(CIVIL_REVIEW) else [],
    }
    return render(request, "subsidies/reviews/list.html", context)


def _page(request: HttpRequest, shown: list[Recipient], window: Window) -> tuple[Any, list[dict[str, Any]]]:
    """The people of one page, by place and name, each with the review of the year."""
    among = {one.person: one for one in shown}
    people = Person.objects.filter(pk__in=among).select_related("community__parent")
    people = people.order_by("community__parent__code", "community__code", "pinyin", "pk")
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    on_page = list(page.object_list)
    reviews = {row.person_id: row for row in Review.objects.filter(year=window.year, person__in=on_page)}
    return page, [_line(person, among[person.pk], reviews.get(person.pk)) for person in on_page]


def _line(person: Person, one: Recipient, review: Review | None) -> dict[str, Any]:
    return {
        "person": person,
        "state": one.state,
        "label": STATES[one.state],
        "tone": TONES[one.state],
        "subsidies": [Subsidy(code).label for code in one.subsidies],
        "is_suspended": bool(one.suspended),
        "review": review,
    }


def _to_decide(request: HttpRequest, window: Window) -> list[dict[str, Any]]:
    """Suspensions that a review has ended, with months in between of which 民政 has decided nothing yet."""
    rows = Stop.objects.standing().visible_to(request.user).select_related("person__community__parent")
    rows = rows.filter(code=StopCode.REVIEW, until_on__isnull=False, effective_on__year=window.year)
    ended = [
        row
        for row in rows.order_by("until_on", "pk")
        if next_month(month_of(row.effective_on)) < month_of(row.until_on)
    ]
    decided = Resumption.objects.filter(person__in=[row.person_id for row in ended])
    known = {(each.person_id, each.subsidy, each.first_month) for each in decided}
    return [
        {"stop": row, "person": row.person, "first": next_month(month_of(row.effective_on))}
        for row in ended
        if (row.person_id, row.subsidy, next_month(month_of(row.effective_on))) not in known
    ]


@confirms
@never_cache
def review_selected(request: HttpRequest) -> HttpResponse:
    """Confirms those who were ticked: named once more before it is done."""
    today = timezone.localdate()
    data = request.POST if request.method == "POST" else request.GET
    chosen, window = _filter(request, QueryDict(data.get("query", "")), today)
    back = f"{reverse('review_list')}?{chosen.query}" if chosen.query else reverse("review_list")
    keys = {int(key) for key in data.getlist("person") if key.isdecimal() and len(key) < 19}
    if keys and not Person.objects.visible_to(request.user).filter(pk__in=keys).exists():
        raise Http404
    placed = recipients(window, today=today, by=request.user)
    wanted = [one for one in placed.values() if one.person in keys and one.state != "confirmed"]
    if not wanted:
        messages.warning(request, "没有选中要登记复核的人。请在列表中勾选，再点“登记所选”。")
        return redirect(back)
    confirmed = request.method == "POST" and "confirm" in data
    form = ConfirmForm(data if confirmed else None, window=window, today=today)
    if confirmed and form.is_valid():
        try:
            count = services.reviews_confirm(
                people=keys, year=window.year, by=request.user, today=today, **form.cleaned_data
            )
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已登记 {count} 人符合条件，继续享受。{_resumed(wanted)}")
            return redirect(back)
    among = {one.person: one for one in wanted[:AT_ONCE]}
    people = Person.objects.filter(pk__in=among).select_related("community__parent").order_by("community", "pk")
    lines = [_line(person, among[person.pk], None) for person in people]
    _note(request, AccessAct.READ, "登记年度复核", people=len(lines))
    context = {"form": form, "lines": lines, "window": window, "back": back, "query": chosen.query}
    return render(request, "subsidies/reviews/selected.html", context)


def _resumed(wanted: list[Recipient]) -> str:
    """What is said where a review has ended a suspension."""
    count = sum(bool(one.suspended) for one in wanted)
    if not count:
        return ""
    return f"其中 {count} 人的暂停已经结束，从复核当月起自动续发；暂停的月份是否补发，由区民政局决定。"


@confirms
@never_cache
def review_record(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's review: still meets the conditions, or does not any more."""
    today = timezone.localdate()
    person = get_object_or_404(Person.objects.visible_to(request.user).select_related("community__parent"), pk=pk)
    form_of, window = _filter(request, request.GET, today)
    one = recipients(window, today=today, by=request.user).get(person.pk)
    form = ReviewForm(request.POST or None, window=window, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            said = _record(request, person, one, window, form)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, said)
            return redirect(f"{reverse('review_list')}?{form_of.query}" if form_of.query else "review_list")
    _note(request, AccessAct.READ, "登记年度复核", people=1, person=person.pk)
    context = {
        "form": form,
        "window": window,
        "line": None
        if one is None
        else _line(person, one, Review.objects.filter(person=person, year=window.year).first()),
        "person": person,
        "statement": statement_in_force(person),
        "today": today,
    }
    return render(request, "subsidies/reviews/record.html", context)


def _record(request: HttpRequest, person: Person, one: Recipient | None, window: Window, form: ReviewForm) -> str:
    asked, by, today = form.cleaned_data, request.user, timezone.localdate()
    how = {
        "year": window.year,
        "method": asked["method"],
        "reviewed_on": asked["reviewed_on"],
        "by": by,
        "today": today,
    }
    if asked["result"] == ReviewResult.FAILED:
        services.review_fail(person=person, reason=asked["note"], **how)
        return "已登记不再符合，从复核次月起暂停发放。以后重新复核符合的，自动恢复。"
    services.reviews_confirm(people={person.pk}, note=asked["note"], **how)
    return f"已登记符合条件，继续享受。{_resumed([one] if one else [])}"


@suspends
@never_cache
def review_suspend(request: HttpRequest) -> HttpResponse:
    """Suspends, in one act, whoever has missed the year's review; what has been paid already is told first."""
    today = timezone.localdate()
    chosen, window = _filter(request, request.POST if request.method == "POST" else request.GET, today)
    form = SuspendForm(request.POST if "confirm" in request.POST else None, window=window, today=today)
    on = window.last
    if form.is_bound and form.is_valid():
        on = form.cleaned_data["effective_on"]
        try:
            count = services.reviews_suspend(year=window.year, by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(
                request, f"已暂停 {count} 人，从 {next_month(month_of(on)):%Y-%m} 起不发。补上复核的自动恢复。"
            )
            return redirect(f"{reverse('review_list')}?year={window.year}&state=suspended")
    found = services.missed(window, on=on, by=request.user, today=today)
    form.fields["seen"].initial = len(found.recipients)
    if form.is_bound:
        form.data = {**form.data.dict(), "seen": len(found.recipients)}  # type: ignore[union-attr]
    counts = counts_of({one.person: one for one in found.recipients})
    context = {
        "form": form,
        "window": window,
        "missed": found,
        "on": on,
        "is_over": today > window.last,
        "communities": [(place, counts[place.pk]) for place in chosen.places if place.pk in counts],
        "year": window.year,
    }
    return render(request, "subsidies/reviews/suspend.html", context)


@exports
@confirms
@never_cache
def review_export(request: HttpRequest) -> HttpResponse:
    """Asks why, then hands out exactly the people that the filter shows, a page for each community."""
    today = timezone.localdate()
    chosen, window = _filter(request, request.GET, today)
    shown = chosen.shown(chosen.placed(recipients(window, today=today, by=request.user)))
    form = ReviewExportForm(request.POST or None)
    back = f"{reverse('review_list')}?{chosen.query}" if chosen.query else reverse("review_list")
    if request.method == "POST" and form.is_valid():
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        export_reviews(
            shown,
            file,
            year=window.year,
            by=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            address=request.META.get("REMOTE_ADDR"),
        )
        file.seek(0)
        name = f"{window.year}{TITLE}（{today:%Y%m%d}导出）.xlsx"
        return FileResponse(file, as_attachment=True, filename=name)
    context = {"form": form, "count": len(shown), "back": back, "window": window, "chosen": chosen.chosen}
    return render(request, "subsidies/reviews/export.html", context)


def _note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )


urls = [
    path("subsidies/reviews/", review_list, name="review_list"),
    path("subsidies/reviews/selected/", review_selected, name="review_selected"),
    path("subsidies/reviews/suspend/", review_suspend, name="review_suspend"),
    path("subsidies/reviews/export/", review_export, name="review_export"),
    path("people/<int:pk>/review/", review_record, name="review_record"),
]
