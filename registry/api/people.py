"""People: the same search and filters as the list's page, one person, and the full values for whoever may and says why."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from registry.finding import certificate_of, in_sequence
from registry.forms.finding import PeopleFilter
from registry.forms.reveal import NUMBER as LOOKS_LIKE_A_NUMBER
from registry.masking import masked_certificate
from registry.models import Person
from registry.standing import states_of
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import age_on, masked, masked_name, masked_phone
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters

LONGEST_REASON = 200


class SummarySerializer(serializers.Serializer[Any]):
    """Somebody in a list: who and where, and how the certificate stands today."""

    id = serializers.IntegerField(help_text="人员编号")
    name = serializers.CharField(help_text="姓名（已遮盖）")
    id_number = serializers.CharField(help_text="身份证号（已遮盖）")
    sex = serializers.CharField(help_text="性别")
    age = serializers.IntegerField(help_text="周岁")
    community = serializers.CharField(help_text="所属社区（今天）")
    community_id = serializers.IntegerField(help_text="所属社区的区划编号")
    street = serializers.CharField(help_text="所属街道（镇）")
    category = serializers.CharField(allow_null=True, help_text="残疾类别；未办证为 null")
    level = serializers.CharField(allow_null=True, help_text="残疾等级；未办证为 null")
    states = serializers.ListField(child=serializers.CharField(), help_text="证件状态：正常、挂失、过期、未办证等")


class PersonSerializer(SummarySerializer):
    """One person; with `reveal` the values in full, and the birth date, which is part of the ID number."""

    phone = serializers.CharField(allow_null=True, help_text="联系电话（已遮盖）")
    guardian_name = serializers.CharField(allow_null=True, help_text="监护人姓名（已遮盖）")
    guardian_phone = serializers.CharField(allow_null=True, help_text="监护人电话（已遮盖）")
    ethnicity = serializers.CharField(allow_null=True, help_text="民族")
    certificate_number = serializers.CharField(allow_null=True, help_text="残疾人证号（已遮盖）；未办证为 null")
    first_issued_on = serializers.DateField(allow_null=True, help_text="首次发证日期")
    expires_on = serializers.DateField(allow_null=True, help_text="有效期至")
    household = serializers.IntegerField(allow_null=True, help_text="户的编号")
    is_revealed = serializers.BooleanField(help_text="是否为完整的值")
    born_on = serializers.DateField(allow_null=True, help_text="出生日期；遮盖时为 null")
    address = serializers.CharField(allow_null=True, help_text="住址；遮盖时为 null")


class RevealThrottle(UserRateThrottle):
    """Full values are for one person at a time, and not for copying the register."""

    scope = "reveal"

    def allow_request(self, request: Request, view: Any) -> bool:
        return not asks_to_reveal(request) or super().allow_request(request, view)


def asks_to_reveal(request: Request) -> bool:
    return request.GET.get("reveal") == "1"


QUERY = [
    OpenApiParameter("q", description="姓名、拼音或首字母、身份证号（全部或末四至六位）、残疾人证号、电话"),
    OpenApiParameter("street", int, description="街道（区划编号）"),
    OpenApiParameter("community", int, description="社区（区划编号）"),
    OpenApiParameter("category", description="残疾类别 1–7"),
    OpenApiParameter("level", description="残疾等级 1–4，可重复"),
    OpenApiParameter("status", description="证件状态：on_register、normal、lost、frozen、cancelled、moved_out、none"),
    OpenApiParameter("validity", description="有效期：valid、expired、expiring"),
    OpenApiParameter("age_from", int, description="年龄从"),
    OpenApiParameter("age_to", int, description="年龄到"),
    OpenApiParameter("sex", description="性别：male、female"),
    OpenApiParameter("on", datetime.date, description="截至日期：那一天的台账；不写为今天"),
]
REVEAL = [
    OpenApiParameter("reveal", description="1：完整的值；需要显示权限，并写明 reason，逐次记入访问记录"),
    OpenApiParameter("reason", description="显示事由，不含号码"),
]


@extend_schema_view(list=extend_schema(summary="人员：查找和筛选", parameters=QUERY))
class PersonViewSet(ListModelMixin, Endpoint):
    """The people of one's own area, masked."""

    permission_classes = (granted("registry.view_people"),)
    throttle_classes = (*Endpoint.throttle_classes, RevealThrottle)
    serializer_class = SummarySerializer
    queryset = Person.objects.none()
    lookup_value_converter = "int"

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        today = timezone.localdate()
        found = PeopleFilter(request.GET, user=self.user, on=today, parameters=Parameters(on=today))
        if found.form.errors:
            raise ValidationError(found.form.errors)
        page: Any = self.paginate_queryset(found.qs.values_list("pk", flat=True))
        people = in_sequence(list(page), on=found.on)
        kind = found.searched.kind if found.searched else "筛选"
        self.note(AccessAct.SEARCH, f"人员（接口）：按{kind}", people=len(people))
        return self.get_paginated_response([summary_of(person, on=found.on) for person in people])

    @extend_schema(summary="一个人", parameters=REVEAL, responses=PersonSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        reason = self._reason_to_reveal()
        people: QuerySet[Person] = Person.objects.visible_to(self.user)
        if not people.filter(pk=pk).exists():
            raise Http404
        (person,) = in_sequence([pk], on=timezone.localdate())
        act = AccessAct.READ if reason is None else AccessAct.UNMASK
        self.note(act, "人员档案（接口）", people=1, person=pk, reason=reason or "")
        return Response(PersonSerializer(_detail(person, is_revealed=reason is not None)).data)

    def _reason_to_reveal(self) -> str | None:
        """Why full values are asked for; None where they are not."""
        if not asks_to_reveal(self.request):
            return None
        if not self.user.has_perm("registry.reveal_people"):
            raise PermissionDenied("您的岗位不能查看完整的姓名和号码。")
        reason = self.request.GET.get("reason", "").strip()
        if not reason:
            raise ValidationError({"reason": "请写明显示事由。"})
        if LOOKS_LIKE_A_NUMBER.search(reason) or len(reason) > LONGEST_REASON:
            raise ValidationError({"reason": f"事由会留在访问记录里，请不要写号码，且不超过 {LONGEST_REASON} 字。"})
        return reason


def summary_of(person: Any, *, on: datetime.date) -> dict[str, Any]:
    """The person as lists have it, on a day; asks for people from `finding.loaded`."""
    certificate = certificate_of(person)
    return {
        "id": person.pk,
        "name": masked_name(person.name),
        "id_number": masked(person.id_number),
        "sex": person.get_sex_display(),
        "age": age_on(person.born_on, on),
        "community": person.community.name,
        "community_id": person.community_id,
        "street": person.community.parent.name,
        "category": certificate and certificate.get_category_display(),
        "level": certificate and certificate.get_level_display(),
        "states": states_of(certificate, on=on),
    }


def _detail(person: Any, *, is_revealed: bool) -> dict[str, Any]:
    certificate = certificate_of(person)
    if certificate is not None:
        certificate.person = person
    found = {
        **summary_of(person, on=timezone.localdate()),
        "ethnicity": person.ethnicity,
        "first_issued_on": certificate and certificate.first_issued_on,
        "expires_on": certificate and certificate.expires_on,
        "household": certificate and certificate.household_id,
        "is_revealed": is_revealed,
        "born_on": person.born_on if is_revealed else None,
        "address": person.address if is_revealed else None,
    }
    secrets: Iterable[tuple[str, Any, Any]] = (
        ("name", person.name, masked_name),
        ("id_number", person.id_number, masked),
        ("phone", person.phone, masked_phone),
        ("guardian_name", person.guardian_name, masked_name),
        ("guardian_phone", person.guardian_phone, masked_phone),
        ("certificate_number", certificate and certificate.number, masked_certificate),
    )
    for name, value, mask in secrets:
        found[name] = (value if is_revealed else mask(value)) if value else None
    return found
