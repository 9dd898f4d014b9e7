"""追回: what was paid and has to come back, what has come back, and the letter that asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from subsidies.forms.recoveries import ReceiptForm, RecoveryFilter
from subsidies.models import PaymentLine, RecoveryReceipt, StopCode, Subsidy
from subsidies.recovering import demands
from subsidies.services.applications.cases import CIVIL_REVIEW
from subsidies.services.recoveries import receipt_record
from subsidies.services.stops import RECORD_STOPS
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, Division, DivisionLevel
from zalainuoer.common.services import access_record

PAGE = 25  # people
views_subsidies = permission_required("subsidies.view_subsidies", raise_exception=True)
records_receipts = permission_required(RECORD_STOPS, raise_exception=True)
NOTHING = Decimal(0)


def _mine(request: HttpRequest) -> Any:
    return demands().visible_to(request.user)


@views_subsidies
@never_cache
def recovery_list(request: HttpRequest) -> HttpResponse:
    """Each demand with what has come back, by person; what is open of all of them."""
    form = RecoveryFilter(request.GET, user=request.user)
    found = form.found(_mine(request))
    people = Person.objects.filter(pk__in=found.order_by().values("person")).select_related("community__parent")
    people = people.order_by("community__parent__code", "community__code", "pinyin", "pk")
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    on_page = list(page.object_list)
    rows = found.filter(person__in=on_page).select_related("run").order_by("subsidy", "benefit_month", "seq")
    receipts = _receipts(rows)
    lines: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        lines.setdefault(row.person_id, []).append(_line(row, receipts.get(row.pk, [])))
    _note(request, AccessAct.SEARCH, f"追回清单，第{page.number}页", people=len(on_page))
    context = {
        "form": form,
        "query": form.query,
        "page_obj": page,
        "people": on_page,
        "groups": [_group(person, lines.get(person.pk, [])) for person in on_page],
        "sums": form.placed(_mine(request))
        .order_by()
        .aggregate(
            count=Count("pk"),
            people=Count("person", distinct=True),
            asked_yuan=Sum("amount_yuan"),
            received_yuan=Sum("received"),
            still_yuan=Sum("still"),
        ),
        "state": form.data.get("state") or "open",
    }
    return render(request, "subsidies/recoveries/list.html", context)


def _receipts(rows: Iterable[PaymentLine]) -> dict[int, list[RecoveryReceipt]]:
    found: dict[int, list[RecoveryReceipt]] = {}
    for receipt in RecoveryReceipt.objects.filter(line__in=[row.pk for row in rows]).select_related("recorded_by"):
        found.setdefault(receipt.line_id, []).append(receipt)
    return found


def _line(row: Any, receipts: list[RecoveryReceipt]) -> dict[str, Any]:
    return {"row": row, "code": code_label(row.code), "receipts": receipts, "is_open": row.still > 0}


def _group(person: Person, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "person": person,
        "lines": lines,
        "asked": sum((each["row"].amount_yuan for each in lines), NOTHING),
        "still": sum((each["row"].still for each in lines), NOTHING),
    }


def code_label(code: str) -> str:
    """T1 死亡或宣告死亡; empty for a demand of another ground."""
    return f"{code} {StopCode(code).label}" if code in StopCode.values else ""


@records_receipts
@never_cache
def recovery_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What came back of one demand, or was written off by 民政."""
    row = get_object_or_404(_mine(request).select_related("person__community__parent", "run"), pk=pk)
    today = timezone.localdate()
    may_write_off = request.user.has_perm(CIVIL_REVIEW)
    form = ReceiptForm(request.POST or None, still=row.still, may_write_off=may_write_off, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            receipt_record(line=row, by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            left = row.still - form.cleaned_data["amount_yuan"]
            said = f"还差 {left:.2f} 元。" if left > 0 else "这一笔已经追回。"
            messages.success(request, f"已登记 {form.cleaned_data['amount_yuan']:.2f} 元，{said}")
            return redirect("recovery_list")
    _note(request, AccessAct.READ, "登记退回", people=1, person=row.person_id)
    receipts = _receipts([row]).get(row.pk, [])
    context = {"form": form, "line": _line(row, receipts), "person": row.person, "may_write_off": may_write_off}
    return render(request, "subsidies/recoveries/receipt.html", context)


@views_subsidies
@never_cache
def recovery_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """追回通知书 of all that is open of one person: with the name in full, since it is handed over, the number masked."""
    people = Person.objects.visible_to(request.user).select_related("community__parent")
    person = get_object_or_404(people, pk=pk)
    rows = list(_mine(request).filter(person=person, still__gt=0).order_by("subsidy", "benefit_month", "seq"))
    if not rows:
        raise Http404
    _note(request, AccessAct.PRINT, "追回通知书", people=1, person=person.pk)
    district = Division.objects.filter(level=DivisionLevel.DISTRICT).values_list("name", flat=True).first() or ""
    context = {
        "person": person,
        "parts": [
            {
                "subsidy": Subsidy(code).label,
                "rows": of,
                "sum": sum((row.still for row in of), NOTHING),
            }
            for code in Subsidy
            if (of := [row for row in rows if row.subsidy == code])
        ],
        "sum": sum((row.still for row in rows), NOTHING),
        "bureau": f"{district}民政局",
        "back": reverse("recovery_list"),
    }
    return render(request, "subsidies/recoveries/letter.html", context)


def _note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )


urls = [
    path("subsidies/recoveries/", recovery_list, name="recovery_list"),
    path("subsidies/recoveries/<int:pk>/receipt/", recovery_receipt, name="recovery_receipt"),
    path("people/<int:pk>/recoveries/letter/", recovery_letter, name="recovery_letter"),
]
