"""显示: full names and numbers, for whoever says why, for a minute, and noted person by person (个人信息保护法 第五十一条)."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from registry.forms.reveal import RevealForm
from registry.masking import secrets_of
from registry.models import Person
from registry.views.person import note_look, person_page
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record_each

SECONDS = 60
MOST_AT_ONCE = 200  # a page of a list; nobody reveals the whole register
reveals = permission_required("registry.reveal_people", raise_exception=True)


@reveals
@require_POST
@never_cache
def person_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's full values: to the page's script, or, without scripts, the page itself."""
    person = get_object_or_404(Person.objects.visible_to(request.user).select_related("community__parent"), pk=pk)
    form = RevealForm(request.POST)
    if not form.is_valid():
        if request.htmx:
            return _asked_again(request, form, url=reverse("person_reveal", args=[pk]))
        note_look(request, person, AccessAct.READ, "档案")
        return person_page(request, person, reveal_form=form)
    _note(request, [person], form, what="档案")
    if request.htmx:
        return _answer(request, [person])
    return person_page(request, person, revealed=True)


@reveals
@require_POST
@never_cache
def people_reveal(request: HttpRequest) -> HttpResponse:
    """The same for the people of one page of a list."""
    people = _chosen(request)
    form = RevealForm(request.POST)
    back = _back(request)
    if not form.is_valid():
        if request.htmx:
            return _asked_again(request, form, url=request.path, ids=[person.pk for person in people])
        messages.error(request, "请先选择显示事由（选“其他”时写明原因，不写号码）。")
        return redirect(back)
    _note(request, people, form, what="人员名单")
    if request.htmx:
        return _answer(request, people)
    context = {"people": people, "revealed": {person.pk for person in people}, "seconds": SECONDS, "back": back}
    return render(request, "registry/revealed_list.html", context)


def _chosen(request: HttpRequest) -> list[Person]:
    """The people asked for; one who is not in the reader's area is 404, as everywhere."""
    asked = {int(pk) for pk in request.POST.getlist("person") if pk.isascii() and pk.isdigit()}
    found = Person.objects.visible_to(request.user).filter(pk__in=asked).order_by("pinyin", "pk")
    people = list(found.select_related("community").prefetch_related("certificates", "former_identities"))
    if not asked or len(asked) > MOST_AT_ONCE or len(people) != len(asked):
        raise Http404
    return people


def _note(request: HttpRequest, people: Iterable[Person], form: RevealForm, *, what: str) -> None:
    access_record_each(
        by=request.user,
        act=AccessAct.UNMASK,
        what=f"{what}：显示完整姓名和号码",
        persons=[person.pk for person in people],
        reason=form.words,
        address=request.META.get("REMOTE_ADDR"),
    )


def _answer(request: HttpRequest, people: Iterable[Person]) -> HttpResponse:
    secrets = [secret for person in people for secret in secrets_of(person)]
    return render(request, "registry/revealed.html", {"secrets": secrets, "seconds": SECONDS})


def _asked_again(request: HttpRequest, form: RevealForm, **context: Any) -> HttpResponse:
    """The form with what is wrong with it, in its own place."""
    answer = render(request, "registry/reveal_form.html", {"form": form, **context})
    return reswap(retarget(answer, "#reveal-form"), "outerHTML")


def _back(request: HttpRequest) -> str:
    """Where the list was; never out of this system."""
    came_from = request.META.get("HTTP_REFERER", "")
    safe = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if safe else reverse("home")


urls = [
    path("people/reveal/", people_reveal, name="people_reveal"),
    path("people/<int:pk>/reveal/", person_reveal, name="person_reveal"),
]
