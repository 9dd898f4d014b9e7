"""Addresses of rehabilitation's pages, as their view modules list them."""

from django.urls import URLPattern

from rehab.views import child_figures, children, institutions, settlements

urlpatterns: list[URLPattern] = [
    *institutions.urls,
    *children.urls,
    *settlements.urls,
    *child_figures.urls,
]
