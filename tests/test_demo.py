"""The demonstration fills an empty database, and one whose filling was interrupted, and no other."""

from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from subsidies.models import Application, Finding, Standard
from tests.deliveries import FIFTEEN, user
from zalainuoer import demo
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role, UploadBatch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_world(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.HTTPS = False
    monkeypatch.setattr(demo, "WORKBOOKS", Path(__file__).parent / "data" / "world-120-broken")


@pytest.mark.slow
def test_an_interrupted_load_goes_on_where_it_stopped() -> None:
    first = [batch.sheet for batch in islice(demo.load(), 4)]
    assert demo.is_wanted()
    rest = [batch.sheet for batch in demo.load()]
    assert first + rest == [*FIFTEEN, "bank-accounts"]
    assert UploadBatch.objects.committed().count() == 16
    assert all("演示" in document for document in Standard.objects.values_list("document", flat=True))
    assert set(Standard.objects.values_list("subsidy", flat=True)) == {"living", "nursing"}
    assert Finding.objects.standing().exists()
    assert Application.objects.exists()
    assert not demo.is_wanted()
    with pytest.raises(RuleBroken, match="只能装入空数据库"):
        next(demo.load())


def test_a_database_with_somebody_elses_account_is_left_alone() -> None:
    user(Role.SYSTEM_ADMINISTRATOR)
    assert not demo.is_wanted()


def test_where_https_is_on_nothing_is_loaded(settings: Any) -> None:
    settings.HTTPS = True
    with pytest.raises(RuleBroken, match="不能装入正式系统"):
        next(demo.load())
