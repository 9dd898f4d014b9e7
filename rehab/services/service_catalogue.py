"""康复服务目录: items added and changed, with their document."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.services.facts import version
from rehab.models import CatalogueItem, RehabService
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

# What a service on file has been recorded by.
NAMED_BY = ("group", "age_band", "name", "kind")
CHANGED_SINCE = "您打开之后，这个项目又被改过。请重新打开，核对后再改。"
UNCHANGED = "没有任何变化，不需要保存。"
IN_USE = "已有服务记录用了这个项目，残疾类别、年龄段、名称和服务类别不能再改。请停用这个项目，再新增一个。"


def item_add(*, by: User, reason: str = "", **values: Any) -> CatalogueItem:
    """Stores a new item of the catalogue."""
    with transaction.atomic(), data_lock():
        item = CatalogueItem(**values)
        _check(item)
        _open_context(by, "catalogue_item_add", reason or item.document)
        item.save(force_insert=True)
    return item


def item_change(*, item: CatalogueItem, seen: int, by: User, reason: str, **values: Any) -> CatalogueItem:
    """Corrects an item, closes it or opens it again; one that services refer to keeps what it is called."""
    with transaction.atomic(), data_lock():
        row = CatalogueItem.objects.select_for_update().get(pk=item.pk)
        if version(row) != seen:
            raise RuleBroken(CHANGED_SINCE)
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        if not changed:
            raise RuleBroken(UNCHANGED)
        if set(changed) & set(NAMED_BY) and RehabService.objects.filter(item=row).exists():
            raise RuleBroken(IN_USE)
        for name in changed:
            setattr(row, name, values[name])
        _check(row)
        _open_context(by, "catalogue_item_change", reason)
        row.save(update_fields=changed)
    return row


def _check(item: CatalogueItem) -> None:
    try:
        item.full_clean()
    except ValidationError as error:
        raise RuleBroken("；".join(error.messages)) from error


def _open_context(by: User, act: str, reason: str) -> None:
    open_history_context(user=by.username, reason=reason, act=act, what="康复服务目录")
