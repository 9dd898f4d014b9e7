"""Snapshots: one a night and kind, whole even when one indicator fails, made up after a missed night."""

import datetime
import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from indicators import services
from indicators.catalogue import PLAN_2021_2025
from indicators.models import Figure, FigureState, Plan, Snapshot, SnapshotKind
from registry.models import Person
from tests.deliveries import id_number
from tests.records import (
    DAY,
    application,
    assistance,
    fitting,
    holder,
    household,
    income,
    living,
    medical,
    need,
    nursing,
    pension,
    retrofit,
    school,
    service,
    training,
)
from zalainuoer.common.models import BatchState, Department, Parameter, UploadBatch
from zalainuoer.common.rules import Clause, Rule

NIGHT = datetime.date(2026, 1, 10)
AT_TWO = datetime.datetime(2026, 1, 10, 2, 0, tzinfo=services.ZONE)
MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)


def batch(committed_at: datetime.datetime, sheet: str = "medical-enrolment") -> UploadBatch:
    return UploadBatch.objects.create(
        sheet=sheet,
        department=Department.objects.get(name="医疗保障局"),
        file_name="名册.xlsx",
        file_hash="0",
        state=BatchState.COMMITTED,
        committed_at=committed_at,
    )


def everything(n: int) -> None:
    """Somebody with a row in every sheet."""
    somebody, child = holder(n), holder(n + 500, born="2015-01-01")
    home = household(id_number(n))
    for year, yuan in ((2020, "10000"), (2025, "20000")):
        income(home, year, yuan)
    assistance(somebody)
    application(somebody, "2022-12-01", decided_on="2022-12-20")
    living(somebody)
    nursing(somebody)
    pension(somebody)
    medical(somebody)
    school(child)
    need(somebody, "护理", "轮椅")
    service(somebody, "2025-05-01")
    fitting(somebody, "2025-05-01")
    training(somebody, "2024-05-01")
    retrofit(somebody, home)


def broken(how: Callable[..., Rule]) -> tuple[Any, ...]:
    """The catalogue with indicator 7 broken."""
    return tuple(replace(i, denominator=how) if i.number == 7 else i for i in PLAN_2021_2025)


@pytest.mark.django_db
class TestComputing:
    def test_all_eleven_come_in_the_plans_order(self) -> None:
        everything(1)
        figures = services.compute(plan=Plan.objects.get(), day=DAY)
        assert [f.number for f in figures] == list(range(1, 12))
        assert {f.state for f in figures} == {FigureState.COMPUTED}
        assert figures[0].snapshot.on_register == 2

    def test_an_empty_system_computes_nothing_and_says_why(self) -> None:
        figures = services.compute(plan=Plan.objects.get(), day=DAY)
        assert {f.state for f in figures} == {FigureState.NOT_COMPUTABLE}
        assert all(f.reason for f in figures)

    def test_streets_add_up_and_numerators_are_subsets(self) -> None:
        for n in range(1, 4):
            everything(n)
        for figure in services.compute(plan=Plan.objects.get(), day=DAY):
            assert set(figure.numerator_ids) <= set(figure.denominator_ids) or figure.denominator is None
            if figure.denominator is not None:
                assert [sum(c) for c in zip(*figure.by_street.values(), strict=True)] == [
                    figure.numerator,
                    figure.denominator,
                ]

    def test_the_number_of_statements_does_not_grow_with_people(self) -> None:
        everything(1)
        few = self.statements()
        for n in range(2, 12):
            everything(n)
        assert self.statements() == few

    @staticmethod
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            services.compute(plan=Plan.objects.get(), day=DAY)
        return len(captured)

    @pytest.mark.parametrize(
        "failure",
        [
            lambda **_: 1 / 0,
            lambda **_: Rule(Person, Clause(Q(pk__gt=RawSQL("1 / 0", ())), "", "")),
        ],
        ids=["in Python", "in the database"],
    )
    def test_one_failing_indicator_does_not_stop_the_other_ten(
        self, failure: Callable[..., Rule], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        everything(1)
        monkeypatch.setattr(services, "catalogue_of", lambda plan: broken(failure))
        figures = services.compute(plan=Plan.objects.get(), day=DAY)
        assert {f.number: f.state for f in figures if f.state != FigureState.COMPUTED} == {7: FigureState.FAILED}
        assert "indicator 7 failed" in caplog.text

    def test_a_missing_parameter_refuses_to_compute_what_needs_it(self) -> None:
        everything(1)
        Parameter.objects.filter(key="dibao.limit_days").update(value=None)
        figures = {f.number: f for f in services.compute(plan=Plan.objects.get(), day=DAY)}
        assert figures[3].state == FigureState.NOT_COMPUTABLE
        assert figures[3].reason.startswith("参数未维护：低保申请的最长认定天数")
        assert figures[4].state == FigureState.COMPUTED

    def test_a_figure_names_the_batches_it_rests_on(self) -> None:
        medical_batch = batch(AT_TWO)
        registry_batch = batch(AT_TWO, "registry")
        UploadBatch.objects.create(
            sheet="registry", department=medical_batch.department, file_name="x", file_hash="1", state=BatchState.UNDONE
        )
        figures = {f.number: f for f in services.compute(plan=Plan.objects.get(), day=DAY)}
        assert figures[7].batches == [medical_batch.pk, registry_batch.pk]
        assert figures[6].batches == [registry_batch.pk]

    def test_the_rule_version_changes_with_a_parameter(self) -> None:
        before = services.compute(plan=Plan.objects.get(), day=DAY)[0].snapshot.rule_version
        Parameter.objects.filter(key="dibao.limit_days").update(value=30)
        assert services.compute(plan=Plan.objects.get(), day=DAY)[0].snapshot.rule_version != before


@pytest.mark.django_db
class TestSnapshots:
    def test_what_is_stored_is_what_was_computed(self) -> None:
        everything(1)
        stored = services.take_snapshot(night=NIGHT, kind=SnapshotKind.NIGHTLY, now=AT_TWO)
        stored.refresh_from_db()
        assert (stored.as_of, stored.on_register, stored.computed_at) == (DAY, 2, AT_TWO)
        figures = {f.number: f for f in stored.figures.all()}
        assert figures[1].value == Decimal("14.8698354997")
        assert (figures[7].numerator, figures[7].denominator) == (1, 2)
        assert figures[7].numerator_ids == [Person.objects.earliest("pk").pk]

    def test_before_the_plan_ends_the_night_is_the_day(self) -> None:
        assert services.take_snapshot(night=datetime.date(2025, 3, 1), kind=SnapshotKind.NIGHTLY).as_of == (
            datetime.date(2025, 3, 1)
        )

    def test_a_second_beat_finds_the_nights_snapshot(self) -> None:
        first = services.compute_night(now=AT_TWO)
        second = services.compute_night(now=AT_TWO + MINUTE)
        assert first.pk == second.pk
        assert Snapshot.objects.count() == 1

    def test_the_button_replaces_the_days_earlier_one_and_leaves_the_nights_alone(self) -> None:
        night = services.compute_night(now=AT_TWO)
        services.recompute_now(by=None, now=AT_TWO + HOUR)
        last = services.recompute_now(by=None, now=AT_TWO + 2 * HOUR)
        assert set(Snapshot.objects.values_list("pk", flat=True)) == {night.pk, last.pk}
        assert services.latest_snapshot(plan=last.plan) == last

    def test_stored_nights_keep_what_was_known(self) -> None:
        somebody = holder()
        medical(somebody)
        stored = services.take_snapshot(night=NIGHT, kind=SnapshotKind.NIGHTLY)
        medical(holder(2))
        assert stored.figures.get(number=7).denominator == 1

    def test_the_last_good_figure_is_kept_for_one_that_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        medical(holder())
        good = services.compute_night(now=AT_TWO)
        monkeypatch.setattr(services, "catalogue_of", lambda plan: broken(lambda **_: 1 / 0))
        failed = services.compute_night(now=AT_TWO + 24 * HOUR)
        assert failed.figures.get(number=7).state == FigureState.FAILED
        found = services.last_good(plan=failed.plan, number=7, before=failed.computed_at)
        assert found == good.figures.get(number=7)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_make_one_snapshot() -> None:
    found: list[int] = []

    def work() -> None:
        try:
            found.append(services.compute_night(now=AT_TWO).pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(found) == 3
    assert len(set(found)) == 1
    assert Figure.objects.count() == 11


@pytest.mark.django_db
class TestMissedNights:
    def test_the_night_is_due_from_two_oclock_in_shanghai(self) -> None:
        assert services.night_due(AT_TWO) == NIGHT
        assert services.night_due(AT_TWO - MINUTE) == NIGHT - datetime.timedelta(days=1)
        assert services.night_due(AT_TWO.astimezone(datetime.UTC)) == NIGHT

    def test_a_missed_night_is_made_up_and_marked_with_its_real_time(self) -> None:
        batch(AT_TWO - HOUR)
        made = services.make_up_missed_night(now=AT_TWO + 7 * HOUR)
        assert made is not None
        assert (made.night, made.kind, made.is_makeup) == (NIGHT, SnapshotKind.NIGHTLY, True)
        assert made.computed_at == AT_TWO + 7 * HOUR

    def test_of_several_missed_nights_only_the_last_is_made_up(self) -> None:
        services.compute_night(now=AT_TWO)
        made = services.make_up_missed_night(now=AT_TWO + 5 * 24 * HOUR + HOUR)
        assert made is not None
        assert made.night == NIGHT + datetime.timedelta(days=5)
        assert Snapshot.objects.count() == 2

    def test_nothing_is_made_up_when_the_night_was_not_missed(self) -> None:
        services.compute_night(now=AT_TWO)
        assert services.make_up_missed_night(now=AT_TWO + 7 * HOUR) is None

    def test_nothing_is_made_up_before_there_was_anything_to_compute(self) -> None:
        batch(AT_TWO + HOUR)
        assert services.make_up_missed_night(now=AT_TWO + 7 * HOUR) is None

    def test_a_task_that_ran_in_time_is_not_marked(self) -> None:
        assert services.compute_night(now=AT_TWO + MINUTE).is_makeup is False

    def test_a_task_by_a_clock_slightly_ahead_computes_the_coming_night(self) -> None:
        assert services.compute_night(now=AT_TWO - MINUTE).night == NIGHT

    def test_a_task_that_waited_for_its_worker_until_noon_is_marked(self) -> None:
        assert services.compute_night(now=AT_TWO + 10 * HOUR).is_makeup is True
