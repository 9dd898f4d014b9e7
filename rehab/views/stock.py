"""The federation's own devices: the stock, one piece with what became of it, and to whom pieces are lent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Subquery
from django.db.models.expressions import OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from registry.services.statements import statement_in_force
from rehab.device_exporting import LOANS, STOCK
from rehab.forms.stock import (
    FREE,
    LENT,
    ExtendForm,
    LoanFilter,
    LoanForm,
    MoveForm,
    ReceiveForm,
    ReturnForm,
    StockFilter,
    is_lent,
)
from rehab.models import DeviceLoan, MovementKind, StockDevice, StockMovement, StockState
from rehab.services import stock as services
from rehab.services.device_writing import MANAGE, RECORD
from rehab.views.device_pages import (
    EXPORT,
    PAGE,
    export_page,
    exports,
    in_words,
    manages,
    note,
    records,
    views_rehab,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.queries import with_query


def _loans(request: HttpRequest) -> Any:
    return DeviceLoan.objects.visible_to(request.user)


def _pieces() -> Any:
    """The stock, each piece saying whether it is lent and by what it was received."""
    receipt = StockMovement.objects.filter(device=OuterRef("pk"), kind=MovementKind.RECEIPT).order_by("pk")
    return StockDevice.objects.select_related("item").annotate(
        lent=is_lent(),
        received_on=Subquery(receipt.values("moved_on")[:1]),
        received_by=Subquery(receipt.values("document")[:1]),
    )


# the stock


@views_rehab
@never_cache
def stock_list(request: HttpRequest) -> HttpResponse:
    """Every piece; to whom one is lent, the list of loans says, each within the reader's area."""
    form = StockFilter(request.GET)
    page = Paginator(form.found(_pieces()), PAGE).get_page(request.GET.get("page"))
    counts = StockDevice.objects.aggregate(
        free=Count("pk", filter=Q(state=StockState.USABLE) & ~Q(is_lent())),
        lent=Count("pk", filter=Q(is_lent())),
        **{state: Count("pk", filter=Q(state=state)) for state in StockState.values[1:]},
    )
    tiles = [(FREE, "可以借出", counts["free"]), (LENT, "已借出", counts["lent"])]
    tiles += [(state, StockState(state).label, counts[state]) for state in StockState.values[1:]]
    context = {
        "form": form,
        "query": form.query,
        "page_obj": page,
        "tiles": _tiles(form, tiles),
        "may_export": request.user.has_perms(EXPORT),
    }
    return render(request, "rehab/stock/list.html", context)


def _tiles(form: Any, tiles: list[tuple[str, str, int]]) -> list[dict[str, Any]]:
    return [
        {
            "state": state,
            "label": label,
            "count": count,
            "query": with_query(form.data, state=state),
            "is_current": form.data.get("state") == state,
        }
        for state, label, count in tiles
    ]


@exports
@never_cache
def stock_export(request: HttpRequest) -> HttpResponse:
    form = StockFilter(request.GET)
    back = f"{reverse('stock_list')}?{form.query}" if form.query else reverse("stock_list")
    return export_page(request, STOCK, form.found(_pieces()), chosen={}, back=back)


@manages
@never_cache
def stock_add(request: HttpRequest) -> HttpResponse:
    """入库 by a document."""
    today = timezone.localdate()
    form = ReceiveForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.device_receive(by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, in_words(broken))
        else:
            messages.success(request, f"{row.item.name}（{row.inventory_number}）已入库。")
            return redirect("stock_device", row.pk)
    return render(request, "rehab/stock/add.html", {"form": form})


@views_rehab
@never_cache
def stock_device(request: HttpRequest, pk: int) -> HttpResponse:
    """One piece: where it is, what became of it, and its loans to people of the reader's area."""
    row, today = get_object_or_404(_pieces(), pk=pk), timezone.localdate()
    may_move = request.user.has_perm(MANAGE) and row.state != StockState.WRITTEN_OFF and not row.lent
    form = None
    if may_move:
        form = MoveForm(request.POST or None, device=row, today=today)
        if request.method == "POST" and form.is_valid():
            try:
                services.device_move(device=row, by=request.user, today=today, **form.cleaned_data)
            except RuleBroken as broken:
                form.add_error(None, in_words(broken))
            else:
                messages.success(request, "已登记。")
                return redirect("stock_device", row.pk)
    elif request.method == "POST":
        return HttpResponse(status=403) if not request.user.has_perm(MANAGE) else redirect("stock_device", row.pk)
    loans = list(_loans(request).filter(device=row).select_related("person__community__parent").order_by("-lent_on"))
    if loans:
        note(request, AccessAct.READ, "库存辅具的借用", people=len({loan.person_id for loan in loans}))
    context = {
        "device": row,
        "form": form,
        "today": today,
        "loans": loans,
        "people": [loan.person for loan in loans],
        "movements": row.movements.select_related("recorded_by").order_by("-moved_on", "-pk"),
    }
    return render(request, "rehab/stock/device.html", context)


# loans


@views_rehab
@never_cache
def loan_list(request: HttpRequest) -> HttpResponse:
    """What is lent and not back, the longest overdue first."""
    today = timezone.localdate()
    form = LoanFilter(request.GET, user=request.user, today=today)
    rows = form.found(_loans(request)).select_related("device__item", "person__community__parent")
    page = Paginator(rows.order_by("due_on", "pk"), PAGE).get_page(request.GET.get("page"))
    loans = list(page.object_list)
    note(request, AccessAct.SEARCH, f"辅具借用清单，第{page.number}页", people=len(loans))
    is_open = Q(returned_on__isnull=True)
    counts = (
        form.place(_loans(request))
        .order_by()
        .aggregate(
            open=Count("pk", filter=is_open),
            overdue=Count("pk", filter=is_open & Q(due_on__lt=today)),
            returned=Count("pk", filter=~is_open),
        )
    )
    tiles = [("", "未归还", counts["open"]), ("overdue", "超期未还", counts["overdue"])]
    tiles += [("returned", "已归还", counts["returned"])]
    context = {
        "form": form,
        "query": form.query,
        "page_obj": page,
        "loans": loans,
        "people": [loan.person for loan in loans],
        "today": today,
        "tiles": [{**tile, "is_current": form.data.get("state", "") == tile["state"]} for tile in _tiles(form, tiles)],
        "may_export": request.user.has_perms(EXPORT),
    }
    return render(request, "rehab/stock/loans.html", context)


@exports
@never_cache
def loan_export(request: HttpRequest) -> HttpResponse:
    form = LoanFilter(request.GET, user=request.user, today=timezone.localdate())
    rows = form.found(_loans(request)).select_related("device__item", "person__community__parent").order_by("due_on")
    back = f"{reverse('loan_list')}?{form.query}" if form.query else reverse("loan_list")
    return export_page(request, LOANS, rows, chosen=form.chosen, back=back)


@records
@never_cache
def loan_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Lends a piece to a person."""
    people = Person.objects.visible_to(request.user).select_related("community__parent")
    person, today = get_object_or_404(people, pk=pk), timezone.localdate()
    form = LoanForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            loan = services.loan_open(person=person, by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, in_words(broken))
        else:
            messages.success(request, f"已登记借出：{loan.device.inventory_number}，{loan.due_on} 前归还。")
            return redirect("loan", loan.pk)
    note(request, AccessAct.READ, "登记辅具借用", people=1, person=person.pk)
    context = {"form": form, "person": person, "statement": statement_in_force(person), "today": today}
    return render(request, "rehab/stock/loan_add.html", context)


@views_rehab
@never_cache
def loan(request: HttpRequest, pk: int) -> HttpResponse:
    """One loan: returned or lent for longer."""
    rows = _loans(request).select_related("device__item", "person__community__parent", "lent_by")
    row, today = get_object_or_404(rows, pk=pk), timezone.localdate()
    act = request.POST.get("act", "")
    forms: dict[str, Any] = {}
    if row.returned_on is None and request.user.has_perm(RECORD):
        bound = request.POST if request.method == "POST" else None
        forms["return"] = ReturnForm(bound if act == "return" else None, today=today, auto_id="return_%s")
        forms["extend"] = ExtendForm(bound if act == "extend" else None, auto_id="extend_%s")
    if request.method == "POST":
        if act not in forms:
            messages.error(request, "这笔借用的状态已经改变，或不由您办理，没有作任何改动。")
            return redirect("loan", row.pk)
        if forms[act].is_valid() and _loan_done(request, row, act, forms[act]):
            return redirect("loan", row.pk)
    note(request, AccessAct.READ, "辅具借用", people=1, person=row.person_id)
    context = {"loan": row, "person": row.person, "today": today, "forms": forms}
    return render(request, "rehab/stock/loan.html", context)


def _loan_done(request: HttpRequest, row: DeviceLoan, act: str, form: Any) -> bool:
    try:
        if act == "return":
            services.loan_return(loan=row, by=request.user, today=timezone.localdate(), **form.cleaned_data)
        else:
            services.loan_extend(loan=row, by=request.user, **form.cleaned_data)
    except RuleBroken as broken:
        form.add_error(None, in_words(broken))
        return False
    messages.success(request, "已登记归还。" if act == "return" else "已登记续借。")
    return True


urls = [
    path("rehab/stock/", stock_list, name="stock_list"),
    path("rehab/stock/add/", stock_add, name="stock_add"),
    path("rehab/stock/export/", stock_export, name="stock_export"),
    path("rehab/stock/<int:pk>/", stock_device, name="stock_device"),
    path("rehab/loans/", loan_list, name="loan_list"),
    path("rehab/loans/export/", loan_export, name="loan_export"),
    path("rehab/loans/<int:pk>/", loan, name="loan"),
    path("people/<int:pk>/rehab/loan/", loan_add, name="loan_add"),
]
