"""Addresses of accessibility's pages, as their view modules list them."""

from django.urls import URLPattern

from accessibility.views import board, catalogue, homes, photos, places, year_tasks

urlpatterns: list[URLPattern] = [
    *board.urls,
    *homes.urls,
    *catalogue.urls,
    *photos.urls,
    *year_tasks.urls,
    *places.urls,
]
