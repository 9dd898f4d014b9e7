"""The domain's golden cases that begin with an act on a certificate (rules §12, numbers 5, 8 and 9) and number 17,
through the services of the registry and of the subsidies; what they come to on the pages is in
`tests/browser/test_golden_subsidies.py`."""

from __future__ import annotations

from typing import Any

import pytest

from registry.acts import DEATH
from registry.models import Certificate, Person
from registry.services.certificates import certificate_act
from subsidies.models import PaymentLine, PaymentRun
from subsidies.services.runs import run_return, run_submit
from tests.records import day, holder
from tests.subsidies import desks
from tests.subsidies.paying import NURSING, civil, federation, grant, locked, prepared, standard, told
from zalainuoer.common.errors import RuleBroken

pytestmark = pytest.mark.django_db


def act(of: Person, code: str, effective_on: str, *, today: str, **how: Any) -> None:
    how = {"reason": "本人自愿申请", **how}
    certificate_act(person=of, act=code, effective_on=day(effective_on), today=day(today), by=None, **how)


def paid(since: str, *months: str) -> Person:
    somebody = holder()
    standard()
    grant(somebody, since=since)
    for month in months:
        locked(month)
    return somebody


def test_5_a_death_of_october_registered_in_january_takes_back_the_three_months_paid_since() -> None:
    somebody = paid("2024-10-01", "2024-10-01", "2024-11-01", "2024-12-01", "2025-01-01")
    act(somebody, "cancel", "2024-10-31", today="2025-01-10", reason=DEATH, died_on=day("2024-10-31"))
    run = locked("2025-02-01")
    assert told(run) == [("recovery", month, "125") for month in ("2024-11", "2024-12", "2025-01")]
    assert {line.code for line in run.lines.all()} == {"T1"}


def test_8_whose_certificate_was_cancelled_has_a_new_one_a_year_later_and_applies_with_it() -> None:
    somebody = holder()
    standard()
    issued = {"category": "4", "level": "2", "assessed_by": "区医院"}
    act(somebody, "cancel", "2024-03-01", today="2024-03-01")
    with pytest.raises(RuleBroken, match="提前重新申请的理由"):
        act(somebody, "issue", "2025-02-20", today="2025-02-20", **issued)
    act(somebody, "issue", "2025-03-02", today="2025-03-02", **issued)
    assert Certificate.objects.current().get(person=somebody).first_issued_on == day("2025-03-02")
    row = desks.on_show(somebody, subsidy=NURSING, on=day("2025-03-03"))
    assert row.amount_yuan == 125


def test_9_a_lower_level_of_september_leaves_september_as_the_last_month_and_takes_back_october() -> None:
    somebody = paid("2024-08-01", "2024-08-01", "2024-09-01", "2024-10-01")
    act(
        somebody, "regrade", "2024-09-10", today="2024-11-05", reason="复评", category="4", level="3",
        assessed_by="区医院",
    )  # fmt: skip
    run = locked("2024-11-01")
    assert told(run) == [("recovery", "2024-10", "125")]
    assert run.lines.get().code == "T5"


def test_17_a_run_made_again_has_the_same_lines_under_the_same_fingerprint() -> None:
    for n in range(1, 6):
        grant(holder(n), since="2024-06-01")
    standard()
    fingerprints = set()
    for _ in range(3):
        run = run_submit(run=prepared("2024-07-01"), by=federation())
        fingerprints.add(run.digest)
        run_return(run=run, by=civil(), note="再核对一次")
    assert len(fingerprints) == 1
    assert (PaymentRun.objects.count(), PaymentLine.objects.count()) == (1, 10)
