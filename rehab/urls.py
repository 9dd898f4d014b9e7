"""Addresses of rehabilitation's pages, as their view modules list them."""

from django.urls import URLPattern

from rehab.views import catalogue, devices, stock

urlpatterns: list[URLPattern] = [*devices.urls, *catalogue.urls, *stock.urls]
