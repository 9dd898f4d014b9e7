"""Addresses of accessibility's pages, as their view modules list them."""

from django.urls import URLPattern

from accessibility.views import photos

urlpatterns: list[URLPattern] = [
    *photos.urls,
]
