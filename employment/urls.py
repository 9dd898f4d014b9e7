"""Addresses of employment's pages, as their view modules list them."""

from django.urls import URLPattern

from employment.views import employers, register

urlpatterns: list[URLPattern] = [
    *employers.urls,
    *register.urls,
]
