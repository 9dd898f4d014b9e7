"""Applications on their way through the desks: the worklist, one case with its acts, taking in, and the letters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Case, F, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from registry.services.statements import statement_in_force
from subsidies.forms.applications import (
    MINE,
    OVERDUE,
    PASS,
    RETURN,
    UNTOLD,
    AcceptForm,
    ApplicationFilter,
    CompleteForm,
    JudgeForm,
    NotifiedForm,
    ObjectionForm,
    ReviewForm,
    WithdrawForm,
)
from subsidies.models import (
    Application,
    ApplicationState,
    Objection,
    ObjectionState,
    Outcome,
    StepKind,
    Subsidy,
)
from subsidies.services import applications as services
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, DivisionLevel
from zalainuoer.common.models import Division as Place
from zalainuoer.common.rules import Parameters
from zalainuoer.common.services import access_record
from zalainuoer.common.working_days import WorkingDays

PAGE = 50
views_subsidies = permission_required("subsidies.view_subsidies", raise_exception=True)
accepts = permission_required("subsidies.accept_applications", raise_exception=True)
FEDERATION = "subsidies.federation_review"
ACTS: dict[str, tuple[type[Any], str, str]] = {
    # act: (form, heading, button)
    "review": (ReviewForm, "审核", "提交审核意见"),
    "complete": (CompleteForm, "登记补正", "登记补正，继续办理"),
    "objection": (ObjectionForm, "登记异议", "登记异议"),
    "notified": (NotifiedForm, "告知结果", "登记已告知"),
    "withdraw": (WithdrawForm, "撤回申请", "撤回申请"),
}
TONES = {
    ApplicationState.SUPPLEMENT: "warn",
    ApplicationState.PUBLICITY: "even",
    ApplicationState.GRANTED: "good",
    ApplicationState.REFUSED: "bad",
    ApplicationState.WITHDRAWN: "idle",
}
STEP_TONES = {Outcome.PASSED: "good", Outcome.REFUSED: "bad", Outcome.RETURNED: "warn", Outcome.DONE: "even"}


def _mine(request: HttpRequest) -> Any:
    return Application.objects.visible_to(request.user)


# the worklist


@views_subsidies
@never_cache
def application_list(request: HttpRequest) -> HttpResponse:
    """What waits for the reader first, then by the day it is due; how much lies at each desk, and how late."""
    today = timezone.localdate()
    form = ApplicationFilter(request.GET, user=request.user, today=today)
    rows = form.found(_mine(request)).select_related("person__community__parent")
    rows = rows.annotate(is_mine=Case(When(services.waiting_for(request.user), then=Value(True)), default=Value(False)))
    rows = rows.order_by("-is_mine", F("due_on").asc(nulls_last=True), "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    calendar = WorkingDays.read()
    lines = [_line(row, calendar, today) for row in page.object_list]
    _note(request, AccessAct.SEARCH, f"补贴申请清单，第{page.number}页", people=len(lines))
    context = {
        "form": form,
        "query": form.query,
        "page_obj": page,
        "lines": lines,
        "people": [line["application"].person for line in lines],
        "tiles": _tiles(form, services.counted(form.place(_mine(request)), request.user, today=today)),
        "may_close": request.user.has_perm("subsidies.civil_review"),
    }
    return render(request, "subsidies/applications/list.html", context)


def _line(row: Application, calendar: WorkingDays, today: Any) -> dict[str, Any]:
    """One case as lists and its own page head show it."""
    left, tone = "", ""
    waits = row.state in services.DESKS or (row.decided_on is not None and row.notified_on is None)
    if waits and row.state != ApplicationState.WITHDRAWN:
        left, tone = services.time_left(calendar, row.due_on, today)
    untold = row.state in (ApplicationState.GRANTED, ApplicationState.REFUSED) and row.notified_on is None
    return {"application": row, "tone": TONES.get(row.state, "wait"), "left": left, "left_tone": tone, "untold": untold}


def _tiles(form: ApplicationFilter, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Each desk with what lies there; every tile is an address."""
    states = [ApplicationState.SUPPLEMENT, *services.DESKS, ApplicationState.PUBLICITY]
    tiles = [(MINE, "待我办理", counts["mine"], 0), (OVERDUE, "已超期", counts["overdue"], counts["overdue"])]
    tiles += [(state, ApplicationState(state).label, counts[state], counts[f"{state}_overdue"]) for state in states]
    tiles.append((UNTOLD, "待告知结果", counts["untold"], counts["untold_overdue"]))
    found = []
    for state, label, count, late in tiles:
        query = form.data.copy()
        query["state"] = state
        is_current = form.data.get("state") == state
        found.append(
            {"label": label, "count": count, "late": late, "query": query.urlencode(), "is_current": is_current}
        )
    return found


# one case


@views_subsidies
@never_cache
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: the facts, the clauses as they stand, all its steps, and the forms of the next act."""
    row = get_object_or_404(
        _mine(request).select_related("person__community__parent", "accepted_in", "recorded_by"), pk=pk
    )
    today = timezone.localdate()
    bound = request.POST.get("act", "") if request.method == "POST" else ""
    forms = _forms(request, row, bound)
    judging = _judging(request, row, bound)
    if bound and (answer := _act(request, row, bound, forms, judging)) is not None:
        return answer
    if request.method == "POST" and bound not in forms and bound != "judge":
        return redirect("application", row.pk)
    _note(request, AccessAct.READ, f"补贴申请：{row.get_subsidy_display()}", people=1, person=row.person_id)
    verdicts, refusal = _advice(row, today)
    steps = list(row.steps.select_related("done_by"))
    context = {
        **_line(row, WorkingDays.read(), today),
        "person": row.person,
        "papers": row._meta.get_field("papers").base_field.flatchoices,
        "verdicts": verdicts,
        "refusal": refusal,
        "today": today,
        "steps": [{"step": step, "tone": STEP_TONES[step.outcome]} for step in steps],
        "objections": judging,
        "forms": [(act, form, *ACTS[act][1:]) for act, form in forms.items()],
        "why_not": _why_not(request, row, forms),
        "letters": _letters(row, steps),
    }
    return render(request, "subsidies/applications/page.html", context)


def _forms(request: HttpRequest, row: Application, bound: str) -> dict[str, Any]:
    """The forms of the acts open to the reader; the one that was sent holds what was typed."""
    today = timezone.localdate()
    return {
        act: ACTS[act][0](request.POST if act == bound else None, application=row, today=today, auto_id=f"{act}_%s")
        for act in services.acts_open(row, request.user)
    }


def _judging(request: HttpRequest, row: Application, bound: str) -> list[dict[str, Any]]:
    """The case's objections, each with its form where the reader may judge it."""
    may = request.user.has_perm("subsidies.civil_review")
    found = []
    for objection in row.objections.select_related("recorded_by"):
        form = None
        if may and objection.state == ObjectionState.OPEN:
            sent = bound == "judge" and request.POST.get("objection") == str(objection.pk)
            form = JudgeForm(request.POST if sent else None, auto_id=f"judge{objection.pk}_%s")
        found.append({"objection": objection, "form": form})
    return found


def _why_not(request: HttpRequest, row: Application, forms: dict[str, Any]) -> str:
    """Why somebody of the very desk may not do this case."""
    desk = services.DESKS.get(row.state)
    if desk is None or "review" in forms or not request.user.has_perm(desk.permission):
        return ""
    return services.refusal_to_review(row, request.user)


def _advice(row: Application, today: Any) -> tuple[list[Any], str]:
    """The clauses as they stand, or why they cannot be said."""
    try:
        return services.judged_now(row, today=today), ""
    except RuleBroken as broken:
        return [], broken.message


def _act(
    request: HttpRequest, row: Application, act: str, forms: dict[str, Any], judging: list[dict[str, Any]]
) -> HttpResponse | None:
    """Does what was sent; None where the page is shown again with what is wrong."""
    objection: Objection | None = None
    if act == "judge":
        sent = [each for each in judging if each["form"] is not None and each["form"].is_bound]
        if not sent:
            messages.error(request, "这项异议已经处理，或不由您办理。")
            return redirect("application", row.pk)
        form, objection = sent[0]["form"], sent[0]["objection"]
    elif act in forms:
        form = forms[act]
    else:
        messages.error(
            request,
            services.refusal_to_review(row, request.user) if act == "review" else "这份申请的状态已经改变，没有办理。",
        )
        return redirect("application", row.pk)
    if not form.is_valid():
        return None
    try:
        said = DO[act](request, objection or row, form.cleaned_data)
    except RuleBroken as broken:
        form.add_error(None, f"{broken.message}（依据：{broken.source}）" if broken.source else broken.message)
        return None
    messages.success(request, said)
    return redirect("application", row.pk)


def _how(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "today": timezone.localdate()}


def _review(request: HttpRequest, row: Application, sent: dict[str, Any]) -> str:
    decision = sent["decision"]
    after = services.application_review(
        application=row,
        passed=decision == PASS,
        returned=decision == RETURN,
        opinion=sent["opinion"],
        seen=sent["seen"],
        **_how(request),
    )
    return f"已提交审核意见，这份申请现在{after.get_state_display()}。"


def _complete(request: HttpRequest, row: Application, sent: dict[str, Any]) -> str:
    after = services.application_complete(
        application=row, papers=sent.get("papers", []), note=sent["note"], seen=sent["seen"], **_how(request)
    )
    return f"已登记补正，这份申请现在{after.get_state_display()}。"


def _objection(request: HttpRequest, row: Application, sent: dict[str, Any]) -> str:
    services.objection_record(
        application=row,
        content=sent["content"],
        received_on=sent["received_on"],
        said_by=sent["said_by"],
        **_how(request),
    )
    return "已登记异议。异议处理完以前，这份申请不会核发。"


def _judge(request: HttpRequest, objection: Objection, sent: dict[str, Any]) -> str:
    services.objection_resolve(
        objection=objection, upheld=sent["upheld"] == "yes", opinion=sent["opinion"], **_how(request)
    )
    return "已登记异议的处理结果。"


def _notified(request: HttpRequest, row: Application, sent: dict[str, Any]) -> str:
    services.application_notified(application=row, on=sent["on"], **_how(request))
    return "已登记告知日期。"


def _withdraw(request: HttpRequest, row: Application, sent: dict[str, Any]) -> str:
    services.application_withdraw(application=row, reason=sent["reason"], seen=sent["seen"], **_how(request))
    return "已撤回这份申请；以后可以重新申请。"


DO: dict[str, Callable[[HttpRequest, Any, dict[str, Any]], str]] = {
    "review": _review,
    "complete": _complete,
    "objection": _objection,
    "judge": _judge,
    "notified": _notified,
    "withdraw": _withdraw,
}


# taking in


@accepts
@never_cache
def application_add(request: HttpRequest, pk: int, subsidy: str) -> HttpResponse:
    """受理: what the rules say stands beside the form as advice, and never in the way."""
    if subsidy not in Subsidy.values:
        raise Http404
    people = Person.objects.visible_to(request.user).select_related("community__parent")
    person, today = get_object_or_404(people, pk=pk), timezone.localdate()
    statement, is_federation = statement_in_force(person), request.user.has_perm(FEDERATION)
    form = AcceptForm(
        request.POST or None,
        person=person,
        statement=statement,
        subsidy=subsidy,
        today=today,
        is_federation=is_federation,
    )
    if request.method == "POST" and form.is_valid():
        facts = form.facts
        street = None if facts["accepted_elsewhere"] else person.community.parent
        try:
            row = services.application_accept(
                person=person, subsidy=subsidy, accepted_in=street, by=request.user, today=today, **facts
            )
        except RuleBroken as broken:
            form.add_error(None, f"{broken.message}（依据：{broken.source}）" if broken.source else broken.message)
        else:
            if row.state == ApplicationState.SUPPLEMENT:
                messages.warning(request, "已登记申请，材料不齐。请打印一次性告知书交给申请人。")
            else:
                messages.success(request, "已受理，材料齐全，进入街道初审。")
            return redirect("application", row.pk)
    _note(request, AccessAct.READ, "受理补贴申请", people=1, person=person.pk)
    verdicts, refusal = _advice(Application(person=person, subsidy=subsidy), today)
    context = {
        "person": person,
        "statement": statement,
        "subsidy": Subsidy(subsidy),
        "form": form,
        "verdicts": verdicts,
        "refusal": refusal,
        "today": today,
        "back": reverse("person", args=[person.pk]),
    }
    return render(request, "subsidies/applications/add.html", context)


# the letters


NOTICE, REFUSAL, GRANT = "notice", "refusal", "grant"
LETTERS = {NOTICE: "一次性告知书", REFUSAL: "不予批准决定书", GRANT: "核发通知"}


def _letters(row: Application, steps: list[Any]) -> list[tuple[str, str]]:
    """The letters that there are about a case."""
    there = []
    if _notice(steps) is not None:
        there.append(NOTICE)
    if row.state == ApplicationState.REFUSED:
        there.append(REFUSAL)
    if row.state == ApplicationState.GRANTED:
        there.append(GRANT)
    return [(kind, LETTERS[kind]) for kind in there]


def _notice(steps: list[Any]) -> Any:
    """The latest step that asked for papers."""
    asked = [step for step in steps if step.kind == StepKind.NOTICE or step.outcome == Outcome.RETURNED]
    return asked[-1] if asked else None


@views_subsidies
@never_cache
def application_letter(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A letter to print: with the name in full, since it is handed to the person, and the number masked."""
    row = get_object_or_404(_mine(request).select_related("person__community__parent", "accepted_in"), pk=pk)
    steps = list(row.steps.select_related("done_by"))
    if kind not in dict(_letters(row, steps)):
        raise Http404
    _note(request, AccessAct.PRINT, f"{LETTERS[kind]}：{row.get_subsidy_display()}", people=1, person=row.person_id)
    decided = [step for step in steps if step.kind in (StepKind.CIVIL_REVIEW, StepKind.OBJECTION)]
    district = Place.objects.filter(level=DivisionLevel.DISTRICT).values_list("name", flat=True).first() or ""
    context = {
        "application": row,
        "person": row.person,
        "kind": kind,
        "title": LETTERS[kind],
        "notice": _notice(steps),
        "missing": (_notice(steps).opinion if _notice(steps) else "").split("；"),
        "failed": [each for each in decided[-1].verdicts if not each[2]] if decided else [],
        "district": district,
        "limit": _first_limit(row),
        "back": reverse("application", args=[row.pk]),
    }
    return render(request, "subsidies/applications/letter.html", context)


def _first_limit(row: Application) -> int | None:
    """The working days of the step at which the case goes on, or None where they are not maintained."""
    try:
        state = row.resumes_at or ApplicationState.FIRST_REVIEW
        return services.limit_days(row, state, Parameters(on=timezone.localdate()))
    except RuleBroken:
        return None


def _note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )


urls = [
    path("subsidies/applications/", application_list, name="application_list"),
    path("subsidies/applications/<int:pk>/", application, name="application"),
    path("subsidies/applications/<int:pk>/letters/<slug:kind>/", application_letter, name="application_letter"),
    path("people/<int:pk>/apply/<slug:subsidy>/", application_add, name="application_add"),
]
