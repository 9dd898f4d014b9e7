"""Data keys wrapped by master keys: a change of the master key leaves every row as it was, and readable."""

import base64
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from registry.models import Person
from tests.deliveries import holder, receive, upload
from tests.records import person
from zalainuoer.common import ciphers, keys
from zalainuoer.common.models import AccessAct, AccessLog, DataKey, StoredFile
from zalainuoer.common.services import batch_preview

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
first_key_migration = import_module("zalainuoer.common.migrations.0006_first_data_key")


def random_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


NEW = f"new:{random_key()}"
Forget: TypeAlias = Callable[[], None]


@pytest.fixture
def forget(monkeypatch: pytest.MonkeyPatch) -> Iterator[Forget]:
    """Makes this process ask the database for its keys again, as one that has just started."""
    monkeypatch.setattr(keys, "_ring", keys.ring())  # put back when the test ends
    return lambda: setattr(keys, "_ring", None)


@pytest.fixture
def old(settings: Any) -> str:
    (pair,) = settings.FIELD_KEYS
    return pair


def rotate(*arguments: str) -> str:
    said = io.StringIO()
    call_command("rotate_keys", *arguments, stdout=said)
    return said.getvalue()


def stored_rows() -> str:
    """Everything that stands encrypted in the register and in its history, as it stands there."""
    found = []
    with connection.cursor() as cursor:
        for table in ("registry_person", "registry_personevent", "registry_household", "common_storedfile"):
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


# --- changing the master key -----------------------------------------------------------------------------------------


def test_after_the_master_key_has_changed_rows_history_and_files_are_read_without_the_old_one(
    settings: Any, forget: Forget, old: str
) -> None:
    one = holder(1)
    upload("registry", [{**one, "联系电话": "13800000001"}])
    upload("registry", [{**one, "联系电话": "13800000002"}])
    batch = receive("registry", [holder(2)])
    before = stored_rows()

    settings.FIELD_KEYS = [NEW, old]
    said = rotate()
    settings.FIELD_KEYS = [NEW]
    forget()

    assert Person.objects.get().id_number == one["身份证号"]
    phones = Person.pgh_event_model.objects.order_by("pgh_id").values_list("phone", flat=True)  # type: ignore[attr-defined]
    assert set(phones) >= {"13800000001", "13800000002"}
    assert batch_preview(batch) is not None
    assert stored_rows() == before  # not a row was rewritten
    assert set(DataKey.objects.values_list("master_id", flat=True)) == {"new"}
    assert "已用主密钥“new”重新加密数据密钥：d1。" in said
    assert "从 FIELD_KEYS 中删去主密钥“1”" in said


def test_what_the_change_did_is_in_the_access_log(settings: Any, old: str) -> None:
    settings.FIELD_KEYS = [NEW, old]
    rotate("--new-data-key")
    note = AccessLog.objects.get(act=AccessAct.COMMAND)
    assert (note.username, note.what) == ("system", "更换密钥：用主密钥“new”重新加密数据密钥1个，新建1个")


def test_a_new_data_key_writes_and_the_earlier_ones_read(forget: Forget) -> None:
    before = ciphers.encrypt("13800000001", purpose="phone")
    said = rotate("--new-data-key")
    forget()
    after = ciphers.encrypt("13800000001", purpose="phone")
    assert (before.split(":")[1], after.split(":")[1]) == ("d1", "d2")
    assert {ciphers.decrypt(stored, purpose="phone") for stored in (before, after)} == {"13800000001"}
    assert "已新建数据密钥“d2”" in said
    assert "本来就由主密钥“1”加密" in said


def test_without_anything_to_do_the_command_says_how_to_begin() -> None:
    wrapped = DataKey.objects.get().wrapped
    assert "先在 FIELD_KEYS 的最前面加上新的" in rotate()
    assert DataKey.objects.get().wrapped == wrapped


def test_a_process_that_runs_learns_of_a_key_another_one_has_made(forget: Forget) -> None:
    here = keys.ring()
    rotate("--new-data-key")
    forget()
    written_elsewhere = ciphers.encrypt("13800000001", purpose="phone")
    keys._ring = here
    assert ciphers.decrypt(written_elsewhere, purpose="phone") == "13800000001"
    assert set(keys.ring().keys) == {"d1", "d2"}


def test_keys_are_read_once_however_many_values_there_are(forget: Forget) -> None:
    forget()
    with CaptureQueriesContext(connection) as captured:
        stored = ciphers.encrypt_many([f"1380000{n:04}" for n in range(500)], purpose="phone")
        assert len({ciphers.decrypt(value, purpose="phone") for value in stored if value}) == 500
    assert len(captured) == 1


# --- wrong keys ------------------------------------------------------------------------------------------------------


def test_without_the_master_key_that_wrapped_them_nothing_is_read_or_written(settings: Any, forget: Forget) -> None:
    settings.FIELD_KEYS = [NEW]
    forget()
    for act in (lambda: ciphers.encrypt("1", purpose="phone"), lambda: ciphers.decrypt("aes:d1:AAAA", purpose="phone")):
        with pytest.raises(keys.WrongKeys, match="FIELD_KEYS 里没有这个主密钥。请把它加回"):
            act()
    with pytest.raises(CommandError, match="没有这个主密钥"):
        rotate()


def test_another_key_under_the_same_id_is_refused(settings: Any, forget: Forget) -> None:
    settings.FIELD_KEYS = [f"1:{random_key()}"]
    forget()
    with pytest.raises(keys.WrongKeys, match="不是当初加密它的那一把"):
        ciphers.encrypt("1", purpose="phone")
    with pytest.raises(CommandError, match="请从备份取回正确的 FIELD_KEYS"):
        rotate()


@pytest.mark.parametrize("place", [0, 12, -1])  # nonce, key, tag
def test_a_wrapped_key_tampered_with_is_refused(forget: Forget, place: int) -> None:
    row = DataKey.objects.get()
    wrapped = bytearray(base64.b64decode(row.wrapped))
    wrapped[place] ^= 1
    DataKey.objects.update(wrapped=base64.b64encode(wrapped).decode())
    forget()
    with pytest.raises(keys.WrongKeys, match="或者数据库里的数据密钥被改动过"):
        ciphers.encrypt("1", purpose="phone")


@pytest.mark.parametrize("wrapped", ["", "AAAA", "no base64"])
def test_what_is_no_wrapped_key_is_refused(forget: Forget, wrapped: str) -> None:
    DataKey.objects.update(wrapped=wrapped)
    forget()
    with pytest.raises(keys.WrongKeys, match="被改动过"):
        ciphers.encrypt("1", purpose="phone")


def test_two_wrapped_keys_cannot_be_swapped(forget: Forget) -> None:
    rotate("--new-data-key")
    one, two = DataKey.objects.all()
    DataKey.objects.filter(pk=one.pk).update(wrapped=two.wrapped)
    forget()
    with pytest.raises(keys.WrongKeys, match="“d1”"):
        ciphers.encrypt("1", purpose="phone")


def test_if_one_key_does_not_open_no_other_is_wrapped_anew(settings: Any, old: str) -> None:
    rotate("--new-data-key")
    DataKey.objects.filter(pk="d2").update(wrapped="AAAA")
    before = list(DataKey.objects.values_list())
    settings.FIELD_KEYS = [NEW, old]
    with pytest.raises(CommandError):
        rotate()
    assert list(DataKey.objects.values_list()) == before
    assert not AccessLog.objects.filter(what__contains="“new”").exists()


def test_a_database_without_data_keys_asks_to_be_migrated(forget: Forget) -> None:
    DataKey.objects.all().delete()
    forget()
    with pytest.raises(keys.WrongKeys, match=r"manage\.py migrate"):
        ciphers.encrypt("1", purpose="phone")
    with pytest.raises(CommandError, match=r"manage\.py migrate"):
        rotate()


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (["short:AAAA"], "应为 32 字节，实为 3 字节"),
        (["no base64:!!!"], "不是 base64"),
        ([random_key()], "应写成“编号:密钥”"),
        ([f":{random_key()}"], "应写成“编号:密钥”"),
        ([f"{'x' * 21}:{random_key()}"], "1 至 20 个字符"),
        ([f"a:{random_key()}", f"a:{random_key()}"], "两个编号都是“a”"),
    ],
)
def test_master_keys_of_the_wrong_kind_are_refused_at_once(settings: Any, pairs: list[str], message: str) -> None:
    settings.FIELD_KEYS = pairs
    with pytest.raises(ImproperlyConfigured, match=message):
        keys.master_keys()


# --- the first key ---------------------------------------------------------------------------------------------------


def migrate_again() -> None:
    DataKey.objects.all().delete()
    with connection.schema_editor() as editor:
        first_key_migration.make(apps, editor)


def test_an_empty_database_gets_one_key_of_its_own(settings: Any) -> None:
    migrate_again()
    (row,) = DataKey.objects.all()
    assert (row.key_id, row.master_id) == ("d1", "1")
    assert keys.load().keys["d1"] != keys.master_keys()["1"]


def test_values_written_with_master_keys_themselves_stay_readable_for_good(
    settings: Any, monkeypatch: pytest.MonkeyPatch, forget: Forget, old: str
) -> None:
    """A database as it was before there were data keys: two master keys in turn have written values."""
    older = f"0:{random_key()}"
    settings.FIELD_KEYS = [old, older]
    masters = keys.master_keys()
    one, two = holder(1), holder(2)
    monkeypatch.setattr(keys, "_ring", keys.Ring(masters, writing="0"))
    upload("registry", [one])
    monkeypatch.setattr(keys, "_ring", keys.Ring(masters, writing="1"))
    upload("registry", [two])

    migrate_again()
    settings.FIELD_KEYS = [NEW, old, older]
    rotate()
    settings.FIELD_KEYS = [NEW]
    forget()

    assert {found.id_number for found in Person.objects.all()} == {one["身份证号"], two["身份证号"]}
    assert [file.content for file in StoredFile.objects.all()]
    assert list(DataKey.objects.values_list("key_id", "master_id")) == [("1", "new"), ("0", "new"), ("d1", "new")]
    assert ciphers.encrypt("1", purpose="phone").startswith("aes:d1:")  # the old ones only read


def test_people_without_a_batch_are_reason_enough_to_keep_the_masters_readable() -> None:
    with connection.schema_editor() as editor:
        assert not first_key_migration.holds_values(apps, editor.connection)
        person()
        assert first_key_migration.holds_values(apps, editor.connection)


def test_migrating_back_and_forth_makes_no_second_key() -> None:
    before = list(DataKey.objects.values_list())
    with connection.schema_editor() as editor:
        first_key_migration.make(apps, editor)
    assert list(DataKey.objects.values_list()) == before


def test_two_keys_of_one_id_cannot_stand() -> None:
    row = DataKey.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        DataKey.objects.create(key_id=row.key_id, wrapped="", master_id="1")


# --- other processes -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_process_of_its_own_reads_what_this_one_has_written(subprocess_environment: dict[str, str]) -> None:
    upload("registry", [holder(1)])
    script = "from registry.models import Person; print(Person.objects.get().id_number[:6])"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", script],
        cwd=ROOT,
        env=subprocess_environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "150799"
