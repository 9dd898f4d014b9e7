"""辅具目录: kinds of devices by main class, with their terms by time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from rehab.forms.device_catalogue import ClassForm, ItemForm, TermsForm
from rehab.models import DeviceClass, DeviceItem, DeviceTerms
from rehab.services import device_catalogue as services
from rehab.views.device_pages import in_words, manages, views_rehab
from zalainuoer.common.errors import RuleBroken


@views_rehab
@never_cache
def device_catalogue(request: HttpRequest) -> HttpResponse:
    """Every item under its class; those without terms in force say so."""
    today = timezone.localdate()
    terms = Prefetch("terms", DeviceTerms.objects.order_by("-effective_from"), to_attr="all_terms")
    items = list(DeviceItem.objects.select_related("device_class").prefetch_related(terms))
    classes: list[DeviceClass | None] = [*DeviceClass.objects.all(), None]
    lines = [(item, next((row for row in item.all_terms if row.effective_from <= today), None)) for item in items]
    groups = [
        (each, [(item, now) for item, now in lines if item.device_class_id == (each.pk if each else None)])
        for each in classes
    ]
    context = {
        "groups": [(each, found) for each, found in groups if found],
        "empty_classes": [each for each, found in groups if each is not None and not found],
        "count": len(items),
        "unmaintained": sum(now is None and item.is_active for item, now in lines),
        "today": today,
    }
    return render(request, "rehab/devices/catalogue.html", context)


@manages
@never_cache
def device_class_add(request: HttpRequest) -> HttpResponse:
    return _class(request, None)


@manages
@never_cache
def device_class_change(request: HttpRequest, pk: int) -> HttpResponse:
    return _class(request, get_object_or_404(DeviceClass, pk=pk))


def _class(request: HttpRequest, row: DeviceClass | None) -> HttpResponse:
    form = ClassForm(request.POST or None, row=row)
    title = "新增主类" if row is None else f"修改主类：{row}"
    return _page(
        request,
        form,
        title,
        lambda: services.class_save(device_class=row, by=request.user, **form.cleaned_data),
    )


@manages
@never_cache
def device_item_add(request: HttpRequest) -> HttpResponse:
    chosen = request.GET.get("class", "")
    known = DeviceClass.objects.filter(code=chosen).first()
    form = ItemForm(request.POST or None, initial={"device_class": known})
    return _page(request, form, "新增辅具", lambda: services.item_save(by=request.user, **form.values))


@manages
@never_cache
def device_item_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(DeviceItem, pk=pk)
    form = ItemForm(request.POST or None, row=row)

    def save() -> Any:
        return services.item_save(item=row, by=request.user, seen=form.cleaned_data["seen"], **form.values)

    return _page(request, form, f"修改辅具：{row}", save)


@manages
@never_cache
def device_terms_add(request: HttpRequest, pk: int) -> HttpResponse:
    """The terms of an item from a day on; earlier days keep theirs."""
    item = get_object_or_404(DeviceItem, pk=pk)
    form = TermsForm(request.POST or None)
    return _page(
        request,
        form,
        f"新增补贴标准：{item}",
        lambda: services.terms_save(by=request.user, item=item, **form.values),
    )


@manages
@never_cache
def device_terms_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Corrects terms that no case was approved by."""
    row = get_object_or_404(DeviceTerms.objects.select_related("item"), pk=pk)
    form = TermsForm(request.POST or None, row=row)

    def save() -> Any:
        return services.terms_save(terms=row, by=request.user, seen=form.cleaned_data["seen"], **form.values)

    return _page(request, form, f"修改补贴标准：{row.item}（{row.effective_from} 起）", save)


def _page(request: HttpRequest, form: Any, title: str, save: Callable[[], Any]) -> HttpResponse:
    """An ordinary form of the catalogue; what was refused, the form says."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except RuleBroken as broken:
            form.add_error(None, in_words(broken))
        else:
            messages.success(request, "已保存。")
            return redirect("device_catalogue")
    return render(request, "rehab/devices/catalogue_form.html", {"form": form, "title": title})


urls = [
    path("rehab/device-catalogue/", device_catalogue, name="device_catalogue"),
    path("rehab/device-catalogue/classes/add/", device_class_add, name="device_class_add"),
    path("rehab/device-catalogue/classes/<int:pk>/", device_class_change, name="device_class_change"),
    path("rehab/device-catalogue/items/add/", device_item_add, name="device_item_add"),
    path("rehab/device-catalogue/items/<int:pk>/", device_item_change, name="device_item_change"),
    path("rehab/device-catalogue/items/<int:pk>/terms/", device_terms_add, name="device_terms_add"),
    path("rehab/device-catalogue/terms/<int:pk>/", device_terms_change, name="device_terms_change"),
]
