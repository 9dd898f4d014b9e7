"""Addresses of the registry's pages: each module of views lists its own as `urls`."""

from django.urls import URLPattern

from registry.views import certificates, children, deaths, facts, households, merging, people, person, reveal

urlpatterns: list[URLPattern] = [
    *certificates.urls,
    *children.urls,
    *deaths.urls,
    *merging.urls,
    *households.urls,
    *facts.urls,
    *people.urls,
    *person.urls,
    *reveal.urls,
]
