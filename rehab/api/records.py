"""Needs, services and referrals of the own area, newest first; people by number and masked name."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from rehab import domains
from rehab.models import Referral, RehabNeed, RehabService
from rehab.referring import days_waiting, is_done, with_outcome
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct

BIGGEST = 2**63
PLACE = (
    OpenApiParameter("person", int, description="人员编号"),
    OpenApiParameter("street", int, description="街道（区划编号）"),
    OpenApiParameter("community", int, description="社区（区划编号）"),
)
YEAR = OpenApiParameter("year", int, description="年度")


class AboutSomebody(serializers.Serializer[Any]):
    """What every record says of whom it is about."""

    id = serializers.IntegerField(help_text="记录编号")
    person = serializers.IntegerField(help_text="人员编号", source="person_id")
    name = serializers.SerializerMethodField(help_text="姓名（已遮盖）")
    community = serializers.CharField(help_text="现住社区", source="person.community.name")
    street = serializers.CharField(help_text="现住街道（镇）", source="person.community.parent.name")

    def get_name(self, row: Any) -> str:
        return masked_name(row.person.name)


class NeedSerializer(AboutSomebody):
    """What somebody was found to need in a year."""

    year = serializers.IntegerField(help_text="年度")
    rehab = serializers.CharField(allow_null=True, help_text="康复需求原文；没有需求为 null")
    kinds = serializers.SerializerMethodField(help_text="原文中的服务类别：medical、training、nursing 等")
    device = serializers.CharField(allow_null=True, help_text="辅具需求；没有为 null")
    surveyed_on = serializers.DateField(allow_null=True, help_text="调查日期；不知道为 null")

    def get_kinds(self, row: RehabNeed) -> list[str]:
        return [kind.value for kind in domains.read(row.rehab).kinds]


class ServiceSerializer(AboutSomebody):
    """One service on one day."""

    served_on = serializers.DateField(help_text="服务日期")
    kind = serializers.CharField(help_text="服务类别")
    provider = serializers.CharField(help_text="服务机构")
    item = serializers.SerializerMethodField(help_text="康复服务目录项目；没有写为 null")
    form = serializers.CharField(allow_null=True, help_text="服务形式：home 上门、institution 机构、referral 转介")
    worker = serializers.CharField(allow_null=True, help_text="服务人员")
    cost_yuan = serializers.DecimalField(10, 2, allow_null=True, help_text="费用（元）")
    outcome = serializers.CharField(allow_null=True, help_text="服务成效")

    def get_item(self, row: RehabService) -> str | None:
        return str(row.item) if row.item else None


class ReferralSerializer(AboutSomebody):
    """One referral, and how it stands today."""

    kind = serializers.CharField(help_text="服务类别")
    from_provider = serializers.CharField(help_text="转出机构")
    to_provider = serializers.CharField(help_text="转入机构")
    reason = serializers.CharField(help_text="转介事由")
    sent_on = serializers.DateField(help_text="转出日期")
    state = serializers.SerializerMethodField(help_text="sent、accepted、declined、withdrawn 或 done")
    answered_on = serializers.DateField(allow_null=True, help_text="答复日期")
    answer = serializers.CharField(help_text="答复说明")
    done_on = serializers.SerializerMethodField(help_text="转入机构服务的日期；还没有为 null")
    days_waiting = serializers.SerializerMethodField(help_text="还在等的天数；没有人在等为 null")

    def get_state(self, row: Any) -> str:
        return "done" if is_done(row) else str(row.state)

    def get_done_on(self, row: Any) -> str | None:
        return row.done_on.isoformat() if is_done(row) else None

    def get_days_waiting(self, row: Any) -> int | None:
        return days_waiting(row, on=timezone.localdate())


class Records(ListModelMixin, Endpoint):
    """Base: records about people of one's own area, by place, person and year."""

    permission_classes = (granted("rehab.view_rehab"),)
    model: type[Model]
    what: str
    year_path = ""  # where the records have one
    order: tuple[str, ...]

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.rows().filter(**self._asked())
        page: Any = self.paginate_queryset(rows.order_by(*self.order))
        people = {row.person_id for row in page}
        self.note(AccessAct.SEARCH, f"{self.what}（接口）", people=len(people))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def rows(self) -> QuerySet[Any]:
        """The records of the own area, with their people."""
        manager: Any = self.model._default_manager
        rows: QuerySet[Any] = manager.visible_to(self.user).select_related("person__community__parent")
        return rows

    def _asked(self) -> dict[str, int]:
        paths = {"person": "person", "street": "person__community__parent", "community": "person__community"}
        if self.year_path:
            paths["year"] = self.year_path
        found = {}
        for name, path in paths.items():
            if text := self.request.GET.get(name, "").strip():
                if not text.isdecimal() or int(text) >= BIGGEST or (name == "year" and len(text) != 4):
                    raise ValidationError({name: "请写编号或年度，只用数字。"})
                found[path] = int(text)
        return found


@extend_schema_view(list=extend_schema(summary="康复需求", parameters=[*PLACE, YEAR]))
class NeedViewSet(Records):
    """The yearly survey's answers, by form or by sheet."""

    model, what, year_path, order = RehabNeed, "康复需求", "year", ("-year", "-pk")
    queryset = RehabNeed.objects.none()
    serializer_class = NeedSerializer


@extend_schema_view(list=extend_schema(summary="康复服务", parameters=[*PLACE, YEAR]))
class ServiceViewSet(Records):
    """Services given, by form or by sheet."""

    model, what, year_path, order = RehabService, "康复服务", "served_on__year", ("-served_on", "-pk")
    queryset = RehabService.objects.none()
    serializer_class = ServiceSerializer

    def rows(self) -> QuerySet[Any]:
        return super().rows().select_related("item")


@extend_schema_view(list=extend_schema(summary="康复转介", parameters=list(PLACE)))
class ReferralViewSet(Records):
    """Referrals between providers."""

    model, what, order = Referral, "康复转介", ("-sent_on", "-pk")
    queryset = Referral.objects.none()
    serializer_class = ReferralSerializer

    def rows(self) -> QuerySet[Any]:
        return with_outcome(super().rows(), on=timezone.localdate())
