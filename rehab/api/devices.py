"""Devices: the catalogue with the terms of today, cases, and loans."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from rehab.models import CaseState, DeviceCase, DeviceItem, DeviceLoan, DeviceTerms
from rehab.services.device_writing import VIEW
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct


class TermsSerializer(serializers.ModelSerializer[DeviceTerms]):
    """使用年限和补贴标准."""

    class Meta:
        model = DeviceTerms
        fields = ("effective_from", "years_of_use", "ceiling_yuan", "percent", "document")
        read_only_fields = fields


class ItemSerializer(serializers.ModelSerializer[DeviceItem]):
    """A kind of device."""

    device_class = serializers.CharField(source="device_class.code", default=None, help_text="主类代码；未分类为 null")
    terms = serializers.SerializerMethodField(help_text="今天执行的标准；参数未维护为 null")

    class Meta:
        model = DeviceItem
        fields = ("id", "device_class", "code", "name", "unit", "other_names", "is_active", "terms")
        read_only_fields = fields

    @extend_schema_field(TermsSerializer(allow_null=True))
    def get_terms(self, item: Any) -> Any:
        today = timezone.localdate()
        now = next((row for row in item.all_terms if row.effective_from <= today), None)
        return None if now is None else TermsSerializer(now).data


class _OfPerson(serializers.ModelSerializer[Any]):
    person = serializers.IntegerField(source="person_id", help_text="人员编号")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    community = serializers.CharField(source="person.community.name", help_text="所属社区")

    def get_name(self, row: Any) -> str:
        return masked_name(row.person.name)


class CaseSerializer(_OfPerson):
    """A case as it stands."""

    item = serializers.CharField(source="item.name", default=None, help_text="评估的辅具；待评估为 null")

    class Meta:
        model = DeviceCase
        fields = (
            "id", "person", "name", "community", "state", "due_on", "wanted", "need_year", "opened_on", "item",
            "quantity", "price_yuan", "assessed_on", "decided_on", "subsidy_yuan", "fitted_on", "self_pay_yuan",
            "ended_on",
        )  # fmt: skip
        read_only_fields = fields


class LoanSerializer(_OfPerson):
    """A piece lent to somebody."""

    inventory_number = serializers.CharField(source="device.inventory_number", help_text="库存编号")
    item = serializers.CharField(source="device.item.name", help_text="辅具")

    class Meta:
        model = DeviceLoan
        fields = (
            "id", "person", "name", "community", "inventory_number", "item", "lent_on", "due_on", "returned_on",
            "condition",
        )  # fmt: skip
        read_only_fields = fields


class _Rows(ListModelMixin, RetrieveModelMixin, Endpoint):
    """Rows of the reader's area, each look noted."""

    permission_classes = (granted(VIEW),)
    filter_backends = (filters.DjangoFilterBackend,)
    lookup_value_converter = "int"
    what = ""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        self.note(AccessAct.LIST, f"{self.what}（接口）", people=len(answer.data["results"]))
        return answer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().retrieve(request, *args, **kwargs)
        self.note(AccessAct.READ, f"{self.what}（接口）", people=1, person=answer.data["person"])
        return answer


class CaseFilterSet(filters.FilterSet):
    state = filters.ChoiceFilter(choices=CaseState.choices, label="状态")
    fitted_from = filters.DateFilter(field_name="fitted_on", lookup_expr="gte", label="适配日期不早于")

    class Meta:
        model = DeviceCase
        fields = ()


class LoanFilterSet(filters.FilterSet):
    open = filters.BooleanFilter(field_name="returned_on", lookup_expr="isnull", label="未归还")

    class Meta:
        model = DeviceLoan
        fields = ()


@extend_schema_view(list=extend_schema(summary="辅具适配办理"), retrieve=extend_schema(summary="一份辅具适配办理"))
class DeviceCaseViewSet(_Rows):
    serializer_class = CaseSerializer
    queryset = DeviceCase.objects.none()
    filterset_class = CaseFilterSet
    what = "辅具适配办理"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return DeviceCase.objects.visible_to(self.user).select_related("person__community", "item").order_by("pk")


@extend_schema_view(list=extend_schema(summary="辅具借用"), retrieve=extend_schema(summary="一笔辅具借用"))
class DeviceLoanViewSet(_Rows):
    serializer_class = LoanSerializer
    queryset = DeviceLoan.objects.none()
    filterset_class = LoanFilterSet
    what = "辅具借用"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        rows = DeviceLoan.objects.visible_to(self.user)
        return rows.select_related("person__community", "device__item").order_by("pk")


@extend_schema_view(list=extend_schema(summary="辅具目录"), retrieve=extend_schema(summary="一种辅具"))
class DeviceItemViewSet(ListModelMixin, RetrieveModelMixin, Endpoint):
    """The catalogue; about nobody."""

    permission_classes = (granted(VIEW),)
    serializer_class = ItemSerializer
    lookup_value_converter = "int"
    queryset = (
        DeviceItem.objects.select_related("device_class")
        .prefetch_related(Prefetch("terms", DeviceTerms.objects.order_by("-effective_from"), to_attr="all_terms"))
        .order_by("pk")
    )
