"""Addresses of the REST API, its description as OpenAPI and as a page."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter

from indicators.api import FigureViewSet, SnapshotViewSet
from registry.api.certificates import CertificateViewSet
from registry.api.households import HouseholdViewSet
from registry.api.people import PersonViewSet
from rehab.api.records import NeedViewSet, ReferralViewSet, ServiceViewSet
from zalainuoer.common.api.base import AUTHENTICATION
from zalainuoer.common.api.batches import BatchViewSet
from zalainuoer.common.api.description import api_docs
from zalainuoer.common.api.divisions import DivisionViewSet
from zalainuoer.common.api.sheets import SheetViewSet

router = SimpleRouter(use_regex_path=False)
router.register("people", PersonViewSet, basename="api_person")
router.register("certificates", CertificateViewSet, basename="api_certificate")
router.register("households", HouseholdViewSet, basename="api_household")
router.register("rehab/needs", NeedViewSet, basename="api_rehab_need")
router.register("rehab/services", ServiceViewSet, basename="api_rehab_service")
router.register("rehab/referrals", ReferralViewSet, basename="api_rehab_referral")
router.register("divisions", DivisionViewSet, basename="api_division")
router.register("sheets", SheetViewSet, basename="api_sheet")
router.register("batches", BatchViewSet, basename="api_batch")
router.register("snapshots", SnapshotViewSet, basename="api_snapshot")
router.register("figures", FigureViewSet, basename="api_figure")

urlpatterns = [
    path("v1/", include(router.urls)),
    path(
        "schema/",
        SpectacularAPIView.as_view(authentication_classes=AUTHENTICATION, permission_classes=[IsAuthenticated]),
        name="api_schema",
    ),
    path("docs/", api_docs, name="api_docs"),
]
