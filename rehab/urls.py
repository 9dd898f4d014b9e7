"""Addresses of rehabilitation's pages, as their view modules list them."""

from django.urls import URLPattern

from rehab.views import (
    care_settlements,
    catalogue,
    community,
    daycare,
    device_needs,
    devices,
    doctors,
    records,
    stock,
)

urlpatterns: list[URLPattern] = [
    *devices.urls,
    *device_needs.urls,
    *catalogue.urls,
    *stock.urls,
    *doctors.urls,
    *community.urls,
    *daycare.urls,
    *care_settlements.urls,
    *records.urls,
]
