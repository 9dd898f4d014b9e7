"""行政区划: the tree of streets and communities, and what staff may do with it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from zalainuoer.common import divisions
from zalainuoer.common.divisions import KEPT, divisions_visible_to
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.forms import DivisionForm, MoveForm
from zalainuoer.common.models import Division, DivisionLevel, User

manages_divisions = permission_required("common.manage_divisions", raise_exception=True)


@manages_divisions
def division_list(request: HttpRequest) -> HttpResponse:
    """The tree, each street before its communities."""
    lines = [
        {
            "division": division,
            "is_kept": division.level in KEPT,
            "may_grow": division.level in (DivisionLevel.DISTRICT, DivisionLevel.STREET),
            "may_move": division.level == DivisionLevel.COMMUNITY,
        }
        for division in _in_order(list(divisions_visible_to(request.user)))
    ]
    return render(request, "divisions/list.html", {"lines": lines})


def _in_order(found: list[Division]) -> list[Division]:
    """Parents before their children, by code."""
    by_parent: dict[int | None, list[Division]] = {}
    known = {division.pk for division in found}
    for division in found:
        by_parent.setdefault(division.parent_id if division.parent_id in known else None, []).append(division)

    def walk(parent: int | None) -> list[Division]:
        return [one for child in by_parent.get(parent, ()) for one in (child, *walk(child.pk))]

    return walk(None)


@manages_divisions
def division_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new street below the district, or a new community below a street."""
    parent = _division(request.user, pk, DivisionLevel.DISTRICT, DivisionLevel.STREET)
    level = divisions.below(parent)
    form = DivisionForm(request.POST or None, level=level, parent_code=parent.code)
    if request.method == "POST" and form.is_valid():
        try:
            added = divisions.division_add(parent=parent, by=request.user, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已在“{parent.name}”下增加“{added.name}”。")
            return redirect("division_list")
    context = {"form": form, "title": f"在{parent.name}下增加{level.label}", "submit": "增加"}
    return render(request, "divisions/form.html", context)


@manages_divisions
def division_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name or code."""
    division = _division(request.user, pk, *KEPT)
    initial = {"name": division.name, "code": division.code}
    form = DivisionForm(request.POST or None, initial=initial, level=division.level, parent_code=division.parent.code)
    title = f"修改{division.get_level_display()}：{division.name}"
    if request.method == "POST" and form.is_valid():
        try:
            divisions.division_change(division=division, by=request.user, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已保存“{division.name}”。")
            return redirect("division_list")
    note = "改名后，报表模板和下拉列表用新名称；人员和历史数据不受影响。"
    if division.level == DivisionLevel.STREET:
        note += "改街道（镇）的代码时，下级社区（村）的代码开头随之改变。"
    return render(request, "divisions/form.html", {"form": form, "title": title, "submit": "保存", "note": note})


@manages_divisions
def division_move(request: HttpRequest, pk: int) -> HttpResponse:
    """A community goes over to another street."""
    division = _division(request.user, pk, DivisionLevel.COMMUNITY)
    streets = divisions_visible_to(request.user).streets().exclude(pk=division.parent_id)
    form = MoveForm(request.POST or None, streets=streets)
    if request.method == "POST" and form.is_valid():
        try:
            divisions.division_move(division=division, by=request.user, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已把“{division.name}”划到“{division.parent.name}”。")
            return redirect("division_list")
    name = Division.objects.get(pk=pk).name
    context = {
        "form": form,
        "title": f"划转社区（村）：{name}",
        "submit": "划转",
        "note": "社区的人员随社区一起划到新的街道（镇）：原街道的账号从此看不到，新街道的账号可以看到。",
    }
    return render(request, "divisions/form.html", context)


@manages_divisions
def division_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first, and says what still refers to the division."""
    division = _division(request.user, pk, *KEPT)
    name = division.name
    if request.method == "POST":
        try:
            divisions.division_delete(division=division, by=request.user)
        except RuleBroken as broken:
            messages.error(request, broken.message)
        else:
            messages.success(request, f"已删除“{name}”。")
        return redirect("division_list")
    context: dict[str, Any] = {"division": division, "references": divisions.references(division)}
    return render(request, "divisions/delete.html", context)


def _division(user: User, pk: int, *levels: str) -> Division:
    """A division of one's own area and of such a level; else 404."""
    division: Division = get_object_or_404(divisions_visible_to(user).select_related("parent"), pk=pk)
    if division.level not in levels:
        raise Http404
    return division
