"""用人单位: the list, one of them with its years, staff and agreements, and what changes them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.claims import double_claims
from employment.employer_page import parts_of
from employment.forms.employers import (
    FIRST_YEAR,
    AgreementEndForm,
    AgreementForm,
    EmployerFilter,
    EmployerForm,
    EmployerYearForm,
)
from employment.models import DispatchAgreement, Employer, EmployerYear, EmploymentRecord
from employment.services import employers as services
from employment.views.common import (
    PAGE,
    export_page,
    exports_employment,
    form_page,
    manages_employers,
    note,
    views_employment,
)
from zalainuoer.common.identity import masked_phone
from zalainuoer.common.models import AccessAct

COLUMNS = {
    "统一社会信用代码": 24, "单位名称": 36, "单位性质": 12, "隶属层级": 12, "所在街道（镇）": 16, "成立日期": 12, "注销日期": 12,
    "通讯地址": 36, "联系人": 12, "联系电话": 18,
}  # fmt: skip


def _filter(request: HttpRequest) -> EmployerFilter:
    return EmployerFilter(request.GET, user=request.user, year=timezone.localdate().year)


def _employers(request: HttpRequest) -> Any:
    return Employer.objects.visible_to(request.user).select_related("street")


@views_employment
@never_cache
def employer_list(request: HttpRequest) -> HttpResponse:
    """Every employer of the reader's area, with how many disabled people work there today."""
    form, today = _filter(request), timezone.localdate()
    working = Q(staff__started_on__lte=today) & (Q(staff__ended_on__isnull=True) | Q(staff__ended_on__gte=today))
    if request.user.scope_ids is not None:
        working &= Q(staff__person__community__in=request.user.scope_ids)
    rows = (
        form.found(_employers(request))
        .annotate(working=Count("staff__person", filter=working, distinct=True))
        .order_by("name", "pk")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "employment/employers/list.html", {"form": form, "query": form.query, "page_obj": page})


@exports_employment
@never_cache
def employer_export(request: HttpRequest) -> HttpResponse:
    form = _filter(request)
    rows = form.found(_employers(request))
    return export_page(
        request,
        title="用人单位名单",
        widths=COLUMNS,
        numbers=(),
        rows=(_cells(row) for row in rows),
        count=rows.count(),
        people=0,
        chosen=form.chosen,
        back=f"{reverse('employer_list')}?{form.query}",
        group="按比例就业",
        page="用人单位",
        holds="，含联系电话",
    )


def _cells(row: Employer) -> tuple[Any, ...]:
    return (
        row.credit_code, row.name, row.get_kind_display(), row.get_level_display() or "", str(row.street or ""),
        row.established_on, row.closed_on, row.address or "", row.contact_name or "", row.contact_phone or "",
    )  # fmt: skip


@views_employment
@never_cache
def employer(request: HttpRequest, pk: int) -> HttpResponse:
    """One employer; of its staff the reader sees those of the own area, and how many others there are."""
    row, today = get_object_or_404(_employers(request), pk=pk), timezone.localdate()
    everybody = EmploymentRecord.objects.filter(employer=row)
    mine = list(
        everybody.filter(pk__in=EmploymentRecord.objects.visible_to(request.user))
        .select_related("person", "agreement__host")
        .annotate(months_paid=Count("months"))
    )
    claims = double_claims(record.pk for record in mine)
    for record in mine:
        record.claims = claims.get(record.pk, [])
    note(request, AccessAct.LIST, "用人单位的残疾职工", people=len(mine))
    agreements = DispatchAgreement.objects.filter(Q(dispatcher=row) | Q(host=row)).select_related("dispatcher", "host")
    context = {
        "employer": row,
        "phone": masked_phone(row.contact_phone) if row.contact_phone else "",
        "years": [_year_line(each) for each in row.years.all()],
        "open_years": range(today.year, today.year - 3, -1),
        "staff": mine,
        "others": everybody.count() - len(mine),
        "agreements": agreements,
        "parts": parts_of(row, today, request.user),
        "today": today,
    }
    return render(request, "employment/employers/page.html", context)


def _year_line(row: EmployerYear) -> dict[str, Any]:
    known = [count for count in row.headcounts if count is not None]
    return {"row": row, "known": len(known), "least": min(known, default=None), "most": max(known, default=None)}


@manages_employers
@never_cache
def employer_add(request: HttpRequest) -> HttpResponse:
    form = EmployerForm(request.POST or None, employer=None)
    return form_page(
        request,
        form,
        lambda: services.employer_save(employer=None, by=request.user, **form.cleaned_data),
        title="登记用人单位",
        said="已登记。请接着填写年度情况。",
        back=reverse("employer_list"),
        trail=[("用人单位", reverse("employer_list"))],
        leads_to=lambda saved: reverse("employer", args=[saved.pk]),
    )


@manages_employers
@never_cache
def employer_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_employers(request), pk=pk)
    form = EmployerForm(request.POST or None, employer=row)
    return form_page(
        request,
        form,
        lambda: services.employer_save(employer=row, by=request.user, **form.cleaned_data),
        title=f"修改单位：{row}",
        said="已保存。",
        back=reverse("employer", args=[pk]),
        trail=_trail(row),
    )


def _trail(row: Employer) -> list[tuple[str, str]]:
    return [("用人单位", reverse("employer_list")), (row.name, reverse("employer", args=[row.pk]))]


@manages_employers
@never_cache
def employer_year(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    row = get_object_or_404(_employers(request), pk=pk)
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise Http404
    stored = EmployerYear.objects.filter(employer=row, year=year).first()
    form = EmployerYearForm(request.POST or None, employer=row, year=year, row=stored)
    return form_page(
        request,
        form,
        lambda: services.employer_year_save(employer=row, year=year, by=request.user, **form.cleaned_data),
        title=f"{year}年度情况：{row}",
        said=f"已保存{year}年度情况。",
        back=reverse("employer", args=[pk]),
        trail=_trail(row),
    )


@manages_employers
@never_cache
def agreement_add(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_employers(request), pk=pk)
    form = AgreementForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: services.agreement_add(dispatcher=row, by=request.user, **form.cleaned_data),
        title=f"登记劳务派遣协议：{row}为派遣单位",
        said="已登记协议。",
        back=reverse("employer", args=[pk]),
        trail=_trail(row),
    )


@manages_employers
@never_cache
def agreement_end(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(DispatchAgreement.objects.select_related("dispatcher", "host"), pk=pk)
    form = AgreementEndForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: services.agreement_end(agreement=row, by=request.user, **form.cleaned_data),
        title=f"终止协议：{row}",
        said="已保存截止日期。",
        back=reverse("employer", args=[row.dispatcher_id]),
        trail=_trail(row.dispatcher),
    )


urls = [
    path("employment/employers/", employer_list, name="employer_list"),
    path("employment/employers/export/", employer_export, name="employer_export"),
    path("employment/employers/add/", employer_add, name="employer_add"),
    path("employment/employers/<int:pk>/", employer, name="employer"),
    path("employment/employers/<int:pk>/change/", employer_change, name="employer_change"),
    path("employment/employers/<int:pk>/years/<int:year>/", employer_year, name="employer_year"),
    path("employment/employers/<int:pk>/agreements/add/", agreement_add, name="agreement_add"),
    path("employment/agreements/<int:pk>/end/", agreement_end, name="agreement_end"),
]
