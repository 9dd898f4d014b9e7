"""A sheet is one class: what a department delivers, column by column, and the table it fills.

Template, upload, preview, comparison, commit, undo, export and API are generic and live beside this file;
an app's `sheets.py` declares classes, and declaring registers them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.db import models
from import_export import fields, resources

from zalainuoer.common.models import Department, User
from zalainuoer.common.sheets.rhythm import Monthly, Yearly
from zalainuoer.common.sheets.undo import Unit
from zalainuoer.common.sheets.widgets import CellWidget


class Column(fields.Field):
    """One column: a django-import-export field with the headings offices use for it.

    `attribute` is the path from the model's row to the value (for exports); `stores` is the table's column that
    takes the cleaned value, "" for columns that only check or name something stored elsewhere.
    """

    widget: CellWidget

    def __init__(
        self,
        attribute: str,
        heading: str,
        widget: CellWidget,
        *,
        required: bool = False,
        synonyms: Sequence[str] = (),
        stores: str | None = None,
    ):
        super().__init__(attribute=attribute, column_name=heading, widget=widget)
        self.heading, self.required, self.synonyms = heading, required, tuple(synonyms)
        self.stores = attribute if stores is None else stores

    @property
    def kind(self) -> str:
        return self.widget.kind

    @property
    def choices(self) -> tuple[str, ...]:
        return self.widget.choices

    @property
    def help(self) -> str:
        return self.widget.help


class Sheet(resources.Resource):
    """Base of all sheets. `key` names the columns that tell one record from another: delivered again, it corrects.

    `period` names the column that says which month, year or school year a row belongs to, if the sheet has one;
    such a sheet's preview also lists what was there last time and is missing now.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    department: ClassVar[str]
    model: ClassVar[type[models.Model]]
    key: ClassVar[tuple[str, ...]]
    period: ClassVar[str] = ""
    rhythm: ClassVar[Monthly | Yearly]
    order: ClassVar[int]
    version: ClassVar[int] = 1
    fields: dict[str, Column]

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            _sheets[cls.code] = cls

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(self.fields.values())

    def column(self, heading: str) -> Column:
        return next(c for c in self.columns if c.heading == heading)

    def undo_units(self) -> tuple[Unit, ...]:
        """The tables a batch of this sheet writes, what refers before what is referred to."""
        return (Unit(self.model),)

    def rows_for(self, user: User) -> models.QuerySet[Any]:
        """What the table holds now and the person may see, a row of the sheet each, oldest first."""
        rows: models.QuerySet[Any] = self.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
        return rows.order_by("pk")

    @property
    def key_stores(self) -> tuple[str, ...]:
        """The table's columns behind `key`."""
        return tuple(self.column(heading).stores for heading in self.key)


_sheets: dict[str, type[Sheet]] = {}


def all_sheets() -> Iterator[Sheet]:
    """Every sheet of the system, in the order the departments are used to."""
    return (sheet() for sheet in sorted(_sheets.values(), key=lambda s: s.order))


def sheet_of(code: str) -> Sheet:
    """The sheet with a code; KeyError if there is none."""
    return _sheets[code]()


def sheets_for(user: User) -> list[Sheet]:
    """The sheets a person may deliver: those of the own department."""
    if not user.has_perm("common.upload_sheets") or user.department is None:
        return []
    return [sheet for sheet in all_sheets() if sheet.department == user.department.name]


def sheets_exported_to(user: User) -> list[Sheet]:
    """The sheets whose stored rows a person may take out: all for the federation's staff, else the own ones."""
    if not user.has_perm("common.export_sheets"):
        return []
    return list(all_sheets()) if user.has_perm("common.view_all_batches") else sheets_for(user)


def department_of(sheet: Sheet) -> Department:
    return Department.objects.get(name=sheet.department)
