"""Community rehabilitation and prevention: sites, coordinators, campaigns, awareness surveys."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin

from rehab.models import AwarenessSurvey, CommunitySite, Coordinator, PreventionCampaign
from rehab.shares import percent_text
from zalainuoer.common.api.base import Endpoint, granted


class SiteSerializer(serializers.ModelSerializer[CommunitySite]):
    community = serializers.CharField(source="community.name", help_text="所属社区")

    class Meta:
        model = CommunitySite
        fields = ("id", "community", "name", "place", "offers", "opened_on", "closed_on")


class CoordinatorSerializer(serializers.ModelSerializer[Coordinator]):
    community = serializers.CharField(source="community.name", help_text="所属社区")

    class Meta:
        model = Coordinator
        fields = ("id", "community", "name", "since", "until")


class CampaignSerializer(serializers.ModelSerializer[PreventionCampaign]):
    class Meta:
        model = PreventionCampaign
        fields = ("id", "held_on", "topic", "place", "people_reached", "evidence")


class SurveySerializer(serializers.ModelSerializer[AwarenessSurvey]):
    rate = serializers.SerializerMethodField(help_text="知晓率，两位小数，只舍不入")

    class Meta:
        model = AwarenessSurvey
        fields = ("id", "year", "surveyed_on", "sample", "valid", "aware", "rate", "method")

    def get_rate(self, survey: AwarenessSurvey) -> str:
        return percent_text(survey.aware, survey.valid)


class _Listed(ListModelMixin, Endpoint):
    """A list of the reader's area, or of the district where the table knows no smaller one."""

    permission_classes = (granted("rehab.view_rehab"),)

    def get_queryset(self) -> Any:
        found: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False) or not hasattr(found, "visible_to"):
            return found
        return found.visible_to(self.user)


@extend_schema_view(list=extend_schema(summary="社区康复站点"))
class SiteViewSet(_Listed):
    serializer_class = SiteSerializer
    queryset = CommunitySite.objects.select_related("community")


@extend_schema_view(list=extend_schema(summary="社区康复协调员"))
class CoordinatorViewSet(_Listed):
    serializer_class = CoordinatorSerializer
    queryset = Coordinator.objects.select_related("community")


@extend_schema_view(list=extend_schema(summary="残疾预防活动"))
class CampaignViewSet(_Listed):
    serializer_class = CampaignSerializer
    queryset = PreventionCampaign.objects.all()


@extend_schema_view(list=extend_schema(summary="残疾预防知晓率调查"))
class SurveyViewSet(_Listed):
    serializer_class = SurveySerializer
    queryset = AwarenessSurvey.objects.all()
