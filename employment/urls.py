"""Addresses of employment's pages, as their view modules list them."""

from django.urls import URLPattern

from employment.views import audits, awards

urlpatterns: list[URLPattern] = [*audits.urls, *awards.urls]
