"""Acts on certificates through their services: what each does, and what each refuses (domain §2.2–2.4)."""

from typing import Any

import pytest

from registry.acts import DAMAGED, DEATH, EXPIRY, OTHER, acts_open_to
from registry.contributions import Change
from registry.histories import number_history
from registry.models import (
    FOREVER,
    Attachment,
    Certificate,
    CertificateAct,
    CertificateCase,
    CertificateStatus,
    FormerIdentity,
    Household,
    Person,
)
from registry.services.attachments import Paper, paper_content
from registry.services.certificates import case_withdraw, certificate_act, person_register
from registry.services.corrections import identity_correct, person_of_number
from registry.services.drafts import Draft
from registry.services.effects import soft_warnings
from tests import records
from tests.deliveries import id_number, user
from tests.records import day, holder, person
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Parameter, Role

pytestmark = pytest.mark.django_db

TODAY = day("2025-12-31")
ISSUED = {"category": "4", "level": "2", "assessed_by": "区医院"}
ELSEWHERE = {
    "first_issued_on": day("2016-03-01"),
    "issued_on": day("2018-04-01"),
    "expires_on": day("2028-04-01"),
}


def act(of: Person, code: str, on: str = "2025-06-01", **how: Any) -> CertificateCase:
    """One act, on a day, by the system."""
    how = {"reason": "本人申请", "today": TODAY, "by": None, **how}
    return certificate_act(person=of, act=code, effective_on=day(on), **how)


def refused(of: Person, code: str, on: str = "2025-06-01", **how: Any) -> str:
    """The sentence with which an act is refused; nothing is written."""
    before, filed = list(Certificate.objects.order_by("pk").values()), CertificateCase.objects.count()
    with pytest.raises(RuleBroken) as broken:
        act(of, code, on, **how)
    assert list(Certificate.objects.order_by("pk").values()) == before
    assert CertificateCase.objects.count() == filed
    return broken.value.message


def now(of: Person) -> Certificate:
    return Certificate.objects.current().get(person=of)


def spans(of: Person) -> list[tuple[str, str]]:
    """(first day, status) of the statements."""
    rows = of.certificates.order_by("held_from").values_list("held_from", "status")
    return [(begins.isoformat(), status) for begins, status in rows]


def set_parameter(key: str, value: Any) -> None:
    Parameter.objects.filter(key=key).update(value=value)


# --- 新办, 迁入 ------------------------------------------------------------------------------------------------------


def register(n: int = 1, *, born: str = "1980-01-01", code: str = CertificateAct.ISSUE, **how: Any) -> CertificateCase:
    number = id_number(n, born=born)
    how = {"effective_on": day("2025-06-01"), "today": TODAY, "reason": "申请", **how}
    return person_register(id_number=number, name="新来人", community=records.community(), act=code, by=None, **how)


def test_a_new_holder_stands_in_the_register_from_the_day_of_issue_and_not_before() -> None:
    case = register(**ISSUED, phone="13800000001", hukou_type="agricultural")
    statement = now(case.person)
    assert (statement.held_from, statement.held_until) == (day("2025-06-01"), FOREVER)
    assert (statement.first_issued_on, statement.issued_on) == (day("2025-06-01"), day("2025-06-01"))
    assert statement.expires_on == day("2035-06-01")
    assert (statement.status, statement.status_on, statement.suffix) == (CertificateStatus.NORMAL, None, None)
    assert statement.number == f"{case.person.id_number}42"
    assert statement.household.head_id_number == case.person.id_number
    assert Person.objects.get().phone == "13800000001"
    assert "残疾人证管理办法" in case.basis


def test_a_number_that_is_on_file_is_not_registered_again() -> None:
    register(**ISSUED)
    with pytest.raises(RuleBroken, match="已有档案"):
        register(**ISSUED)
    assert Person.objects.count() == 1


def test_a_wrong_number_of_a_person_or_a_head_is_a_sentence() -> None:
    with pytest.raises(RuleBroken, match="18 位"):
        person_register(id_number="150799", name="新", community=records.community(), act="issue", by=None)
    assert "18 位" in refused(person(2), "issue", **ISSUED, head="150799")
    case = register(**ISSUED, head=id_number(9))
    assert now(case.person).household.head_id_number == id_number(9)


def test_a_child_on_file_is_issued_a_certificate_where_the_file_says_it_lives() -> None:
    child = person(3, born="2015-01-01")
    other = records.community("第二街道")
    assert "沿用" in refused(child, "issue", **ISSUED, guardian_name="王监护", community=other)
    act(child, "issue", **ISSUED, guardian_name="王监护")
    assert now(child).community == child.community
    assert "办证当天" in refused(child, "details", community=other)
    act(child, "details", "2025-06-02", community=other)
    assert [s.community for s in child.certificates.order_by("held_from")] == [child.community, other]
    child.refresh_from_db()
    assert child.community == other


def test_intellectual_and_mental_disability_and_minors_need_a_guardian() -> None:
    assert "监护人" in refused(person(1), "issue", **{**ISSUED, "category": "5"})
    assert "监护人" in refused(person(2), "issue", **{**ISSUED, "category": "6"})
    assert "监护人" in refused(person(3, born="2010-06-02"), "issue", **ISSUED)
    parts = {**ISSUED, "category": "7", "components": "肢体二级、精神三级"}
    assert "监护人" in refused(person(4), "issue", **parts)
    act(person(5, born="2007-06-01"), "issue", **ISSUED)  # 18 on the very day
    act(person(6), "issue", **{**ISSUED, "category": "6", "guardian_name": "王监护"})


def test_multiple_disability_names_its_parts_and_takes_the_most_severe_level() -> None:
    multiple = {**ISSUED, "category": "7", "level": "1"}
    somebody = person(1)
    assert "至少两项" in refused(somebody, "issue", **multiple)
    assert "两次" in refused(somebody, "issue", **multiple, components="肢体一级、肢体二级")
    assert "看不明白" in refused(somebody, "issue", **multiple, components="肢体一级、心脏二级")
    assert "最重的一项" in refused(somebody, "issue", **multiple, components="肢体二级、视力三级")
    assert _issued_components(multiple) == "视力残疾三级、肢体残疾一级"
    assert "清空明细" in refused(person(7), "issue", **ISSUED, components="肢体二级、视力三级")


def _issued_components(facts: dict[str, Any]) -> str:
    somebody = person(2)
    act(somebody, "issue", **facts, components="肢体1级，视力残疾三级")
    return now(somebody).components or ""


def test_an_assessment_is_asked_for() -> None:
    assert "评定机构" in refused(person(1), "issue", category="4", level="2")


def test_speech_disability_below_three_years_is_worth_a_second_look() -> None:
    baby = Person.objects.get(pk=person(1, born="2023-01-01").pk)
    draft = Draft(baby, None, day("2025-06-01"), "", "", {"category": "3"})
    assert any("言语" in warning for warning in soft_warnings(draft))
    draft = Draft(baby, None, day("2026-01-01"), "", "", {"category": "3"})
    assert soft_warnings(draft) == []


def test_whoever_holds_a_live_certificate_is_not_issued_another() -> None:
    assert "正常" in refused(holder(1), "issue", **ISSUED)
    frozen = holder(2, status="frozen", status_on="2025-01-01")
    assert "冻结" in refused(frozen, "issue", **ISSUED)
    assert "迁入" in refused(holder(3, status="moved_out", status_on="2025-01-01"), "issue", **ISSUED)


def test_a_certificate_issued_elsewhere_keeps_its_number_and_dates_and_counts_from_the_day_it_came() -> None:
    number = f"{id_number(1)}42B1"
    case = register(code=CertificateAct.MOVE_IN, number=number, **ELSEWHERE)
    statement = now(case.person)
    assert statement.number == number
    assert (statement.held_from, statement.first_issued_on) == (day("2025-06-01"), day("2016-03-01"))
    assert (statement.issued_on, statement.expires_on) == (day("2018-04-01"), day("2028-04-01"))
    assert (statement.status_on, statement.status_reason) == (day("2025-06-01"), "迁入")


def test_a_certificate_that_moves_in_is_the_persons_own_and_its_dates_follow_each_other() -> None:
    somebody, other = person(1), id_number(2)
    assert "前 18 位" in refused(somebody, "move_in", number=f"{other}42", **ELSEWHERE)
    own = {"number": f"{somebody.id_number}42", **ELSEWHERE}
    assert "先后" in refused(somebody, "move_in", **{**own, "issued_on": day("2015-01-01")})
    assert "先后" in refused(somebody, "move_in", **{**own, "issued_on": day("2025-07-01")})
    assert "有效期至" in refused(somebody, "move_in", **{**own, "expires_on": day("2018-01-01")})
    assert "应为" in refused(somebody, "move_in", **{**own, "number": f"{somebody.id_number}45"})


def test_whoever_moved_out_may_come_back() -> None:
    somebody = holder(1)
    act(somebody, "move_out", "2024-01-01", destination="满洲里市")
    act(somebody, "move_in", number=f"{somebody.id_number}42", **ELSEWHERE)
    assert spans(somebody) == [("0001-01-01", "normal"), ("2024-01-01", "moved_out"), ("2025-06-01", "normal")]
    assert "不需要迁入" in refused(somebody, "move_in", "2025-07-01", number=f"{somebody.id_number}42", **ELSEWHERE)


def test_within_a_year_of_a_cancellation_only_a_written_reason_opens_a_new_application() -> None:
    """Golden test 8."""
    somebody = holder(1)
    act(somebody, "cancel", "2024-03-01", reason="本人自愿申请")
    assert "原则上" in refused(somebody, "issue", "2025-02-20", **ISSUED)
    early = act(somebody, "issue", "2025-02-20", **ISSUED, override="复评达到标准")
    assert ["提前重新申请的理由", "", "复评达到标准"] in early.changes
    case_withdraw(case=early, by=None, reason="重办")
    act(somebody, "issue", "2025-03-02", **ISSUED)
    assert now(somebody).first_issued_on == day("2025-03-02")


# --- 换领, 补办, 变更 ------------------------------------------------------------------------------------------------


def test_a_renewal_opens_after_nine_full_years_and_begins_a_new_validity() -> None:
    """Golden test 3."""
    early = holder(1, first_issued_on="2015-06-01", issued_on="2015-06-01", expires_on="2025-06-01")
    assert "2024-06-01" in refused(early, "renew", "2024-05-31", reason=EXPIRY)
    act(early, "renew", "2024-06-01", reason=EXPIRY, card_generation=3)
    assert (now(early).issued_on, now(early).expires_on) == (day("2024-06-01"), day("2034-06-01"))
    assert now(early).number == f"{early.id_number}42"
    assert Person.objects.get(pk=early.pk).card_generation == 3
    expired = holder(2, first_issued_on="2017-06-01", issued_on="2017-06-01", expires_on="2024-06-01")
    act(expired, "renew", "2025-06-02", reason=EXPIRY)
    assert now(expired).expires_on == day("2035-06-02")


def test_a_printed_last_day_is_taken_within_the_years_of_validity() -> None:
    old = holder(1, issued_on="2015-01-01", first_issued_on="2015-01-01", expires_on="2024-12-31")
    assert "之间" in refused(old, "renew", reason=EXPIRY, expires_on=day("2035-06-02"))
    act(old, "renew", reason=EXPIRY, expires_on=day("2035-05-31"))
    assert now(old).expires_on == day("2035-05-31")


def test_a_damaged_card_is_changed_without_a_new_validity_unless_it_has_expired() -> None:
    somebody = holder(1)
    case = act(somebody, "renew", reason=DAMAGED, card_generation=3)
    assert now(somebody).expires_on == day("2029-04-30")
    assert spans(somebody) == [("0001-01-01", "normal")]
    assert case.changes == [["证卡代次", "", "第三代（智能化）残疾人证"]]
    assert EXPIRY in refused(holder(2, expires_on="2025-05-31"), "renew", reason=DAMAGED)
    assert "请选择原因" in refused(somebody, "renew", reason="想换")


def test_where_the_parameter_says_so_a_renewal_needs_a_new_assessment() -> None:
    set_parameter("certificate.reassess_on_renewal", True)
    old = holder(1, expires_on="2025-01-01")
    assert "重新评定" in refused(old, "renew", reason=EXPIRY)
    act(old, "renew", reason=EXPIRY, reassessed=True)


def test_what_is_lost_and_has_run_out_is_renewed() -> None:
    lost = holder(1, status="lost", status_on="2025-01-01", expires_on="2025-03-01")
    assert "换领" in refused(lost, "reissue")
    act(lost, "renew", reason=EXPIRY)
    assert (now(lost).status, now(lost).status_on) == ("normal", day("2025-06-01"))
    assert "补办" in refused(holder(2, status="lost", status_on="2025-01-01"), "renew", reason=EXPIRY)


def test_each_reissue_counts_on_the_suffix_and_keeps_the_validity() -> None:
    somebody = holder(1)
    assert "声明" in refused(somebody, "reissue")
    act(somebody, "reissue", is_declared_void=True)
    assert now(somebody).number == f"{somebody.id_number}42B1"
    act(somebody, "report_loss", "2025-07-01")
    act(somebody, "reissue", "2025-07-02")
    statement = now(somebody)
    assert (statement.number, statement.status) == (f"{somebody.id_number}42B2", "normal")
    assert (statement.issued_on, statement.expires_on) == (day("2019-05-01"), day("2029-04-30"))
    assert "冻结" in refused(holder(2, status="frozen", status_on="2025-01-01"), "reissue")


def test_a_bare_b_is_the_first_reissue() -> None:
    somebody = holder(1, suffix="B")
    act(somebody, "reissue", is_declared_void=True)
    assert now(somebody).suffix == "B2"


def test_where_the_parameter_says_so_there_is_one_reissue_a_year() -> None:
    set_parameter("certificate.reissue_once_a_year", True)
    somebody = holder(1)
    act(somebody, "reissue", "2024-06-01", is_declared_void=True)
    assert "2024-06-01" in refused(somebody, "reissue", "2025-05-31", is_declared_void=True)
    act(somebody, "reissue", "2025-06-01", is_declared_void=True)


def test_another_category_or_level_is_another_number_and_a_new_validity() -> None:
    somebody = holder(1, suffix="B1", suffix_index=None)
    assert "没有变更" in refused(somebody, "regrade", **ISSUED)
    case = act(somebody, "regrade", category="4", level="3", assessed_by="市医院")
    statement = now(somebody)
    assert statement.number == f"{somebody.id_number}43"
    assert (statement.issued_on, statement.expires_on) == (day("2025-06-01"), day("2035-06-01"))
    assert ["残疾等级", "二级", "三级"] in case.changes
    assert ["评定机构", "", "市医院"] in case.changes
    act(holder(2, expires_on="2025-01-01"), "regrade", category="1", level="1", assessed_by="市医院")
    assert "挂失" in refused(holder(3, status="lost", status_on="2025-01-01"), "regrade", **ISSUED)


def test_back_at_an_earlier_level_the_number_keeps_the_suffix_that_voided_the_one_without() -> None:
    somebody = holder(1)
    act(somebody, "reissue", "2024-01-01", is_declared_void=True)
    act(somebody, "regrade", "2024-06-01", category="4", level="3", assessed_by="市医院")
    act(somebody, "regrade", "2025-06-01", category="4", level="2", assessed_by="市医院")
    assert now(somebody).number == f"{somebody.id_number}42B1"


# --- states ----------------------------------------------------------------------------------------------------------


def test_moving_out_leaves_the_register_on_that_day() -> None:
    somebody = holder(1)
    assert "迁往" in refused(somebody, "move_out")
    act(somebody, "move_out", destination="满洲里市")
    statement = now(somebody)
    assert (statement.status, statement.status_on, statement.status_reason) == (
        "moved_out",
        day("2025-06-01"),
        "迁往满洲里市",
    )
    assert "补办" in refused(holder(2, status="lost", status_on="2025-01-01"), "move_out", destination="满洲里市")


def test_freezing_and_unfreezing_follow_each_other() -> None:
    somebody = holder(1)
    assert "“正常”" in refused(somebody, "unfreeze")
    assert "备注" in refused(somebody, "freeze", reason=OTHER)
    act(somebody, "freeze", reason="死亡信息待核实")
    assert "冻结" in refused(somebody, "freeze", "2025-06-02", reason="死亡信息待核实")
    assert "冻结" in refused(somebody, "report_loss", "2025-06-02")
    act(somebody, "unfreeze", "2025-07-01", reason="本人健在")
    assert spans(somebody) == [("0001-01-01", "normal"), ("2025-06-01", "frozen"), ("2025-07-01", "normal")]


def test_a_cancellation_gives_one_of_its_grounds_and_a_death_its_day() -> None:
    somebody = holder(1)
    assert "请选择原因" in refused(somebody, "cancel", reason="不想要了")
    assert "死亡日期" in refused(somebody, "cancel", reason=DEATH)
    assert "死亡日期" in refused(somebody, "cancel", reason=DEATH, died_on=day("2025-06-02"))
    assert "死亡日期" in refused(somebody, "cancel", reason=DEATH, died_on=day("1979-12-31"))
    assert "应选“死亡”" in refused(somebody, "cancel", reason="宣告失踪", died_on=day("2025-06-01"))
    case = act(somebody, "cancel", reason=DEATH, died_on=day("2025-05-30"))
    assert ["死亡日期", "", "2025-05-30"] in case.changes
    assert now(somebody).status_reason == DEATH
    for code in ("cancel", "renew", "reissue", "regrade", "freeze", "unfreeze", "report_loss", "move_out"):
        assert "注销" in refused(somebody, code, "2025-07-01", reason=DEATH), code


def test_whoever_has_no_certificate_is_told_to_get_one() -> None:
    somebody = person(1)
    for code in ("renew", "reissue", "regrade", "freeze", "unfreeze", "report_loss", "move_out", "cancel"):
        assert "没有残疾人证" in refused(somebody, code)


def test_the_acts_open_to_somebody_are_those_their_state_allows() -> None:
    def codes(statement: Certificate | None) -> set[str]:
        return {code for code, _ in acts_open_to(statement, today=TODAY)}

    assert codes(None) == {"issue", "move_in", "details"}
    assert codes(now(holder(1))) == {
        *("renew", "reissue", "regrade", "move_out", "report_loss", "freeze", "cancel", "details")
    }
    assert codes(now(holder(2, status="frozen", status_on="2025-01-01"))) == {
        "unfreeze",
        "move_out",
        "cancel",
        "details",
    }
    assert codes(now(holder(3, status="cancelled", status_on="2025-01-01"))) == {"issue", "move_in", "details"}
    assert "reissue" not in codes(now(holder(4, expires_on="2025-12-30")))


# --- days, offices, papers -------------------------------------------------------------------------------------------


def test_an_act_takes_effect_between_the_last_change_and_today() -> None:
    somebody = holder(1)
    assert "今天" in refused(somebody, "freeze", "2026-01-01", reason="身份信息待核实")
    assert "2019-05-01" in refused(somebody, "freeze", "2019-04-30", reason="身份信息待核实")
    act(somebody, "report_loss", "2025-06-01")
    assert "2025-06-01" in refused(somebody, "reissue", "2025-05-31")


def test_a_second_act_of_the_same_day_completes_the_first() -> None:
    somebody = holder(1)
    act(somebody, "report_loss", "2025-06-01")
    act(somebody, "reissue", "2025-06-01")
    assert spans(somebody) == [("0001-01-01", "normal"), ("2025-06-01", "normal")]
    assert now(somebody).suffix == "B1"


def test_one_office_may_accept_and_another_decide_for_the_six_items_only() -> None:
    somebody = holder(1)
    case = act(somebody, "report_loss", accepted_by="海拉尔区残联", decided_by="本区残联")
    assert (case.accepted_by, case.decided_by) == ("海拉尔区残联", "本区残联")
    sentence = refused(holder(2), "freeze", reason="身份信息待核实", accepted_by="海拉尔区残联", decided_by="本区残联")
    assert "跨省通办" in sentence


def test_papers_are_told_by_their_content_and_kept_encrypted() -> None:
    scan = Paper("C:\\扫描\\证明.png", b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    case = act(holder(1), "report_loss", attachments=[scan])
    kept = Attachment.objects.get(case=case)
    assert (kept.name, kept.content_type) == ("证明.png", "image/png")
    assert b"PNG" not in bytes(kept.content)
    assert paper_content(kept) == scan.content


def test_a_number_in_the_name_of_a_paper_is_not_kept() -> None:
    assert Paper("张某15079919800101001X.pdf", b"%PDF-").plain_name == "张某＊.pdf"
    assert Paper("诊断证明20250601.pdf", b"%PDF-").plain_name == "诊断证明20250601.pdf"


@pytest.mark.parametrize(
    ("papers", "sentence"),
    [
        ([Paper("a.pdf", b"MZ\x90\x00")], "不是 PDF"),
        ([Paper("a.pdf", b"")], "空文件"),
        ([Paper("a.pdf", b"%PDF-" + b"0" * 10 * 1024 * 1024)], "超过 10 MB"),
        ([Paper("a.pdf", b"%PDF-" + b"0" * 9 * 1024 * 1024)] * 3, "合计"),
        ([Paper("a.pdf", b"%PDF-")] * 11, "最多 10 个"),
    ],
)
def test_other_papers_are_refused(papers: list[Paper], sentence: str) -> None:
    assert sentence in refused(holder(1), "report_loss", attachments=papers)


def test_whoever_asked_is_told_of_an_act(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Change] = []
    monkeypatch.setattr("registry.contributions.ON_CHANGE", [told.append])
    somebody = holder(1)
    case = act(somebody, "report_loss")
    case_withdraw(case=case, by=None, reason="点错")
    assert [(change.people, change.act) for change in told] == [
        (frozenset({somebody.pk}), "report_loss"),
        (frozenset({somebody.pk}), "withdrawn"),
    ]


def test_nobody_places_a_person_outside_the_own_area() -> None:
    clerk = user(Role.STREET_STAFF, street="第一街道")
    other = records.community("第二街道")
    assert "辖区" in refused(holder(1), "details", community=other, by=clerk)


# --- 信息变更 --------------------------------------------------------------------------------------------------------


def test_dated_particulars_hold_from_the_day_and_others_at_once() -> None:
    somebody, other = holder(1, is_student=True), records.community("第二街道")
    case = act(somebody, "details", name="新名字", phone="13900001234", community=other, is_student=False)
    known = Person.objects.get(pk=somebody.pk)
    assert (known.name, known.initials, known.phone, known.community) == ("新名字", "xmz", "13900001234", other)
    before, after = somebody.certificates.order_by("held_from")
    assert (before.community, before.is_student) == (somebody.community, True)
    assert (after.community, after.is_student, after.held_from) == (other, False, day("2025-06-01"))
    assert ["联系电话", "", "139****1234"] in case.changes
    assert all("新名字" not in line and "13900001234" not in line for line in case.changes)


def test_a_correction_reaches_back_as_far_as_the_wrong_value() -> None:
    somebody = holder(1, hukou_type="agricultural")
    act(somebody, "report_loss", "2025-01-01")
    act(somebody, "details", "2025-03-01", hukou_type="non_agricultural", is_correction=True)
    assert [s.hukou_type for s in somebody.certificates.all()] == ["non_agricultural"] * 2
    assert spans(somebody) == [("0001-01-01", "normal"), ("2025-01-01", "lost")]


def test_nothing_changed_is_nothing_to_file() -> None:
    somebody = holder(1)
    assert "没有任何变化" in refused(somebody, "details", community=somebody.community, phone=None)
    assert "姓名" in refused(somebody, "details", name=None)


def test_a_child_without_a_certificate_is_placed_by_the_sheets() -> None:
    child = person(1, born="2015-01-01")
    assert "最近的一行" in refused(child, "details", community=records.community("第二街道"))
    act(child, "details", guardian_name="王监护", community=child.community)
    assert Person.objects.get().guardian_name == "王监护"


# --- 撤回 ------------------------------------------------------------------------------------------------------------


def state() -> tuple[Any, ...]:
    """Everything an act may write, but its file."""
    people = [
        (p.pk, p.id_number, p.name, p.phone, p.guardian_name, p.community_id, p.card_generation)
        for p in Person.objects.order_by("pk")
    ]
    certificates = list(Certificate.objects.order_by("pk").defer("suffix").values_list("pk", "held_from", "held_until",
        "category", "level", "suffix_index", "status", "status_on", "issued_on", "expires_on", "community", "household"))  # fmt: skip
    return people, certificates, FormerIdentity.objects.count(), list(Household.objects.values_list("head_id_index"))


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("renew", {"reason": EXPIRY, "on": "2028-06-01", "today": day("2028-06-01"), "card_generation": 3}),
        ("reissue", {"is_declared_void": True}),
        ("regrade", {"category": "5", "level": "1", "assessed_by": "区医院", "guardian_name": "王监护"}),
        ("move_out", {"destination": "满洲里市"}),
        ("report_loss", {}),
        ("freeze", {"reason": "身份信息待核实"}),
        ("cancel", {"reason": DEATH, "died_on": day("2025-05-01")}),
        ("details", {"phone": "13900001234", "name": "改名", "is_student": True}),
    ],
)
def test_an_act_is_taken_back_whole(code: str, how: dict[str, Any]) -> None:
    somebody = holder(1)
    before = state()
    case = act(somebody, code, **how)
    assert how.get("reason") == DAMAGED or state() != before
    case_withdraw(case=case, by=None, reason="办错了人")
    assert state() == before
    case.refresh_from_db()
    assert case.withdrawn_at is not None
    assert case.withdrawn_reason == "办错了人"


def test_whoever_an_issue_made_known_stays_on_file_without_a_certificate() -> None:
    case = register(**ISSUED)
    case_withdraw(case=case, by=None, reason="证照信息有误")
    assert not Certificate.objects.exists()
    assert not Household.objects.exists()
    act(Person.objects.get(), "issue", **ISSUED)


def test_only_the_latest_act_is_taken_back_and_only_once() -> None:
    somebody = holder(1)
    first = act(somebody, "report_loss")
    second = act(somebody, "reissue", "2025-06-02")
    with pytest.raises(RuleBroken, match="补办"):
        case_withdraw(case=first, by=None, reason="点错")
    with pytest.raises(RuleBroken, match="写明"):
        case_withdraw(case=second, by=None, reason=" ")
    case_withdraw(case=second, by=None, reason="点错")
    with pytest.raises(RuleBroken, match="已经撤回"):
        case_withdraw(case=second, by=None, reason="点错")
    case_withdraw(case=first, by=None, reason="点错")
    assert spans(somebody) == [("0001-01-01", "normal")]


def test_what_was_done_to_several_people_at_once_is_not_taken_back_for_one() -> None:
    case = act(holder(1), "report_loss")
    CertificateCase.objects.update(history_context=None)
    with pytest.raises(RuleBroken, match="一起办的"):
        case_withdraw(case=case, by=None, reason="点错")


def test_what_has_been_edited_since_is_not_taken_back() -> None:
    somebody = holder(1)
    case = act(somebody, "report_loss")
    open_history_context(user="somebody else")
    statement = now(somebody)
    statement.is_student = True
    statement.save()
    with pytest.raises(RuleBroken, match="又有改动"):
        case_withdraw(case=case, by=None, reason="点错")


# --- 身份证号更正 ----------------------------------------------------------------------------------------------------


def test_a_corrected_number_changes_what_follows_from_it_and_the_old_one_still_leads_there() -> None:
    somebody = holder(1)
    old, new = somebody.id_number, id_number(2, born="1981-02-03")
    case = identity_correct(person=somebody, id_number=new.lower(), by=None, reason="重号", today=TODAY)
    known = Person.objects.get()
    assert (known.id_number, known.born_on, known.sex) == (new, day("1981-02-03"), "female")
    assert now(known).number == f"{new}42"
    assert Household.objects.get().head_id_number == new
    former = FormerIdentity.objects.get()
    assert (former.id_number, former.until, former.reason) == (old, TODAY, "重号")
    assert person_of_number(old) == person_of_number(new) == known
    case_withdraw(case=case, by=None, reason="证明有误")
    assert Person.objects.get().id_number == Household.objects.get().head_id_number == old
    assert not FormerIdentity.objects.exists()


def test_somebody_elses_number_is_refused_and_merging_is_pointed_to() -> None:
    somebody, other = holder(1), holder(2)
    for number, sentence in ((other.id_number, "合并"), (somebody.id_number, "没有变化"), ("150799", "18 位")):
        with pytest.raises(RuleBroken, match=sentence):
            identity_correct(person=somebody, id_number=number, by=None, reason="重号", today=TODAY)


# --- 号码沿革 --------------------------------------------------------------------------------------------------------


def test_the_numbers_somebody_has_had_are_told_in_their_order() -> None:
    somebody = holder(1)
    old = somebody.id_number
    act(somebody, "reissue", "2023-01-01", is_declared_void=True)
    act(somebody, "regrade", "2024-01-01", category="4", level="1", assessed_by="市医院")
    new = id_number(2)
    identity_correct(person=somebody, id_number=new, by=None, reason="重号", today=day("2025-01-01"))
    act(Person.objects.get(), "cancel", "2025-06-01", reason="宣告失踪")
    told = [(p.number, str(p.since), str(p.until), p.why) for p in number_history(Person.objects.get())]
    assert told == [
        (f"{old}42", "2019-05-01", "2023-01-01", "首次发证"),
        (f"{old}42B1", "2023-01-01", "2024-01-01", "补办"),
        (f"{old}41", "2024-01-01", "2025-01-01", "类别等级变更"),
        (f"{new}41", "2025-01-01", "2025-06-01", "身份证号更正"),
    ]


def test_a_number_that_comes_back_begins_anew() -> None:
    somebody = holder(1)
    act(somebody, "move_out", "2024-01-01", destination="满洲里市")
    act(somebody, "move_in", "2025-01-01", number=f"{somebody.id_number}42", **ELSEWHERE)
    told = [(str(p.since), str(p.until), p.why) for p in number_history(somebody)]
    assert told == [("2019-05-01", "2024-01-01", "首次发证"), ("2025-01-01", "None", "迁入")]
