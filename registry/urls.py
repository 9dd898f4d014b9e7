"""Addresses of the registry's pages: each module of views lists its own as `urls`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
