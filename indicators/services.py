"""Computing the eleven and keeping them as snapshots."""

from __future__ import annotations

import datetime
import hashlib
import json
import logging
import zoneinfo
from decimal import Decimal

from django.apps import apps
from django.db import connection, transaction
from pghistory.models import Event

from indicators.catalogue import RULE_VERSION, catalogue_of
from indicators.figures import Indicator
from indicators.models import Figure, FigureState, Plan, Snapshot, SnapshotKind
from indicators.periods import Basis
from registry.models import Person
from registry.rules import on_register
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import UploadBatch, User
from zalainuoer.common.rules import Parameters

logger = logging.getLogger(__name__)

ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
NIGHT = datetime.time(2, 0)
# A task that runs a little early by another machine's clock still belongs to the coming night.
CLOCK_SKEW = datetime.timedelta(minutes=5)
# Later than this after 02:00, a night's snapshot is one that was made up.
LATE = datetime.timedelta(hours=1)


READ_APPS = ("registry", "subsidies", "rehab", "employment", "accessibility")
GROWN = """
    SELECT relname FROM pg_class
    WHERE relname = ANY(%s) AND relkind = 'r' AND relnamespace = current_schema()::regnamespace
    AND pg_relation_size(oid) / current_setting('block_size')::int > 10 + 1.2 * greatest(relpages, 0)
"""


# computing


def current_plan(*, on: datetime.date) -> Plan:
    """The plan of a day: the latest one begun by then, else the first; it stays current until the next begins."""
    begun = Plan.objects.filter(starts_on__lte=on).order_by("-starts_on").first()
    return begun or Plan.objects.order_by("starts_on").get()


def compute(*, plan: Plan, day: datetime.date) -> list[Figure]:
    """The plan's figures for a day, in its order, not saved; each one's `snapshot` (not saved either) has the rest.

    One that fails is marked so (计算失败) and does not touch the others.
    """
    with transaction.atomic():
        _plan_for_whole_tables()
        basis = Basis.read(plan=plan, day=day)
        snapshot = Snapshot(
            plan=plan,
            as_of=day,
            rule_version=_rule_version(basis.parameters),
            on_register=on_register(day).people(Person.objects.all()).count(),
        )
        figures = [_isolated(indicator, basis) for indicator in catalogue_of(plan)]
    for figure in figures:
        figure.snapshot = snapshot
    return figures


def _isolated(indicator: Indicator, basis: Basis) -> Figure:
    try:
        with transaction.atomic():
            return indicator.figure(basis)
    except RuleBroken as broken:
        state, reason = FigureState.NOT_COMPUTABLE, broken.message
    except Exception:
        logger.exception("indicator %s failed for %s", indicator.number, basis.day)
        state, reason = FigureState.FAILED, "计算时发生错误，已写入系统日志，请联系系统管理员"
    return Figure(number=indicator.number, state=state, reason=reason[:300])


def _plan_for_whole_tables() -> None:
    """Has PostgreSQL plan for sets of everybody, as the tables are now.

    Right after a first load there are no statistics yet, and plans made without them take minutes.
    """
    models = [model for app in READ_APPS for model in apps.get_app_config(app).get_models()]
    tables = [model._meta.db_table for model in models if not issubclass(model, Event)]
    with connection.cursor() as cursor:
        # Hash joins over everybody want memory; compiling such statements takes longer than running them.
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        cursor.execute(GROWN, [tables])
        if grown := [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]:
            cursor.execute(f"ANALYZE {', '.join(grown)}")


def _rule_version(parameters: Parameters) -> str:
    """The catalogue's version and a fingerprint of the parameters: 1-9f86d081."""
    text = json.dumps(dict(parameters), sort_keys=True, ensure_ascii=False)
    return f"{RULE_VERSION}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


# snapshots


def take_snapshot(
    *,
    night: datetime.date,
    kind: str,
    by: User | None = None,
    is_makeup: bool = False,
    now: datetime.datetime | None = None,
) -> Snapshot:
    """Computes and stores the figures of a night; one per plan, night and kind.

    A nightly one that exists already is returned as it is; a manual one is replaced by the newer.
    Waits for uploads and other computations, which share one lock.
    """
    plan = current_plan(on=night)
    with transaction.atomic(), data_lock():
        nightly = Snapshot.objects.filter(plan=plan, night=night, kind=SnapshotKind.NIGHTLY)
        if kind == SnapshotKind.NIGHTLY and (found := nightly.first()):
            return found
        figures = compute(plan=plan, day=min(night, plan.ends_on))
        computed_at = now or datetime.datetime.now(datetime.UTC)
        return store(figures, night=night, kind=kind, by=by, is_makeup=is_makeup, computed_at=computed_at)


def store(
    figures: list[Figure],
    *,
    night: datetime.date,
    kind: str,
    computed_at: datetime.datetime,
    by: User | None = None,
    is_makeup: bool = False,
) -> Snapshot:
    """Saves computed figures and their snapshot in place of an earlier one; the caller holds the lock."""
    snapshot = figures[0].snapshot
    Snapshot.objects.filter(plan=snapshot.plan, night=night, kind=kind).delete()
    snapshot.night, snapshot.kind, snapshot.computed_at = night, kind, computed_at
    snapshot.requested_by, snapshot.is_makeup = by, is_makeup
    snapshot.save()
    for figure in figures:
        figure.snapshot = snapshot
        if figure.value is not None:
            figure.value = round(Decimal(figure.value), 10)
    Figure.objects.bulk_create(figures)
    return snapshot


def night_due(now: datetime.datetime) -> datetime.date:
    """The last night whose hour, 02:00 in Asia/Shanghai, has come."""
    local = now.astimezone(ZONE)
    return local.date() if local.time() >= NIGHT else local.date() - datetime.timedelta(days=1)


def compute_night(*, now: datetime.datetime) -> Snapshot:
    """The nightly snapshot that is due; called twice, it is the same one. Run much later than 02:00, it is 补算."""
    night = night_due(now + CLOCK_SKEW)
    late = now - datetime.datetime.combine(night, NIGHT, tzinfo=ZONE) > LATE
    return take_snapshot(night=night, kind=SnapshotKind.NIGHTLY, is_makeup=late, now=now)


def make_up_missed_night(*, now: datetime.datetime) -> Snapshot | None:
    """At start: the last night's snapshot, if it was missed and there was something to compute by then.

    Of several missed nights only the last is made up, marked 补算 with its real time: what earlier nights would
    have known is gone.
    """
    night = night_due(now)
    if Snapshot.objects.filter(plan=current_plan(on=night), night=night, kind=SnapshotKind.NIGHTLY).exists():
        return None
    struck = datetime.datetime.combine(night, NIGHT, tzinfo=ZONE)
    earlier = Snapshot.objects.filter(computed_at__lt=struck).exists()
    if not earlier and not UploadBatch.objects.committed().filter(committed_at__lt=struck).exists():
        return None
    return take_snapshot(night=night, kind=SnapshotKind.NIGHTLY, is_makeup=True, now=now)


def recompute_now(*, by: User | None, now: datetime.datetime) -> Snapshot:
    """The button: today's manual snapshot, replacing an earlier one of the day."""
    return take_snapshot(night=now.astimezone(ZONE).date(), kind=SnapshotKind.MANUAL, by=by, now=now)


def latest_snapshot(*, plan: Plan) -> Snapshot | None:
    """The newest snapshot of a plan, nightly or manual."""
    return plan.snapshots.order_by("-computed_at").first()


def last_good(*, plan: Plan, number: int, before: datetime.datetime) -> Figure | None:
    """The newest computed figure of an indicator from a snapshot older than a moment, for showing beside 计算失败."""
    figures = Figure.objects.filter(snapshot__plan=plan, number=number, state=FigureState.COMPUTED)
    return (
        figures.filter(snapshot__computed_at__lt=before)
        .select_related("snapshot")
        .order_by("-snapshot__computed_at")
        .first()
    )
