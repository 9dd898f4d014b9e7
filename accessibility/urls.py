"""Addresses of accessibility's pages, as their view modules list them."""

from django.urls import URLPattern

from accessibility.views import board, year_tasks

urlpatterns: list[URLPattern] = [
    *board.urls,
    *year_tasks.urls,
]
