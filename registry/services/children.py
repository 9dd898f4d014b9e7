"""未持证残疾儿童: a child without a certificate becomes a person by hand, as the sheets of children make one.

The checks are the sheets' own (registry/sheets/base.py, ChildSheet): a valid number, below `child.age_limit` on the
cut-off day of the year, a community of one's own area; a number that is on file under another name is refused.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction

from registry.models import Person
from registry.rules import day_of
from registry.services.drafts import checked_number
from registry.services.identity import phone_fields
from registry.sheets.lookup import create_children, known_people
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import age_on, born_on, masked_name, name_key
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import Division, User
from zalainuoer.common.rules import Parameters
from zalainuoer.common.sheets.widgets import NameWidget, PhoneWidget

ELSEWHERE = "该身份证号在您的辖区以外已有档案，不能重复建档。请与区残联核对。"
WHAT = "登记未持证残疾儿童"


@dataclass(frozen=True)
class Registered:
    """Whose file it is, and whether it was made now or had been there."""

    person: Person
    is_new: bool


def child_register(
    *,
    id_number: str,
    name: str,
    community: Division,
    guardian_name: str,
    guardian_phone: str,
    by: User | None,
    today: datetime.date,
    reason: str = "",
) -> Registered:
    """Makes a file for a child without a certificate, or finds the one there is: a known child is never doubled.

    A file that was there stays as it is. Raises RuleBroken.
    """
    number = checked_number(id_number)
    name = _cleaned(NameWidget(50), name, "姓名")
    guardian = _cleaned(NameWidget(50), guardian_name, "监护人姓名")
    phone = _cleaned(PhoneWidget(), guardian_phone, "监护人电话")
    with transaction.atomic(), data_lock():
        found = known_people([number], by_former=True).get(number)
        if found is not None:
            return Registered(_known(int(found.id), name, by), is_new=False)
        if by is not None and by.scope_ids is not None and community.pk not in by.scope_ids:
            raise RuleBroken(f"“{community}”不在您的辖区内。")
        _refuse_age(number, today)
        open_history_context(user=by.username if by else "system", reason=reason, what=WHAT, act="child_register")
        key = create_children({number: (name, str(community.pk))})[number]
        person = Person.objects.select_for_update().get(pk=int(key))
        fields = {"guardian_name": guardian, **phone_fields("guardian_phone", phone)}
        for field, value in fields.items():
            setattr(person, field, value)
        person.save(update_fields=list(fields))
    return Registered(person, is_new=True)


def _known(pk: int, name: str, by: User | None) -> Person:
    """The file behind a number; whoever has no right to see it learns neither name nor place."""
    person: Person | None = (Person.objects if by is None else Person.objects.visible_to(by)).filter(pk=pk).first()
    if person is None:
        raise RuleBroken(ELSEWHERE)
    if name_key(name) != name_key(person.name):
        raise RuleBroken(f"该身份证号已有档案，姓名是“{masked_name(person.name)}”，与填写的不一致，请核对号码和姓名。")
    return person


def _refuse_age(number: str, today: datetime.date) -> None:
    parameters = Parameters(on=today)
    born, limit = datetime.date.fromisoformat(born_on(number)), parameters["child.age_limit"]
    if born > today:
        raise RuleBroken(f"号码中的出生日期 {born} 晚于今天，请核对。")
    cut_on = day_of(today.year, parameters["rehab.cut_day"])
    if age_on(born, cut_on) >= limit:
        raise RuleBroken(
            f"此人到 {cut_on} 已满 {limit} 周岁，不能按未持证儿童登记。应当办证的，请从“新增持证人”办理。",
            source="“十四五”残疾人事业发展规划 指标9",
        )


def _cleaned(cell: NameWidget | PhoneWidget, text: str, label: str) -> str:
    try:
        cleaned = cell.clean(text or None)
    except ValueError as error:
        raise RuleBroken(f"{label}：{error}") from error
    if cleaned is None:
        raise RuleBroken(f"请填写{label}。")
    return cleaned
