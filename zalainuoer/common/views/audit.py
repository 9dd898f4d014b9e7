"""Who has read or taken out what, for the administrator, who sees nobody's data: neither do these pages show any."""

import datetime
from typing import Any, NamedTuple

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zalainuoer.common import audit
from zalainuoer.common.forms import DateInput
from zalainuoer.common.models import AccessAct, AccessLog, AuditBlock, User

PAGE = 30
TAKEN_OUT = (AccessAct.EXPORT, AccessAct.DOWNLOAD, AccessAct.PRINT)
LATE = datetime.timedelta(minutes=10)  # a task seals every minute
views_audit = permission_required("common.view_audit", raise_exception=True)


class AuditFilter(forms.Form):
    """Which rows of the log to show."""

    who = forms.CharField(label="用户名或姓名", max_length=50, required=False)
    act = forms.ChoiceField(label="行为", choices=[("", "全部行为"), *AccessAct.choices], required=False)
    person = forms.IntegerField(label="人员编号", min_value=1, max_value=2**63 - 1, required=False)
    since = forms.DateField(label="起始日期", widget=DateInput, required=False)
    until = forms.DateField(label="截止日期", widget=DateInput, required=False)
    label_suffix = ""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            style = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs["class"] = style

    def rows(self) -> QuerySet[AccessLog]:
        """The rows asked for, the latest first; none while a field is wrong."""
        if not self.is_valid():
            return AccessLog.objects.none()
        asked = self.cleaned_data
        found = AccessLog.objects.all()
        if who := asked["who"]:
            named = User.objects.filter(name__icontains=who).values("username")
            found = found.filter(Q(username__icontains=who) | Q(username__in=named))
        for name, lookup in LOOKUPS.items():
            if asked.get(name):
                found = found.filter(**{lookup: asked[name]})
        return found


LOOKUPS = {"act": "act", "person": "person", "since": "at__date__gte", "until": "at__date__lte"}


class ExportFilter(AuditFilter):
    """Which exports to show."""

    act = person = None

    def rows(self) -> QuerySet[AccessLog]:
        return super().rows().filter(act__in=TAKEN_OUT)


class Line(NamedTuple):
    """A row of the log, and the name of who stands in it; empty if there is no such account any more."""

    row: AccessLog
    name: str


@views_audit
def audit_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    waiting = audit.unsealed().aggregate(count=Count("pk"), since=Min("at"))
    is_late = waiting["since"] is not None and waiting["since"] < now - LATE
    seals = {"last": AuditBlock.objects.last(), "waiting": waiting["count"], "is_late": is_late}
    return _page(request, "audit/list.html", AuditFilter, seals=seals)


@views_audit
def export_register(request: HttpRequest) -> HttpResponse:
    return _page(request, "audit/exports.html", ExportFilter)


def _page(request: HttpRequest, template: str, kind: type[AuditFilter], **context: Any) -> HttpResponse:
    form = kind(request.GET)
    page = Paginator(form.rows(), PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    names = dict(User.objects.filter(username__in={row.username for row in rows}).values_list("username", "name"))
    lines = [Line(row, names.get(row.username, "")) for row in rows]
    is_filtered = any(request.GET.get(name) for name in form.fields)
    return render(
        request, template, {"form": form, "page_obj": page, "lines": lines, "is_filtered": is_filtered, **context}
    )
