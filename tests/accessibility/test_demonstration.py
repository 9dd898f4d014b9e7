"""The demonstration of accessibility: a home at every stage, and public places, through the services on their days."""

from __future__ import annotations

import datetime

import pytest

from accessibility import demonstration
from accessibility.models import (
    AcceptanceVerdict,
    BarrierCase,
    Facility,
    HomeStage,
    HomeStep,
    Photo,
    RectificationNotice,
    RetrofitHome,
    YearTask,
)
from accessibility.parking import bays_wanting, percent_on
from accessibility.services.homes.filing import papers_of
from tests.deliveries import user
from tests.records import assistance, day, holder
from zalainuoer.common.models import Parameter, Role

pytestmark = pytest.mark.django_db
TODAY = day("2026-11-25")
STORIES = demonstration.STORIES


def load(people: int = len(STORIES), *, today: datetime.date = TODAY) -> None:
    for n in range(1, people + 1):
        assistance(holder(n))
    by = demonstration.Desks(street=user(Role.STREET_STAFF, street="第一街道"), federation=user(Role.FEDERATION_STAFF))
    demonstration.load(today=today, by=by)
    assert not demonstration.is_wanted()
    demonstration.load(today=today, by=by)  # what is in already stays as it is


def test_a_home_stands_at_every_stage_one_overdue_one_failed_and_one_filed_whole() -> None:
    load()
    homes = {home.stage: home for home in RetrofitHome.objects.select_related("retrofit")}
    assert set(homes) == set(HomeStage) - {HomeStage.FILING}
    assert homes["works"].due_on < TODAY
    assert homes["correcting"].retrofit.verdict == AcceptanceVerdict.FAILED
    verdicts = HomeStep.objects.filter(home=homes["settling"], kind="accept").values_list("outcome", flat=True)
    assert list(verdicts) == ["failed", "passed"]
    assert all(paper.is_there for paper in papers_of(homes["filed"]))
    assert Photo.objects.filter(home=homes["filed"]).count() == 7


def test_public_places_have_an_overdue_report_and_notice_and_too_few_bays() -> None:
    load(0)
    assert Facility.objects.count() == 5
    park = Facility.objects.get(name=demonstration.PARKING)
    assert bays_wanting(park, percent=percent_on(TODAY)) == 1
    notice = RectificationNotice.objects.get()
    assert notice.due_on < TODAY
    assert notice.barriers.filter(removed_in=None).count() == 1
    assert BarrierCase.objects.get(channel="12345", state="open").due_on < TODAY


def test_figures_without_a_document_are_said_to_be_invented() -> None:
    load(0)
    for key in demonstration.PARAMETERS:
        assert "虚构" in Parameter.objects.filter(key=key).latest("effective_from").document
    assert all("虚构" in document for document in YearTask.objects.values_list("document", flat=True))
    assert Parameter.objects.get(key="barrier_case.reply_working_days").value is None


def test_a_district_with_few_candidates_shows_the_first_stories() -> None:
    load(2)
    assert set(RetrofitHome.objects.values_list("stage", flat=True)) == {"filed", "works"}


@pytest.mark.parametrize("today", ["2026-02-28", "2026-03-05", "2026-10-10", "2026-01-20", "2026-05-06", "2027-03-01"])
def test_it_loads_around_the_long_holidays_and_in_a_year_without_a_calendar(today: str) -> None:
    load(today=day(today))
    assert RetrofitHome.objects.filter(stage=HomeStage.APPROVING).exists()
