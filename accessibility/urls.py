"""Addresses of accessibility's pages, as their view modules list them."""

from django.urls import URLPattern

from accessibility.views import catalogue, homes

urlpatterns: list[URLPattern] = [
    *homes.urls,
    *catalogue.urls,
]
