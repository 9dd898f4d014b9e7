"""A household's page, and the acts that move people between households."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.forms.households import HouseholdActForm, MergeForm, MoveForm, SplitForm
from registry.households import household_page, households_visible_to
from registry.models import Household, Person
from registry.services import households
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import masked, masked_name
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

views_people = permission_required("registry.view_people", raise_exception=True)
changes_certificates = permission_required("registry.change_certificates", raise_exception=True)


@views_people
@never_cache
def household(request: HttpRequest, pk: int) -> HttpResponse:
    home = get_object_or_404(households_visible_to(request.user), pk=pk)
    data = household_page(home, today=timezone.localdate(), by=request.user)
    _note(request, what="家庭", people=len(data["members"]))
    return render(request, "registry/households/page.html", data)


@changes_certificates
@never_cache
def household_move(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    form = MoveForm(request.POST or None)

    def move() -> Household:
        cleaned = form.cleaned_data
        return households.household_move(
            person=person,
            head_number=cleaned["head_number"],
            head_name=cleaned["head_name"] or None,
            effective_on=cleaned["effective_on"],
            reason=cleaned["reason"],
            by=request.user,
            today=timezone.localdate(),
        )

    _note(request, what="迁入他户", people=1, person=person.pk)
    return _act(request, form, move, title="迁入他户", about=_named(person), back=reverse("person", args=[pk]))


@changes_certificates
@never_cache
def household_split(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    form = SplitForm(request.POST or None)

    def split() -> Household:
        return households.household_split(
            person=person,
            effective_on=form.cleaned_data["effective_on"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            today=timezone.localdate(),
        )

    _note(request, what="分户", people=1, person=person.pk)
    return _act(
        request, form, split, title="分户：本人另立一户", about=_named(person), back=reverse("person", args=[pk])
    )


@changes_certificates
@never_cache
def household_merge(request: HttpRequest, pk: int) -> HttpResponse:
    home = get_object_or_404(households_visible_to(request.user), pk=pk)
    form = MergeForm(request.POST or None)

    def merge() -> Household:
        return households.household_merge(
            source=home,
            head_number=form.cleaned_data["head_number"],
            effective_on=form.cleaned_data["effective_on"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            today=timezone.localdate(),
        )

    _note(request, what="并户", people=0)
    about = f"户主 {masked(home.head_id_number)} 一户的全部持证人"
    return _act(request, form, merge, title="并户", about=about, back=reverse("household", args=[pk]))


def _act(
    request: HttpRequest,
    form: HouseholdActForm,
    act: Callable[[], Household],
    *,
    title: str,
    about: str,
    back: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            target = act()
        except households.HeadNameWanted as wanted:
            form.add_error("head_name" if "head_name" in form.fields else None, wanted.message)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已办理{title}，自 {form.cleaned_data['effective_on']} 起。")
            return redirect("household", target.pk)
    return render(request, "registry/households/act.html", {"form": form, "title": title, "about": about, "back": back})


def _named(person: Person) -> str:
    return f"{masked_name(person.name)}（{masked(person.id_number)}）"


def _note(request: HttpRequest, *, what: str, people: int, person: int | None = None) -> None:
    access_record(
        by=request.user,
        act=AccessAct.READ,
        what=what,
        people=people,
        person=person,
        address=request.META.get("REMOTE_ADDR"),
    )


urls = [
    path("households/<int:pk>/", household, name="household"),
    path("households/<int:pk>/merge/", household_merge, name="household_merge"),
    path("people/<int:pk>/household/move/", household_move, name="household_move"),
    path("people/<int:pk>/household/split/", household_split, name="household_split"),
]
