"""无障碍设施台账: the list, a place with its inspections, what is entered there."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accessibility.forms.places import FacilityFilter, FacilityForm, InspectionForm
from accessibility.inventory import with_barriers
from accessibility.models import Barrier, Facility
from accessibility.services import places as services
from accessibility.views.common import views_homes
from accessibility.views.places.common import (
    PAGE,
    form_page,
    parking_of,
    percent_on,
    records_places,
    the_facility,
)

LIST = "facility_list"


@views_homes
@never_cache
def facility_list(request: HttpRequest) -> HttpResponse:
    """Places of the area, with what stands open there and the bays that are missing."""
    today, form = timezone.localdate(), FacilityFilter(request.GET, user=request.user)
    rows = with_barriers(form.found(Facility.objects.visible_to(request.user), today=today), today=today)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    percent, wrong = percent_on(today)
    context = {
        "form": form,
        "query": form.query,
        "page_obj": page,
        "lines": [(row, parking_of(row, percent)) for row in page],
        "wrong": wrong,
    }
    return render(request, "accessibility/places/facilities.html", context)


@views_homes
@never_cache
def facility(request: HttpRequest, pk: int) -> HttpResponse:
    """A place: its facts, barriers that stand, inspections, notices, reports."""
    row, today = the_facility(request, pk), timezone.localdate()
    percent, wrong = percent_on(today)
    barriers = list(
        Barrier.objects.filter(inspection__facility=row).select_related("inspection", "notice", "removed_in")
    )
    context = {
        "facility": row,
        "today": today,
        "parking": parking_of(row, percent),
        "wrong": wrong if row.bays is not None else "",
        "standing": [each for each in barriers if each.removed_in_id is None],
        "gone": [each for each in barriers if each.removed_in_id is not None],
        "may_notify": any(each.removed_in_id is None and each.notice_id is None for each in barriers),
        "inspections": row.inspections.annotate(
            found=Count("barriers", distinct=True), gone=Count("removed", distinct=True)
        ).order_by("-inspected_on", "-pk"),
        "notices": row.notices.order_by("-issued_on", "-pk"),
        "cases": row.cases.order_by("-received_on", "-pk"),
    }
    return render(request, "accessibility/places/facility.html", context)


@records_places
@never_cache
def facility_add(request: HttpRequest) -> HttpResponse:
    form = FacilityForm(request.POST or None, user=request.user)
    back = reverse(LIST)
    return form_page(
        request, form, lambda: services.facility_add(by=request.user, **form.cleaned_data),
        title="登记设施", submit="保存", said="已登记设施。", back=back, crumb=("设施台账", back),
    )  # fmt: skip


@records_places
@never_cache
def facility_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = the_facility(request, pk)
    form = FacilityForm(request.POST or None, user=request.user, row=row)
    back = reverse("facility", args=[row.pk])
    return form_page(
        request, form, lambda: services.facility_change(facility=row, by=request.user, **form.cleaned_data),
        title="修改设施", submit="保存", said="已保存。", back=back, crumb=(row.name, back),
    )  # fmt: skip


@records_places
@never_cache
def inspection_add(request: HttpRequest, pk: int) -> HttpResponse:
    """体验检查 or 复查 of a place."""
    row, today = the_facility(request, pk), timezone.localdate()
    standing = list(Barrier.objects.filter(inspection__facility=row, removed_in=None))
    form = InspectionForm(request.POST or None, standing=standing, today=today)
    back = reverse("facility", args=[row.pk])
    return form_page(
        request, form,
        lambda: services.inspection_add(facility=row, by=request.user, today=today, **form.sent),
        title="登记体验检查", submit="保存检查", said="已登记检查。", back=back, crumb=(row.name, back),
        hint="没有发现障碍的，障碍各栏留空。",
    )  # fmt: skip


urls = [
    path("accessibility/places/", facility_list, name=LIST),
    path("accessibility/places/add/", facility_add, name="facility_add"),
    path("accessibility/places/<int:pk>/", facility, name="facility"),
    path("accessibility/places/<int:pk>/change/", facility_change, name="facility_change"),
    path("accessibility/places/<int:pk>/inspections/add/", inspection_add, name="inspection_add"),
]
