"""公示: what everybody may read, for the days set. No login, no number, no link to anybody's file."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from subsidies.models import Application
from subsidies.services import applications as services
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import Division

PAGE = 100
closes = permission_required("subsidies.civil_review", raise_exception=True)


class StreetForm(forms.Form):
    """Which street's people to show."""

    street = forms.ChoiceField(label="街道（镇）", required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        streets = Division.objects.streets().order_by("code").values_list("code", "name")
        self.fields["street"].choices = [("", "全部"), *streets]


@login_not_required
@require_safe
@never_cache
def publicity(request: HttpRequest) -> HttpResponse:
    """Who is to be granted a subsidy, for as long as objections are asked for; then no longer."""
    rows = Application.objects.on_show(timezone.localdate()).order_by("publicity_until", "pk")
    form = StreetForm(request.GET or None)
    if form.is_bound and not form.is_valid():
        rows = rows.none()
    elif form.is_bound and form.cleaned_data["street"]:
        rows = rows.filter(person__community__parent__code=form.cleaned_data["street"])
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [
        {
            "name": masked_name(row.person.name),
            "subsidy": row.get_subsidy_display(),
            "amount_yuan": row.amount_yuan,
            "street": row.person.community.parent.name,
            "publicity_from": row.publicity_from,
            "publicity_until": row.publicity_until,
        }
        for row in page.object_list
    ]
    context = {"form": form, "page_obj": page, "lines": lines}
    answer = render(request, "subsidies/publicity/list.html", context)
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


@closes
@require_POST
def publicity_close(request: HttpRequest) -> HttpResponse:
    """The daily closing, done now."""
    count = services.publicity_close(today=timezone.localdate(), by=request.user)
    if count:
        messages.success(request, f"公示期满 {count} 份，已核发。请通知申请人。")
    else:
        messages.info(request, "没有公示期满、可以核发的申请。有异议未处理的，请先处理异议。")
    return redirect("application_list")


urls = [
    path("publicity/", publicity, name="publicity"),
    path("subsidies/applications/close/", publicity_close, name="publicity_close"),
]
