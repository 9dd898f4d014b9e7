"""The access log: nobody edits it, and whoever does so behind the system's back is found out."""

import datetime
import io
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import InternalError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.records import person
from zalainuoer.common import audit, services, tasks
from zalainuoer.common.models import AccessAct, AccessLog, AuditBlock, Department, Division, Parameter, Role, User

in_one_transaction = pytest.mark.django_db
with_real_commits = pytest.mark.django_db(transaction=True, serialized_rollback=True)

NOW = datetime.datetime(2026, 11, 24, 2, 30, tzinfo=datetime.UTC)


def minutes(count: int) -> datetime.datetime:
    return NOW + datetime.timedelta(minutes=count)


def days(count: float) -> datetime.datetime:
    return NOW + datetime.timedelta(days=count)


def note(count: int = 1, what: str = "名单", **more: Any) -> list[int]:
    """Rows of the log; their ids."""
    for _ in range(count):
        services.access_record(by=None, act=AccessAct.LIST, what=what, people=3, address="192.0.2.7", **more)
    return sorted(AccessLog.objects.order_by("-pk").values_list("pk", flat=True)[:count])


def sealed(*, now: datetime.datetime = NOW) -> AuditBlock:
    (block,) = audit.seal(now=now)
    return block


def three_blocks() -> list[AuditBlock]:
    """Blocks of four rows each, a minute apart."""
    blocks = []
    for minute in range(3):
        note(4)
        blocks.append(sealed(now=minutes(minute)))
    return blocks


def faults(*, now: datetime.datetime = NOW) -> list[str]:
    return audit.verify(now=now).faults


@contextmanager
def behind_the_systems_back() -> Iterator[Callable[..., None]]:
    """SQL as the owner of the database may write it."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE common_accesslog DISABLE TRIGGER USER")
        yield cursor.execute
        cursor.execute("ALTER TABLE common_accesslog ENABLE TRIGGER USER")


# --- nobody edits it -------------------------------------------------------------------------------------------------


def update_by_model(pk: int) -> None:
    AccessLog.objects.filter(pk=pk).update(people=0)


def save(pk: int) -> None:
    AccessLog.objects.get(pk=pk).save()


def delete_by_model(pk: int) -> None:
    AccessLog.objects.filter(pk=pk).delete()


def update_by_sql(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE common_accesslog SET username = 'somebody' WHERE id = %s", [pk])


def delete_by_sql(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM common_accesslog WHERE id = %s", [pk])


@in_one_transaction
@pytest.mark.parametrize("edit", [update_by_model, save, delete_by_model, update_by_sql, delete_by_sql])
@pytest.mark.parametrize("seals", [True, False])
def test_the_database_refuses_to_change_or_delete_a_row(edit: Callable[[int], None], seals: bool) -> None:
    (pk,) = note()
    if seals:
        sealed()
    with pytest.raises(InternalError, match=r"Cannot (update|delete) rows from common_accesslog"), transaction.atomic():
        edit(pk)
    assert AccessLog.objects.get(pk=pk).people == 3


@in_one_transaction
def test_whose_file_was_read_and_why_is_noted_without_a_name() -> None:
    somebody = person()
    user = User.objects.create(username="staff", name="王敏", role=Role.FEDERATION_STAFF)
    services.access_record(
        by=user, act=AccessAct.UNMASK, what="身份证号", people=1, person=somebody.pk, reason="核对年审材料"
    )
    row = AccessLog.objects.get()
    assert (row.username, row.act, row.person, row.reason) == ("staff", "unmask", somebody.pk, "核对年审材料")


# --- sealing ---------------------------------------------------------------------------------------------------------


@in_one_transaction
def test_all_rows_are_sealed_in_one_block_and_each_block_hangs_on_the_one_before() -> None:
    first, *_, last = note(5)
    one = sealed()
    assert (one.first, one.last, one.rows) == (first, last, 5)
    assert one.previous_hash == "0" * 64
    note(2)
    two = sealed(now=minutes(1))
    assert (two.rows, two.previous_hash) == (2, one.hash)
    assert audit.seal(now=minutes(2)) == []
    assert faults() == []


@in_one_transaction
def test_the_hash_is_the_sha256_that_anybody_can_compute() -> None:
    """Computed with `sha256sum`; were the form of a row to change, every old block would look forged."""
    at = datetime.datetime(2026, 11, 24, 10, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
    row = (7, at, "staff", "unmask", "身份证号", 1, 12, '核对"年审"', "192.0.2.7")
    found = audit.seal_of([row, (9, at, "staff", "list", "名单", 20, None, "", None)], previous_hash="0", sealed_at=NOW)
    assert found == ("ef99dbeaefbac9b62a2e30869181d93a5fe77d112d9e73b3c830b561495ce2f6", 7, 9, 2)


@in_one_transaction
def test_many_rows_become_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "MOST_ROWS", 4)
    note(10)
    assert [block.rows for block in audit.seal(now=NOW)] == [4, 4, 2]
    assert faults() == []


@in_one_transaction
def test_statements_do_not_grow_with_the_rows() -> None:
    counts = []
    for size in (3, 60):
        note(size)
        with CaptureQueriesContext(connection) as captured:
            sealed()
        sealing = len(captured)
        with CaptureQueriesContext(connection) as captured:
            assert faults() == []
        counts.append((sealing, len(captured)))
    assert counts[0] == counts[1]


@in_one_transaction
def test_a_sealed_hash_goes_into_the_servers_journal_too(caplog: pytest.LogCaptureFixture) -> None:
    note()
    with caplog.at_level(logging.INFO):
        block = sealed()
    assert block.hash in caplog.text


@in_one_transaction
def test_the_tasks_seal_and_remove() -> None:
    note()
    tasks.seal_access_log()
    tasks.remove_expired_access_log()
    assert AuditBlock.objects.get().removed_at is None


def in_a_thread(act: Callable[[], None]) -> threading.Thread:
    """Starts the act on a connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@with_real_commits
def test_a_writer_who_began_earlier_and_commits_later_is_waited_for() -> None:
    wrote, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            note(what="慢")
            wrote.set()
            may_commit.wait(10)

    writer = in_a_thread(write_slowly)
    assert wrote.wait(10)
    note(what="快")  # a higher id, committed first
    threading.Timer(0.3, may_commit.set).start()
    block = sealed()
    writer.join()
    assert list(AccessLog.objects.order_by("pk").values_list("what", flat=True)) == ["慢", "快"]
    assert block.rows == 2
    assert faults() == []


@with_real_commits
def test_a_writer_who_takes_too_long_puts_the_sealing_off_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PATIENCE", "100ms")
    wrote, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            note(what="慢")
            wrote.set()
            may_commit.wait(10)

    writer = in_a_thread(write_slowly)
    assert wrote.wait(10)
    note(what="快")
    assert audit.seal(now=NOW) == []
    may_commit.set()
    writer.join()
    assert sealed(now=minutes(1)).rows == 2
    assert faults() == []


@with_real_commits
def test_two_who_seal_at_once_make_one_chain() -> None:
    note(50)
    start = threading.Barrier(2)

    def seal() -> None:
        start.wait(10)
        audit.seal(now=NOW)

    threads = [in_a_thread(seal) for _ in range(2)]
    for thread in threads:
        thread.join()
    assert sum(AuditBlock.objects.values_list("rows", flat=True)) == 50
    assert faults() == []


# --- tampering -------------------------------------------------------------------------------------------------------


@in_one_transaction
@pytest.mark.parametrize(
    "change",
    [
        "username = 'somebody'",
        "people = 0",
        "what = '别的'",
        "act = 'read'",
        "person = 7",
        "reason = '补填'",
        "address = NULL",
        "at = at - interval '1 second'",
    ],
)
def test_a_changed_row_is_found(change: str) -> None:
    _, two, _ = three_blocks()
    with behind_the_systems_back() as execute:
        execute(f"UPDATE common_accesslog SET {change} WHERE id = %s", [two.first + 1])
    (fault,) = faults()
    assert fault == f"{audit.named(two)}有记录被改动；也可能是它的指纹或封存时间被改动。"
    assert f"第 {two.pk} 块（2026-11-24 10:31 封存，第 {two.first} 至 {two.last} 条）" in fault


@in_one_transaction
def test_a_deleted_row_is_missed() -> None:
    one, two, _ = three_blocks()
    with behind_the_systems_back() as execute:
        execute("DELETE FROM common_accesslog WHERE id IN (%s, %s)", [one.last, two.first + 1])
    assert faults() == [
        f"{audit.named(one)}缺少 1 条记录，其中有第 {one.last} 条。",
        f"{audit.named(two)}缺少 1 条记录。",
    ]


@in_one_transaction
def test_all_rows_of_a_block_deleted_are_missed() -> None:
    _, two, _ = three_blocks()
    with behind_the_systems_back() as execute:
        execute("DELETE FROM common_accesslog WHERE id BETWEEN %s AND %s", [two.first, two.last])
    assert faults() == [f"{audit.named(two)}缺少 4 条记录，其中有第 {two.first}、{two.last} 条。"]


SMUGGLE = "INSERT INTO common_accesslog (id, at, username, act, what, people, reason) VALUES (%s, now(), 'x', 'list', '', 0, '')"


@in_one_transaction
def test_a_row_inserted_between_is_found() -> None:
    note(2)
    one = sealed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('common_accesslog_id_seq'), nextval('common_accesslog_id_seq')")
        gap, _ = cursor.fetchone()  # ids whose transactions were rolled back
    first, _ = note(2)
    two = sealed(now=minutes(1))
    assert faults() == []  # gaps are nothing to be said
    with connection.cursor() as cursor:
        cursor.execute(SMUGGLE, [gap])
    assert faults() == [f"{audit.named(two)}多出 1 条记录，其中有第 {gap} 条：是封存以后插入的。"]
    assert one.last < gap < first


@in_one_transaction
def test_a_row_put_in_the_place_of_another_is_found() -> None:
    one, *_ = three_blocks()
    with behind_the_systems_back() as execute:
        execute("DELETE FROM common_accesslog WHERE id = %s", [one.first])
        execute(SMUGGLE, [one.first])
    (fault,) = faults()
    assert "有记录被改动" in fault


@in_one_transaction
def test_a_changed_hash_breaks_the_chain() -> None:
    _, two, three = three_blocks()
    AuditBlock.objects.filter(pk=two.pk).update(hash="f" * 64)
    assert faults() == [
        f"{audit.named(two)}的指纹被改动；记录本身没有变。",
        f"{audit.named(three)}与前面的第 {two.pk} 块接不上：前一块的指纹被改动，或者两块之间有整块被删除。",
    ]


@in_one_transaction
def test_a_block_sealed_anew_over_changed_rows_no_longer_fits_the_next() -> None:
    _, two, three = three_blocks()
    with behind_the_systems_back() as execute:
        execute("UPDATE common_accesslog SET username = 'somebody' WHERE id = %s", [two.first])
    rows = AccessLog.objects.filter(pk__range=(two.first, two.last)).order_by("pk").values_list(*audit.COLUMNS)
    forged = audit.seal_of(rows, previous_hash=two.previous_hash, sealed_at=two.sealed_at)
    AuditBlock.objects.filter(pk=two.pk).update(hash=forged.hash)
    (fault,) = faults()
    assert fault.startswith(f"{audit.named(three)}与前面的第 {two.pk} 块接不上")


@in_one_transaction
@pytest.mark.parametrize("change", [{"rows": 5}, {"first": 0}])
def test_a_changed_description_of_a_block_is_found(change: dict[str, int]) -> None:
    _, two, _ = three_blocks()
    AuditBlock.objects.filter(pk=two.pk).update(**change)
    (fault,) = faults()
    assert fault.endswith("登记的首条、末条或条数被改动；记录本身没有变。")


@in_one_transaction
def test_a_changed_time_or_end_of_a_block_is_found() -> None:
    _, two, _ = three_blocks()
    AuditBlock.objects.filter(pk=two.pk).update(sealed_at=minutes(90))
    assert len(faults()) == 1
    AuditBlock.objects.filter(pk=two.pk).update(sealed_at=two.sealed_at, last=two.last - 1)
    assert len(faults()) == 2  # this block lacks a row, the next has one too many


@in_one_transaction
@pytest.mark.parametrize("with_its_rows", [True, False])
def test_a_deleted_block_is_missed(with_its_rows: bool) -> None:
    one, two, three = three_blocks()
    two_pk = two.pk
    two.delete()
    if with_its_rows:
        with behind_the_systems_back() as execute:
            execute("DELETE FROM common_accesslog WHERE id > %s AND id < %s", [one.last, three.first])
    found = faults()
    assert f"{audit.named(three)}与前面的第 {one.pk} 块接不上" in found[0]
    assert len(found) == (1 if with_its_rows else 2)
    assert two_pk not in AuditBlock.objects.values_list("pk", flat=True)


@in_one_transaction
def test_a_deleted_beginning_is_missed() -> None:
    one, two, _ = three_blocks()
    with behind_the_systems_back() as execute:
        execute("DELETE FROM common_accesslog WHERE id <= %s", [one.last])
    one.delete()
    (fault,) = faults()
    assert fault.startswith(f"{audit.named(two)}排在最前，却不是第一块")


# --- retention -------------------------------------------------------------------------------------------------------


@in_one_transaction
def test_whole_blocks_that_have_expired_lose_their_rows_and_keep_their_hashes() -> None:
    one, two, three = three_blocks()
    note()
    late = sealed(now=days(10))
    assert audit.remove_expired(now=days(1095)) == 0
    assert audit.remove_expired(now=days(1095.5)) == 3
    assert AccessLog.objects.filter(pk__lte=three.last).count() == 0
    assert AccessLog.objects.filter(pk=late.first).exists()
    assert [block.hash for block in AuditBlock.objects.all()] == [one.hash, two.hash, three.hash, late.hash]
    assert set(AuditBlock.objects.values_list("removed_at", flat=True)) == {days(1095.5), None}
    assert faults(now=days(1096)) == []
    message = AccessLog.objects.latest("pk")
    assert message.what == f"访问记录满 1095 天，到期删除至第 {three.pk} 块，共 3 块"
    assert audit.remove_expired(now=days(1095.6)) == 0


@in_one_transaction
def test_after_a_removal_the_database_refuses_deletions_as_before() -> None:
    three_blocks()
    (pk,) = note()
    audit.remove_expired(now=days(2000))
    with pytest.raises(InternalError), transaction.atomic():
        AccessLog.objects.filter(pk=pk).delete()


@in_one_transaction
def test_rows_that_are_not_sealed_are_never_removed() -> None:
    note(3)
    assert audit.remove_expired(now=days(5000)) == 0
    assert AccessLog.objects.count() == 3


@in_one_transaction
def test_nothing_younger_than_six_months_is_removed_whatever_the_parameter_says() -> None:
    Parameter.objects.filter(key="audit.keep_days").update(value=1)
    three_blocks()
    assert audit.remove_expired(now=days(182)) == 0
    assert audit.remove_expired(now=days(184)) == 3


@in_one_transaction
def test_rows_deleted_by_hand_under_the_name_of_retention_are_found() -> None:
    one, two, three = three_blocks()
    with behind_the_systems_back() as execute:
        execute("DELETE FROM common_accesslog WHERE id BETWEEN %s AND %s", [two.first, two.last])
    AuditBlock.objects.filter(pk=two.pk).update(removed_at=minutes(5))
    assert faults(now=minutes(9)) == [f"{audit.named(two)}登记为到期删除，但还没有到期：记录可能是被人删除的。"]
    AuditBlock.objects.filter(pk=two.pk).update(removed_at=days(400))
    assert len(faults(now=minutes(9))) == 1  # in the future
    (fault,) = faults(now=days(500))
    assert f"而更早的第 {one.pk} 块还在" in fault
    assert three.rows == 4


@in_one_transaction
def test_a_row_in_the_place_of_removed_ones_is_found() -> None:
    one, *_ = three_blocks()
    audit.remove_expired(now=days(2000))
    with connection.cursor() as cursor:
        cursor.execute(SMUGGLE, [one.first + 1])
    (fault,) = faults(now=days(2001))
    assert fault == f"{audit.named(one)}已经到期删除，却还有 1 条记录，其中有第 {one.first + 1} 条。"


# --- the command -----------------------------------------------------------------------------------------------------


def command(*arguments: str) -> tuple[int, str, str]:
    said, complained = io.StringIO(), io.StringIO()
    try:
        call_command("audit_verify", *arguments, stdout=said, stderr=complained)
    except SystemExit as end:
        return int(str(end.code)), said.getvalue(), complained.getvalue()
    return 0, said.getvalue(), complained.getvalue()


@in_one_transaction
def test_the_command_says_that_all_is_well() -> None:
    *_, last = three_blocks()
    note()
    code, said, complained = command("--noted", last.hash)
    assert (code, complained) == (0, "")
    assert "共封存 3 块，其中 0 块的记录已到期删除；核对了 12 条，另有 1 条等待封存。" in said
    assert last.hash in said
    assert "没有发现改动。" in said


@in_one_transaction
def test_the_command_ends_with_1_where_there_is_a_break() -> None:
    one, *_ = three_blocks()
    with behind_the_systems_back() as execute:
        execute("DELETE FROM common_accesslog WHERE id = %s", [one.first])
    code, said, complained = command()
    assert code == 1
    assert f"缺少 1 条记录，其中有第 {one.first} 条。" in complained
    assert "发现 1 处问题。请保留现场" in complained
    assert "没有发现改动" not in said


@in_one_transaction
def test_a_chain_computed_anew_gives_itself_away_by_a_noted_hash() -> None:
    one, two, three = three_blocks()
    AuditBlock.objects.all().delete()
    with behind_the_systems_back() as execute:
        execute("DELETE FROM common_accesslog WHERE id = %s", [two.first])
    sealed(now=minutes(9))
    assert command()[0] == 0
    code, _, complained = command("--noted", three.hash)
    assert code == 1
    assert "整条链可能被重新计算过" in complained
    assert one.hash != three.hash


@in_one_transaction
def test_an_empty_log_is_no_fault() -> None:
    assert command()[0] == 0


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(db: None, client: Client) -> User:
    user = User.objects.create(username="gly", name="管理员", role=Role.SYSTEM_ADMINISTRATOR)
    client.force_login(user, backend="zalainuoer.roles.RoleBackend")
    return user


@pytest.fixture
def reader(db: None) -> User:
    return User.objects.create(username="canlian", name="李明", role=Role.FEDERATION_STAFF)


def shown(client: Client, path: str) -> list[str]:
    """What the rows of the list are about."""
    answer = client.get(path)
    assert answer.status_code == 200
    return [line.row.what for line in answer.context["lines"]]


@pytest.mark.parametrize("path", ["/audit/", "/audit/exports/"])
@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SYSTEM_ADMINISTRATOR, Role.SYSTEM_CLIENT)])
def test_only_the_system_administrator_sees_the_log(db: None, client: Client, role: str, path: str) -> None:
    where = Division.objects.communities().first()
    user = User(username="other", name="李强", role=role, division=where, department=Department.objects.first())
    user.save()
    client.force_login(user, backend="zalainuoer.roles.RoleBackend")
    assert client.get(path).status_code == 403


def test_a_row_says_who_did_what_about_which_person_and_why(administrator: User, reader: User, client: Client) -> None:
    somebody = person()
    services.access_record(
        by=reader,
        act=AccessAct.UNMASK,
        what="身份证号",
        people=1,
        address="192.0.2.7",
        person=somebody.pk,
        reason="年审",
    )
    page = client.get("/audit/").content.decode()
    for words in ("李明（canlian）", "显示号码", "身份证号", f"人员 {somebody.pk}", "年审", "192.0.2.7"):
        assert words in page
    assert somebody.name not in page
    assert somebody.id_number not in page


def test_rows_are_found_by_who_what_whom_and_when(administrator: User, reader: User, client: Client) -> None:
    services.access_record(by=reader, act=AccessAct.READ, what="档案", people=1, person=7)
    services.access_record(by=reader, act=AccessAct.EXPORT, what="台账", people=20)
    services.access_record(by=None, act=AccessAct.COMMAND, what="指标", people=5)
    assert shown(client, "/audit/") == ["指标", "台账", "档案"]
    assert shown(client, "/audit/?who=李") == shown(client, "/audit/?who=CANLIAN") == ["台账", "档案"]
    assert shown(client, "/audit/?who=system") == ["指标"]
    assert shown(client, "/audit/?act=read") == shown(client, "/audit/?person=7") == ["档案"]
    today = timezone.localdate()
    assert len(shown(client, f"/audit/?since={today}&until={today}")) == 3
    assert shown(client, f"/audit/?until={today - datetime.timedelta(days=1)}") == []
    assert shown(client, f"/audit/?since={today + datetime.timedelta(days=1)}") == []
    for wrong in ("since=heute", "act=burn", "person=0", "person=99999999999999999999"):
        answer = client.get(f"/audit/?{wrong}")
        assert answer.context["lines"] == []
        assert "invalid-feedback" in answer.content.decode()


def test_what_left_the_system_stands_in_the_export_register(administrator: User, reader: User, client: Client) -> None:
    for act in AccessAct:
        services.access_record(by=reader, act=act, what=act.label, people=2)
    assert shown(client, "/audit/exports/") == ["下载", "导出", "打印"]
    assert shown(client, "/audit/exports/?who=somebody") == []
    assert shown(client, "/audit/exports/?act=read") == ["下载", "导出", "打印"]


def test_the_page_shows_how_far_the_log_is_sealed(administrator: User, client: Client) -> None:
    assert "已全部封存" in client.get("/audit/").content.decode()
    note()
    assert "1 条，每分钟封存一次" in client.get("/audit/").content.decode()
    block = sealed(now=timezone.now())
    page = client.get("/audit/").content.decode()
    assert "已全部封存" in page
    assert block.hash in page
    note()
    with behind_the_systems_back() as execute:
        execute("UPDATE common_accesslog SET at = at - interval '11 minutes' WHERE id > %s", [block.last])
    assert "超过 10 分钟没有封存" in client.get("/audit/").content.decode()


@pytest.mark.parametrize("path", ["/audit/", "/audit/exports/"])
def test_the_pages_statements_do_not_grow_with_the_rows(administrator: User, client: Client, path: str) -> None:
    counts = []
    for number in range(2):
        for n in range(15):
            user = User.objects.create(username=f"u{number}-{n}", name="某", role=Role.LEADERSHIP)
            services.access_record(by=user, act=AccessAct.EXPORT, what="台账", people=1)
        with CaptureQueriesContext(connection) as captured:
            assert len(shown(client, path)) == 15 * (number + 1)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_menu_marks_the_page_and_not_the_one_above_it(administrator: User, client: Client) -> None:
    for path, label in (("/audit/", "访问记录"), ("/audit/exports/", "导出登记")):
        answer = client.get(path)
        lines = [line for section in answer.context["navigation"] for line in section.entries]
        assert [(line.label, line.current) for line in lines if line.is_current] == [(label, "page")]
