"""Addresses of employment's pages, as their view modules list them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
