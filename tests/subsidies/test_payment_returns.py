"""银行代发回盘: only what was sent, by the runs that sent it, and never against what has been paid again."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Person
from subsidies.models import PaymentReturn, PaymentRun
from tests.deliveries import changes, counts, fact, id_number, receive, refused, undo, upload
from tests.records import holder
from tests.subsidies.paying import NURSING, failed, grant, locked, prepared, standard, submitted, told
from zalainuoer.common.models import UploadBatch

pytestmark = pytest.mark.django_db
CODE = "payment-returns"
TODAY = "2024-12-20"


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


def row(n: int = 1, **change: object) -> dict[str, object]:
    person = {"身份证号": id_number(n), "姓名": f"某{n}", "所属街道": "", "所属社区": "", "户主身份证号": ""}
    facts = {"批次号": "B202405", "处理日期": "2024-05-12", **change}
    return fact(CODE, person, **facts)


def paid(n: int = 1, **change: object) -> dict[str, object]:
    return row(n, **{"是否到账": "是", "失败原因": None, **change})


@pytest.fixture
def run() -> PaymentRun:
    """A locked run of May that paid 某1 and 某2."""
    standard()
    for n in (1, 2):
        grant(holder(n), since="2024-05-01")
    return locked("2024-05-01")


def sentence(batch: UploadBatch) -> tuple[str, str]:
    ((found,),) = refused(batch).values()
    return found


def test_the_banks_answer_is_kept_person_by_person(run: PaymentRun) -> None:
    assert counts(upload(CODE, [row(1), paid(2)])) == {"new": 2}
    found = PaymentReturn.objects.order_by("person")
    assert [(each.run, each.is_paid, each.failure) for each in found] == [(run, False, "账户已销户"), (run, True, None)]
    assert counts(upload(CODE, [row(1), paid(2)])) == {"same": 2}


def test_a_batch_number_is_read_as_offices_write_it_and_a_word_for_success_is_no_failure(run: PaymentRun) -> None:
    assert counts(upload(CODE, [paid(1, 批次号="ｂ202405 ", 失败原因="交易成功")])) == {"new": 1}


@pytest.mark.parametrize(
    ("change", "heading", "words"),
    [
        ({"批次号": "B202406"}, "批次号", "没有批次 B202406"),
        ({"批次号": "C202405"}, "批次号", "不是批次号"),
        ({"批次号": "B202413"}, "批次号", "不是批次号"),
        ({"金额": "125.01"}, "金额", "送银行的金额 125.00 元不一致"),
        ({"失败原因": None}, "失败原因", "必须写明失败原因"),
        ({"是否到账": "是"}, "失败原因", "就应空着"),
        ({"是否到账": "成功了"}, "是否到账", "可选：是、否"),
        ({"处理日期": "2024-12-21"}, "处理日期", "还没有到"),
    ],
)
def test_what_does_not_fit_what_was_sent_is_refused(
    run: PaymentRun, change: dict[str, object], heading: str, words: str
) -> None:
    found = sentence(receive(CODE, [row(1, **change)]))
    assert found[0] == heading
    assert words in found[1]


def test_a_run_that_is_not_locked_has_sent_nothing() -> None:
    standard()
    grant(holder(1), since="2024-05-01")
    prepared("2024-05-01")
    assert "还没有锁定（草拟）" in sentence(receive(CODE, [row(1)]))[1]
    submitted("2024-05-01")
    assert "还没有锁定（待复核）" in sentence(receive(CODE, [row(1)]))[1]


def test_whoever_the_run_has_not_paid_is_refused(run: PaymentRun) -> None:
    holder(3)
    assert "没有给此人发放" in sentence(receive(CODE, [row(3)]))[1]


def test_the_amount_is_that_of_all_the_persons_lines_that_were_sent() -> None:
    somebody = holder(1)
    standard()
    grant(somebody, since="2024-04-01")
    locked("2024-05-01")
    assert "250.00" in sentence(receive(CODE, [row(1)]))[1]
    assert counts(upload(CODE, [row(1, 金额="250")])) == {"new": 1}


def test_a_failure_is_paid_again_by_the_next_run_and_cannot_be_turned_round_afterwards(run: PaymentRun) -> None:
    upload(CODE, [row(1), paid(2)])
    again = locked("2024-06-01")
    assert [line for line in told(again) if line[0] == "reissue"] == [("reissue", "2024-05", "125")]
    found = sentence(receive(CODE, [paid(1)]))
    assert found[0] == "是否到账"
    assert "已在批次 B202406 重新发放" in found[1]


def test_an_answer_is_corrected_as_long_as_nothing_has_been_paid_again(run: PaymentRun) -> None:
    upload(CODE, [row(1)])
    batch = receive(CODE, [paid(1)])
    assert {cell.heading for cells in changes(batch).values() for cell in cells} == {"是否到账", "失败原因"}
    upload(CODE, [paid(1)])
    assert PaymentReturn.objects.get().is_paid


def test_failed_then_reissued_then_failed_again(run: PaymentRun) -> None:
    somebody = Person.objects.order_by("pk").first()
    assert somebody is not None
    failed(run, somebody)
    second = locked("2024-06-01")
    upload(CODE, [row(1, 批次号="B202406", 金额="250", 处理日期="2024-06-12")])
    third = locked("2024-07-01")
    assert [line for line in told(third) if line[0] == "reissue"] == [
        ("reissue", "2024-05", "125"),
        ("reissue", "2024-06", "125"),
    ]
    assert second.code == "B202406"
    assert third.subsidy == NURSING


def test_an_upload_by_mistake_is_undone(run: PaymentRun) -> None:
    batch = upload(CODE, [row(1), paid(2)])
    undo(batch)
    assert PaymentReturn.objects.count() == 0


def test_statements_do_not_grow_with_rows() -> None:
    standard()
    for n in range(1, 101):
        grant(holder(n), since="2024-05-01")
    locked("2024-05-01")
    found = []
    for rows in (10, 100):
        with CaptureQueriesContext(connection) as queries:
            receive(CODE, [row(n) for n in range(1, rows + 1)])
        found.append(len(queries))
    assert abs(found[0] - found[1]) <= 2  # the progress of the job is told by time
