"""The demonstration fills an empty database, and one whose filling was interrupted, and no other."""

import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accessibility.models import Facility, HomeStage, RetrofitHome
from employment.models import Audit, AuditState, JobReferral, JobSeeker, QuotaSheet, TrainingRecord
from subsidies.models import Application, Finding, FindingKind, Grant, LineKind, PaymentRun, RunState, Standard
from subsidies.services.runs import run_approve, run_prepare, run_submit
from tests.deliveries import FIFTEEN, OF_EMPLOYERS, user
from zalainuoer import demo
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role, UploadBatch, User

pytestmark = pytest.mark.django_db
TODAY, JANUARY = datetime.date(2026, 1, 20), datetime.date(2026, 1, 1)
NOW = datetime.datetime(2026, 1, 20, 9, 0, tzinfo=timezone.get_default_timezone())


def account(name: str) -> User:
    return User.objects.get(username=name)


@pytest.fixture(autouse=True)
def small_world(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.HTTPS = False
    monkeypatch.setattr(demo, "WORKBOOKS", Path(__file__).parent / "data" / "world-120-broken")


@pytest.mark.slow
def test_an_interrupted_load_goes_on_where_it_stopped() -> None:
    first = [batch.sheet for batch in islice(demo.load(now=NOW), 4)]
    assert demo.is_wanted()
    rest = [batch.sheet for batch in demo.load(now=NOW)]
    assert first + rest == [*FIFTEEN, "bank-accounts", *OF_EMPLOYERS]
    assert UploadBatch.objects.committed().count() == 20
    assert all("演示" in document for document in Standard.objects.values_list("document", flat=True))
    assert set(Standard.objects.values_list("subsidy", flat=True)) == {"living", "nursing"}
    assert Finding.objects.standing().exists()
    assert not demo.is_wanted()
    with pytest.raises(RuleBroken, match="只能装入空数据库"):
        next(demo.load(now=NOW))
    _shows_something_at_every_desk()
    _shows_employers_of_every_kind()
    _shows_homes_and_places()


def _shows_something_at_every_desk() -> None:
    """What the load above has left, for whoever looks at the subsidies for the first time."""
    states = Application.objects.order_by().values_list("state", flat=True)
    assert sorted(states) == ["civil_review", "federation_review", "first_review", "publicity", "supplement"]
    assert Application.objects.visible_to(account("jiedao")).count() == 5
    assert set(Grant.objects.values_list("subsidy", flat=True)) == {"living", "nursing"}
    run = PaymentRun.objects.get()
    assert (run.subsidy, run.month, run.state) == ("nursing", JANUARY, RunState.LOCKED)
    assert run.refused == []
    assert run.lines.filter(kind=LineKind.REGULAR).exists()
    assert run.lines.filter(kind=LineKind.RECOVERY).exists()
    made = run_prepare(subsidy="living", month=JANUARY, by=account("mzjingban"), today=TODAY)
    made = run_submit(run=made, by=account("mzjingban"))
    assert run_approve(run=made, by=account("mzfuhe"), digest=made.digest).is_locked
    standing = Finding.objects.standing()
    assert 0 < standing.filter(kind=FindingKind.AMOUNT).count() < standing.count() / 4


def _shows_employers_of_every_kind() -> None:
    """A mine that owes, a small firm that is let off, somebody who counts; people who look for work."""
    sheets = {sheet.employer.name: sheet for sheet in QuotaSheet.objects.select_related("employer")}
    assert len(sheets) == 7
    assert {name for name, sheet in sheets.items() if sheet.net_yuan} >= {"演示矿业有限公司", "演示机关"}
    assert sheets["演示餐饮有限公司"].net_yuan == 0
    assert any(sheet.placed for sheet in sheets.values())
    assert list(Audit.objects.values_list("state", flat=True)) == [AuditState.DECLARED] * 2
    assert JobSeeker.objects.count() == 3
    assert JobReferral.objects.count() == 1
    assert TrainingRecord.objects.filter(training_class__isnull=False).count() == 4


def _shows_homes_and_places() -> None:
    """Stages and places in full: tests/accessibility/test_demonstration.py; this small world has one candidate."""
    assert RetrofitHome.objects.visible_to(account("jiedao")).get().stage == HomeStage.FILED
    assert Facility.objects.visible_to(account("jiedao")).count() == 5


def test_a_database_with_somebody_elses_account_is_left_alone() -> None:
    user(Role.SYSTEM_ADMINISTRATOR)
    assert not demo.is_wanted()


def test_where_https_is_on_nothing_is_loaded(settings: Any) -> None:
    settings.HTTPS = True
    with pytest.raises(RuleBroken, match="不能装入正式系统"):
        next(demo.load(now=NOW))
