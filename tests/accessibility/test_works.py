"""From the contract to the archive: who may, what is refused and in which words, what is kept and taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accessibility.models import (
    AcceptanceVerdict,
    FollowUp,
    HomeSignature,
    HomeStage,
    ItemCheck,
    RetrofitHome,
    Signer,
)
from accessibility.services.homes import accepting, filing, following, settling, taking_back, works
from accessibility.services.homes.signatures import Signature, signature_image
from accessibility.services.homes.steps import last_step
from tests.accessibility.works_makers import (
    FEDERATION,
    HOUSEHOLD,
    TODAY,
    accept,
    approved,
    complete,
    contracted,
    contractor,
    finished,
    follow_up,
    followed,
    judged,
    now,
    official,
    png,
    settle,
)
from tests.deliveries import user
from tests.records import day, household, retrofit
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role

pytestmark = pytest.mark.django_db


def refused(act: Any, home: RetrofitHome, **how: Any) -> str:
    with pytest.raises(RuleBroken) as broken:
        act(**{"home": home, "by": official(), "today": TODAY, **how})
    return broken.value.message


def take_back(home: RetrofitHome) -> RetrofitHome:
    return now(taking_back.home_take_back(home=home, reason="登记错了", by=official(), today=TODAY))


# --- contract and works ----------------------------------------------------------------------------------------------


def test_a_contract_brings_the_home_to_the_works_with_their_term() -> None:
    home = contracted(approved())
    assert (home.stage, home.due_on) == (HomeStage.WAITING_FOR_WORKS, day("2025-03-01"))
    assert (home.contract_yuan, home.contract_number) == (Decimal(1800), "合同〔2025〕1号")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount_yuan": Decimal("2000.01")}, "超过批准的预算"),
        ({"amount_yuan": Decimal(0)}, "应大于 0"),
        ({"signed_on": day("2025-01-09")}, "不能早于审批日期"),
        ({"signed_on": day("2026-11-21")}, "不能晚于今天"),
        ({"works_due_on": day("2025-01-19")}, "不能早于签订日期"),
        ({"number": "  "}, "请写明合同编号"),
    ],
)
def test_a_contract_is_refused_with_its_reason(change: dict[str, Any], said: str) -> None:
    home = approved()
    with pytest.raises(RuleBroken, match=said):
        contracted(home, **change)
    assert now(home).stage == HomeStage.CONTRACTING


def test_a_contractor_out_of_use_gets_no_contract() -> None:
    with pytest.raises(RuleBroken, match="已停用"):
        contracted(approved(), contractor=contractor(is_active=False))


def test_the_street_notes_the_works_but_neither_signs_contracts_nor_accepts() -> None:
    street, home = user(Role.STREET_STAFF, street="第一街道"), contracted(approved())
    works.home_start(home=home, started_on=day("2025-02-01"), by=street, today=TODAY)
    works.home_finish(home=home, finished_on=day("2025-02-20"), by=street, today=TODAY)
    facts = {"items": judged(home), "household": HOUSEHOLD, "federation": FEDERATION}
    assert "不能办理" in refused(accepting.home_accept, home, by=street, accepted_on=day("2025-02-28"), **facts)


def test_another_street_finds_no_home() -> None:
    other = user(Role.STREET_STAFF, street="第二街道")
    assert "不在您的辖区" in refused(works.home_start, contracted(approved()), by=other, started_on=day("2025-02-01"))


def test_the_start_is_written_into_the_project_and_an_old_page_starts_nothing() -> None:
    home = contracted(approved())
    seen = last_step(home)
    works.home_start(home=home, started_on=day("2025-02-01"), by=official(), today=TODAY, seen=seen)
    assert now(home).retrofit.started_on == day("2025-02-01")  # type: ignore[union-attr]
    assert "又有变化" in refused(works.home_finish, home, finished_on=day("2025-02-20"), seen=seen)


# --- acceptance ------------------------------------------------------------------------------------------------------


def test_a_home_whose_items_all_pass_counts_from_the_day_of_acceptance() -> None:
    home = accept(finished(approved()))
    assert home.stage == HomeStage.SETTLING
    assert home.retrofit is not None
    assert (home.retrofit.accepted_on, home.retrofit.verdict) == (day("2025-02-28"), AcceptanceVerdict.PASSED)


def test_one_failed_item_sends_the_home_to_correction_and_both_findings_are_kept() -> None:
    home = accept(finished(approved()), failed=True)
    assert home.stage == HomeStage.CORRECTING
    assert home.retrofit is not None
    assert home.retrofit.verdict == AcceptanceVerdict.FAILED
    works.home_correct(home=home, corrected_on=day("2025-03-05"), note="已加固", by=official(), today=TODAY)
    home = accept(home, "2025-03-06")
    assert home.stage == HomeStage.SETTLING
    assert list(ItemCheck.objects.filter(note="扶手松动").values_list("verdict", flat=True)) == ["failed"]
    assert set(home.items.values_list("verdict", "verdict_note")) == {("passed", "")}


def test_devices_alone_are_no_retrofit() -> None:
    home = finished_devices()
    with pytest.raises(RuleBroken, match="不得以简单配发辅助器具代替改造") as broken:
        accept(home)
    assert broken.value.source == "“十四五”残疾人事业发展规划（五）3"  # 第十九条 does not say so
    assert now(home).stage == HomeStage.ACCEPTING
    assert not ItemCheck.objects.exists()


def finished_devices() -> RetrofitHome:
    return finished(approved(groups=("device", "device")))


def test_an_item_without_a_finding_is_named() -> None:
    home = finished(approved())
    items = judged(home)
    items.pop(min(items))
    with pytest.raises(RuleBroken, match="工程类0（卫生间）"):
        accept(home, items=items)


def test_a_household_that_a_sheet_has_meanwhile_counted_does_not_count_again() -> None:
    home = finished(approved())
    retrofit(home.person, household(home.person.id_number))
    with pytest.raises(RuleBroken, match="一户只能改造一次"):
        accept(home)


# --- signatures ------------------------------------------------------------------------------------------------------


def test_signatures_are_sealed_and_come_back_as_drawn() -> None:
    accept(finished(approved()))
    kept = HomeSignature.objects.get(signer=Signer.HOUSEHOLD)
    assert b"PNG" not in bytes(kept.image or b"")
    assert signature_image(kept) == png()


def test_a_name_is_typed_where_somebody_cannot_draw_and_says_why() -> None:
    accept(finished(approved()), household=Signature("某1", typed_reason="双上肢残疾"))
    kept = HomeSignature.objects.get(signer=Signer.HOUSEHOLD)
    assert (kept.image, kept.typed_reason) == (None, "双上肢残疾")
    with pytest.raises(RuleBroken, match="键入"):
        signature_image(kept)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Signature("某1"), "还没有签名"),
        (Signature("", image=png()), "请写明本人或家属的姓名"),
        (Signature("某1", image=b"<svg onload=alert(1)>"), "不能识别"),
        (Signature("某1", image=png() + b"PK\x03\x04"), "不能识别"),
        (Signature("某1", image=png(2001, 1)), "不能识别"),
        (Signature("某1", image=b"\x89PNG\r\n\x1a\n"), "不能识别"),
    ],
)
def test_without_a_signature_of_both_nothing_is_accepted(given: Signature, said: str) -> None:
    home = finished(approved())
    with pytest.raises(RuleBroken, match=said):
        accept(home, household=given)
    assert now(home).stage == HomeStage.ACCEPTING


# --- settlement ------------------------------------------------------------------------------------------------------


def test_a_settlement_is_the_sum_of_its_items_and_sets_the_follow_ups() -> None:
    home = settle(accept(finished(approved())))
    assert home.retrofit is not None
    assert home.retrofit.settled_yuan == Decimal(1800)
    assert home.shares.get().spent_yuan == Decimal(1800)
    due = list(home.follow_ups.values_list("months", "due_on"))
    assert due == [(3, day("2025-05-28")), (12, day("2026-02-28"))]
    assert home.due_on == day("2025-05-28")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"funds": {"central": Decimal("1799.99")}}, "不一致"),
        ({"funds": {"central": Decimal(900), "levy": Decimal(900)}}, "每一个资金来源"),
        ({"items": {}}, "每一个项目的决算"),
        ({"document": ""}, "请写明结算单"),
    ],
)
def test_a_settlement_that_does_not_add_up_is_refused(change: dict[str, Any], said: str) -> None:
    home = accept(finished(approved()))
    with pytest.raises(RuleBroken, match=said):
        settle(home, **change)
    assert not FollowUp.objects.exists()


def test_no_more_than_the_contract_is_settled_nor_more_of_a_source_than_planned() -> None:
    home = accept(finished(approved()))
    over = dict.fromkeys(home.items.values_list("pk", flat=True), Decimal(901))
    facts = {"settled_on": day("2025-03-10"), "document": "1", "funds": {"central": Decimal(1802)}}
    assert "超过合同金额" in refused(settling.home_settle, home, items=over, **facts)
    home.shares.update(budget_yuan=Decimal(1000))
    with pytest.raises(RuleBroken, match="超过方案里的 1000"):
        settle(home)


# --- follow-ups and archive ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "months", "due"),
    [("2025-11-30", 3, "2026-02-28"), ("2024-02-29", 12, "2025-02-28"), ("2025-09-15", 3, "2025-12-15")],
)
def test_a_follow_up_is_due_on_the_same_day_or_the_months_last(accepted: str, months: int, due: str) -> None:
    assert following.months_later(day(accepted), months) == day(due)


def test_follow_ups_are_done_in_their_turn_and_not_before_their_time() -> None:
    home = settle(accept(finished(approved())))
    with pytest.raises(RuleBroken, match="应在 2025-05-28"):
        follow_up(home, "2025-05-27")
    home = follow_up(home, "2025-05-28")
    assert (home.stage, home.due_on) == (HomeStage.FOLLOWING, day("2026-02-28"))
    assert follow_up(home, "2026-02-28").stage == HomeStage.FILING


@pytest.mark.parametrize(("use", "said"), [("repair", "需要维修的内容"), ("unused", "没有使用的原因")])
def test_what_is_broken_or_unused_says_more(use: str, said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        follow_up(settle(accept(finished(approved()))), "2025-05-28", use=use)


def test_a_file_is_closed_only_when_it_is_complete() -> None:
    home = followed()
    said = refused(filing.home_file, home, filed_on=day("2026-03-01"))
    assert "改造前照片（至少 3 张，现有 0 张）" in said
    assert "入户评估" in said
    complete(home)
    filing.home_file(home=home, filed_on=day("2026-03-01"), by=official(), today=TODAY)
    assert now(home).stage == HomeStage.FILED


def test_a_file_is_checked_with_as_many_statements_whatever_it_holds() -> None:
    small, large = followed(1), take_back(followed(2))
    complete(small)
    with CaptureQueriesContext(connection) as few:
        filing.papers_of(now(small))
    complete(large)
    with CaptureQueriesContext(connection) as many:
        filing.papers_of(now(large))
    assert len(many) <= len(few)


# --- taking back -----------------------------------------------------------------------------------------------------


def test_every_step_taken_back_leaves_the_home_and_its_project_as_approved() -> None:
    home = approved()
    fields = ("started_on", "accepted_on", "verdict", "settled_yuan")
    follow_up(follow_up(settle(accept(finished(home))), "2025-05-28"), "2026-02-28")
    for _ in range(7):
        home = take_back(home)
    assert home.stage == HomeStage.CONTRACTING
    assert home.retrofit is not None
    assert [getattr(home.retrofit, name) for name in fields] == [None] * 4
    assert (home.contractor, home.contract_yuan) == (None, None)
    assert set(home.items.values_list("verdict", "settled_yuan")) == {("", None)}
    assert not home.follow_ups.exists()
    assert home.shares.get().spent_yuan == 0


def test_a_second_acceptance_taken_back_leaves_what_the_first_found() -> None:
    home = accept(finished(approved()), failed=True)
    works.home_correct(home=home, corrected_on=day("2025-03-05"), note="已加固", by=official(), today=TODAY)
    home = take_back(accept(home, "2025-03-06"))
    assert home.retrofit is not None
    assert (home.retrofit.accepted_on, home.retrofit.verdict) == (day("2025-02-28"), AcceptanceVerdict.FAILED)
    assert home.items.filter(verdict="failed", verdict_note="扶手松动").count() == 1


def test_a_file_closed_by_mistake_is_opened_again() -> None:
    home = followed()
    complete(home)
    filing.home_file(home=home, filed_on=day("2026-03-01"), by=official(), today=TODAY)
    assert take_back(home).stage == HomeStage.FILING
