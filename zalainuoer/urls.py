"""All addresses. The roof also hands the foundation's pages what only the apps know."""

from django.urls import include, path

from accessibility.models import Hardship
from registry.models import AssistanceKind, BenefitKind, Category, Level, MedicalStatus, PensionStatus, Placement
from zalainuoer.common.views import parameters
from zalainuoer.navigation import home

# The words behind the codes in those parameters that are lists of choices.
PARAMETER_CHOICES = {
    "severe.levels": Level,
    "dibao.counted_kinds": AssistanceKind,
    "living.required_kinds": AssistanceKind,
    "living.excluding_assistance": AssistanceKind,
    "living.barring_benefits": BenefitKind,
    "living.rival_benefits": BenefitKind,
    "nursing.excluding_assistance": AssistanceKind,
    "nursing.barring_benefits": BenefitKind,
    "nursing.rival_benefits": BenefitKind,
    "nursing.extension_levels": Level,
    "nursing.extension_categories": Category,
    "pension.counted_statuses": PensionStatus,
    "medical.counted_statuses": MedicalStatus,
    "school.counted_placements": Placement,
    "retrofit.hardship_kinds": Hardship,
}

urlpatterns = [
    path("", home, name="home"),
    path("parameters/", parameters.parameter_list, {"choices": PARAMETER_CHOICES}, name="parameter_list"),
    path("parameters/<str:key>/add/", parameters.parameter_add, {"choices": PARAMETER_CHOICES}, name="parameter_add"),
    path("", include("zalainuoer.common.urls")),
    path("", include("registry.urls")),
    path("", include("subsidies.urls")),
    path("", include("rehab.urls")),
    path("", include("employment.urls")),
    path("", include("accessibility.urls")),
    path("figures/", include("indicators.urls")),
    path("api/", include("zalainuoer.api_urls")),
]
