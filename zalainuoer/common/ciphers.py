"""Encryption of personal data at rest, and the keyed indexes that find it again.

A stored value reads `alg:keyid:base64(nonce + ciphertext + tag)`, so that keys and algorithms can change
while old rows stay readable. The purpose (what kind of value it is) is authenticated with it: a phone's
ciphertext pasted into an ID column does not decrypt. The key is a data key (keys.py), which the database holds
only wrapped by a master key of the environment (个人信息保护法 第五十一条; GB/T 22239-2019 8.1.4.8).
"""

import base64
import binascii
import hmac
import os
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from zalainuoer.common import keys

NONCE_BYTES = 12
TAG_BYTES = 16
INDEX_BYTES = 16


class CannotDecrypt(Exception):
    """The value was not written with any key this system holds, or was tampered with."""


class _Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class Sm4Gcm:
    """SM4-GCM (GB/T 32907) with the interface of cryptography's AESGCM."""

    def __init__(self, key: bytes):
        self.key = key[:16]

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        encryptor = Cipher(algorithms.SM4(self.key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        body, tag = data[:-TAG_BYTES], data[-TAG_BYTES:]
        decryptor = Cipher(algorithms.SM4(self.key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(body) + decryptor.finalize()


ALGORITHMS: dict[str, type] = {"aes": AESGCM, "sm4": Sm4Gcm}


@cache
def _aead(algorithm: str, key: bytes) -> _Aead:
    return ALGORITHMS[algorithm](key)


def _reading(algorithm: str, key_id: str) -> _Aead:
    key = keys.data_key(key_id) if algorithm in ALGORITHMS else None
    if key is None:
        raise CannotDecrypt(f"unknown algorithm or key: {algorithm}:{key_id}")
    return _aead(algorithm, key)


def _writing() -> tuple[str, _Aead]:
    ring = keys.ring()
    return f"{settings.FIELD_CIPHER}:{ring.writing}:", _aead(settings.FIELD_CIPHER, ring.keys[ring.writing])


def encrypt(plain: str, *, purpose: str) -> str:
    """The stored form of a text; a fresh nonce each time, so two encryptions never look alike."""
    return encrypt_many([plain], purpose=purpose)[0]  # type: ignore[return-value]


def encrypt_many(plains: Iterable[str | None], *, purpose: str) -> list[str | None]:
    """The stored forms of many texts, in order; None stays None."""
    prefix, aead = _writing()
    context, seal, encode = purpose.encode(), aead.encrypt, binascii.b2a_base64
    plains = list(plains)
    nonces = os.urandom(NONCE_BYTES * len(plains))
    stored: list[str | None] = []
    for i, plain in enumerate(plains):
        if plain is None:
            stored.append(None)
            continue
        nonce = nonces[i * NONCE_BYTES : (i + 1) * NONCE_BYTES]
        sealed = encode(nonce + seal(nonce, plain.encode(), context), newline=False)
        stored.append(prefix + sealed.decode("ascii"))
    return stored


def decrypt(stored: str, *, purpose: str) -> str:
    """The text behind a stored form; raises CannotDecrypt."""
    algorithm, _, rest = stored.partition(":")
    key_id, _, encoded = rest.partition(":")
    try:
        sealed = base64.b64decode(encoded)
        return (
            _reading(algorithm, key_id).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode()).decode()
        )
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt("the value cannot be decrypted with the keys at hand") from error


def encrypt_bytes(plain: bytes, *, purpose: str) -> bytes:
    """A whole file's stored form (`alg:keyid:` and the sealed bytes)."""
    prefix, aead = _writing()
    nonce = os.urandom(NONCE_BYTES)
    return prefix.encode() + nonce + aead.encrypt(nonce, plain, purpose.encode())


def decrypt_bytes(stored: bytes, *, purpose: str) -> bytes:
    """The file behind its stored form; raises CannotDecrypt."""
    algorithm, key_id, sealed = bytes(stored).split(b":", 2)
    try:
        aead = _reading(algorithm.decode(), key_id.decode())
        return aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt("the file cannot be decrypted with the keys at hand") from error


@cache
def _index_key(purpose: str) -> bytes:
    master = keys.decoded(settings.BLIND_INDEX_KEY, name="BLIND_INDEX_KEY")
    return hmac.digest(master, purpose.encode(), "sha512")


def blind_index(value: str, *, purpose: str) -> str:
    """A keyed fingerprint of 128 bits, as 32 hexadecimal digits: equal values, equal indexes.

    BLAKE2b in its keyed mode is a MAC by design (RFC 7693) and three times as fast as HMAC through OpenSSL. Stored
    as PostgreSQL's uuid: 16 bytes that compare fast and can be joined, which is all an index needs.
    """
    return blake2b(value.encode(), key=_index_key(purpose), digest_size=INDEX_BYTES).hexdigest()


def blind_indexes(values: Iterable[str | None], *, purpose: str) -> list[str | None]:
    """The blind indexes of many values, in order; None stays None."""
    key = _index_key(purpose)
    return [
        None if value is None else blake2b(value.encode(), key=key, digest_size=INDEX_BYTES).hexdigest()
        for value in values
    ]
