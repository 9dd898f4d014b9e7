"""People's values in templates: masked until 显示 has been asked for, and the form that asks."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from registry.forms.reveal import RevealForm
from registry.masking import Secret, number_secret, secret
from registry.models import Person

register = template.Library()


@register.simple_tag(takes_context=True)
def masked(context: template.Context, person: Person, field: str) -> SafeString:
    """One of a person's own values: name, id_number, born_on, phone, address, guardian_name, guardian_phone."""
    return _shown(context, person, secret(person, field))


@register.simple_tag(takes_context=True)
def masked_number(context: template.Context, person: Person, number: str) -> SafeString:
    """A certificate number of the person's, or a former ID number."""
    return _shown(context, person, number_secret(person, number))


@register.simple_tag(takes_context=True)
def person_link(context: template.Context, person: Person) -> SafeString:
    """The masked name, leading to the file for whoever may open it."""
    name = masked(context, person, "name")
    if not context["request"].user.has_perm("registry.view_people"):
        return name
    address = reverse("person", args=[person.pk])
    return format_html('<a href="{}">{}<span class="visually-hidden">，打开档案</span></a>', address, name)


def _shown(context: template.Context, person: Person, found: Secret | None) -> SafeString:
    """In full only where the page was asked to reveal this very person; else app.js puts the full value in and out."""
    if found is None:
        return mark_safe('<span class="muted">—</span>')
    if person.pk in (context.get("revealed") or ()):
        return format_html('<span class="secret shown">{}</span>', found.full)
    line = '<span class="secret" data-masked="{}" data-mask="{}">{}</span>'
    return format_html(line, found.key, found.shown, found.shown)


@register.inclusion_tag("registry/reveal.html", takes_context=True)
def reveal(context: template.Context, people: Person | Iterable[Person]) -> dict[str, Any]:
    """显示 for one person, or for the people of a list's page; nothing for whoever may not ask."""
    request = context["request"]
    form = context.get("reveal_form") or RevealForm()
    answer: dict[str, Any] = {
        "may": request.user.has_perm("registry.reveal_people"),
        "form": form,
        "csrf_token": context.get("csrf_token"),
        "revealed": context.get("revealed", ()),
    }
    if isinstance(people, Person):
        return {
            **answer,
            "url": reverse("person_reveal", args=[people.pk]),
            "back": reverse("person", args=[people.pk]),
        }
    return {**answer, "url": reverse("people_reveal"), "ids": [person.pk for person in people], "request": request}
