"""Family doctors' contracts, masked: the people of one's own area."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from rehab.models import ContractOutcome, DoctorContract
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct


class DoctorContractSerializer(serializers.ModelSerializer[DoctorContract]):
    """What is on file about a person's family doctor in a year."""

    person = serializers.IntegerField(source="person_id", help_text="人员编号")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    community = serializers.CharField(source="person.community.name", help_text="所属社区")
    outcome_text = serializers.CharField(source="get_outcome_display", help_text="签约情况")

    class Meta:
        model = DoctorContract
        fields = (
            "id", "year", "person", "name", "community", "outcome", "outcome_text", "team", "doctor", "signed_on",
            "until", "package", "declined_because",
        )  # fmt: skip
        read_only_fields = fields

    def get_name(self, contract: DoctorContract) -> str:
        return masked_name(contract.person.name)


class DoctorContractFilter(filters.FilterSet):
    year = filters.NumberFilter(label="年度")
    outcome = filters.ChoiceFilter(choices=ContractOutcome.choices, label="签约情况")

    class Meta:
        model = DoctorContract
        fields = ()


@extend_schema_view(list=extend_schema(summary="家庭医生签约"))
class DoctorContractViewSet(ListModelMixin, Endpoint):
    """Contracts and refusals by year, of the people of one's own area."""

    permission_classes = (granted("rehab.view_rehab"),)
    serializer_class = DoctorContractSerializer
    queryset = DoctorContract.objects.none()
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = DoctorContractFilter

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        found = DoctorContract.objects.visible_to(self.user).select_related("person__community")
        return found.order_by("-year", "person__pinyin", "pk")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        self.note(AccessAct.LIST, "家庭医生签约（接口）", people=len(answer.data["results"]))
        return answer
