"""入户评估 on a phone: the visit, then one page a room."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accessibility.forms.homes import AssessmentForm, RoomForm
from accessibility.models import HomeAssessment, HomeRoom
from accessibility.services.homes import assessing
from accessibility.views.common import done, home_form, in_words, note_home, records_homes, the_home
from zalainuoer.common.errors import RuleBroken


@records_homes
@never_cache
def home_assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """The visit's own form, the rooms noted so far, and the way to finish."""
    home, today = the_home(request, pk), timezone.localdate()
    row = HomeAssessment.objects.filter(home=home).first()
    form = AssessmentForm(request.POST or None, row=row, today=today)

    def save() -> None:
        assessing.assessment_save(home=home, by=request.user, today=today, **form.cleaned_data)

    if done(request, form, save, "已保存评估情况，请逐个位置填写。"):
        return redirect("home_assessment", home.pk)
    note_home(request, home, "入户评估")
    context = {
        "home": home,
        "form": form,
        "assessment": row,
        "rooms": list(row.rooms.all()) if row else [],
        "finish": reverse("home_act", args=[home.pk, "assess"]),
    }
    return render(request, "accessibility/homes/assessment.html", context)


@records_homes
@never_cache
def home_room_add(request: HttpRequest, pk: int) -> HttpResponse:
    return _room(request, pk, None)


@records_homes
@never_cache
def home_room(request: HttpRequest, pk: int, room: int) -> HttpResponse:
    return _room(request, pk, room)


def _room(request: HttpRequest, pk: int, room: int | None) -> HttpResponse:
    """One room's form; what hinders is noted where one stands."""
    home = the_home(request, pk)
    row = None if room is None else get_object_or_404(HomeRoom, pk=room, assessment__home=home)
    form = RoomForm(request.POST or None, row=row)
    return home_form(
        request,
        home,
        form,
        lambda: assessing.room_save(home=home, correcting=row, by=request.user, **form.cleaned_data),
        title="新增位置" if row is None else f"修改位置：{row.get_room_display()}",
        submit="保存这个位置",
        said="已保存这个位置。",
        back=reverse("home_assessment", args=[home.pk]),
    )


@records_homes
@require_POST
def home_room_delete(request: HttpRequest, pk: int, room: int) -> HttpResponse:
    """Takes a room out that was filled in by mistake."""
    home = the_home(request, pk)
    row = get_object_or_404(HomeRoom, pk=room, assessment__home=home)
    try:
        assessing.room_delete(home=home, room=row, by=request.user)
    except RuleBroken as broken:
        messages.error(request, in_words(broken))
    else:
        messages.success(request, f"已删除“{row.get_room_display()}”。")
    return redirect("home_assessment", home.pk)


urls = [
    path("accessibility/homes/<int:pk>/assessment/", home_assessment, name="home_assessment"),
    path("accessibility/homes/<int:pk>/rooms/add/", home_room_add, name="home_room_add"),
    path("accessibility/homes/<int:pk>/rooms/<int:room>/", home_room, name="home_room"),
    path("accessibility/homes/<int:pk>/rooms/<int:room>/delete/", home_room_delete, name="home_room_delete"),
]
