"""Addresses of rehabilitation's pages, as their view modules list them."""

from django.urls import URLPattern

from rehab.views import care_settlements, community, daycare, doctors, records

urlpatterns: list[URLPattern] = [
    *doctors.urls,
    *community.urls,
    *daycare.urls,
    *care_settlements.urls,
    *records.urls,
]
