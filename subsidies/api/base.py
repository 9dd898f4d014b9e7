"""What the subsidies' endpoints share: who may read them, whose row it is, the filters by person and place."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from registry.models import Person
from subsidies.models import Subsidy
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import masked, masked_name
from zalainuoer.common.models import AccessAct

READS = granted("subsidies.view_subsidies")


class AboutSerializer(serializers.Serializer[Any]):
    """Whom a row is about, masked, and where that person lives."""

    person = serializers.IntegerField(source="person_id", help_text="人员编号")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    id_number = serializers.SerializerMethodField(help_text="身份证号（已遮盖）")
    street = serializers.CharField(source="person.community.parent.name", help_text="所属街道（镇）（今天）")
    community = serializers.CharField(source="person.community.name", help_text="所属社区（今天）")
    subsidy = serializers.ChoiceField(choices=Subsidy.choices, help_text="补贴")

    def get_name(self, row: Any) -> str:
        return masked_name(_person(row).name)

    def get_id_number(self, row: Any) -> str:
        return masked(_person(row).id_number)


def _person(row: Any) -> Person:
    found: Person = row.person
    return found


class AboutFilter(filters.FilterSet):
    """The filters that every list of people's rows has."""

    subsidy = filters.ChoiceFilter(choices=Subsidy.choices, label="补贴：living 生活补贴、nursing 护理补贴")
    person = filters.NumberFilter(field_name="person", label="人员编号")
    street = filters.NumberFilter(field_name="person__community__parent", label="街道（区划编号）")
    community = filters.NumberFilter(field_name="person__community", label="社区（区划编号）")


class AboutPeople(ListModelMixin, Endpoint):
    """A list of rows about the people of one's own area; noted with how many of them it shows."""

    permission_classes = (READS,)
    filter_backends = (filters.DjangoFilterBackend,)
    lookup_value_converter = "int"
    model: Any
    what: str
    related: tuple[str, ...] = ("person__community__parent",)
    order: tuple[str, ...] = ("-pk",)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return self.model.objects.visible_to(self.user).select_related(*self.related).order_by(*self.order)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        people = len({row["person"] for row in answer.data["results"]})
        self.note(AccessAct.LIST, f"{self.what}（接口）", people=people)
        return answer
