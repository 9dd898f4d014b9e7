"""Public places, 整改通知 and what is reported of barriers; none of it is about somebody."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from accessibility.inventory import with_barriers, with_counts
from accessibility.models import BarrierCase, BarrierCaseState, CaseChannel, Facility, FacilityKind, RectificationNotice
from zalainuoer.common.api.base import Endpoint, granted

VIEW = granted("accessibility.view_accessibility")


class FacilitySerializer(serializers.ModelSerializer[Facility]):
    """A place of the inventory."""

    community = serializers.CharField(source="community.name", help_text="所在社区")
    street = serializers.CharField(source="community.parent.name", help_text="所在街道（镇）")
    standing = serializers.IntegerField(help_text="未消除的障碍数")
    overdue = serializers.IntegerField(help_text="其中整改已逾期的障碍数")

    class Meta:
        model = Facility
        fields = (
            "id", "name", "kind", "street", "community", "address", "keeper", "supervisor", "bays", "accessible_bays",
            "closed_on", "standing", "overdue",
        )  # fmt: skip
        read_only_fields = fields


class FacilityFilterSet(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=FacilityKind.choices, label="类别")
    community = filters.NumberFilter(field_name="community", label="社区编号")

    class Meta:
        model = Facility
        fields = ()


class Reading(ListModelMixin, RetrieveModelMixin, Endpoint):
    """Rows of the reader's area, to be read."""

    permission_classes = (VIEW,)
    filter_backends = (filters.DjangoFilterBackend,)
    lookup_value_converter = "int"

    def rows(self, mine: Any) -> Any:
        """The rows of the area; a subclass adds what its answer needs of them."""
        return mine

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        return self.rows(rows.model.objects.visible_to(self.user))


@extend_schema_view(list=extend_schema(summary="无障碍设施台账"), retrieve=extend_schema(summary="一处设施"))
class FacilityViewSet(Reading):
    """Places of the reader's area, those out of use with `closed_on`."""

    filterset_class = FacilityFilterSet
    serializer_class = FacilitySerializer
    queryset = Facility.objects.none()

    def rows(self, mine: Any) -> Any:
        return with_barriers(mine, today=timezone.localdate()).order_by("pk")


class NoticeSerializer(serializers.ModelSerializer[RectificationNotice]):
    """A notice; `standing` counts what it names and no re-inspection has found removed."""

    facility = serializers.IntegerField(source="facility_id", help_text="设施编号")
    facility_name = serializers.CharField(source="facility.name", help_text="设施名称")
    community = serializers.CharField(source="facility.community.name", help_text="所在社区")
    barriers = serializers.IntegerField(source="named", help_text="要求整改的障碍数")
    standing = serializers.IntegerField(help_text="其中未消除的障碍数")

    class Meta:
        model = RectificationNotice
        fields = (
            "id", "year", "number", "facility", "facility_name", "community", "issued_on", "working_days", "due_on",
            "withdrawn_on", "withdrawn_reason", "barriers", "standing",
        )  # fmt: skip
        read_only_fields = fields


class NoticeFilterSet(filters.FilterSet):
    year = filters.NumberFilter(label="年度")
    facility = filters.NumberFilter(field_name="facility", label="设施编号")

    class Meta:
        model = RectificationNotice
        fields = ()


@extend_schema_view(list=extend_schema(summary="整改通知"), retrieve=extend_schema(summary="一份整改通知"))
class NoticeViewSet(Reading):
    """Notices to the keepers of places, withdrawn ones with `withdrawn_on`."""

    filterset_class = NoticeFilterSet
    serializer_class = NoticeSerializer
    queryset = RectificationNotice.objects.none()

    def rows(self, mine: Any) -> Any:
        return with_counts(mine).order_by("pk")


class BarrierCaseSerializer(serializers.ModelSerializer[BarrierCase]):
    """A report; who reported stays with the hotline."""

    community = serializers.CharField(source="community.name", help_text="所在社区")
    facility = serializers.IntegerField(source="facility_id", default=None, help_text="设施编号；不在台账里为 null")
    owner = serializers.CharField(source="owner.name", help_text="承办人")

    class Meta:
        model = BarrierCase
        fields = (
            "id", "channel", "source_number", "received_on", "topic", "community", "place", "facility", "owner",
            "due_on", "state", "transferred_to", "transferred_on", "replied_on", "reply", "satisfaction",
            "withdrawn_reason",
        )  # fmt: skip
        read_only_fields = fields


class BarrierCaseFilterSet(filters.FilterSet):
    state = filters.ChoiceFilter(choices=BarrierCaseState.choices, label="状态")
    channel = filters.ChoiceFilter(choices=CaseChannel.choices, label="来源")
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lt", label="答复期限早于")

    class Meta:
        model = BarrierCase
        fields = ()


@extend_schema_view(list=extend_schema(summary="障碍反映"), retrieve=extend_schema(summary="一件障碍反映"))
class BarrierCaseViewSet(Reading):
    """Reports of the reader's area."""

    filterset_class = BarrierCaseFilterSet
    serializer_class = BarrierCaseSerializer
    queryset = BarrierCase.objects.none()

    def rows(self, mine: Any) -> Any:
        return mine.select_related("community", "owner").order_by("pk")
