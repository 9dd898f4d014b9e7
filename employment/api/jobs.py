"""Job services: who looks for work, what is offered, who was recommended, which events there were. Read only."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from employment.models import JobFair, JobReferral, JobSeeker, ReferralOutcome, Vacancy
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct


class JobSeekerSerializer(serializers.ModelSerializer[JobSeeker]):
    """A registration of somebody who looks for work."""

    person = serializers.IntegerField(source="person_id", help_text="人员编号")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    community = serializers.CharField(source="person.community.name", help_text="现住社区")
    status_text = serializers.CharField(source="get_status_display", help_text="状态")
    education_text = serializers.CharField(source="get_education_display", help_text="文化程度")
    wanted_street = serializers.IntegerField(
        source="wanted_street_id", allow_null=True, help_text="期望街道；不限为 null"
    )

    class Meta:
        model = JobSeeker
        fields = (
            "id", "person", "name", "community", "registered_on", "education", "education_text", "skills", "wanted",
            "least_wage_yuan", "wanted_street", "status", "status_text", "ended_on",
        )  # fmt: skip

    def get_name(self, seeker: JobSeeker) -> str:
        return masked_name(seeker.person.name)


class VacancySerializer(serializers.ModelSerializer[Vacancy]):
    """An employer's offer."""

    employer = serializers.CharField(source="employer.name", help_text="用人单位")
    hired = serializers.IntegerField(help_text="已录用人数")
    street = serializers.IntegerField(source="street_id", allow_null=True, help_text="工作地点的街道；本区以外为 null")

    class Meta:
        model = Vacancy
        fields = (
            "id", "employer", "post", "number", "hired", "trades", "categories", "levels", "education", "wage_yuan",
            "street", "place", "registered_on", "valid_until", "closed_on", "conditions",
        )  # fmt: skip


class JobReferralSerializer(serializers.ModelSerializer[JobReferral]):
    """One referral and its outcome."""

    person = serializers.IntegerField(source="seeker.person_id", help_text="人员编号")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    seeker = serializers.IntegerField(source="seeker_id", help_text="求职登记编号")
    vacancy = serializers.IntegerField(source="vacancy_id", help_text="招聘登记编号")
    outcome_text = serializers.CharField(source="get_outcome_display", help_text="结果")

    class Meta:
        model = JobReferral
        fields = (
            "id", "person", "name", "seeker", "vacancy", "sent_on", "outcome", "outcome_text", "outcome_on", "reason",
        )  # fmt: skip

    def get_name(self, referral: JobReferral) -> str:
        return masked_name(referral.seeker.person.name)


class JobFairSerializer(serializers.ModelSerializer[JobFair]):
    """One event with its head counts."""

    kind_text = serializers.CharField(source="get_kind_display", help_text="活动种类")

    class Meta:
        model = JobFair
        fields = (
            "id", "kind", "kind_text", "name", "held_on", "ends_on", "place", "units", "posts", "participants",
            "agreements",
        )  # fmt: skip


class Listed(ListModelMixin, Endpoint):
    """Base: a list; `what` notes those about people."""

    permission_classes = (granted("employment.view_employment"),)
    what = ""

    def get_queryset(self) -> Any:
        return super().get_queryset() if getattr(self, "swagger_fake_view", False) else self.rows()

    def rows(self) -> Any:
        """What the account may see."""
        raise NotImplementedError

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        if self.what:
            people = {row["person"] for row in answer.data["results"]}
            self.note(AccessAct.LIST, f"{self.what}（接口）", people=len(people))
        return answer


@extend_schema_view(list=extend_schema(summary="求职登记"))
class JobSeekerViewSet(Listed):
    """Registrations of the own area, ended ones too."""

    what, queryset, serializer_class = "求职登记", JobSeeker.objects.none(), JobSeekerSerializer

    def rows(self) -> Any:
        return JobSeeker.objects.visible_to(self.user).select_related("person__community")


@extend_schema_view(list=extend_schema(summary="招聘登记"))
class VacancyViewSet(Listed):
    """Offers of the whole district, over ones too."""

    queryset, serializer_class = Vacancy.objects.none(), VacancySerializer

    def rows(self) -> Any:
        hired = Count("referrals", filter=Q(referrals__outcome=ReferralOutcome.HIRED))
        return Vacancy.objects.select_related("employer").annotate(hired=hired).order_by("valid_until", "pk")


@extend_schema_view(list=extend_schema(summary="求职推介"))
class JobReferralViewSet(Listed):
    """Referrals of the people of the own area."""

    what, queryset, serializer_class = "求职推介", JobReferral.objects.none(), JobReferralSerializer

    def rows(self) -> Any:
        return JobReferral.objects.visible_to(self.user).select_related("seeker__person")


@extend_schema_view(list=extend_schema(summary="就业服务活动"))
class JobFairViewSet(Listed):
    """就业援助月 and 专场招聘会."""

    queryset, serializer_class = JobFair.objects.none(), JobFairSerializer

    def rows(self) -> Any:
        return JobFair.objects.all()
