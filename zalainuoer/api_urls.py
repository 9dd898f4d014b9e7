"""Addresses of the REST API, its description as OpenAPI and as a page."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter

from indicators.api import FigureViewSet, SnapshotViewSet
from zalainuoer.common.api.base import Session
from zalainuoer.common.api.batches import BatchViewSet
from zalainuoer.common.api.description import api_docs
from zalainuoer.common.api.sheets import SheetViewSet

router = SimpleRouter(use_regex_path=False)
router.register("sheets", SheetViewSet, basename="api_sheet")
router.register("batches", BatchViewSet, basename="api_batch")
router.register("snapshots", SnapshotViewSet, basename="api_snapshot")
router.register("figures", FigureViewSet, basename="api_figure")

urlpatterns = [
    path("v1/", include(router.urls)),
    path(
        "schema/",
        SpectacularAPIView.as_view(authentication_classes=[Session], permission_classes=[IsAuthenticated]),
        name="api_schema",
    ),
    path("docs/", api_docs, name="api_docs"),
]
