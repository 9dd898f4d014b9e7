"""Addresses of rehabilitation's pages, as their view modules list them."""

from django.urls import URLPattern

from rehab.views import (
    care_settlements,
    child_figures,
    children,
    community,
    daycare,
    desk,
    device_catalogue,
    device_needs,
    devices,
    doctors,
    institutions,
    plans,
    records,
    referrals,
    service_catalogue,
    services,
    settlements,
    stock,
    surveys,
)

urlpatterns: list[URLPattern] = [
    *desk.urls,
    *surveys.urls,
    *plans.urls,
    *services.urls,
    *service_catalogue.urls,
    *referrals.urls,
    *devices.urls,
    *device_needs.urls,
    *device_catalogue.urls,
    *stock.urls,
    *institutions.urls,
    *children.urls,
    *settlements.urls,
    *child_figures.urls,
    *doctors.urls,
    *community.urls,
    *daycare.urls,
    *care_settlements.urls,
    *records.urls,
]
