"""Addresses of employment's pages, as their view modules list them."""

from django.urls import URLPattern

from employment.views import massage, training, training_figures, training_people

urlpatterns: list[URLPattern] = [
    *training.urls,
    *training_people.urls,
    *training_figures.urls,
    *massage.urls,
]
