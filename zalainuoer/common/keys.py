"""Keys that encrypt fields ("data keys"), and the master keys that encrypt those ("envelope encryption").

Data keys stand in the database, each wrapped with AES-256-GCM by a master key of the environment (FIELD_KEYS:
`id:base64`, the first one wraps). Changing the master key re-wraps these few rows and rewrites no other, so that the
history, which is append-only, stays as it was written (docs/decisions/0003).

A process reads them once, with its first value, and again only when it meets a key id it does not know.
"""

import base64
import binascii
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

KEY_BYTES = 32
NONCE_BYTES = 12
LONGEST_ID = 20
NONE_YET = "数据库里还没有数据密钥。请先执行 manage.py migrate。"


class WrongKeys(ImproperlyConfigured):
    """The keys of the environment and those of the database do not belong together; the message says what to do."""


@dataclass(frozen=True)
class Ring:
    """The data keys by their ids, and the id of the newest, which writes."""

    keys: Mapping[str, bytes]
    writing: str


_ring: Ring | None = None


def ring() -> Ring:
    """The data keys as this process knows them."""
    return _ring or reload()


def reload() -> Ring:
    """The data keys as the database has them now."""
    global _ring
    _ring = load()
    return _ring


def data_key(key_id: str) -> bytes | None:
    """The data key with an id; one that another process has made since is looked up."""
    found = ring().keys.get(key_id)
    return reload().keys.get(key_id) if found is None else found


def load() -> Ring:
    """Reads and unwraps all data keys. One that does not unwrap stops everything: nothing is written half readable."""
    masters = master_keys()
    # The models' fields encrypt with what is loaded here, so that the model is asked for by name.
    rows = apps.get_model("common", "DataKey").objects.order_by("created_at", "key_id")
    stored = rows.values_list("key_id", "wrapped", "master_id")
    keys = {key_id: unwrap(key_id, wrapped, master_id, masters) for key_id, wrapped, master_id in stored}
    if not keys:
        raise WrongKeys(NONE_YET)
    return Ring(keys, writing=list(keys)[-1])


def master_keys() -> dict[str, bytes]:
    """The keys of FIELD_KEYS by their ids, the one that wraps first."""
    keys: dict[str, bytes] = {}
    for pair in settings.FIELD_KEYS:
        key_id, _, encoded = pair.strip().partition(":")
        if not 0 < len(key_id) <= LONGEST_ID:
            raise WrongKeys(f"环境变量 FIELD_KEYS 应写成“编号:密钥”，编号 1 至 {LONGEST_ID} 个字符。")
        if key_id in keys:
            raise WrongKeys(f"环境变量 FIELD_KEYS 里有两个编号都是“{key_id}”的密钥。请给新密钥一个没有用过的编号。")
        keys[key_id] = decoded(encoded, name="FIELD_KEYS")
    return keys


def decoded(encoded: str, *, name: str) -> bytes:
    """A key of the environment; refuses what is no base64 text of 32 bytes."""
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise WrongKeys(f"环境变量 {name} 里的密钥不是 base64 文本。") from error
    if len(key) != KEY_BYTES:
        raise WrongKeys(f"环境变量 {name} 里的密钥应为 {KEY_BYTES} 字节，实为 {len(key)} 字节。")
    return key


def wrap(key_id: str, key: bytes, master: bytes) -> str:
    """A data key as it is stored; bound to its id, so that two rows cannot be swapped."""
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(master).encrypt(nonce, key, key_id.encode())).decode("ascii")


def unwrap(key_id: str, wrapped: str, master_id: str, masters: Mapping[str, bytes]) -> bytes:
    """The data key behind its stored form; raises WrongKeys."""
    if master_id not in masters:
        raise WrongKeys(
            f"数据密钥“{key_id}”由主密钥“{master_id}”加密，但环境变量 FIELD_KEYS 里没有这个主密钥。"
            f"请把它加回 FIELD_KEYS（放在最后即可）并重启；要停用它，先执行 manage.py rotate_keys。"
        )
    try:
        sealed = base64.b64decode(wrapped, validate=True)
        return AESGCM(masters[master_id]).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], key_id.encode())
    except (InvalidTag, ValueError) as error:  # binascii.Error is a ValueError, as is a nonce too short
        raise WrongKeys(
            f"数据密钥“{key_id}”不能用主密钥“{master_id}”解开：FIELD_KEYS 里的“{master_id}”不是当初加密它的那一把，"
            f"或者数据库里的数据密钥被改动过。请从备份取回正确的 FIELD_KEYS 或 common_datakey 表。系统没有写入任何数据。"
        ) from error


def new_id(taken: Collection[str]) -> str:
    """An id no data key has had: d1, d2, …; master keys are usually called by bare numbers."""
    return next(name for number in count(1) if (name := f"d{number}") not in taken)


def first_data_key(data_keys: Any, *, adopt: bool) -> None:
    """Makes the key that writes in a database that has none; for the migration, which hands in its own manager.

    `adopt`: values were written with the master keys themselves, before there were data keys. Those go on as data keys
    of the same id, only to read: what is written from now on does not depend on what the environment ever held.
    """
    masters = master_keys()
    first, master = next(iter(masters.items()))
    found = dict(masters) if adopt else {}
    found[new_id(found)] = os.urandom(KEY_BYTES)
    for key_id, key in found.items():
        data_keys.create(key_id=key_id, wrapped=wrap(key_id, key, master), master_id=first)


@dataclass(frozen=True)
class Rotation:
    """What `rotate` did: by which master key which data keys are wrapped now, and which one it has made."""

    master: str
    rewrapped: list[str]
    created: str | None
    needless: list[str]  # master keys of the environment that wrap nothing any more


@transaction.atomic
def rotate(*, new_data_key: bool) -> Rotation:
    """Wraps every data key with the first master key of FIELD_KEYS; may make one that writes from now on.

    Rewrites no value. Other processes go on with the keys they know, which stay the same.
    """
    masters = master_keys()
    first, master = next(iter(masters.items()))
    model = apps.get_model("common", "DataKey")
    rows = list(model.objects.select_for_update().order_by("created_at", "key_id"))
    if not rows:
        raise WrongKeys(NONE_YET)
    rewrapped = []
    for row in rows:
        key = unwrap(row.key_id, row.wrapped, row.master_id, masters)  # those that stay as they are, too: all must open
        if row.master_id != first:
            row.wrapped, row.master_id = wrap(row.key_id, key, master), first
            rewrapped.append(row.key_id)
    model.objects.bulk_update(rows, ["wrapped", "master_id"])
    created = new_id({row.key_id for row in rows}) if new_data_key else None
    if created:
        model.objects.create(key_id=created, wrapped=wrap(created, os.urandom(KEY_BYTES), master), master_id=first)
    return Rotation(first, rewrapped, created, [name for name in masters if name != first])
