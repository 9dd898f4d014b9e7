"""Addresses of rehabilitation's pages, as their view modules list them."""

from django.urls import URLPattern

from rehab.views import community, daycare, doctors, records, settlements

urlpatterns: list[URLPattern] = [
    *doctors.urls,
    *community.urls,
    *daycare.urls,
    *settlements.urls,
    *records.urls,
]
