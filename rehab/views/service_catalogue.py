"""康复服务目录: the items that services are recorded by, kept as data."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache

from rehab.forms.services import ItemForm
from rehab.models import CatalogueGroup, CatalogueItem
from rehab.services.service_catalogue import item_add, item_change
from rehab.sheets import CATALOGUE_ORDER
from rehab.views.common import manages_rehab, views_rehab
from zalainuoer.common.errors import RuleBroken


@views_rehab
@never_cache
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every item, by group; closed ones too."""
    items = sorted(
        CatalogueItem.objects.order_by(*CATALOGUE_ORDER),
        key=lambda item: list(CatalogueGroup).index(CatalogueGroup(item.group)),
    )
    groups = [
        {"code": code, "label": CatalogueGroup(code).label, "found": list(found)}
        for code, found in groupby(items, key=lambda item: item.group)
    ]
    return render(request, "rehab/services/catalogue.html", {"groups": groups, "count": len(items)})


@manages_rehab
@never_cache
def catalogue_add(request: HttpRequest) -> HttpResponse:
    form = ItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            item = item_add(by=request.user, **form.values)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已新增目录项目“{item}”。")
            return redirect("rehab_catalogue")
    return render(request, "rehab/services/item.html", {"form": form, "title": "新增目录项目", "submit": "保存"})


@manages_rehab
@never_cache
def catalogue_change(request: HttpRequest, pk: int) -> HttpResponse:
    item = get_object_or_404(CatalogueItem, pk=pk)
    form = ItemForm(request.POST or None, item=item)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            item_change(item=item, seen=asked["seen"], reason=asked["reason"], by=request.user, **form.values)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已修改目录项目“{item}”。")
            return redirect("rehab_catalogue")
    context = {"form": form, "title": f"修改目录项目：{item}", "submit": "保存修改"}
    return render(request, "rehab/services/item.html", context)


urls = [
    path("rehab/service-catalogue/", catalogue, name="rehab_catalogue"),
    path("rehab/service-catalogue/add/", catalogue_add, name="rehab_catalogue_add"),
    path("rehab/service-catalogue/<int:pk>/", catalogue_change, name="rehab_catalogue_change"),
]
