"""Divisions: the tree, so that a system can tell streets and communities by their numbers."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from zalainuoer.common.api.base import Endpoint
from zalainuoer.common.divisions import divisions_visible_to
from zalainuoer.common.models import Division


class BranchSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="区划编号；代码会变，编号不变")
    code = serializers.CharField(help_text="统计用区划代码")
    name = serializers.CharField(help_text="名称")
    level = serializers.CharField(help_text="region、city、district、street 或 community")
    parent_id = serializers.IntegerField(allow_null=True, help_text="上级的区划编号")


class DivisionSerializer(BranchSerializer):
    children = serializers.ListField(source="below", help_text="下级区划，各含 children", child=serializers.DictField())


class DivisionViewSet(Endpoint):
    """One's own division and what is below it; of somebody for the whole district, everything."""

    permission_classes = (permissions.IsAuthenticated,)
    serializer_class = DivisionSerializer
    queryset = Division.objects.none()
    lookup_value_converter = "int"
    pagination_class = None

    @extend_schema(summary="行政区划：本辖区的树", responses=DivisionSerializer(many=True))
    def list(self, request: Request) -> Response:
        found = list(divisions_visible_to(self.user))
        known = {division.pk for division in found}
        return Response([branch(top, found) for top in found if top.parent_id not in known])

    @extend_schema(summary="一个区划和它的下级", responses=DivisionSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        found = list(divisions_visible_to(self.user))
        division: Division = get_object_or_404(divisions_visible_to(self.user), pk=pk)
        return Response(branch(division, found))


def branch(top: Division, found: list[Division]) -> dict[str, Any]:
    """A division with everything below it, nested."""
    below = [branch(child, found) for child in found if child.parent_id == top.pk]
    return {**BranchSerializer(top).data, "children": below}
