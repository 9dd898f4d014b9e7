"""Model fields for personal data: encrypted text beside a blind index."""

from typing import Any

from django.db import models

from zalainuoer.common import ciphers


class EncryptedTextField(models.TextField):
    """Text that stands encrypted in the database; cannot be filtered or ordered by.

    `purpose` names what kind of value it is (see ciphers.py) and is the same in history tables.
    """

    def __init__(self, *args: Any, purpose: str, **kwargs: Any):
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def get_lookup(self, lookup_name: str) -> Any:
        # A fresh nonce makes equality meaningless; only "is there a value" can be asked.
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if value is None else ciphers.decrypt(value, purpose=self.purpose)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is None or not isinstance(value, str):
            return super().get_db_prep_save(value, connection)
        return ciphers.encrypt(value, purpose=self.purpose)


class BlindIndexField(models.UUIDField):
    """The keyed fingerprint of an encrypted value, for exact search, joins and uniqueness."""

    def __init__(self, *args: Any, purpose: str, **kwargs: Any):
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def of(self, plain: str) -> str:
        return ciphers.blind_index(plain, purpose=self.purpose)
