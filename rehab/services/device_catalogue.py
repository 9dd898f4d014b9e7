"""辅具目录: kinds of devices and their dated terms, as documents say them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from registry.services.facts import version
from rehab.models import DeviceClass, DeviceItem, DeviceTerms
from rehab.services.device_writing import MANAGE, keep, open_context, refuse_without, words
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

CHANGED_SINCE = "您打开之后，这一条又被改过。请重新打开，核对后再改。"
GONE = "这一条已经不在了，请回到目录核对。"


def class_save(*, device_class: DeviceClass | None = None, code: str, name: str, by: User) -> DeviceClass:
    """Adds a main class, or calls one otherwise where an edition of the standard does; a code in use stays."""
    refuse_without(by, MANAGE)
    with transaction.atomic(), data_lock():
        row = DeviceClass(code=code) if device_class is None else _locked(device_class)
        if row.code != code and row.items.exists():
            raise RuleBroken("这个主类下已有辅具，代码不能再改；名称可以改。")
        row.code, row.name = code, words(name, what="主类名称")
        open_context(by, "device_class_save")
        keep(row)
    return row


def item_save(*, item: DeviceItem | None = None, by: User, seen: int | None = None, **values: Any) -> DeviceItem:
    """Adds an item, or corrects one. A former name stays among its other names: fittings stand under it."""
    refuse_without(by, MANAGE)
    with transaction.atomic(), data_lock():
        row = DeviceItem() if item is None else _locked(item, seen=seen)
        former = row.name
        for name, value in values.items():
            setattr(row, name, value)
        if row.device_class is not None and row.code and not row.code.startswith(row.device_class.code):
            raise RuleBroken(f"分类代码应以主类代码 {row.device_class.code} 开头。")
        if row.device_class is None and row.code:
            raise RuleBroken("填了分类代码的，请同时选择主类。")
        others = [*row.other_names, former] if former and former != row.name else row.other_names
        row.other_names = sorted({name.strip() for name in others} - {row.name, ""})
        _refuse_shared_names(row)
        open_context(by, "device_item_save")
        keep(row)
    return row


def _refuse_shared_names(row: DeviceItem) -> None:
    """A name means one item: or a fitting would count for two."""
    for other in DeviceItem.objects.exclude(pk=row.pk):
        if shared := set(row.names) & set(other.names):
            raise RuleBroken(f"“{min(shared)}”已是目录中“{other.name}”的名称或其他叫法，一个名称只能指一种辅具。")


def terms_save(*, terms: DeviceTerms | None = None, by: User, seen: int | None = None, **values: Any) -> DeviceTerms:
    """Adds the terms of an item from a day on, or corrects terms that no case was approved by."""
    refuse_without(by, MANAGE)
    with transaction.atomic(), data_lock():
        row = DeviceTerms() if terms is None else _locked(terms, seen=seen)
        if terms is not None and row.cases.exists():
            raise RuleBroken("已有申请按这条标准审批，不能再改。标准调整的，请从调整的日期起新增一条。")
        for name, value in values.items():
            setattr(row, name, value)
        open_context(by, "device_terms_save", row.document)
        keep(row)
    return row


def _locked(row: Any, *, seen: int | None = None) -> Any:
    """The row as it stands now, held until the transaction ends."""
    found = type(row)._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise RuleBroken(GONE)
    if seen is not None and version(found) != seen:
        raise RuleBroken(CHANGED_SINCE)
    return found
