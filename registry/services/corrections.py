"""身份证号更正: the police have given somebody another number (重号, 错号). The old one still leads to the person."""

from __future__ import annotations

import datetime

from django.db import transaction

from registry.acts import ORDER
from registry.contributions import Change, announce
from registry.models import CertificateAct, CertificateCase, FormerIdentity, Household, Person
from registry.services.drafts import checked_number
from registry.services.identity import number_fields
from zalainuoer.common import ciphers
from zalainuoer.common.bulk import open_history_context
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import born_on, masked
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

BASIS = f"居民身份证法第三条；{ORDER}第二十一条（资料更新）"


def person_of_number(id_number: str) -> Person | None:
    """Whom a checked number leads to: the person who has it, else the one who had it before a correction."""
    index = ciphers.blind_index(id_number, purpose="id_number")
    found = Person.objects.filter(id_index=index).first()
    if found is not None:
        return found
    former = FormerIdentity.objects.filter(id_index=index).select_related("person").order_by("-until", "-pk").first()
    return None if former is None else former.person


def identity_correct(
    *, person: Person, id_number: str, by: User | None, reason: str, today: datetime.date
) -> CertificateCase:
    """Gives a person the corrected number; certificate number, birth date and sex follow from it. Raises RuleBroken."""
    number = _checked(id_number, today=today)
    if not reason.strip():
        raise RuleBroken("请填写更正的原因和依据，如：公安机关重号更正证明。")
    fields = number_fields(number)
    with transaction.atomic(), data_lock():
        context = open_history_context(user=by.username if by else "system", reason=reason)
        person = Person.objects.get(pk=person.pk)
        old = person.id_number
        if old == number:
            raise RuleBroken("与现有的身份证号相同，没有变化。")
        if Person.objects.filter(id_index=fields["id_index"]).exists():
            raise RuleBroken("这个身份证号已有另一份档案。如果是同一个人，请到“疑似重复”合并；不是的，请核对号码。")
        FormerIdentity.objects.create(
            person=person, id_number=old, id_index=person.id_index, until=today, reason=reason.strip()[:200]
        )
        for name, value in fields.items():
            setattr(person, name, value)
        person.save(update_fields=list(fields))
        changes = [["身份证号", masked(old), masked(number)], *_head_follows(old, number)]
        case = CertificateCase.objects.create(
            person=person,
            act=CertificateAct.DETAILS,
            effective_on=today,
            reason=reason.strip()[:100],
            basis=BASIS,
            changes=changes,
            recorded_by=by,
            history_context=context,
        )
        announce(Change(frozenset({person.pk}), CertificateAct.DETAILS, today, by))
    return case


def _checked(id_number: str, *, today: datetime.date) -> str:
    number = checked_number(id_number)
    if born_on(number) > today.isoformat():
        raise RuleBroken("身份证号中的出生日期晚于今天，请核对。")
    return number


def _head_follows(old: str, new: str) -> list[list[str]]:
    """The household of which the person is 户主 goes by the new number, unless there is one under it already."""
    indexes = {number: ciphers.blind_index(number, purpose="id_number") for number in (old, new)}
    if Household.objects.filter(head_id_index=indexes[new]).exists():
        return []
    led = Household.objects.filter(head_id_index=indexes[old]).first()
    if led is None:
        return []
    led.head_id_number, led.head_id_index = new, indexes[new]
    led.head_born_on = datetime.date.fromisoformat(born_on(new))
    led.save(update_fields=["head_id_number", "head_id_index", "head_born_on"])
    return [["户主身份证号", masked(old), masked(new)]]
