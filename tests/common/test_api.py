"""The REST API's sheets and batches: the pages' own rules, in JSON."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.deliveries import confirm, fact, holder, receive, run, upload, workbook
from zalainuoer.common.models import AccessAct, AccessLog, BatchState, Department, Division, Role, UploadBatch, User
from zalainuoer.common.sheets.base import all_sheets

pytestmark = pytest.mark.django_db
API = "/api/v1"
ROLES = {
    "administrator": (Role.SYSTEM_ADMINISTRATOR, None),
    "federation": (Role.FEDERATION_STAFF, "区残联"),
    "civil": (Role.LIAISON, "民政局"),
    "labour": (Role.LIAISON, "人力资源和社会保障局"),
    "leader": (Role.LEADERSHIP, None),
}


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs wait: a test runs them itself."""
    monkeypatch.setattr("zalainuoer.common.tasks.run_job.delay", lambda pk: None)


def user(name: str) -> User:
    role, department = ROLES[name]
    found = Department.objects.get(name=department) if department else None
    return User.objects.get_or_create(username=name, defaults={"name": name, "role": role, "department": found})[0]


def client(name: str, *, csrf: bool = False) -> Client:
    found = Client(enforce_csrf_checks=csrf)
    found.force_login(user(name), backend="zalainuoer.roles.RoleBackend")
    return found


def assistance(*rows: dict[str, object]) -> bytes:
    upload("registry", [holder(1), holder(2), holder(3)])
    return workbook(rows or [fact("social-assistance", holder(1)), fact("social-assistance", holder(2))])


def deliver(name: str, content: bytes, *, sheet: str = "social-assistance") -> Any:
    file = SimpleUploadedFile("民政.xlsx", content)
    return client(name).post(f"{API}/batches/", {"sheet": sheet, "file": file})


ADDRESSES = (
    "/api/v1/sheets/",
    "/api/v1/batches/",
    "/api/v1/snapshots/",
    "/api/v1/figures/4/",
    "/api/schema/",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_answered_without_a_login(address: str) -> None:
    assert Client().get(address).status_code == 401


@pytest.mark.parametrize(
    ("name", "status"),
    [("administrator", 403), ("leader", 403), ("federation", 200), ("civil", 200)],
)
def test_sheets_and_batches_are_for_those_who_deliver(name: str, status: int) -> None:
    assert client(name).get(f"{API}/sheets/").status_code == status
    assert client(name).get(f"{API}/batches/").status_code == status


def test_a_liaison_sees_the_own_departments_sheets_with_what_is_due() -> None:
    sheets = client("civil").get(f"{API}/sheets/").json()
    assert {sheet["department"] for sheet in sheets} == {"民政局"}
    assert {sheet["code"] for sheet in sheets} == {sheet.code for sheet in all_sheets() if sheet.department == "民政局"}
    assert set(sheets[0]["due"]) == {"period", "deadline"}
    assert sheets[0]["last_delivery"] is None


def test_another_departments_sheet_is_not_found() -> None:
    for path in ("", "template/"):
        assert client("labour").get(f"{API}/sheets/social-assistance/{path}").status_code == 404
    assert client("civil").get(f"{API}/sheets/nonsense/").status_code == 404


def test_a_sheet_explains_its_columns() -> None:
    columns = client("civil").get(f"{API}/sheets/social-assistance/").json()["columns"]
    kind = next(column for column in columns if column["heading"] == "救助类型")
    assert kind["required"]
    assert kind["choices"] == ["低保", "特困", "低保边缘", "防返贫监测"]


def test_the_template_can_be_downloaded() -> None:
    answer = client("civil").get(f"{API}/sheets/social-assistance/template/")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert load_workbook(io.BytesIO(answer.content)).worksheets[0]["A1"].value == "社会救助对象名册"


def test_the_federations_staff_takes_stored_rows_out() -> None:
    upload("social-assistance", assistance())
    answer = client("federation").get(f"{API}/sheets/social-assistance/export/")
    assert (
        load_workbook(io.BytesIO(answer.content)).worksheets[0].max_row == 3 + 2 + 2
    )  # headings, rows, and below them who took it out
    assert AccessLog.objects.get(act=AccessAct.EXPORT).people == 2
    assert client("civil").get(f"{API}/sheets/social-assistance/export/").status_code == 403


def test_a_workbook_goes_in_is_previewed_confirmed_and_undone() -> None:
    found = deliver("civil", assistance())
    assert found.status_code == 202
    pk = found.json()["id"]
    batch = UploadBatch.objects.get(pk=pk)
    assert found.json()["state"] == BatchState.QUEUED
    assert batch.uploaded_by == user("civil")
    run(batch)
    own = client("civil")
    seen = own.get(f"{API}/batches/{pk}/").json()
    assert (seen["state"], seen["state_label"], seen["new"]) == ("preview", "待确认", 2)
    assert own.post(f"{API}/batches/{pk}/confirm/", {}, content_type="application/json").status_code == 202
    run(batch)
    assert own.get(f"{API}/batches/{pk}/undo/").json() == {"undone": 2, "kept": []}
    assert own.post(f"{API}/batches/{pk}/undo/").status_code == 202
    run(batch)
    assert own.get(f"{API}/batches/{pk}/").json()["state"] == "undone"


def test_the_rows_of_a_preview_are_masked_and_noted() -> None:
    batch = receive("social-assistance", assistance(), by=user("civil"))
    rows = client("civil").get(f"{API}/batches/{batch.pk}/rows/?verdict=new").json()
    cells = {cell["heading"]: cell["text"] for cell in rows["results"][0]["cells"]}
    assert rows["count"] == 2
    assert cells["身份证号"] == f"1507**********{holder(1)['身份证号'][14:]}"
    assert AccessLog.objects.get(act=AccessAct.LIST).people == 2


def test_the_preview_groups_problems_and_lists_changes() -> None:
    content = assistance(fact("social-assistance", holder(1), 救助类型="别的"), fact("social-assistance", holder(9)))
    batch = receive("social-assistance", content, by=user("civil"))
    preview = client("civil").get(f"{API}/batches/{batch.pk}/preview/").json()
    assert {(p["column"], tuple(p["rows"])) for p in preview["problems"]} == {("救助类型", (2,)), ("身份证号", (3,))}
    changed = upload("social-assistance", [fact("social-assistance", holder(2))], by=user("civil"))
    assert changed.state == BatchState.COMMITTED
    again = receive("social-assistance", [fact("social-assistance", holder(2), 施保方式="单人户")], by=user("civil"))
    row = client("civil").get(f"{API}/batches/{again.pk}/rows/?verdict=changed").json()["results"][0]
    assert [(c["heading"], c["old"], c["text"]) for c in row["cells"] if c["old"]] == [("施保方式", "整户", "单人户")]


def test_a_name_is_confirmed_row_by_row() -> None:
    upload("registry", [holder(1)])
    batch = receive("registry", [holder(1, 姓名="另一人")], by=user("federation"))
    own = client("federation")
    assert own.get(f"{API}/batches/{batch.pk}/preview/").json()["to_confirm"] == [2]
    body = {"rename_rows": [2]}
    own.post(f"{API}/batches/{batch.pk}/confirm/", body, content_type="application/json")
    assert run(batch).changed == 1


def test_the_marked_workbook_can_be_downloaded() -> None:
    content = assistance(fact("social-assistance", holder(1), 救助类型="别的"))
    batch = receive("social-assistance", content, by=user("civil"))
    answer = client("civil").get(f"{API}/batches/{batch.pk}/workbook/")
    assert load_workbook(io.BytesIO(answer.content)).worksheets[0].max_row >= 2
    assert AccessLog.objects.filter(act=AccessAct.DOWNLOAD).count() == 1


def test_another_departments_batch_is_not_found() -> None:
    batch = receive("social-assistance", assistance(), by=user("civil"))
    for path in ("", "rows/", "preview/", "undo/", "workbook/"):
        assert client("labour").get(f"{API}/batches/{batch.pk}/{path}").status_code == 404, path
    for path in ("confirm/", "discard/", "cancel/", "repeat/", "undo/"):
        posted = client("labour").post(f"{API}/batches/{batch.pk}/{path}", {}, content_type="application/json")
        assert posted.status_code == 404, path


def test_the_federation_sees_others_batches_but_does_not_decide_about_them() -> None:
    batch = receive("social-assistance", assistance(), by=user("civil"))
    own = client("federation")
    assert own.get(f"{API}/batches/{batch.pk}/").status_code == 200
    assert own.post(f"{API}/batches/{batch.pk}/discard/").status_code == 404
    batch.refresh_from_db()
    assert batch.state == BatchState.PREVIEW


def test_street_staff_sees_only_what_it_has_delivered() -> None:
    batch = receive("registry", [holder(1)], by=user("federation"))
    street = User.objects.create(
        username="street",
        name="街道",
        role=Role.STREET_STAFF,
        department=Department.objects.get(name="区残联"),
        division=Division.objects.streets().first(),
    )
    own = Client()
    own.force_login(street, backend="zalainuoer.roles.RoleBackend")
    assert own.get(f"{API}/batches/").json()["count"] == 0
    assert own.get(f"{API}/batches/{batch.pk}/").status_code == 404


def test_another_departments_sheet_cannot_be_delivered() -> None:
    assert deliver("labour", assistance()).status_code == 404
    assert not UploadBatch.objects.filter(sheet="social-assistance").exists()


def test_a_broken_rule_is_a_sentence() -> None:
    batch = receive("social-assistance", assistance(), by=user("civil"))
    own = client("civil")
    assert own.post(f"{API}/batches/{batch.pk}/discard/").status_code == 202
    answer = own.post(f"{API}/batches/{batch.pk}/confirm/", {}, content_type="application/json")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "该批次现在的状态是“已放弃”，不能确认。"


def test_cancelled_and_repeated_as_on_the_pages() -> None:
    pk = deliver("civil", assistance()).json()["id"]
    own = client("civil")
    assert own.post(f"{API}/batches/{pk}/repeat/").status_code == 409
    assert own.post(f"{API}/batches/{pk}/cancel/").json()["state"] == "cancelled"


def test_batches_are_filtered_by_sheet_and_state() -> None:
    batch = receive("social-assistance", assistance(), by=user("civil"))
    confirm(receive("other-benefits", [fact("other-benefits", holder(1))], by=user("civil")))
    own = client("civil")
    found = own.get(f"{API}/batches/?sheet=social-assistance&state=preview").json()
    assert [b["id"] for b in found["results"]] == [batch.pk]
    assert own.get(f"{API}/batches/?state=committed").json()["count"] == 1


def test_a_post_without_the_csrf_token_is_refused() -> None:
    batch = receive("social-assistance", assistance(), by=user("civil"))
    assert client("civil", csrf=True).post(f"{API}/batches/{batch.pk}/discard/").status_code == 403


@pytest.mark.parametrize("path", ["batches/", "sheets/"])
def test_the_number_of_statements_does_not_grow_with_the_batches(path: str) -> None:
    content = assistance()
    counts = []
    for times in (1, 3):
        for _ in range(times):
            receive("social-assistance", content, by=user("civil"))
        own = client("civil")
        with CaptureQueriesContext(connection) as captured:
            own.get(f"{API}/{path}")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_number_of_statements_does_not_grow_with_the_rows() -> None:
    upload("registry", [holder(i) for i in range(1, 41)])
    counts = []
    for most in (3, 41):
        batch = receive("social-assistance", [fact("social-assistance", holder(i)) for i in range(1, most)])
        own = client("civil")
        with CaptureQueriesContext(connection) as captured:
            own.get(f"{API}/batches/{batch.pk}/rows/?verdict=new")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_description_is_valid_and_complete(tmp_path: Path) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_the_description_is_a_page_and_names_every_operation() -> None:
    own = client("civil")
    page = own.get("/api/docs/").content.decode()
    document = own.get("/api/schema/?format=json").json()
    assert all(f"{method.upper()} {path}" in page for path, methods in document["paths"].items() for method in methods)
    assert "等待逐行确认的行号" in page
