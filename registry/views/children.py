"""Children without a certificate, registered by hand."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.forms.children import ChildForm
from registry.services.children import WHAT, child_register
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

changes_facts = permission_required("registry.change_facts", raise_exception=True)


@changes_facts
@never_cache
def child_add(request: HttpRequest) -> HttpResponse:
    """Registers a child, or opens the file of one that is known."""
    today = timezone.localdate()
    form = ChildForm(request.POST or None, user=request.user, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            found = child_register(by=request.user, today=today, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            if found.is_new:
                messages.success(request, "已建立儿童档案，可以在“康复与辅具”登记筛查。")
            else:
                messages.info(request, "这名儿童已有档案，没有重复建档。档案中的内容没有改动。")
            _note(request, found.person.pk)
            return redirect("person", found.person.pk)
    return render(request, "registry/children/add.html", {"form": form})


def _note(request: HttpRequest, person: int) -> None:
    access_record(
        by=request.user,
        act=AccessAct.SEARCH,
        what=WHAT,
        people=1,
        person=person,
        address=request.META.get("REMOTE_ADDR"),
    )


urls = [path("people/children/add/", child_add, name="child_add")]
