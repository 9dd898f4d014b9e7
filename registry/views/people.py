"""Finding people: the list with its search box and filters, kept filters, worklists, and the list as a workbook."""

import tempfile
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import replace_url

from registry import worklists as lists
from registry.exporting import export_people
from registry.finding import certificate_of, in_sequence, page_of, place_of, places
from registry.forms.finding import ExportForm, PeopleFilter, SavedViewForm, kept_query
from registry.services.saved_views import view_delete, view_save
from registry.standing import states_of
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import age_on
from zalainuoer.common.models import AccessAct, Division, SavedView
from zalainuoer.common.rules import Parameters
from zalainuoer.common.services import access_record

PAGE = 30
LIST = "people"
views_people = permission_required("registry.view_people", raise_exception=True)
exports_people = permission_required("registry.export_people", raise_exception=True)


def filtered(request: HttpRequest, data: QueryDict) -> PeopleFilter:
    """The address's filter over the people of the reader's area."""
    today = timezone.localdate()
    return PeopleFilter(data, user=request.user, on=today, parameters=Parameters(on=today))


@views_people
@never_cache
def people(request: HttpRequest) -> HttpResponse:
    """The list; to htmx only its results, so that they follow what is typed. Every page shown is noted."""
    found = filtered(request, request.GET)
    page = page_of(found.qs, request.GET.get("page", ""), size=PAGE)
    among = places()
    rows = [_row(person, found, among) for person in in_sequence(list(page.object_list), on=found.on)]
    access_record(
        by=request.user,
        act=AccessAct.SEARCH,
        what=f"{_what(found)}，第{page.number}页",
        people=len(rows),
        address=request.META.get("REMOTE_ADDR"),
    )
    query = kept_query(request.GET)
    context = {
        "found": found,
        "form": found.form,
        "page_obj": page,
        "rows": rows,
        "shown": [row["person"] for row in rows],
        "query": query.urlencode(),
        **_worklist(found),
        "can_save": bool(found.conditions),
    }
    if request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request:
        if found.searched is not None and found.searched.is_by_number:
            query.pop("q")  # a browser's history is no place for an ID number
        address = f"{reverse(LIST)}?{query.urlencode()}" if query else reverse(LIST)
        return replace_url(render(request, "registry/people/results.html", context), address)
    context["saved_views"] = SavedView.objects.filter(user=request.user, page=LIST)
    return render(request, "registry/people/list.html", context)


def _row(person: Any, found: PeopleFilter, among: dict[int, Division]) -> dict[str, Any]:
    certificate = certificate_of(person)
    return {
        "person": person,
        "certificate": certificate,
        "age": age_on(person.born_on, found.on),
        "community": place_of(person, among),
        "states": states_of(certificate, on=found.on),
    }


def _worklist(found: PeopleFilter) -> dict[str, Any]:
    chosen = lists.WORKLISTS.get(found.data.get("worklist", ""))
    if chosen is None or found.form.errors:
        return {}
    return {"worklist": chosen, "worklist_explanation": chosen.explained(found.parameters)}


def _what(found: PeopleFilter) -> str:
    """What was asked, in kinds: the audit trail holds no name and no number."""
    parts = ["查询人员" if found.searched is None else f"按{found.searched.kind}查询人员"]
    if found.conditions:
        parts.append("条件：" + "、".join(found.label_of(name) for name in found.conditions))
    return "，".join(parts)


@views_people
@require_POST
def saved_view_add(request: HttpRequest) -> HttpResponse:
    """Keeps the list's filter under a name."""
    query = QueryDict(request.POST.get("query", ""))
    form = SavedViewForm(request.POST)
    address = f"{reverse(LIST)}?{query.urlencode()}"
    if not form.is_valid():
        messages.error(request, "请给常用筛选填写名称，不超过 50 个字。")
        return redirect(address)
    try:
        view_save(page=LIST, name=form.cleaned_data["name"], query=query, by=request.user)
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, f"已保存常用筛选“{form.cleaned_data['name']}”。")
    return redirect(address)


@views_people
@require_POST
def saved_view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets a kept filter of one's own."""
    view = get_object_or_404(SavedView.objects.filter(user=request.user, page=LIST), pk=pk)
    view_delete(view=view, by=request.user)
    messages.success(request, f"已删除常用筛选“{view.name}”。")
    return redirect(LIST)


@views_people
def worklists(request: HttpRequest) -> HttpResponse:
    """The worklists with how many of one's own people stand on each."""
    today = timezone.localdate()
    parameters = Parameters(on=today)
    counts = lists.counts(request.user, on=today, parameters=parameters)
    lines = [_line(each, counts[each.code], parameters) for each in lists.ALL]
    groups = [(name, list(found)) for name, found in groupby(lines, key=lambda line: line["list"].group)]
    return render(request, "registry/people/worklists.html", {"groups": groups, "today": today})


def _line(each: lists.Worklist, count: int | str, parameters: Parameters) -> dict[str, Any]:
    if isinstance(count, str):
        return {"list": each, "missing": count}
    return {"list": each, "count": count, "explanation": each.explained(parameters)}


@exports_people
@never_cache
def people_export(request: HttpRequest) -> HttpResponse:
    """Asks why, then hands out exactly the people the filter shows."""
    found = filtered(request, request.GET)
    may_reveal = request.user.has_perm("registry.reveal_people")
    form = ExportForm(request.POST or None, may_reveal=may_reveal)
    back = f"{reverse(LIST)}?{kept_query(request.GET).urlencode()}"
    if request.method == "POST" and form.is_valid() and not found.form.errors:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        export_people(
            found.qs,
            file,
            by=request.user,
            at=timezone.now(),
            on=found.on,
            reason=form.cleaned_data["reason"],
            what=f"导出人员名单：{_what(found)}",
            whole=form.cleaned_data.get("whole", False),
            address=request.META.get("REMOTE_ADDR"),
        )
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=f"人员名单（{found.on:%Y%m%d}导出）.xlsx")
    context = {"form": form, "found": found, "count": found.qs.count(), "back": back}
    return render(request, "registry/people/export.html", context)


urls = [
    path("people/", people, name="people"),
    path("people/export/", people_export, name="people_export"),
    path("people/views/add/", saved_view_add, name="saved_view_add"),
    path("people/views/<int:pk>/delete/", saved_view_delete, name="saved_view_delete"),
    path("worklists/", worklists, name="worklists"),
]
