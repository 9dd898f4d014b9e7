"""Training classes, training records and massage practitioners, newest first; people by number and masked name."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from employment.models import MassagePractitioner, TrainingClass, TrainingRecord
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct

BIGGEST = 2**63
PLACES = {"person": "person", "street": "person__community__parent", "community": "person__community"}
ABOUT_PEOPLE = (
    OpenApiParameter("person", int, description="人员编号"),
    OpenApiParameter("street", int, description="街道（区划编号）"),
    OpenApiParameter("community", int, description="社区（区划编号）"),
)
YEAR = OpenApiParameter("year", int, description="培训年度（开班日期的年份）")


def asked(request: Request, paths: dict[str, str]) -> dict[str, int]:
    """The conditions that the address names, as lookups."""
    found = {}
    for name, lookup in paths.items():
        if text := request.GET.get(name, "").strip():
            if not text.isdecimal() or int(text) >= BIGGEST or (name == "year" and len(text) != 4):
                raise ValidationError({name: "请写编号或年度，只用数字。"})
            found[lookup] = int(text)
    return found


class TrainingClassSerializer(serializers.ModelSerializer[TrainingClass]):
    """A class; whoever takes part stands among the training records."""

    year = serializers.IntegerField(help_text="培训年度")
    organiser_text = serializers.CharField(source="get_organiser_display", help_text="培训主体")

    class Meta:
        model = TrainingClass
        fields = (
            "id", "name", "year", "trade", "organiser", "organiser_text", "provider", "place", "starts_on", "ends_on",
            "hours", "capacity", "budget_yuan", "spent_yuan", "document",
        )  # fmt: skip


@extend_schema_view(list=extend_schema(summary="培训班", parameters=[YEAR]))
class TrainingClassViewSet(ListModelMixin, Endpoint):
    """Classes, the latest first."""

    permission_classes = (granted("employment.view_employment"),)
    serializer_class = TrainingClassSerializer
    queryset = TrainingClass.objects.none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return TrainingClass.objects.filter(**asked(self.request, {"year": "starts_on__year"}))


class AboutSomebody(serializers.Serializer[Any]):
    """What every record says of whom it is about."""

    id = serializers.IntegerField(help_text="记录编号")
    person = serializers.IntegerField(help_text="人员编号", source="person_id")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    community = serializers.CharField(help_text="现住社区", source="person.community.name")
    street = serializers.CharField(help_text="现住街道（镇）", source="person.community.parent.name")

    def get_name(self, row: Any) -> str:
        return masked_name(row.person.name)


class TrainingRecordSerializer(AboutSomebody):
    """One person in one class, by form or by sheet."""

    class_name = serializers.CharField(help_text="培训班名称")
    training_class = serializers.IntegerField(
        allow_null=True, source="training_class_id", help_text="培训班编号；只在花名册里的为 null"
    )
    trade = serializers.CharField(allow_null=True, help_text="工种")
    starts_on = serializers.DateField(help_text="开班日期")
    ends_on = serializers.DateField(allow_null=True, help_text="结业日期")
    is_completed = serializers.BooleanField(help_text="是否结业")
    certificate_kind = serializers.CharField(allow_null=True, help_text="证书种类")
    certified_on = serializers.DateField(allow_null=True, help_text="发证日期")


class PractitionerSerializer(AboutSomebody):
    """A practitioner of blind massage."""

    kind = serializers.CharField(help_text="medical 医疗按摩、health 保健按摩")
    qualified_on = serializers.DateField(help_text="取得资格日期")
    qualified_by = serializers.CharField(help_text="取得资格的途径；保健按摩为空")
    level = serializers.CharField(help_text="保健按摩师等级；医疗按摩为空")
    ended_on = serializers.DateField(allow_null=True, help_text="不再从业日期")


class OfPeople(ListModelMixin, Endpoint):
    """Base: records about people of one's own area, by place and person."""

    permission_classes = (granted("employment.view_employment"),)
    what: str
    paths = PLACES

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        people = {row["person"] for row in answer.data["results"]}
        self.note(AccessAct.SEARCH, f"{self.what}（接口）", people=len(people))
        return answer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        rows: Any = super().get_queryset().model.objects
        mine = rows.visible_to(self.user).select_related("person__community__parent")
        return mine.filter(**asked(self.request, self.paths)).order_by("-pk")


@extend_schema_view(list=extend_schema(summary="培训记录", parameters=[*ABOUT_PEOPLE, YEAR]))
class TrainingRecordViewSet(OfPeople):
    """Training records."""

    what, paths = "培训记录", {**PLACES, "year": "starts_on__year"}
    serializer_class = TrainingRecordSerializer
    queryset = TrainingRecord.objects.none()


@extend_schema_view(list=extend_schema(summary="盲人按摩人员", parameters=list(ABOUT_PEOPLE)))
class PractitionerViewSet(OfPeople):
    """Practitioners of blind massage."""

    what = "盲人按摩人员"
    serializer_class = PractitionerSerializer
    queryset = MassagePractitioner.objects.none()
