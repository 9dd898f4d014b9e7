"""Addresses of employment's pages, as their view modules list them."""

from django.urls import URLPattern

from employment.views import levy

urlpatterns: list[URLPattern] = [*levy.urls]
