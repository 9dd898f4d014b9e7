"""Addresses of employment's pages, as their view modules list them."""

from django.urls import URLPattern

from employment.views import employers, levy, register

urlpatterns: list[URLPattern] = [
    *employers.urls,
    *register.urls,
    *levy.urls,
]
