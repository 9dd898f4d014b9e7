"""康复训练结算: an institution's month, child by child, until it is paid; on paper and as a workbook."""

from __future__ import annotations

from decimal import Decimal
from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from rehab.child_exporting import HOLDS_CHILDREN, SHEET, export_settlement
from rehab.forms.settlements import MonthForm, OutForm, PayForm, SettleForm, SettlementForm
from rehab.models import ChildSettlement, SettlementState, TrainingMonth
from rehab.services import settlements as services
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record
from zalainuoer.common.views.taking_out import take_out

PAGE = 50
settles = permission_required("rehab.settle_rehab", raise_exception=True)


def _mine(request: HttpRequest) -> Any:
    """The sheets with somebody of the reader's area on them."""
    if request.user.scope_ids is None:
        return ChildSettlement.objects.all()
    lines = TrainingMonth.objects.visible_to(request.user).filter(settlement=OuterRef("pk"))
    return ChildSettlement.objects.filter(Exists(lines))


def _lines(request: HttpRequest, settlement: ChildSettlement) -> Any:
    rows = TrainingMonth.objects.visible_to(request.user).filter(settlement=settlement)
    return rows.select_related("person__community__parent", "application__case").order_by("person__pinyin", "pk")


@settles
@never_cache
def settlement_list(request: HttpRequest) -> HttpResponse:
    """Every sheet, the latest month first."""
    scope = request.user.scope_ids
    of_mine = Q() if scope is None else Q(months__person__community__in=scope)
    rows = (
        _mine(request)
        .select_related("institution")
        .annotate(
            children=Count("months", filter=of_mine),
            requested=Sum("months__requested_yuan", filter=of_mine),
            approved=Sum("months__approved_yuan", filter=of_mine),
        )
        .order_by("-month", "institution__name", "number")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "rehab/settlements/list.html", {"page_obj": page})


@settles
@never_cache
def settlement_add(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = SettlementForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.settlement_open(by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, "已编制结算表，请逐人填写出勤和申报金额。")
            return redirect("settlement", made.pk)
    context = {"form": form, "title": "编制结算表", "back": reverse("settlement_list"), "submit": "编制"}
    return render(request, "rehab/settlements/form.html", context)


@settles
@never_cache
def settlement(request: HttpRequest, pk: int) -> HttpResponse:
    """A sheet with its lines; of a draft also what refuses each, and the form that settles it."""
    found, lines = _found(request, pk)
    is_draft = found.state == SettlementState.DRAFT
    findings = services.findings_of(found, lines, by=request.user) if is_draft else {}
    # A line nobody has filled in is no decision yet.
    is_filled = all(line.attended_days is not None for line in lines)
    form = None
    if is_draft and is_filled:
        form = SettleForm(
            request.POST if request.method == "POST" else None,
            lines=lines,
            found=findings,
            seen=services.version_of(found),
        )
        if request.method == "POST" and form.is_valid():
            try:
                services.settlement_settle(
                    settlement=found,
                    decisions=form.decisions,
                    by=request.user,
                    today=timezone.localdate(),
                    seen=form.cleaned_data["seen"],
                )
            except RuleBroken as broken:
                form.add_error(None, broken.message)
            else:
                messages.success(request, "已核定。核定的训练月已计入康复服务。")
                return redirect("settlement", pk)
    _note(request, AccessAct.READ, f"{SHEET}：{found}", people=len(lines))
    asked = {line.pk: (amount, reason) for line, amount, reason in form.rows()} if form else {}
    context = {
        "settlement": found,
        "lines": [{"row": line, "finding": findings.get(line.pk), "fields": asked.get(line.pk)} for line in lines],
        "people": [line.person for line in lines],
        "form": form,
        "is_draft": is_draft,
        "is_filled": is_filled,
        **_totals(lines),
    }
    return render(request, "rehab/settlements/page.html", context)


def _totals(lines: list[TrainingMonth]) -> dict[str, Decimal]:
    return {
        "requested": sum((line.requested_yuan for line in lines), Decimal(0)),
        "approved": sum((line.approved_yuan for line in lines), Decimal(0)),
    }


@settles
@never_cache
def settlement_month(request: HttpRequest, pk: int) -> HttpResponse:
    """One child's month on a draft."""
    rows = TrainingMonth.objects.visible_to(request.user).select_related(
        "person__community__parent", "settlement__institution"
    )
    line = get_object_or_404(rows, pk=pk)
    form = MonthForm(request.POST or None, line=line)
    back = reverse("settlement", args=[line.settlement_id])
    if request.method == "POST" and form.is_valid():
        try:
            services.month_save(month=line, by=request.user, today=timezone.localdate(), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, "已保存一名儿童的训练情况。")
            return redirect(back)
    _note(request, AccessAct.READ, f"{SHEET}：{line.settlement}", people=1, person=line.person_id)
    context = {"form": form, "person": line.person, "title": f"{line.month:%Y-%m} 训练情况", "back": back}
    return render(request, "rehab/children/act.html", context)


@settles
@never_cache
def settlement_pay(request: HttpRequest, pk: int) -> HttpResponse:
    """That it has been paid."""
    found, today = get_object_or_404(_mine(request).select_related("institution"), pk=pk), timezone.localdate()
    form = PayForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            services.settlement_pay(settlement=found, by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, "已登记拨付。")
            return redirect("settlement", pk)
    context = {
        "form": form,
        "title": f"登记拨付：{found}",
        "back": reverse("settlement", args=[pk]),
        "submit": "登记拨付",
    }
    return render(request, "rehab/settlements/form.html", context)


@settles
@require_POST
def settlement_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Throws a draft away."""
    found = get_object_or_404(_mine(request), pk=pk)
    try:
        services.settlement_drop(settlement=found, by=request.user)
    except RuleBroken as broken:
        messages.error(request, broken.message)
        return redirect("settlement", pk)
    messages.success(request, "已作废草拟的结算表。")
    return redirect("settlement_list")


@settles
@never_cache
def settlement_print(request: HttpRequest, pk: int) -> HttpResponse:
    """结算表 on paper, names in full for the finance office: asked why, and noted."""
    found, lines = _found(request, pk)
    form = OutForm(request.POST or None)
    back = reverse("settlement", args=[pk])
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "title": f"打印结算表：{found}", "back": back, "submit": "打印"}
        return render(request, "rehab/settlements/form.html", context)
    access_record(
        by=request.user,
        act=AccessAct.PRINT,
        what=f"打印{SHEET}：{found}（完整姓名）",
        people=len(lines),
        reason=form.cleaned_data["reason"],
        address=request.META.get("REMOTE_ADDR"),
    )
    context = {
        "settlement": found,
        "lines": lines,
        "revealed": {line.person_id for line in lines},
        "printed_at": timezone.now(),
        "back": back,
        **_totals(lines),
    }
    return render(request, "rehab/settlements/print.html", context)


@settles
@never_cache
def settlement_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a workbook."""
    found, lines = _found(request, pk)

    def write(file: IO[bytes], reason: str) -> None:
        export_settlement(
            found,
            lines,
            file,
            by=request.user,
            at=timezone.now(),
            reason=reason,
            address=request.META.get("REMOTE_ADDR"),
        )

    return take_out(
        request,
        title=SHEET,
        write=write,
        count=len(lines),
        back=reverse("settlement", args=[pk]),
        group="康复服务",
        page=SHEET,
        holds=f"条{HOLDS_CHILDREN}",
        example="送财政局拨付",
        file_name=f"{SHEET}（{found}）",
    )


def _found(request: HttpRequest, pk: int) -> tuple[ChildSettlement, list[TrainingMonth]]:
    rows = _mine(request).select_related("institution", "prepared_by", "settled_by")
    found: ChildSettlement = get_object_or_404(rows, pk=pk)
    return found, list(_lines(request, found))


def _note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )


urls = [
    path("rehab/settlements/", settlement_list, name="settlement_list"),
    path("rehab/settlements/add/", settlement_add, name="settlement_add"),
    path("rehab/settlements/<int:pk>/", settlement, name="settlement"),
    path("rehab/settlements/<int:pk>/pay/", settlement_pay, name="settlement_pay"),
    path("rehab/settlements/<int:pk>/drop/", settlement_drop, name="settlement_drop"),
    path("rehab/settlements/<int:pk>/print/", settlement_print, name="settlement_print"),
    path("rehab/settlements/<int:pk>/export/", settlement_export, name="settlement_export"),
    path("rehab/settlements/months/<int:pk>/", settlement_month, name="settlement_month"),
]
