"""受理: taking an application in at the counter."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from registry.services.statements import statement_in_force
from subsidies.forms.applications import AcceptForm
from subsidies.models import Application, ApplicationState, Subsidy
from subsidies.services import applications as services
from subsidies.views.applications.common import accepts, advice, note, said
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct

FEDERATION = "subsidies.federation_review"


@accepts
@never_cache
def application_add(request: HttpRequest, pk: int, subsidy: str) -> HttpResponse:
    """What the rules say stands beside the form as advice, and never in the way."""
    if subsidy not in Subsidy.values:
        raise Http404
    people = Person.objects.visible_to(request.user).select_related("community__parent")
    person, today = get_object_or_404(people, pk=pk), timezone.localdate()
    statement, is_federation = statement_in_force(person), request.user.has_perm(FEDERATION)
    form = AcceptForm(
        request.POST or None,
        person=person,
        statement=statement,
        subsidy=subsidy,
        today=today,
        is_federation=is_federation,
    )
    if request.method == "POST" and form.is_valid() and (row := _accepted(request, person, subsidy, form)) is not None:
        return redirect("application", row.pk)
    note(request, AccessAct.READ, f"受理补贴申请：{Subsidy(subsidy).label}", people=1, person=person.pk)
    context = {
        "person": person,
        "statement": statement,
        "subsidy": Subsidy(subsidy),
        "form": form,
        **advice(Application(person=person, subsidy=subsidy), today),
        "closed": services.refusal_to_accept(person, subsidy, statement, today=today),
        "pending": services.pending_application(person.pk, subsidy),
        "today": today,
    }
    return render(request, "subsidies/applications/add.html", context)


def _accepted(request: HttpRequest, person: Person, subsidy: str, form: AcceptForm) -> Application | None:
    """The application taken in; None where the form now says why it was not."""
    facts = form.facts
    street = None if facts["accepted_elsewhere"] else person.community.parent
    try:
        row = services.application_accept(
            person=person, subsidy=subsidy, accepted_in=street, by=request.user, today=timezone.localdate(), **facts
        )
    except RuleBroken as broken:
        form.add_error(None, said(broken))
        return None
    if row.state == ApplicationState.SUPPLEMENT:
        messages.warning(request, "已登记申请，材料不齐。请打印一次性告知书交给申请人。")
    else:
        messages.success(request, "已受理，材料齐全，转街道初审。")
    return row
