"""就业登记: who works where and how, and the months of one employment."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.claims import double_claims
from employment.forms.employers import FIRST_YEAR, MonthsForm, RegisterFilter
from employment.models import EmploymentForm, EmploymentRecord
from employment.services import staff as services
from employment.views.common import (
    PAGE,
    export_page,
    exports_employment,
    form_page,
    note,
    records_employment,
    views_employment,
)
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct

COLUMNS = {
    "序号": 8, "姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "就业形式": 20, "工作单位": 36, "岗位": 16, "就业日期": 12,
    "终止日期": 12, "用工依据": 12,
}  # fmt: skip


def _records(request: HttpRequest) -> Any:
    rows = EmploymentRecord.objects.visible_to(request.user)
    return rows.select_related("person__community__parent", "employer").order_by("-started_on", "pk")


def _filter(request: HttpRequest) -> RegisterFilter:
    return RegisterFilter(request.GET, user=request.user, today=timezone.localdate())


@views_employment
@never_cache
def employment_list(request: HttpRequest) -> HttpResponse:
    """The employments of the reader's area, and how many people there are in each form."""
    form, today = _filter(request), timezone.localdate()
    found = form.found(_records(request))
    counts = dict(
        found.order_by()
        .values_list("form")
        .annotate(people=Count("person", distinct=True))
        .values_list("form", "people")
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    claims = double_claims(row.pk for row in rows)
    for row in rows:
        row.claims = claims.get(row.pk, [])
    note(request, AccessAct.LIST, "就业登记", people=len({row.person_id for row in rows}))
    context = {
        "form": form,
        "query": form.query,
        "page_obj": page,
        "rows": rows,
        "counts": [(EmploymentForm(value).label, count) for value, count in sorted(counts.items())],
        "today": today,
        "people": [row.person for row in rows],
    }
    return render(request, "employment/register/list.html", context)


@exports_employment
@never_cache
def employment_export(request: HttpRequest) -> HttpResponse:
    form = _filter(request)
    found = form.found(_records(request))
    return export_page(
        request,
        title="就业登记名单",
        widths=COLUMNS,
        numbers=("序号",),
        rows=(_cells(number, row) for number, row in enumerate(found, 1)),
        count=found.count(),
        people=found.order_by().values("person").distinct().count(),
        chosen=form.chosen,
        back=f"{reverse('employment_list')}?{form.query}",
        group="就业服务",
        page="就业登记",
        holds="，含完整姓名和身份证号",
    )


def _cells(number: int, row: EmploymentRecord) -> tuple[Any, ...]:
    person = row.person
    where = row.employer.name if row.employer else row.workplace or ""
    return (
        number, person.name, person.id_number, str(person.community.parent), person.community.name,
        row.get_form_display(), where, row.post or "", row.started_on, row.ended_on, row.get_contract_display() or "",
    )  # fmt: skip


@records_employment
@never_cache
def employment_months(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """Wage and insurance of one employment in one year, month by month."""
    record = get_object_or_404(_records(request), pk=pk)
    months = services.months_of(record, year) if FIRST_YEAR <= year <= timezone.localdate().year else []
    if not months:
        raise Http404
    stored = {row.month: row for row in record.months.filter(month__year=year)}
    form = MonthsForm(request.POST or None, record=record, months=months, stored=stored)
    where = record.employer or record.workplace
    note(request, AccessAct.READ, "就业的工资和社保", people=1, person=record.person_id)
    return form_page(
        request,
        form,
        lambda: services.months_save(
            record=record, year=year, rows=form.rows, by=request.user, reason=form.cleaned_data["reason"],
            seen=request.POST.get("seen", ""),
        ),
        title=f"{year}年工资和社保：{masked_name(record.person.name)}，{where}",
        said=_said(record),
        back=reverse("person", args=[record.person_id]),
        trail=[("人员查询", reverse("people")), (masked_name(record.person.name), reverse("person", args=[record.person_id]))],
        template="employment/register/months.html",
        seen=services.fingerprint(stored),
        record=record,
        years=[each for each in range(timezone.localdate().year, FIRST_YEAR - 1, -1) if services.months_of(record, each)],
        year=year,
    )  # fmt: skip


def _said(record: EmploymentRecord) -> Any:
    """What was saved, and which months another employer claims too."""

    def said(changed: int) -> str:
        text = f"已保存，{changed} 个月有变化。" if changed else "没有变化。"
        claims = double_claims([record.pk]).get(record.pk, [])
        if claims:
            named = "、".join(f"{claim.month:%Y-%m}（{'、'.join(claim.others)}）" for claim in claims)
            text += f"重复申报，待核：{record.employer or record.workplace}与其他单位都报了 {named}。"
        return text

    return said


urls = [
    path("employment/register/", employment_list, name="employment_list"),
    path("employment/register/export/", employment_export, name="employment_export"),
    path("employment/register/<int:pk>/months/<int:year>/", employment_months, name="employment_months"),
]
