"""People's values in templates: masked until 显示 has been asked for, and the form that asks."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse

from registry.forms.reveal import RevealForm
from registry.masking import Secret, number_secret, secret
from registry.models import Person

register = template.Library()


@register.inclusion_tag("registry/masked.html", takes_context=True)
def masked(context: template.Context, person: Person, field: str) -> dict[str, Any]:
    """One of a person's own values: name, id_number, born_on, phone, address, guardian_name, guardian_phone."""
    return _shown(context, person, secret(person, field))


@register.inclusion_tag("registry/masked.html", takes_context=True)
def masked_number(context: template.Context, person: Person, number: str) -> dict[str, Any]:
    """A certificate number of the person's, or a former ID number."""
    return _shown(context, person, number_secret(person, number))


def _shown(context: template.Context, person: Person, found: Secret | None) -> dict[str, Any]:
    """In full only where the page was asked to reveal this very person (without scripts; else the browser does it)."""
    return {"secret": found, "in_full": person.pk in context.get("revealed", ())}


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
