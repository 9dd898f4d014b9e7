"""Addresses of rehabilitation's pages, as their view modules list them."""

from django.urls import URLPattern

from rehab.views import catalogue, device_needs, devices, stock

urlpatterns: list[URLPattern] = [*devices.urls, *device_needs.urls, *catalogue.urls, *stock.urls]
