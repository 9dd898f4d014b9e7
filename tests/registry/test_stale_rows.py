"""A registry workbook older than an act of a form does not take the act back unseen."""

import datetime
from typing import Any

import pytest

from registry.models import FOREVER, Certificate, CertificateAct, CertificateCase, CertificateStatus
from registry.services.certificates import certificate_act
from tests.deliveries import confirm, counts, holder, previewed, receive, refused, upload
from zalainuoer.common.models import BatchState, Division

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 11, 1)
FROZEN: dict[str, Any] = {"证件状态": "冻结", "状态日期": "2025-11-01"}


@pytest.fixture
def frozen() -> Certificate:
    """Somebody from a workbook whose certificate a form has frozen since."""
    upload("registry", [holder(1), holder(2)])
    before = Certificate.objects.order_by("pk").first()
    assert before is not None
    Certificate.objects.filter(pk=before.pk).update(held_until=DAY)
    now = Certificate.objects.get(pk=before.pk)
    now.pk, now.held_from, now.held_until = None, DAY, FOREVER
    now.status, now.status_on = CertificateStatus.FROZEN, DAY
    now.save()
    CertificateCase.objects.create(person=before.person, act=CertificateAct.FREEZE, effective_on=DAY, basis="—")
    return now


def status(of: Certificate) -> str:
    return Certificate.objects.current().get(person=of.person).status


def test_the_workbook_from_before_the_act_is_refused_with_the_reason(frozen: Certificate) -> None:
    batch = receive("registry", [holder(1), holder(2)])
    problems = previewed(batch)[1].problems
    assert [message for row in problems.values() for _, message in row] == [
        "本行还是2025-11-01“冻结”之前的内容，入库会撤回这项业务：确属更正的，请在预览中逐行确认。"
    ]
    assert previewed(batch)[1].to_confirm == [0]
    assert status(frozen) == CertificateStatus.FROZEN


def test_once_confirmed_row_by_row_it_does_take_the_act_back(frozen: Certificate) -> None:
    batch = receive("registry", [holder(1), holder(2)])
    batch = confirm(batch, rename_rows=[2])
    assert (batch.state, batch.changed) == (BatchState.PREVIEW, 1)
    confirm(batch)
    assert status(frozen) == CertificateStatus.NORMAL


def test_a_workbook_that_knows_of_the_act_changes_what_it_says(frozen: Certificate) -> None:
    batch = upload("registry", [holder(1, **FROZEN, 民族="汉族"), holder(2)])
    assert (batch.changed, batch.refused) == (1, 0)
    assert status(frozen) == CertificateStatus.FROZEN


def test_a_workbook_from_before_two_acts_takes_neither_back_unseen(frozen: Certificate) -> None:
    moved = Division.objects.communities().exclude(pk=frozen.community_id).first()
    assert moved is not None
    certificate_act(
        person=frozen.person,
        act=CertificateAct.DETAILS,
        effective_on=DAY + datetime.timedelta(days=9),
        community=moved,
        reason="搬家",
        by=None,
        today=DAY + datetime.timedelta(days=9),
    )
    assert counts(receive("registry", [holder(1), holder(2)])) == {"same": 1, "refused": 1}
    where = {"所属街道": moved.parent and moved.parent.name, "所属社区": moved.name}
    knows_of_the_move = receive("registry", [holder(1, **where), holder(2)])
    assert "“冻结”之前" in refused(knows_of_the_move)[2][0][1]
    knows_of_the_freeze = receive("registry", [holder(1, **FROZEN), holder(2)])
    assert "“信息变更”之前" in refused(knows_of_the_freeze)[2][0][1]


def test_another_change_beside_it_does_not_hide_that_an_act_is_taken_back(frozen: Certificate) -> None:
    batch = receive("registry", [holder(1, 残疾等级="一级"), holder(2)])
    assert "“冻结”之前" in refused(batch)[2][0][1]


def test_a_row_with_a_later_date_tells_of_what_has_happened_since(frozen: Certificate) -> None:
    batch = upload("registry", [holder(1, 状态日期="2025-11-20"), holder(2)])
    assert (batch.changed, batch.refused) == (1, 0)
    assert status(frozen) == CertificateStatus.NORMAL


def test_an_act_that_was_withdrawn_protects_nothing(frozen: Certificate) -> None:
    CertificateCase.objects.update(withdrawn_at="2025-11-02T00:00:00Z")
    assert upload("registry", [holder(1), holder(2)]).changed == 1


@pytest.mark.parametrize("heading", ["首次发证日期", "发证日期", "状态日期"])
def test_a_row_dated_after_the_day_it_is_delivered_is_refused(heading: str) -> None:
    dates = {"有效期至": "2095-12-31", heading: "2090-01-01"}
    batch = receive("registry", [holder(1, **dates), holder(2)])
    (problems,) = previewed(batch)[1].problems.values()
    assert [(where, message[: len(heading) + 5]) for where, message in problems] == [(heading, f"{heading}晚于报送日")]
