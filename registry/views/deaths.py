"""死亡信息: the worklist of notices, and what a person decides on each."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.forms.certificates import DeathForm, RejectForm
from registry.models import Certificate, CertificateStatus, DeathNotice, DeathState
from registry.services.deaths import cancellation_day, death_confirm, death_reject, has_live_certificate
from registry.services.statements import statement_in_force
from registry.views.certificates import own_office
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

PAGE = 30
changes_certificates = permission_required("registry.change_certificates", raise_exception=True)


@changes_certificates
@never_cache
def deaths(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", DeathState.PROPOSED)
    state = state if state in DeathState.values else DeathState.PROPOSED
    notices = _notices(request).filter(state=state).prefetch_related(_present())
    page = Paginator(notices.order_by("died_on", "pk"), PAGE).get_page(request.GET.get("page"))
    for notice in page.object_list:
        notice.certificate = next(iter(notice.person.present), None)
    if page.object_list:
        label = DeathState(state).label
        _note(request, f"死亡信息（{label}），第{page.number}页", people=len(page.object_list), act=AccessAct.LIST)
    context = {"page_obj": page, "state": state, "states": DeathState.choices, "waiting": DeathState.PROPOSED}
    return render(request, "registry/deaths/list.html", context)


@changes_certificates
@never_cache
def death_decide(request: HttpRequest, pk: int) -> HttpResponse:
    notice = get_object_or_404(_notices(request), pk=pk)
    statement = statement_in_force(notice.person)
    is_live = has_live_certificate(statement)
    day = cancellation_day(notice, statement) if is_live else notice.died_on
    chosen = request.POST.get("decision")
    confirm = DeathForm(request.POST if chosen == "confirm" else None, initial={"effective_on": day}, is_live=is_live)
    reject = RejectForm(request.POST if chosen == "reject" else None)
    if chosen == "confirm" and confirm.is_valid() and _confirmed(request, notice, confirm):
        return redirect("deaths")
    if chosen == "reject" and reject.is_valid() and _rejected(request, notice, reject):
        return redirect("deaths")
    _note(request, "死亡信息核实", people=1, act=AccessAct.READ, person=notice.person_id)
    context = {
        "notice": notice,
        "person": notice.person,
        "statement": statement,
        "is_live": is_live,
        "is_waiting": notice.state == DeathState.PROPOSED,
        "overtaken_on": day if day > notice.died_on else None,
        "is_cancelled": statement is not None and statement.status == CertificateStatus.CANCELLED,
        "confirm": confirm,
        "reject": reject,
        "form": reject if chosen == "reject" else confirm,
    }
    return render(request, "registry/deaths/decide.html", context)


def _confirmed(request: HttpRequest, notice: DeathNotice, form: DeathForm) -> bool:
    office = own_office()
    try:
        death_confirm(
            notice=notice,
            by=request.user,
            today=timezone.localdate(),
            accepted_by=office,
            decided_by=office,
            **form.cleaned_data,
        )
    except RuleBroken as broken:
        form.add_error(None, broken.message)
        return False
    messages.success(request, "已确认死亡信息。证件仍在册的，已按生效日期注销。")
    return True


def _rejected(request: HttpRequest, notice: DeathNotice, form: RejectForm) -> bool:
    try:
        death_reject(notice=notice, note=form.cleaned_data["note"], by=request.user)
    except RuleBroken as broken:
        form.add_error(None, broken.message)
        return False
    messages.success(request, "已记为“核实有误”，证件没有改动。")
    return True


def _notices(request: HttpRequest) -> QuerySet[DeathNotice]:
    return DeathNotice.objects.visible_to(request.user).select_related("person__community__parent")


def _present() -> Prefetch:
    return Prefetch("person__certificates", Certificate.objects.current(), to_attr="present")


def _note(request: HttpRequest, what: str, *, people: int, act: AccessAct, **whom: Any) -> None:
    access_record(by=request.user, act=act, what=what, people=people, address=request.META.get("REMOTE_ADDR"), **whom)


urls = [
    path("deaths/", deaths, name="deaths"),
    path("deaths/<int:pk>/", death_decide, name="death_decide"),
]
