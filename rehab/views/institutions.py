"""定点机构: the list, one of them with its designations and checks, and what changes them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from rehab.child_rules import Standing, in_force
from rehab.forms.institutions import CheckForm, DesignationEndForm, DesignationForm, InstitutionForm
from rehab.models import CheckResult, ChildCategory, ChildPlacement, Designation, Institution
from rehab.services import institutions as services
from zalainuoer.common.bank import masked_account
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import masked_phone
from zalainuoer.common.models import DivisionLevel

views_rehab = permission_required("rehab.view_rehab", raise_exception=True)
manages = permission_required("rehab.manage_rehab", raise_exception=True)


@views_rehab
@never_cache
def institution_list(request: HttpRequest) -> HttpResponse:
    """Every institution: for what it is designated today, whether it is suspended, how many train there."""
    today = timezone.localdate()
    rows = list(Institution.objects.prefetch_related("designations", "checks"))
    training = _training(request, today)
    context = {"lines": [_line(row, today, training) for row in rows], "whole": _sees_all(request)}
    return render(request, "rehab/institutions/list.html", context)


def _sees_all(request: HttpRequest) -> bool:
    """Whether the children counted are all there are."""
    division = request.user.division
    return division is None or division.level not in (DivisionLevel.STREET, DivisionLevel.COMMUNITY)


def _in_order(row: Institution) -> list[Designation]:
    """By category as the law names them, the latest first."""
    order = list(ChildCategory.values)
    latest = sorted(row.designations.all(), key=lambda designation: designation.starts_on, reverse=True)
    return sorted(latest, key=lambda designation: order.index(designation.category))


def _training(request: HttpRequest, today: datetime.date) -> dict[int, int]:
    """How many children of the reader's area train where."""
    rows = in_force(today, ChildPlacement.objects.visible_to(request.user))
    counted = rows.order_by().values("institution").annotate(n=Count("case", distinct=True))
    return dict(counted.values_list("institution", "n"))


def _line(row: Institution, today: datetime.date, training: dict[int, int]) -> dict[str, Any]:
    standing = Standing(row)
    valid = [
        designation.get_category_display()
        for designation in _in_order(row)
        if designation.starts_on <= today and (designation.ends_on is None or designation.ends_on >= today)
    ]
    latest = [check for check in standing.checks if check.checked_on <= today][-1:]
    return {
        "row": row,
        "kinds": [dict(row._meta.get_field("kinds").base_field.flatchoices)[kind] for kind in row.kinds],  # type: ignore[union-attr]
        "categories": valid,
        "check": latest[0] if latest else None,
        "is_suspended": bool(latest) and latest[0].result == CheckResult.FAILED,
        "training": training.get(row.pk, 0),
    }


@views_rehab
@never_cache
def institution(request: HttpRequest, pk: int) -> HttpResponse:
    """One institution."""
    today = timezone.localdate()
    row = get_object_or_404(Institution.objects.prefetch_related("designations", "checks__recorded_by"), pk=pk)
    context = {
        "line": _line(row, today, _training(request, today)),
        "institution": row,
        "phone": masked_phone(row.contact_phone),
        "account": masked_account(row.account_number) if row.account_number else "",
        "today": today,
        "whole": _sees_all(request),
        "designations": _in_order(row),
    }
    return render(request, "rehab/institutions/page.html", context)


@manages
@never_cache
def institution_add(request: HttpRequest) -> HttpResponse:
    form = InstitutionForm(request.POST or None, institution=None)
    return _form(
        request,
        form,
        lambda: services.institution_save(institution=None, by=request.user, **form.cleaned_data),
        title="新增定点机构",
        said="已登记定点机构，请接着登记定点资格。",
        back=reverse("institution_list"),
        leads_to=lambda saved: reverse("institution", args=[saved.pk]),
    )


@manages
@never_cache
def institution_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Institution, pk=pk)
    form = InstitutionForm(request.POST or None, institution=row)
    return _form(
        request,
        form,
        lambda: services.institution_save(institution=row, by=request.user, **form.cleaned_data),
        title=f"修改机构：{row}",
        said="已保存。",
        back=reverse("institution", args=[pk]),
    )


@manages
@never_cache
def designation_add(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Institution, pk=pk)
    form = DesignationForm(request.POST or None)
    return _form(
        request,
        form,
        lambda: services.designation_add(institution=row, by=request.user, **form.cleaned_data),
        title=f"登记定点资格：{row}",
        said="已登记定点资格。",
        back=reverse("institution", args=[pk]),
    )


@manages
@never_cache
def designation_end(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Designation.objects.select_related("institution"), pk=pk)
    form = DesignationEndForm(request.POST or None)
    return _form(
        request,
        form,
        lambda: services.designation_end(designation=row, by=request.user, **form.cleaned_data),
        title=f"终止定点资格：{row.institution}，{ChildCategory(row.category).label}",
        said="已终止定点资格。",
        back=reverse("institution", args=[row.institution_id]),
    )


@manages
@never_cache
def institution_check_add(request: HttpRequest, pk: int) -> HttpResponse:
    row, today = get_object_or_404(Institution, pk=pk), timezone.localdate()
    form = CheckForm(request.POST or None, today=today)
    return _form(
        request,
        form,
        lambda: services.check_add(institution=row, by=request.user, today=today, **form.cleaned_data),
        title=f"登记年度检查：{row}",
        said="已登记年度检查。",
        back=reverse("institution", args=[pk]),
    )


def _form(
    request: HttpRequest,
    form: Any,
    save: Callable[[], Any],
    *,
    title: str,
    said: str,
    back: str,
    leads_to: Callable[[Any], str] | None = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = save()
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, said)
            return redirect(leads_to(saved) if leads_to else back)
    return render(request, "rehab/institutions/form.html", {"form": form, "title": title, "back": back})


urls = [
    path("rehab/institutions/", institution_list, name="institution_list"),
    path("rehab/institutions/add/", institution_add, name="institution_add"),
    path("rehab/institutions/<int:pk>/", institution, name="institution"),
    path("rehab/institutions/<int:pk>/change/", institution_change, name="institution_change"),
    path("rehab/institutions/<int:pk>/designations/add/", designation_add, name="designation_add"),
    path("rehab/institutions/<int:pk>/checks/add/", institution_check_add, name="institution_check_add"),
    path("rehab/designations/<int:pk>/end/", designation_end, name="designation_end"),
]
