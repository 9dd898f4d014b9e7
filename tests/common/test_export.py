"""A sheet's stored rows as a workbook: in the template's layout, and the same again when delivered back."""

import datetime
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from employment.models import TrainingRecord
from registry.models import Certificate, HouseholdIncome, Person
from tests.deliveries import FIFTEEN
from zalainuoer.common.jobs import job_run
from zalainuoer.common.models import (
    AccessAct,
    AccessLog,
    BatchState,
    Department,
    Division,
    Job,
    Role,
    UploadBatch,
    User,
)
from zalainuoer.common.services import batch_receive
from zalainuoer.common.sheets import export
from zalainuoer.common.sheets.base import Sheet, sheet_of
from zalainuoer.common.sheets.comparing import Scope
from zalainuoer.common.sheets.export import related_paths
from zalainuoer.common.sheets.reading import read_delivery

WORLD = Path(__file__).parents[1] / "data" / "world-120-broken"
CODES = FIFTEEN  # those of a world
PLACED_HEADER = 3
NOW = datetime.datetime(2026, 11, 24, 2, 30, tzinfo=datetime.UTC)
MARK = "导出人：王敏（staff）　导出时间：2026-11-24 10:30　共 {} 条　含个人信息，请妥善保管"
BELOW = 2  # rows under the data: an empty one, and the mark


def deliver_files(folder: Path) -> None:
    """Takes the fifteen workbooks of a world in, in their order, as the system."""
    for path in sorted(folder.glob("*.xlsx")):
        sheet = sheet_of(path.stem.partition("-")[2])
        batch = batch_receive(sheet=sheet, file_name=path.name, content=path.read_bytes(), by=None)
        job_run(batch_id=batch.pk)
        UploadBatch.objects.filter(pk=batch.pk, state=BatchState.PREVIEW).update(state=BatchState.QUEUED, job=Job.WRITE)
        job_run(batch_id=batch.pk)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The small world, loaded once for the module and rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        deliver_files(WORLD)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def staff(db: None) -> User:
    department = Department.objects.get(name="区残联")
    return User.objects.create(username="staff", name="王敏", role=Role.FEDERATION_STAFF, department=department)


def export_workbook(sheet: Sheet, user: User, **more: Any) -> bytes:
    return export.export_workbook(sheet, user, now=NOW, **more)


def cells(content: bytes) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))


@pytest.mark.parametrize("code", CODES)
def test_what_is_exported_is_the_same_when_it_is_delivered_again(world: None, staff: User, code: str) -> None:
    sheet: Any = sheet_of(code)
    delivery = read_delivery(sheet, export_workbook(sheet, staff), f"{code}.xlsx")
    comparison = sheet.compare(delivery, Scope())
    assert len(delivery) == sheet.rows_for(staff).count() > 0
    assert comparison.delivery.problems == {}
    assert set(comparison.verdicts) == {"s"}
    assert comparison.absent == []


@pytest.mark.parametrize("code", CODES)
def test_the_headings_stand_where_the_template_has_them(world: None, staff: User, code: str) -> None:
    sheet = sheet_of(code)
    rows = cells(export_workbook(sheet, staff))
    assert rows[0][0] == sheet.title
    assert [str(heading).rstrip("*") for heading in rows[PLACED_HEADER - 1]] == [c.heading for c in sheet.columns]


@pytest.mark.parametrize("code", CODES)
def test_the_number_of_statements_does_not_grow_with_the_rows(world: None, staff: User, code: str) -> None:
    sheet = sheet_of(code)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        export_workbook(sheet, staff)
    assert len(captured) == 2  # the rows, and the note in the access log


@pytest.mark.parametrize("code", ["registry", "living-subsidy-payments"])
def test_the_last_row_and_the_properties_say_who_took_it_out_and_when(world: None, staff: User, code: str) -> None:
    sheet = sheet_of(code)
    content = export_workbook(sheet, staff)
    rows, properties = cells(content), load_workbook(io.BytesIO(content)).properties
    mark = MARK.format(sheet.rows_for(staff).count())
    assert not any(rows[-2])
    assert rows[-1] == (mark, *[None] * (len(sheet.columns) - 1))
    assert (properties.creator, properties.title, properties.description) == ("王敏（staff）", sheet.title, mark)
    assert properties.created == NOW.replace(tzinfo=None)


@pytest.mark.parametrize("code", CODES)
def test_the_mark_is_no_row_even_where_the_user_is_called_by_a_number(world: None, staff: User, code: str) -> None:
    """Usernames may be telephone or ID numbers, and the first column of a sheet the ID number."""
    staff.username = staff.name = "150799198001010012"
    sheet = sheet_of(code)
    delivery = read_delivery(sheet, export_workbook(sheet, staff), f"{code}.xlsx")
    assert len(delivery) == sheet.rows_for(staff).count()
    assert delivery.problems == {}


def test_an_exported_file_is_uploaded_again_without_a_change(world: None, staff: User) -> None:
    content = export_workbook(sheet_of("registry"), staff)
    batch = batch_receive(sheet=sheet_of("registry"), file_name="导出.xlsx", content=content, by=staff)
    job_run(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.refused, batch.same) == (BatchState.UNCHANGED, 0, batch.rows)
    assert batch.rows == sheet_of("registry").rows_for(staff).count()


def test_numbers_are_text_dates_are_dates_and_amounts_are_numbers(world: None, staff: User) -> None:
    book = load_workbook(io.BytesIO(export_workbook(sheet_of("living-subsidy-payments"), staff)))
    row = {h.value.rstrip("*"): c for h, c in zip(book.worksheets[0][3], book.worksheets[0][4], strict=True)}
    assert row["身份证号"].number_format == "@"
    assert isinstance(row["身份证号"].value, str)
    assert isinstance(row["发放日期"].value, datetime.datetime)
    assert isinstance(row["发放金额"].value, int | float)


def test_a_name_that_looks_like_a_formula_stays_text(world: None, staff: User) -> None:
    person = Certificate.objects.first().person
    Person.objects.filter(pk=person.pk).update(name='=HYPERLINK("http://example.org")')
    book = load_workbook(io.BytesIO(export_workbook(sheet_of("registry"), staff)))
    found = [row[0] for row in book.worksheets[0].iter_rows(min_row=4) if str(row[0].value).startswith("=")]
    assert [(cell.data_type, cell.quotePrefix) for cell in found] == [("s", True)]


def test_only_rows_of_ones_own_area_are_exported(world: None, staff: User) -> None:
    street = Division.objects.streets().filter(children__people__isnull=False).first()
    staff.division, sheet = street, sheet_of("registry")
    staff.save()
    streets = {row[15] for row in cells(export_workbook(sheet, staff))[PLACED_HEADER:-BELOW]}
    assert streets == {street.name}


def test_a_household_is_exported_to_the_area_of_its_people(world: None, staff: User) -> None:
    street = Division.objects.streets().filter(children__people__isnull=False).first()
    staff.division = street
    staff.save()
    found = sheet_of("household-income").rows_for(staff)
    assert 0 < found.count() < HouseholdIncome.objects.count()
    assert all(income.household.certificates.filter(person__community__parent=street).exists() for income in found)


def test_an_export_is_noted_with_the_number_of_people(world: None, staff: User) -> None:
    export_workbook(sheet_of("registry"), staff, address="192.0.2.7")
    note = AccessLog.objects.get(act=AccessAct.EXPORT)
    assert (note.username, note.address) == ("staff", "192.0.2.7")
    assert note.people == Certificate.objects.values("person").distinct().count()


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADERSHIP, Role.SYSTEM_ADMINISTRATOR, Role.STREET_STAFF])
def test_other_roles_may_not_export(db: None, role: str) -> None:
    user = User(
        username="other",
        name="李强",
        role=role,
        department=Department.objects.get(name="区残联"),
        division=Division.objects.streets().first(),
    )
    with pytest.raises(PermissionDenied):
        export_workbook(sheet_of("registry"), user)
    assert not AccessLog.objects.exists()


def test_an_empty_sheet_is_a_workbook_without_rows(world: None, staff: User) -> None:
    TrainingRecord.objects.all().delete()
    rows = cells(export_workbook(sheet_of("training"), staff))
    assert len(rows) == PLACED_HEADER + BELOW
    assert rows[-1][0] == MARK.format(0)


def test_the_relations_of_the_columns_are_joined() -> None:
    sheet: Sheet = sheet_of("registry")
    assert related_paths(sheet) == ["community", "community__parent", "household", "person"]
