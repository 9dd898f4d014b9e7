"""Addresses of rehabilitation's pages, as their view modules list them."""

from django.urls import URLPattern

from rehab.views import catalogue, desk, plans, referrals, services, surveys

urlpatterns: list[URLPattern] = [
    *desk.urls,
    *surveys.urls,
    *plans.urls,
    *services.urls,
    *catalogue.urls,
    *referrals.urls,
]
