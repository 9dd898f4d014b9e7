"""What the pages of findings share: who may, whose findings, the filter, and the access log."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from subsidies.forms.findings import FindingFilter
from subsidies.models import Finding
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

views_findings = permission_required("subsidies.view_subsidies", raise_exception=True)
resolves_findings = permission_required("subsidies.resolve_findings", raise_exception=True)
compares = permission_required("subsidies.prepare_runs", raise_exception=True)
exports = permission_required("subsidies.export_subsidies", raise_exception=True)


def visible(request: HttpRequest) -> Any:
    """The findings of the reader's area."""
    return Finding.objects.visible_to(request.user)


def chosen_by(request: HttpRequest, data: QueryDict) -> FindingFilter:
    """The filter as it stands in an address."""
    return FindingFilter(data, user=request.user, today=timezone.localdate())


def list_url(form: FindingFilter) -> str:
    """The list with the filter's choices."""
    return f"{reverse('finding_list')}?{form.query}" if form.query else reverse("finding_list")


def note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    """Whoever is shown people is written down."""
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )
