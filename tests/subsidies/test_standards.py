"""补贴标准: kept by people, and what was paid by them; the switches; what months have none."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registry.services.facts import version
from subsidies.models import LineKind, PaymentLine, PaymentRun, Standard
from subsidies.rules import fitting
from subsidies.services import standards as services
from subsidies.switches import switches
from tests import records
from tests.deliveries import user
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Parameter, Role

pytestmark = pytest.mark.django_db
JULY = datetime.date(2024, 7, 1)
TODAY = datetime.date(2026, 11, 24)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def values(**change: Any) -> dict[str, Any]:
    return {
        "subsidy": "living",
        "name": "统一标准",
        "amount_yuan": Decimal(125),
        "levels": [],
        "categories": [],
        "hukou_type": "",
        "assistance_kinds": [],
        "first_month": JULY,
        "last_month": None,
        "document": "某文〔2024〕1号",
        "note": "",
        **change,
    }


def add(**change: Any) -> Standard:
    return services.standard_add(by=None, **values(**change))


def pay(standard: Standard, month: str = "2024-08-01", *, is_locked: bool = True) -> PaymentLine:
    """A line of a run, perhaps locked, that was priced by the standard."""
    somebody = records.holder(PaymentLine.objects.count() + 1)
    run = PaymentRun.objects.create(
        subsidy=standard.subsidy, month=month, pay_on=month, prepared_at=timezone.now(), state="draft"
    )
    return PaymentLine.objects.create(
        run=run,
        person=somebody,
        subsidy=standard.subsidy,
        benefit_month=month,
        kind=LineKind.REGULAR,
        amount_yuan=standard.amount_yuan,
        standard=standard,
        standard_yuan=standard.amount_yuan,
        community=somebody.community,
        is_locked=is_locked,
    )


def client_of(role: str = Role.CIVIL_STAFF) -> Client:
    found = Client()
    found.force_login(user(role), backend="zalainuoer.roles.RoleBackend")
    return found


# --- services --------------------------------------------------------------------------------------------------------


def test_a_standard_prices_the_months_from_its_first_to_its_last() -> None:
    added = add(first_month=day("2024-07-15"), last_month=day("2024-09-30"))
    assert (added.first_month, added.last_month) == (JULY, day("2024-09-01"))
    priced = [month for month in (6, 7, 9, 10) if fitting("living", on=JULY, month=JULY.replace(month=month))]
    assert priced == [7, 9]


def test_who_did_what_and_why_stands_in_the_history() -> None:
    by = user(Role.CIVIL_STAFF)
    row = services.standard_add(by=by, **values())
    services.standard_change(standard=row, by=by, reason="文号录错", **values(document="某文〔2024〕2号"))
    services.standard_end(standard=row, by=by, reason="调整", last_month=JULY)
    events = list(Standard.pgh_event_model.objects.order_by("pgh_id"))  # type: ignore[attr-defined]
    said = [(e.pgh_label, e.pgh_context.metadata["act"], e.pgh_context.metadata["reason"]) for e in events]
    assert said == [
        ("insert", "standard_add", "某文〔2024〕1号"),
        ("update", "standard_change", "文号录错"),
        ("update", "standard_end", "调整"),
    ]
    assert {event.pgh_context.metadata["user"] for event in events} == {by.username}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amount_yuan": Decimal(0)}, "月标准应大于 0"),
        ({"last_month": day("2024-06-01")}, "执行截止月份不能早于起始月份"),
        ({}, "这一档次从该月起已有标准"),
        ({"name": "某档", "levels": ["9"]}, "9"),
    ],
)
def test_what_the_table_forbids_is_refused_with_its_sentence(change: dict[str, Any], sentence: str) -> None:
    add()
    with pytest.raises(RuleBroken, match=sentence):
        add(**{"name": "统一标准", **change})
    assert Standard.objects.count() == 1


PAID_CHANGES: list[dict[str, Any]] = [
    {"amount_yuan": Decimal(130)},
    {"levels": ["1"]},
    {"categories": ["5"]},
    {"hukou_type": "agricultural"},
    {"assistance_kinds": ["dibao"]},
    {"first_month": day("2024-08-01")},
]


@pytest.mark.parametrize("change", PAID_CHANGES, ids=lambda change: next(iter(change)))
def test_what_a_locked_month_was_paid_by_is_not_changed(change: dict[str, Any]) -> None:
    row = add()
    pay(row)
    with pytest.raises(RuleBroken, match="发到了 2024-08，金额、适用条件和起始月份不能再改"):
        services.standard_change(standard=row, by=None, reason="调整", **values(**change))
    row.refresh_from_db()
    assert (row.amount_yuan, row.levels, row.first_month) == (Decimal(125), [], JULY)


@pytest.mark.parametrize("change", PAID_CHANGES, ids=lambda change: next(iter(change)))
def test_what_only_a_draft_was_priced_by_may_still_be_changed(change: dict[str, Any]) -> None:
    row = add()
    pay(row, is_locked=False)
    changed = services.standard_change(standard=row, by=None, reason="录错", **values(**change))
    name, value = next(iter(change.items()))
    assert getattr(Standard.objects.get(pk=changed.pk), name) == value


def test_a_paid_standards_name_and_document_may_be_corrected() -> None:
    row = add()
    pay(row)
    services.standard_change(standard=row, by=None, reason="录错", **values(name="统一", document="某文〔2024〕3号"))
    assert Standard.objects.get().name == "统一"


def test_a_paid_standard_is_ended_and_a_new_one_added_even_backwards() -> None:
    """A raise that becomes known in October and holds from July (§3.4): the old row ends in June of what was paid."""
    row = add(first_month=day("2024-01-01"))
    pay(row, "2024-09-01")
    ended = services.standard_end(standard=row, last_month=day("2024-06-30"), by=None, reason="7月起提标")
    assert ended.last_month == day("2024-06-01")
    assert any("发到了 2024-09" in sentence for sentence in services.warnings_of(ended))
    new = add(amount_yuan=Decimal(150))
    assert services.warnings_of(new) == []
    assert [found.pk for found, _ in fitting("living", on=JULY, month=JULY)] == [new.pk]


def test_nothing_changed_is_not_saved() -> None:
    row = add()
    with pytest.raises(RuleBroken, match="没有任何变化"):
        services.standard_change(standard=row, by=None, reason="?", **values())


def test_what_was_changed_meanwhile_is_not_written_over() -> None:
    row = add()
    seen = version(row)
    services.standard_change(standard=row, by=None, reason="先改", **values(amount_yuan=Decimal(130)))
    with pytest.raises(RuleBroken, match="又被改过"):
        services.standard_change(standard=row, by=None, reason="后改", seen=seen, **values(amount_yuan=Decimal(140)))
    with pytest.raises(RuleBroken, match="又被改过"):
        services.standard_end(standard=row, by=None, reason="后改", seen=seen, last_month=JULY)


@pytest.mark.parametrize(
    ("one", "other", "overlaps"),
    [
        ({}, {}, True),
        ({"levels": ["1"]}, {"levels": ["2"]}, False),
        ({"levels": ["1", "2"]}, {"levels": ["2"]}, True),
        ({"levels": ["1"]}, {}, True),
        ({"levels": ["1"], "categories": ["5"]}, {"levels": ["1"], "categories": ["6"]}, False),
        ({"hukou_type": "agricultural"}, {"hukou_type": "non_agricultural"}, False),
        ({"hukou_type": "agricultural"}, {}, True),
        ({"assistance_kinds": ["dibao"]}, {"assistance_kinds": ["dibao_edge"]}, False),
        ({"last_month": day("2024-08-01")}, {"first_month": day("2024-09-01")}, False),
        ({"last_month": day("2024-08-01")}, {"first_month": day("2024-08-01")}, True),
        ({}, {"subsidy": "nursing"}, False),
    ],
)
def test_rows_that_could_fit_one_person_are_a_warning_and_no_more(
    one: dict[str, Any], other: dict[str, Any], overlaps: bool
) -> None:
    first, second = add(name="甲", **one), add(name="乙", **other)
    assert services.overlapping(second) == ([first] if overlaps else [])
    assert services.overlapping(first) == ([second] if overlaps else [])
    assert bool(services.warnings_of(second)) is overlaps


# --- the switches ----------------------------------------------------------------------------------------------------


def set_parameter(key: str, value: Any, from_day: str, document: str) -> None:
    Parameter.objects.create(key=key, name=key, value=value, effective_from=from_day, document=document)


def test_both_groups_are_closed_until_a_document_opens_them() -> None:
    living, nursing = switches(today=TODAY)
    assert (living.is_open, living.sentence) == (False, "低保边缘家庭：未开放。")
    assert (nursing.is_open, nursing.sentence) == (False, "三、四级智力、精神残疾（含多重残疾中的）：未开放。")
    assert [setting.text for setting in nursing.settings] == ["无", "三级、四级"]


def test_an_open_group_says_since_when_and_by_what() -> None:
    set_parameter("living.required_kinds", ["dibao", "dibao_edge"], "2025-01-01", "甲文")
    set_parameter("nursing.extension_categories", ["5", "6"], "2025-03-01", "乙文")
    set_parameter("nursing.extension_levels", ["3"], "2025-06-01", "丙文")
    living, nursing = switches(today=TODAY)
    assert (living.is_open, living.sentence) == (True, "低保边缘家庭：自 2025-01-01 起开放（甲文）。")
    assert nursing.sentence == "三级智力残疾、精神残疾（含多重残疾中的）：自 2025-03-01 起开放（乙文）。"


def test_a_turn_to_come_is_told() -> None:
    set_parameter("nursing.extension_categories", ["5"], "2027-01-01", "乙文")
    assert switches(today=TODAY)[1].sentence.endswith("：未开放。自 2027-01-01 起将开放（乙文）。")
    set_parameter("nursing.extension_categories", [], "2027-06-01", "丁文")
    assert switches(today=day("2027-02-01"))[1].sentence.endswith(
        "自 2027-01-01 起开放（乙文）。自 2027-06-01 起将停止（丁文）。"
    )
    assert switches(today=day("2027-07-01"))[1].sentence.endswith("未开放。")


def test_a_parameter_without_a_value_is_not_maintained() -> None:
    set_parameter("living.required_kinds", None, "2025-01-01", "废止文")
    living = switches(today=TODAY)[0]
    assert living.is_open is None
    assert "参数未维护" in living.sentence
    assert living.settings[0].row is None


def test_the_switches_are_read_in_one_statement() -> None:
    with CaptureQueriesContext(connection) as captured:
        switches(today=TODAY)
    assert len(captured) == 1


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subsidies.views.standards.timezone.localdate", lambda: TODAY)


POSTED = {"subsidy": "nursing", "name": "一级", "amount_yuan": "130", "first_month": "2026年1月", "document": "某文"}


def test_the_list_tells_now_from_future_and_past_and_which_months_have_none(at_today: None) -> None:
    add(name="旧", first_month=day("2024-01-01"), last_month=day("2025-12-01"))
    add(name="新", first_month=day("2026-03-01"), levels=["1", "2"], assistance_kinds=["dibao"])
    add(name="将来", first_month=day("2027-01-01"))
    said = " ".join(client_of().get(reverse("standard_list")).content.decode().split())
    for words in (
        "现行（1 条）",
        "尚未执行（1 条）",
        "已停止（1 条）",
        "等级：一级、二级",
        "救助类型：低保",
        "户口：不限",
    ):
        assert words in said
    assert "最近 13 个月中有 2 个月没有任何标准" in said
    assert "2026-01、2026-02" in said
    assert "最近 13 个月中有 13 个月没有任何标准" in said  # the nursing subsidy
    assert "没有现行的标准" in said


def test_only_who_keeps_parameters_is_led_to_them(at_today: None) -> None:
    address = reverse("parameter_add", args=["nursing.extension_categories"])
    assert address not in client_of(Role.CIVIL_STAFF).get(reverse("standard_list")).content.decode()
    assert address in client_of(Role.SYSTEM_ADMINISTRATOR).get(reverse("standard_list")).content.decode()


def test_a_standard_is_added_in_the_browser_with_its_month_typed() -> None:
    answer = client_of().post(
        reverse("standard_add"), {**POSTED, "levels": ["1"], "categories": ["5", "6"]}, follow=True
    )
    row = Standard.objects.get()
    assert (row.first_month, row.levels, row.categories, row.amount_yuan) == (
        day("2026-01-01"), ["1"], ["5", "6"], Decimal(130),
    )  # fmt: skip
    assert "已新增标准“一级（130元）”，自 2026-01 起执行。" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"first_month": "2026-13"}, "没有这个月"),
        ({"first_month": "明年"}, "不是月份"),
        ({"first_month": ""}, "请填写"),
        ({"last_month": "2025-12"}, "执行截止月份不能早于起始月份"),
        ({"amount_yuan": "0"}, "月标准应大于 0"),
        ({"amount_yuan": "一百"}, "请填写金额"),
        ({"subsidy": ""}, "请选择"),
        ({"document": "150799198001010018"}, "不要写身份证号"),
    ],
)
def test_what_is_mistyped_is_told_beside_its_field(change: dict[str, str], sentence: str) -> None:
    said = client_of().post(reverse("standard_add"), {**POSTED, **change}).content.decode()
    assert sentence in said
    assert not Standard.objects.exists()


def test_an_overlap_is_told_after_saving() -> None:
    client = client_of()
    client.post(reverse("standard_add"), POSTED)
    said = client.post(reverse("standard_add"), {**POSTED, "name": "二级"}, follow=True).content.decode()
    assert "与“一级”（2026-01 起）的执行月份和条件有重叠" in said
    assert Standard.objects.count() == 2


def test_a_paid_standard_is_changed_only_in_name_and_document_and_ended() -> None:
    row = add(subsidy="nursing", name="一级", levels=["1"])
    pay(row)
    client, address = client_of(), reverse("standard_change", args=[row.pk])
    said = client.get(address).content.decode()
    assert "已锁定的批次按这条标准发到了 2024-08" in said
    client.post(
        address,
        {**POSTED, "amount_yuan": "999", "name": "一级残疾", "reason": "更名", "seen": version(row)},
    )
    row.refresh_from_db()
    assert (row.name, row.amount_yuan, row.levels, row.first_month) == ("一级残疾", Decimal(125), ["1"], JULY)
    end = reverse("standard_end", args=[row.pk])
    form = {"last_month": "2024-06", "reason": "提标", "seen": version(row)}
    assert "不能早于起始月份 2024-07" in client.post(end, form).content.decode()
    client.post(end, {**form, "last_month": "2024-08"})
    row.refresh_from_db()
    assert row.last_month == day("2024-08-01")


@pytest.mark.parametrize("role", [Role.FEDERATION_STAFF, Role.LEADERSHIP])
def test_only_who_keeps_standards_sees_their_pages(role: str) -> None:
    row = add()
    client = client_of(role)
    for address in (reverse("standard_list"), reverse("standard_add"), *(reverse(n, args=[row.pk]) for n in KEYED)):
        assert client.get(address).status_code == 403


KEYED = ("standard_change", "standard_end")


def test_the_list_asks_as_much_for_many_standards_as_for_few(at_today: None) -> None:
    client = client_of()
    counted = []
    for start, size in ((0, 2), (10, 30)):
        for n in range(start, start + size):
            add(name=f"档{n}")
        client.get(reverse("standard_list"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("standard_list"))
        counted.append(len(captured))
    assert counted[0] == counted[1]


# --- parameters that are lists ---------------------------------------------------------------------------------------

CATEGORIES = "nursing.extension_categories"


def test_an_empty_list_is_filled_and_emptied_again_in_the_browser() -> None:
    client, address = client_of(Role.SYSTEM_ADMINISTRATOR), reverse("parameter_add", args=[CATEGORIES])
    client.post(address, {"value": ["5", "6"], "effective_from": "2025-01-01", "document": "甲文"})
    assert Parameter.objects.value(CATEGORIES, on=TODAY) == ["5", "6"]
    assert switches(today=TODAY)[1].is_open
    client.post(address, {"effective_from": "2026-01-01", "document": "乙文"})
    assert Parameter.objects.value(CATEGORIES, on=TODAY) == []
    assert Parameter.objects.value(CATEGORIES, on=day("2025-12-31")) == ["5", "6"]
    said = client.get(reverse("parameter_list")).content.decode()
    assert "智力残疾、精神残疾" in said


def test_a_code_that_is_no_choice_is_refused() -> None:
    client, address = client_of(Role.SYSTEM_ADMINISTRATOR), reverse("parameter_add", args=[CATEGORIES])
    client.post(address, {"value": ["9"], "effective_from": "2025-01-01", "document": "甲文"})
    assert Parameter.objects.filter(key=CATEGORIES).count() == 1


def test_a_list_that_never_was_empty_cannot_be_emptied() -> None:
    client, address = client_of(Role.SYSTEM_ADMINISTRATOR), reverse("parameter_add", args=["severe.levels"])
    said = client.post(address, {"effective_from": "2025-01-01", "document": "甲文"}).content.decode()
    assert "请至少选择一项" in said
    assert Parameter.objects.filter(key="severe.levels").count() == 1


def test_a_typed_list_that_has_been_emptied_keeps_the_kind_of_its_items() -> None:
    set_parameter("some.days", [3, 5], "2020-01-01", "甲文")
    set_parameter("some.days", [], "2021-01-01", "乙文")
    client, address = client_of(Role.SYSTEM_ADMINISTRATOR), reverse("parameter_add", args=["some.days"])
    client.post(address, {"value": "7\n9", "effective_from": "2022-01-01", "document": "丙文"})
    assert Parameter.objects.value("some.days", on=TODAY) == [7, 9]
    client.post(address, {"value": "", "effective_from": "2023-01-01", "document": "丁文"})
    assert Parameter.objects.value("some.days", on=TODAY) == []
