"""A liaison's way through a delivery, by keyboard, with a real worker behind the pages."""

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.browser.conftest import Visitor
from tests.deliveries import fact, holder, upload, workbook
from zalainuoer.common.models import BatchState, Job, UploadBatch, User

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHEET = "social-assistance"
PATIENCE = 30_000


@pytest.fixture
def people(accounts: dict[str, User]) -> list[dict[str, object]]:
    found = [holder(n) for n in range(1, 6)]
    upload("registry", found)
    return found


def deliver(visitor: Visitor, tmp_path: Path, content: bytes, name: str = "救助名册.xlsx", sheet: str = SHEET) -> Any:
    """Chooses a file and sends it by keyboard; returns the page once the worker is done."""
    file = tmp_path / name
    file.write_bytes(content)
    page = visitor.open(f"/sheets/{sheet}/")
    page.set_input_files("input[type=file]", file)
    visitor.tabs_to("上传并核对")
    visitor.press_enter()
    page.wait_for_url("**/batches/*/")
    page.wait_for_selector("#progress", state="detached", timeout=PATIENCE)
    return page


def test_from_the_upload_to_the_undo(
    visit: Any, accounts: dict[str, User], people: list[dict[str, object]], worker: None, tmp_path: Path
) -> None:
    visitor: Visitor = visit(accounts["liaison"])
    rows = [fact(SHEET, person) for person in people]
    rows[4]["救助类型"] = "别的"
    page = deliver(visitor, tmp_path, workbook(rows))
    assert counts(page) == ["4", "0", "0", "1"]
    assert "“别的”不在可选范围内" in page.locator("table").first.inner_text()
    visitor.assert_good()

    with page.expect_download() as download:
        page.click("a:has-text('下载标出问题的工作簿')")
    marked = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).worksheets[0]
    assert "不在可选范围内" in str(marked.cell(6, marked.max_column).value)

    visitor.tabs_to("确认")
    visitor.press_enter()
    page.wait_for_selector("h2:has-text('已入库')", timeout=PATIENCE)
    visitor.assert_good()

    visitor.tabs_to("撤销这次入库")
    visitor.press_enter()
    page.wait_for_url("**/undo/")
    assert "将退回 4 条记录" in page.locator("main").inner_text()
    visitor.assert_good()
    visitor.tabs_to("确认撤销")
    visitor.press_enter()
    page.wait_for_selector("h2:has-text('已撤销')", timeout=PATIENCE)
    visitor.assert_good()


def counts(page: Any) -> list[str]:
    return page.locator(".count .value").all_inner_texts()


def test_a_changed_cell_shows_the_old_value_and_the_new_and_the_same_file_says_so(
    visit: Any, accounts: dict[str, User], people: list[dict[str, object]], worker: None, tmp_path: Path
) -> None:
    visitor: Visitor = visit(accounts["liaison"])
    upload(SHEET, [fact(SHEET, person) for person in people], by=accounts["liaison"])
    content = workbook([fact(SHEET, person, 施保方式="单人户") for person in people])
    page = deliver(visitor, tmp_path, content)
    assert counts(page)[:2] == ["0", "5"]
    assert page.locator("td del").first.inner_text() == "整户"
    assert page.locator("td ins").first.inner_text() == "单人户"
    visitor.assert_good()
    page.click("button:has-text('确认')")
    page.wait_for_selector("h2:has-text('已入库')", timeout=PATIENCE)

    page = deliver(visitor, tmp_path, content)
    assert "完全相同" in page.locator(".note").first.inner_text()
    visitor.assert_good()


def test_a_period_sheet_asks_what_to_do_with_what_is_missing(
    visit: Any, accounts: dict[str, User], people: list[dict[str, object]], worker: None, tmp_path: Path
) -> None:
    visitor: Visitor = visit(accounts["liaison"])
    code = "living-subsidy-payments"
    upload(code, [fact(code, person) for person in people], by=accounts["liaison"])
    page = deliver(visitor, tmp_path, workbook([fact(code, person) for person in people[:3]]), sheet=code)
    assert counts(page)[4] == "2"
    visitor.assert_good()
    page.click("text=查看名单")
    visitor.assert_good()
    page.check("text=撤下")
    page.click("button:has-text('确认')")
    page.wait_for_selector("h2:has-text('已入库')", timeout=PATIENCE)
    assert "撤下 2 条" in page.locator(".note").first.inner_text()


def test_a_new_name_is_confirmed_row_by_row(
    visit: Any, accounts: dict[str, User], people: list[dict[str, object]], worker: None, tmp_path: Path
) -> None:
    visitor: Visitor = visit(accounts["staff"])
    page = deliver(visitor, tmp_path, workbook([{**people[0], "姓名": "新名字"}, *people[1:]]), sheet="registry")
    assert counts(page) == ["0", "0", "4", "1"]
    page.check("text=第 2 行")
    visitor.assert_good()
    page.click("button:has-text('确认')")
    page.wait_for_selector("#progress", state="detached", timeout=PATIENCE)
    page.wait_for_selector(".count-even .value:text-is('1')", timeout=PATIENCE)
    page.click("button:has-text('确认')")
    page.wait_for_selector("h2:has-text('已入库')", timeout=PATIENCE)


def test_an_unreadable_file_and_an_empty_choice_are_told(
    visit: Any, accounts: dict[str, User], worker: None, tmp_path: Path
) -> None:
    visitor: Visitor = visit(accounts["liaison"])
    page = deliver(visitor, tmp_path, b"<html></html>", name="名册.xls")
    assert "网页（HTML）" in page.locator(".note-error").inner_text()
    visitor.assert_good()
    page = visitor.open(f"/sheets/{SHEET}/")
    page.click("text=上传并核对")
    assert "文件：请选择。" in page.locator(".error-summary").inner_text()
    visitor.assert_good()


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        (BatchState.CANCELLED, "已取消"),
        (BatchState.FAILED, "处理失败"),
        (BatchState.DISCARDED, "已放弃"),
        (BatchState.READING, "处理中断了"),
        (BatchState.CONFIRMING, "处理中断了"),
    ],
)
def test_every_end_of_a_batch_says_what_happened_and_what_to_do(
    visit: Any, accounts: dict[str, User], people: list[dict[str, object]], state: str, heading: str
) -> None:
    batch = upload(SHEET, [fact(SHEET, people[0])], by=accounts["liaison"])
    UploadBatch.objects.filter(pk=batch.pk).update(state=state)
    visitor: Visitor = visit(accounts["liaison"])
    page = visitor.open(f"/batches/{batch.pk}/")
    assert page.locator(".note h2").inner_text() == heading
    assert page.locator("main .btn").count() >= 2
    visitor.assert_good()


def test_a_batch_that_waits_shows_its_steps_and_can_be_cancelled(
    visit: Any, accounts: dict[str, User], people: list[dict[str, object]]
) -> None:
    batch = upload(SHEET, [fact(SHEET, people[0])], by=accounts["liaison"])
    UploadBatch.objects.filter(pk=batch.pk).update(state=BatchState.QUEUED, job=Job.READ)
    visitor: Visitor = visit(accounts["liaison"])
    page = visitor.open(f"/batches/{batch.pk}/")
    assert page.locator(".stages [aria-current=step]").inner_text().strip() == "排队"
    visitor.tabs_to("取消处理")
    page.wait_for_timeout(1500)  # polled once meanwhile, which must not take the focus away
    visitor.assert_good()
    visitor.press_enter()
    page.wait_for_selector("h2:has-text('已取消')")


def test_a_poll_that_answers_while_a_form_is_on_its_way_does_not_stop_the_form(
    visit: Any, accounts: dict[str, User], people: list[dict[str, object]]
) -> None:
    batch = upload(SHEET, [fact(SHEET, people[0])], by=accounts["liaison"])
    UploadBatch.objects.filter(pk=batch.pk).update(state=BatchState.QUEUED, job=Job.READ)
    visitor: Visitor = visit(accounts["liaison"])
    page = visitor.open(f"/batches/{batch.pk}/")
    form = "document.querySelector('form[action$=\"/cancel/\"]')"
    page.evaluate(f"{form}.dataset.sent = 'yes'")  # as app.js marks a form that is on its way
    UploadBatch.objects.filter(pk=batch.pk).update(state=BatchState.COMMITTED)
    with page.expect_response("**/progress/"):
        pass
    page.wait_for_timeout(300)
    assert page.locator("#progress").count() == 1
    page.evaluate(f"delete {form}.dataset.sent")
    page.wait_for_selector("#progress", state="detached")


def test_other_departments_batches_are_seen_by_the_federation_but_decided_by_their_own(
    visit: Any, accounts: dict[str, User], people: list[dict[str, object]], client: Any
) -> None:
    batch = upload(SHEET, [fact(SHEET, people[0])], by=accounts["liaison"])
    visitor: Visitor = visit(accounts["staff"])
    page = visitor.open(f"/batches/{batch.pk}/")
    assert page.locator("text=撤销这次入库").count() == 0
    client.force_login(accounts["staff"], backend="zalainuoer.roles.RoleBackend")
    assert client.get(f"/batches/{batch.pk}/undo/").status_code == 404
    client.force_login(accounts["street"], backend="zalainuoer.roles.RoleBackend")
    assert client.get(f"/batches/{batch.pk}/").status_code == 404
