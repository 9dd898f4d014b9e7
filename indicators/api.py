"""The figures in the REST API: stored snapshots, counts for everybody who sees figures, people for those who may."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from indicators import pages, services
from indicators.catalogue import indicator_of
from indicators.models import Figure, Snapshot
from indicators.people import people_of, reasons
from registry.models import Certificate, Household, Person
from zalainuoer.common.api.base import Endpoint, granted
from zalainuoer.common.identity import masked, masked_name
from zalainuoer.common.models import AccessAct, Division


class StatusSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="above、exact、below、not_computable、failed")
    label = serializers.CharField(help_text="超过、恰好达到、未达到、无法计算、计算失败")  # type: ignore[assignment]
    meets_table = serializers.BooleanField(allow_null=True, help_text="是否达到表中要求")
    meets_text = serializers.BooleanField(allow_null=True, help_text="是否达到正文要求；正文没有提出为 null")
    is_met = serializers.BooleanField(allow_null=True)


class StreetSerializer(serializers.Serializer[Any]):
    street = serializers.CharField()
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField(allow_null=True)


class NightSerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    value = serializers.CharField(source="text")


class FigureSerializer(serializers.Serializer[Any]):
    """A figure as the person may see it: for somebody bound to an area, the own streets' counts."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    nature = serializers.CharField(source="target.get_nature_display", help_text="约束性或预期性")
    value = serializers.CharField(help_text="如 98.4%、126人；没有数值为 —")
    numerator = serializers.IntegerField(source="figure.numerator", allow_null=True)
    denominator = serializers.IntegerField(source="figure.denominator", allow_null=True)
    target = serializers.CharField(source="goal", help_text="表中目标，如 ＞97%")
    text_target = serializers.CharField(source="text_goal", help_text="正文目标；与表中一致时为空")
    region_target = serializers.CharField(source="region", help_text="自治区目标；一致时为空")
    status = StatusSerializer()
    reason = serializers.CharField(source="figure.reason", help_text="无法计算或计算失败的原因")
    data_period = serializers.CharField(source="figure.data_period", help_text="数据期间（数据截至）")
    last_good = serializers.CharField(help_text="计算失败时，上一次的数值和日期")
    notes = serializers.ListField(child=serializers.CharField(), help_text="人次、错发等，不计入数值")
    by_street = StreetSerializer(many=True)


class FigureDetailSerializer(FigureSerializer):
    past = NightSerializer(many=True, help_text="近30晚")
    lists = serializers.ListField(child=serializers.CharField(), help_text="可以打开的名单；无权查看人员时为空")


class SnapshotSerializer(serializers.ModelSerializer[Snapshot]):
    plan = serializers.CharField(source="plan.name")
    kind_label = serializers.CharField(source="get_kind_display")

    class Meta:
        model = Snapshot
        fields: tuple[str, ...] = (
            "id",
            "plan",
            "night",
            "kind",
            "kind_label",
            "as_of",
            "computed_at",
            "is_makeup",
            "rule_version",
            "on_register",
        )
        read_only_fields: tuple[str, ...] = fields


class SnapshotDetailSerializer(SnapshotSerializer):
    figures = FigureSerializer(many=True, source="shown")

    class Meta(SnapshotSerializer.Meta):
        fields = (*SnapshotSerializer.Meta.fields, "figures")
        read_only_fields = fields


class MemberSerializer(serializers.Serializer[Any]):
    """Somebody in a list behind a figure; of a household, its head's number and the names of those in one's area."""

    name = serializers.CharField(help_text="姓名（已遮盖）；户为辖区内各持证人")
    id_number = serializers.CharField(help_text="已遮盖；户为户主身份证号")
    street = serializers.CharField(allow_null=True)
    community = serializers.CharField(allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField(), help_text="没有达到的原因")


def latest() -> Snapshot:
    """The newest snapshot of the current plan; 404 before the first."""
    plan = services.current_plan(on=timezone.localdate())
    found = services.latest_snapshot(plan=plan)
    if found is None:
        raise Http404
    return found


@extend_schema_view(list=extend_schema(summary="历次快照，最新的在前"))
class SnapshotViewSet(ListModelMixin, Endpoint):
    """What each night, or press of the button, knew."""

    permission_classes = (granted("indicators.view_figures"),)
    serializer_class = SnapshotSerializer
    queryset = Snapshot.objects.select_related("plan").order_by("-computed_at")
    lookup_value_converter = "int"

    @extend_schema(summary="一次快照的全部指标", responses=SnapshotDetailSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        return self._figures(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(summary="最新快照的全部指标", responses=SnapshotDetailSerializer)
    @action(detail=False)
    def latest(self, request: Request) -> Response:
        return self._figures(latest())

    def _figures(self, snapshot: Snapshot) -> Response:
        names = _street_names()
        snapshot.shown = [_shown(row, names) for row in pages.rows_of(snapshot, user=self.user)]  # type: ignore[attr-defined]
        return Response(SnapshotDetailSerializer(snapshot).data)


WHICH = OpenApiParameter("which", str, OpenApiParameter.PATH, description="missing、numerator 或 wrongly_paid 等")
NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH, description="指标序号 1–11")
STREET = OpenApiParameter("street", int, description="只看一个街道（区划编号）")


class FigureViewSet(Endpoint):
    """The eleven of the newest snapshot, and the people behind them."""

    permission_classes = (granted("indicators.view_figures"),)
    serializer_class = FigureDetailSerializer
    lookup_field = "number"
    lookup_value_converter = "int"

    @extend_schema(summary="最新快照中的一项指标", parameters=[NUMBER])
    def retrieve(self, request: Request, number: int) -> Response:
        row = self._row(number)
        may_open = self.user.has_perm("indicators.view_people")
        row.lists = [found.key for found in pages.people_lists(_stored(row))] if may_open else []  # type: ignore[attr-defined]
        return Response(FigureDetailSerializer(_shown(row, _street_names())).data)

    @extend_schema(
        summary="一项指标的名单：未达到者及原因、已达到者",
        parameters=[NUMBER, WHICH, STREET],
        responses=MemberSerializer(many=True),
    )
    @action(
        detail=True,
        url_path="people/<slug:which>",
        permission_classes=[granted("indicators.view_people")],
    )
    def people(self, request: Request, number: int, which: str) -> Response:
        row = self._row(number)
        figure = _stored(row)
        found = next((found for found in pages.people_lists(figure) if found.key == which), None)
        if found is None:
            raise Http404
        households = getattr(indicator_of(figure.snapshot.plan, number), "model", None) is Household
        page: Any = self.paginate_queryset(self._members(figure, which, households=households))
        shown = _households(page) if households else _people(figure, page, which)
        self.note(AccessAct.LIST, f"指标{number}“{row.name}”{found.label}名单（接口）", people=len(shown))
        return self.get_paginated_response(MemberSerializer(shown, many=True).data)

    def _row(self, number: int) -> pages.Row:
        rows = pages.rows_of(latest(), user=self.user)
        row = next((row for row in rows if row.number == number), None)
        if row is None:
            raise Http404
        return row

    def _members(self, figure: Figure, which: str, *, households: bool) -> QuerySet[Any]:
        members = people_of(figure, which, user=self.user)
        if households:
            seen = Certificate.objects.current().visible_to(self.user)
            current = seen.select_related("person", "community__parent").order_by("person_id")
            return members.prefetch_related(Prefetch("certificates", current)).order_by("pk")
        street = self.request.query_params.get("street", "")
        if street.isdigit():
            members = members.filter(community__in=Division.objects.subtree_ids(int(street)))
        return members.select_related("community__parent").order_by("pinyin", "pk")


def _stored(row: pages.Row) -> Figure:
    """The figure as it was kept, not narrowed to anybody's area."""
    return Figure.objects.select_related("snapshot__plan").defer(*pages.HEAVY).get(pk=row.figure.pk)


def _street_names() -> dict[str, str]:
    return {str(pk): name for pk, name in Division.objects.streets().values_list("pk", "name")}


def _shown(row: pages.Row, names: dict[str, str]) -> pages.Row:
    """The row with its streets' counts by name, in the order of the streets."""
    counts = row.figure.by_street
    row.by_street = [{"street": names[pk], **_counts(counts[pk])} for pk in names if pk in counts]  # type: ignore[attr-defined]
    return row


def _counts(counts: list[int] | int) -> dict[str, int | None]:
    if isinstance(counts, int):
        return {"numerator": counts, "denominator": None}
    return {"numerator": counts[0], "denominator": counts[1]}


def _people(figure: Figure, people: list[Any], which: str) -> list[dict[str, Any]]:
    why = reasons(figure, Person.objects.filter(pk__in=[person.pk for person in people]), which)
    return [
        {
            "name": masked_name(person.name),
            "id_number": masked(person.id_number),
            "street": person.community.parent.name,
            "community": person.community.name,
            "reasons": [clause.reason for clause in why.get(person.pk, ())],
        }
        for person in people
    ]


def _households(households: list[Household]) -> list[dict[str, Any]]:
    return [_household(household, list(household.certificates.all())) for household in households]


def _household(household: Household, certificates: list[Certificate]) -> dict[str, Any]:
    community = certificates[0].community if certificates else None
    return {
        "name": "、".join(masked_name(certificate.person.name) for certificate in certificates),
        "id_number": masked(household.head_id_number),
        "street": community.parent.name if community and community.parent else None,
        "community": community.name if community else None,
        "reasons": [],
    }
