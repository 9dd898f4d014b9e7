"""Applications on their way through the desks: the worklist, one case with its acts, taking in, and the letters."""

from django.urls import path

from subsidies.views.applications.adding import application_add
from subsidies.views.applications.cases import application
from subsidies.views.applications.letters import application_letter
from subsidies.views.applications.worklist import application_list

urls = [
    path("subsidies/applications/", application_list, name="application_list"),
    path("subsidies/applications/<int:pk>/", application, name="application"),
    path("subsidies/applications/<int:pk>/letters/<slug:kind>/", application_letter, name="application_letter"),
    path("people/<int:pk>/apply/<slug:subsidy>/", application_add, name="application_add"),
]
