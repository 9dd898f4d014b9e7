"""改造项目目录 and 施工单位."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache

from accessibility.forms.catalogue import ContractorForm, ItemForm
from accessibility.models import Contractor, ItemGroup, RetrofitItem
from accessibility.services import catalogue as services
from accessibility.views.common import done, manages_homes, views_homes
from zalainuoer.common.identity import masked_phone


@views_homes
@never_cache
def retrofit_catalogue(request: HttpRequest) -> HttpResponse:
    """The items by group, and the contractors."""
    items = list(RetrofitItem.objects.all())
    contractors = list(Contractor.objects.all())
    context = {
        "groups": [(group, [item for item in items if item.group == group]) for group in ItemGroup],
        "contractors": [(row, masked_phone(row.contact_phone)) for row in contractors],
        "count": len(items),
    }
    return render(request, "accessibility/catalogue/list.html", context)


@manages_homes
@never_cache
def retrofit_item_add(request: HttpRequest) -> HttpResponse:
    form = ItemForm(request.POST or None)
    return _page(request, form, "新增改造项目", lambda: services.item_save(by=request.user, **form.cleaned_data))


@manages_homes
@never_cache
def retrofit_item_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(RetrofitItem, pk=pk)
    form = ItemForm(request.POST or None, row=row)
    return _page(
        request,
        form,
        f"修改改造项目：{row}",
        lambda: services.item_save(item=row, by=request.user, **form.cleaned_data),
    )


@manages_homes
@never_cache
def contractor_add(request: HttpRequest) -> HttpResponse:
    form = ContractorForm(request.POST or None)
    return _page(request, form, "新增施工单位", lambda: services.contractor_save(by=request.user, **form.cleaned_data))


@manages_homes
@never_cache
def contractor_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Contractor, pk=pk)
    form = ContractorForm(request.POST or None, row=row)
    return _page(
        request,
        form,
        f"修改施工单位：{row}",
        lambda: services.contractor_save(contractor=row, by=request.user, **form.cleaned_data),
    )


def _page(request: HttpRequest, form: Any, title: str, save: Callable[[], Any]) -> HttpResponse:
    if done(request, form, save, "已保存。"):
        return redirect("retrofit_catalogue")
    context = {"form": form, "title": title, "back": reverse("retrofit_catalogue")}
    return render(request, "accessibility/catalogue/form.html", context)


urls = [
    path("accessibility/catalogue/", retrofit_catalogue, name="retrofit_catalogue"),
    path("accessibility/catalogue/items/add/", retrofit_item_add, name="retrofit_item_add"),
    path("accessibility/catalogue/items/<int:pk>/", retrofit_item_change, name="retrofit_item_change"),
    path("accessibility/catalogue/contractors/add/", contractor_add, name="contractor_add"),
    path("accessibility/catalogue/contractors/<int:pk>/", contractor_change, name="contractor_change"),
]
