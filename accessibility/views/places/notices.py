"""整改通知: written, printed, withdrawn."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accessibility.forms.places import NoticeForm, ReasonForm
from accessibility.models import Barrier, RectificationNotice
from accessibility.services import places as services
from accessibility.views.common import note, views_homes
from accessibility.views.places.common import form_page, manages_places, the_facility
from zalainuoer.common.models import AccessAct, Division, DivisionLevel


@manages_places
@never_cache
def notice_issue(request: HttpRequest, pk: int) -> HttpResponse:
    row, today = the_facility(request, pk), timezone.localdate()
    standing = list(Barrier.objects.filter(inspection__facility=row, removed_in=None, notice=None))
    form = NoticeForm(request.POST or None, open_barriers=standing, today=today)
    back = reverse("facility", args=[row.pk])
    return form_page(
        request, form,
        lambda: services.notice_issue(facility=row, by=request.user, today=today, **form.cleaned_data),
        title="发整改通知", submit="出具整改通知", said="已出具整改通知，可以打印。", back=back, crumb=(row.name, back),
        hint=f"发给管理单位：{row.keeper}。",
    )  # fmt: skip


@views_homes
@never_cache
def notice_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """整改通知书 to print; a withdrawn one is read on the page of its place only."""
    rows = RectificationNotice.objects.visible_to(request.user).filter(withdrawn_on=None)
    row = get_object_or_404(rows.select_related("facility__community"), pk=pk)
    note(request, AccessAct.PRINT, f"打印整改通知{row}", people=0)
    district = Division.objects.filter(level=DivisionLevel.DISTRICT).values_list("name", flat=True).first() or ""
    context = {
        "notice": row,
        "barriers": row.barriers.select_related("inspection"),
        "office": f"{district}残疾人联合会",
    }
    return render(request, "accessibility/places/letter.html", context)


@manages_places
@never_cache
def notice_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    rows = RectificationNotice.objects.visible_to(request.user).select_related("facility")
    row = get_object_or_404(rows, pk=pk)
    form = ReasonForm(request.POST or None)
    back = reverse("facility", args=[row.facility_id])
    return form_page(
        request, form,
        lambda: services.notice_withdraw(
            notice=row, by=request.user, today=timezone.localdate(), **form.cleaned_data
        ),
        title=f"撤回整改通知{row}", submit="撤回", said="已撤回整改通知。", back=back, crumb=(row.facility.name, back),
        hint="编号不再使用；还没有消除的障碍可以重新发通知。",
    )  # fmt: skip


urls = [
    path("accessibility/places/<int:pk>/notices/add/", notice_issue, name="notice_issue"),
    path("accessibility/places/notices/<int:pk>/", notice_letter, name="notice_letter"),
    path("accessibility/places/notices/<int:pk>/withdraw/", notice_withdraw, name="notice_withdraw"),
]
