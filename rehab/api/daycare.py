"""阳光家园: who stays where, masked; the people of one's own area."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from rehab.models import CareStay
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct


class StaySerializer(serializers.ModelSerializer[CareStay]):
    """A stay in an institution."""

    person = serializers.IntegerField(source="person_id", help_text="人员编号")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    home = serializers.CharField(source="home.name", help_text="托养机构")
    mode_text = serializers.CharField(source="get_mode_display", help_text="托养方式")
    community = serializers.CharField(source="person.community.name", help_text="所属社区")

    class Meta:
        model = CareStay
        fields = ("id", "person", "name", "community", "home", "mode", "mode_text", "starts_on", "ends_on")

    def get_name(self, stay: CareStay) -> str:
        return masked_name(stay.person.name)


@extend_schema_view(list=extend_schema(summary="阳光家园托养"))
class StayViewSet(ListModelMixin, Endpoint):
    """Stays, ended ones too, of the people of one's own area."""

    permission_classes = (granted("rehab.view_rehab"),)
    serializer_class = StaySerializer
    queryset = CareStay.objects.none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return CareStay.objects.visible_to(self.user).select_related("person__community", "home")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        self.note(AccessAct.LIST, "阳光家园托养（接口）", people=len(answer.data["results"]))
        return answer
