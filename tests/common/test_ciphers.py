"""Personal data at rest: what stands in the database tells nothing without the keys."""

import base64
import io
import uuid
import zlib
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from registry.models import FormerIdentity, Person
from tests.deliveries import FIFTEEN, holder, id_number, receive, row_of, undo, upload
from zalainuoer.common import ciphers, keys
from zalainuoer.common.ciphers import CannotDecrypt
from zalainuoer.common.models import StoredFile, StoredFileKind, UploadBatch

OLD_KEY, NEW_KEY = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
INDEX_KEY = base64.b64encode(bytes([3]) * 32).decode()


Keys: TypeAlias = Callable[..., None]


@pytest.fixture
def use_keys(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keys]:
    """Data keys of this test's own, without a database; the last one writes."""

    def use(*pairs: str, cipher: str = "aes") -> None:
        settings.FIELD_CIPHER, settings.BLIND_INDEX_KEY = cipher, INDEX_KEY
        known = {key_id: base64.b64decode(key) for key_id, _, key in (pair.partition(":") for pair in pairs)}
        ring = keys.Ring(known, writing=list(known)[-1])
        monkeypatch.setattr(keys, "_ring", ring)
        monkeypatch.setattr(keys, "load", lambda: ring)
        ciphers._index_key.cache_clear()

    yield use
    ciphers._index_key.cache_clear()


@pytest.fixture(params=["aes", "sm4"])
def cipher(request: pytest.FixtureRequest, use_keys: Keys) -> str:
    use_keys(f"old:{OLD_KEY}", cipher=request.param)
    return request.param


def test_what_was_encrypted_can_be_read(cipher: str) -> None:
    stored = ciphers.encrypt("150703195803120018", purpose="id_number")
    assert stored.startswith(f"{cipher}:old:")
    assert "150703" not in stored
    assert ciphers.decrypt(stored, purpose="id_number") == "150703195803120018"


def test_a_file_that_was_encrypted_can_be_read(cipher: str) -> None:
    content = bytes(range(256)) * 100
    stored = ciphers.encrypt_bytes(content, purpose="file.workbook")
    assert content[:64] not in stored
    assert ciphers.decrypt_bytes(memoryview(stored), purpose="file.workbook") == content


def test_nothing_stays_nothing(cipher: str) -> None:
    stored = ciphers.encrypt_many(["一", None, ""], purpose="phone")
    assert [None if s is None else ciphers.decrypt(s, purpose="phone") for s in stored] == ["一", None, ""]


def test_two_encryptions_of_one_value_never_look_alike(cipher: str) -> None:
    assert len({ciphers.encrypt("13812345678", purpose="phone") for _ in range(100)}) == 100


def test_a_value_tampered_with_is_not_read(cipher: str) -> None:
    prefix, _, encoded = ciphers.encrypt("13812345678", purpose="phone").rpartition(":")
    sealed = base64.b64decode(encoded)
    for place in (0, 12, len(sealed) - 1):  # nonce, text, tag
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(CannotDecrypt):
            ciphers.decrypt(f"{prefix}:{base64.b64encode(changed).decode()}", purpose="phone")


def test_a_file_tampered_with_is_not_read(cipher: str) -> None:
    stored = bytearray(ciphers.encrypt_bytes(b"workbook", purpose="file.workbook"))
    stored[-1] ^= 1
    with pytest.raises(CannotDecrypt):
        ciphers.decrypt_bytes(bytes(stored), purpose="file.workbook")


def test_a_phone_pasted_into_the_id_column_is_not_read(cipher: str) -> None:
    with pytest.raises(CannotDecrypt):
        ciphers.decrypt(ciphers.encrypt("13812345678", purpose="phone"), purpose="id_number")


def test_another_key_does_not_read_it(use_keys: Keys) -> None:
    use_keys(f"one:{OLD_KEY}")
    stored = ciphers.encrypt("13812345678", purpose="phone")
    use_keys(f"one:{NEW_KEY}")
    with pytest.raises(CannotDecrypt):
        ciphers.decrypt(stored, purpose="phone")


@pytest.mark.parametrize("stored", ["", "13812345678", "aes:gone:AAAA", "rot13:old:AAAA", "aes:old:", "aes:old:!!!"])
def test_what_no_key_here_has_written_is_not_read(use_keys: Keys, stored: str) -> None:
    use_keys(f"old:{OLD_KEY}")
    with pytest.raises(CannotDecrypt):
        ciphers.decrypt(stored, purpose="phone")


def test_the_newest_data_key_writes_and_all_read(use_keys: Keys) -> None:
    use_keys(f"old:{OLD_KEY}")
    before = ciphers.encrypt("13812345678", purpose="phone")
    use_keys(f"old:{OLD_KEY}", f"new:{NEW_KEY}")
    after = ciphers.encrypt("13812345678", purpose="phone")
    assert after.startswith("aes:new:")
    assert {ciphers.decrypt(stored, purpose="phone") for stored in (before, after)} == {"13812345678"}


def test_after_a_change_of_algorithm_old_values_stay_readable(use_keys: Keys) -> None:
    use_keys(f"k:{OLD_KEY}", cipher="aes")
    before = ciphers.encrypt("13812345678", purpose="phone")
    use_keys(f"k:{OLD_KEY}", cipher="sm4")
    assert ciphers.encrypt("13812345678", purpose="phone").startswith("sm4:")
    assert ciphers.decrypt(before, purpose="phone") == "13812345678"


@pytest.mark.django_db
@given(st.text(max_size=60))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert ciphers.decrypt(ciphers.encrypt(text, purpose="phone"), purpose="phone") == text


def test_a_blind_index_depends_on_value_purpose_and_key_alone(use_keys: Keys) -> None:
    use_keys(f"old:{OLD_KEY}")
    index = ciphers.blind_index("13812345678", purpose="phone")
    assert ciphers.blind_indexes(["13812345678", None], purpose="phone") == [index, None]
    assert ciphers.blind_index("13812345679", purpose="phone") != index
    assert ciphers.blind_index("13812345678", purpose="id_number") != index
    use_keys(f"new:{NEW_KEY}", cipher="sm4")  # the keys of the fields may change, the index may not
    assert ciphers.blind_index("13812345678", purpose="phone") == index


def test_a_blind_index_is_what_it_was_when_the_first_row_was_written(use_keys: Keys) -> None:
    """Computed with `openssl mac BLAKE2BMAC`; were it to change, nobody on the register would be found again."""
    use_keys(f"old:{OLD_KEY}")
    assert ciphers.blind_index("13812345678", purpose="phone").replace("-", "") == "bc4ad0c75ec0982d504587eb960929c9"


# --- a stolen copy ---------------------------------------------------------------------------------------------------


def everything_in_the_database() -> str:
    """Every row of every table as text, bytes in hexadecimal."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT t::text FROM {table} t")
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


@pytest.mark.django_db
@pytest.mark.parametrize("algorithm", ["aes", "sm4"])
def test_a_copy_of_all_tables_shows_no_number_of_anybody(settings: Any, algorithm: str) -> None:
    settings.FIELD_CIPHER = algorithm
    one = holder(1, suffix="B7", 户主身份证号=id_number(9))
    child = holder(3, born="2014-05-06")
    for code in FIFTEEN:
        people = (one, child) if code in ("school-enrolment", "rehab-needs") else (one,)
        assert upload(code, [row_of(code, person) for person in people]).state == "committed"
    upload("registry", [{**one, "联系电话": "13800000077", "户主身份证号": id_number(10)}])
    receive("registry", [{**one, "联系电话": "13800000078", "身份证号": "15079919800101"}])  # previewed and refused
    undo(upload("registry", [{**one, "监护人电话": "13900000079"}]))
    Person.objects.filter(name=one["姓名"]).update(address="金源里7号楼2单元301室", address_index=uuid.uuid4())
    Person.objects.filter(name=one["姓名"]).update(address="光明里8号楼3单元402室", address_index=uuid.uuid4())
    FormerIdentity.objects.create(
        person=Person.objects.get(name=one["姓名"]),
        id_number=id_number(11),
        id_index=ciphers.blind_index(id_number(11), purpose="id_number"),
        until="2025-06-01",
        reason="公安更正",
    )
    call_command("indicators", as_of="2025-12-31", store=True, stdout=io.StringIO())

    copy = everything_in_the_database()
    numbers = [str(one["身份证号"]), str(child["身份证号"]), *map(id_number, (9, 10, 11)), "15079919800101"]
    addresses = ["金源里", "7号楼2单元", "光明里", "8号楼3单元"]
    phones = ["13800000001", "13900000001", "13800000077", "13800000078", "13900000079"]
    for secret in [*numbers, *phones, *addresses]:
        assert secret not in copy
        assert secret.encode().hex() not in copy
    assert str(one["姓名"]) in copy  # the search does find what stands there
    person = Person.objects.get(name=one["姓名"])
    assert (person.id_number, person.address) == (one["身份证号"], "光明里8号楼3单元402室")
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT split_part(suffix, ':', 1) FROM registry_certificateevent WHERE suffix <> ''")
        assert cursor.fetchall() == [(algorithm,)]


@pytest.mark.django_db
def test_a_stored_file_is_no_workbook_and_no_packed_rows() -> None:
    batch = receive("registry", [holder(1)])
    files = {file.kind: bytes(file.content) for file in StoredFile.objects.filter(batch=batch)}
    assert set(files) == set(StoredFileKind)
    for content in files.values():
        assert content.startswith(b"aes:")
        sealed = content.split(b":", 2)[2]
        assert b"PK\x03\x04" not in sealed[:16]
        assert not unpacks(sealed)
        assert not unpacks(sealed[12:])


def unpacks(content: bytes) -> bool:
    try:
        return bool(zlib.decompress(content))
    except zlib.error:
        return False


@pytest.mark.django_db
def test_snapshots_keep_primary_keys_only() -> None:
    upload("registry", [holder(1)])
    call_command("indicators", as_of="2025-12-31", store=True, stdout=io.StringIO())
    for model in apps.get_app_config("indicators").get_models():
        for row in model.objects.values_list():
            assert "150799" not in str(row)
    assert UploadBatch.objects.count() == 1
