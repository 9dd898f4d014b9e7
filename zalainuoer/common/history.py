"""History is the database's own: triggers record every insert, update and delete (docs/decisions/0002).

`@tracked` on a model is all an app needs. Events carry the context they happened in (user, request or upload
batch); undo of a batch and the change trail of a record are read from them.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

import pghistory
from django.db import models

from zalainuoer.common.fields import EncryptedTextField

M = TypeVar("M", bound=type[models.Model])


def tracked_fields(*names: str, acts: Iterable[str] = ()) -> Callable[[M], M]:
    """Class decorator: keeps the history of some fields only (of an account all but its password).

    `acts` are events that change no field and that a service writes itself (`pghistory.create_event`).
    """

    def track(model: M) -> M:
        return pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(condition=pghistory.AnyChange(*names)),
            pghistory.DeleteEvent(),
            *(pghistory.ManualEvent(act) for act in acts),
            fields=list(names),
            model_name=f"{model.__name__}Event",
        )(model)

    return track


def tracked(model: M) -> M:
    """Class decorator: keeps the history of every row of the model.

    A fresh nonce is no change: an update is compared without the encrypted columns, whose blind indexes tell.
    """
    encrypted = [f.name for f in model._meta.fields if isinstance(f, EncryptedTextField)]
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=encrypted) if encrypted else pghistory.AnyChange()),
        pghistory.DeleteEvent(),
    )(model)
