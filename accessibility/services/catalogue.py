"""改造项目目录 and 施工单位: what a plan chooses from, and who builds."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from accessibility.models import Contractor, RetrofitItem
from accessibility.services.homes.common import open_context
from accessibility.services.homes.steps import MANAGE
from zalainuoer.common import ciphers
from zalainuoer.common.acting import kept, refuse_others
from zalainuoer.common.credit_codes import NotACreditCode, checked_credit_code
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.sheets.widgets import PhoneWidget


def item_save(
    *,
    item: RetrofitItem | None = None,
    name: str,
    group: str,
    unit: str,
    requirement: str = "",
    source: str = "",
    ceiling_yuan: Decimal | None = None,
    is_active: bool = True,
    by: User,
) -> RetrofitItem:
    """Adds or corrects an item. A ceiling of the price stands on a document."""
    refuse_others(by, MANAGE)
    with transaction.atomic(), data_lock():
        open_context(by, "retrofit_item_save")
        row = RetrofitItem() if item is None else RetrofitItem.objects.select_for_update().get(pk=item.pk)
        if ceiling_yuan is not None and not source.strip():
            raise RuleBroken("填了单价上限的，请在“依据”里写明文号；没有文件规定的，上限留空。")
        if item is not None and row.group != group and row.planned.exists():
            raise RuleBroken("已有方案用了这个项目，类别不能再改。请停用它，另建一项。")
        row.name, row.group, row.unit = name.strip(), group, unit.strip()
        row.requirement, row.source = requirement.strip(), source.strip()
        row.ceiling_yuan, row.is_active = ceiling_yuan, is_active
        kept(row)
    return row


def contractor_save(
    *,
    contractor: Contractor | None = None,
    name: str,
    credit_code: str,
    contact_name: str,
    contact_phone: str = "",
    document: str = "",
    is_active: bool = True,
    by: User,
) -> Contractor:
    """Adds or corrects a contractor; an empty phone leaves the one that is kept."""
    refuse_others(by, MANAGE)
    with transaction.atomic(), data_lock():
        open_context(by, "contractor_save")
        row = Contractor() if contractor is None else Contractor.objects.select_for_update().get(pk=contractor.pk)
        try:
            row.credit_code = checked_credit_code(credit_code)
        except NotACreditCode as error:
            raise RuleBroken(f"统一社会信用代码：{error}") from error
        row.name = name.strip()
        row.contact_name, row.document, row.is_active = contact_name.strip(), document.strip(), is_active
        try:
            phone = PhoneWidget().clean(contact_phone)
        except ValueError as error:
            raise RuleBroken(f"联系电话：{error}") from error
        if phone:
            row.contact_phone, row.contact_phone_index = phone, ciphers.blind_index(phone, purpose="phone")
        elif not row.contact_phone:
            raise RuleBroken("请填写联系电话。")
        kept(row)
    return row
