"""Addresses of rehabilitation's pages, as their view modules list them."""

from django.urls import URLPattern

from rehab.views import desk, plans, referrals, service_catalogue, services, surveys

urlpatterns: list[URLPattern] = [
    *desk.urls,
    *surveys.urls,
    *plans.urls,
    *services.urls,
    *service_catalogue.urls,
    *referrals.urls,
]
