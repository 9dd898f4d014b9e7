"""Addresses of the figures."""

from django.urls import path

from indicators import views

urlpatterns = [
    path("", views.dashboard, name="figures"),
    path("recompute/", views.recompute, name="recompute"),
    path("recompute/state/", views.recompute_state, name="recompute_state"),
    path("<int:number>/", views.figure, name="figure"),
    path("<int:number>/<slug:which>/", views.people, name="figure_people"),
]
