"""Addresses of the REST API, its description (OpenAPI) and the page to try it out."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter

from indicators.api import FigureViewSet, SnapshotViewSet
from zalainuoer.common.api.base import Session
from zalainuoer.common.api.batches import BatchViewSet
from zalainuoer.common.api.sheets import SheetViewSet

router = SimpleRouter(use_regex_path=False)
router.register("sheets", SheetViewSet, basename="api_sheet")
router.register("batches", BatchViewSet, basename="api_batch")
router.register("snapshots", SnapshotViewSet, basename="api_snapshot")
router.register("figures", FigureViewSet, basename="api_figure")

LOGIN = {"authentication_classes": [Session], "permission_classes": [IsAuthenticated]}

urlpatterns = [
    path("v1/", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(**LOGIN), name="api_schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api_schema", template_name="api/docs.html", **LOGIN),
        name="api_docs",
    ),
]
