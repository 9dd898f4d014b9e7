"""How the applicant and whoever objected can be reached: masked, until somebody says why, which is noted."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from subsidies.forms.applications import ContactsForm
from subsidies.models import Applicant, Application
from zalainuoer.common.identity import masked_name, masked_phone
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

CONTACTS = "contacts"


def contacts_of(request: HttpRequest, row: Application, sent: str, objections: list[Any]) -> dict[str, Any]:
    """The agent's name and phone as the reader may see them now, and the form that asks for them in full."""
    by_somebody_else = row.applicant != Applicant.SELF
    whose = ["代办人"] if by_somebody_else else []
    whose += ["异议人"] if any(each.said_by for each in objections) else []
    form, is_shown = None, False
    if whose and request.user.has_perm("registry.reveal_people"):
        form = ContactsForm(request.POST if sent == CONTACTS else None)
        is_shown = form.is_bound and form.is_valid()
    if is_shown and form is not None:
        access_record(
            by=request.user,
            act=AccessAct.UNMASK,
            what="补贴申请：显示代办人、异议人的联系方式",
            people=1,
            person=row.person_id,
            reason=form.words,
            address=request.META.get("REMOTE_ADDR"),
        )
    name, phone = row.applicant_name, row.applicant_phone or ""
    return {
        "contacts_of": "、".join(whose),
        "contacts_form": form,
        "contacts_shown": is_shown,
        "applicant_name": name if is_shown else masked_name(name),
        "applicant_phone": phone if is_shown or not phone else masked_phone(phone),
    }
