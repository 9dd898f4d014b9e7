"""The draft of an act, and the checks that several acts share (domain §2.2–2.4)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from registry.acts import ORDER, years_later
from registry.components import components_read, components_text, overall_level
from registry.models import (
    Category,
    Certificate,
    CertificateAct,
    CertificateCase,
    CertificateStatus,
    Household,
    Level,
    Person,
)
from registry.services.statements import suffix_facts
from registry.sheets.lookup import create_households, known_households
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import NotAnIdNumber, age_on, checked_id_number
from zalainuoer.common.rules import Parameters
from zalainuoer.common.sheets.widgets import CertificateNumberWidget

Facts = dict[str, Any]
Remark = list[str]  # [heading, before, after]
MIND = frozenset({Category.INTELLECTUAL, Category.MENTAL})
OF_AGE = 18  # 民法典 第十七条


@dataclass
class Draft:
    """An act on its way: on whom, what was in force, from which day on, and what the form says."""

    person: Person
    last: Certificate | None
    on: datetime.date
    reason: str
    note: str
    facts: Facts
    remarks: list[Remark] = field(default_factory=list)  # what the file keeps beside the statement's changes

    @property
    def held(self) -> Certificate:
        """The statement in force, of an act that no one without a certificate can be the object of."""
        if self.last is None:
            raise TypeError("this act needs a certificate")
        return self.last

    @cached_property
    def parameters(self) -> Parameters:
        return Parameters(on=self.on)

    def remark(self, heading: str, value: Any) -> None:
        if value:
            self.remarks.append([heading, "", str(value)])


def needs_guardian(*, category: str, components: str | None, born_on: datetime.date, on: datetime.date) -> bool:
    """智力, 精神 (also as a part of 多重) and minors need a guardian on file."""
    return bool(kinds_of(category, components) & MIND) or age_on(born_on, on) < OF_AGE


def kinds_of(category: str, components: str | None) -> set[Category]:
    if category != Category.MULTIPLE or not components:
        return {Category(category)}
    return {each for each in Category if each.label in components}


def graded(draft: Draft, *, assessed: bool = True) -> Facts:
    """Category, level and parts, checked against each other; a guardian where one is needed."""
    category, level = Category(draft.facts["category"]), Level(draft.facts["level"])
    parts, text = draft.facts.get("components"), None
    if category == Category.MULTIPLE:
        found = _parts(parts or "")
        if overall_level(found) != level:
            label = overall_level(found).label
            raise RuleBroken(f"多重残疾的等级按最重的一项定，应为{label}，现为{level.label}。")
        text = draft.facts["components"] = components_text(found)
    elif parts:
        raise RuleBroken(f"填写了多重残疾明细，但类别是{category.label}。请核对类别，或清空明细。")
    guardian = draft.facts.get("guardian_name") or draft.person.guardian_name
    if not guardian and needs_guardian(category=category, components=text, born_on=draft.person.born_on, on=draft.on):
        raise RuleBroken("智力、精神残疾人和未成年人须填写监护人姓名。", source=ORDER)
    if assessed and not draft.facts.get("assessed_by"):
        raise RuleBroken("请填写评定机构：类别和等级以指定机构的评定结论为准。", source=f"{ORDER}第二十二条")
    draft.remark("评定机构", draft.facts.get("assessed_by"))
    return {"category": category, "level": level, "components": text}


def _parts(text: str) -> dict[Category, Level]:
    try:
        return components_read(text)
    except ValueError as error:
        raise RuleBroken(str(error)) from error


def suffix_of(draft: Draft, grade: Facts) -> Facts:
    """A number that was re-issued before keeps its latest suffix, for the ones without are void; else there is none."""
    used = draft.person.certificates.filter(category=grade["category"], level=grade["level"], suffix__isnull=False)
    suffixes = [statement.suffix for statement in used]
    return suffix_facts(max(suffixes, key=lambda suffix: int(suffix[1:] or 1), default=None))


def expiry(draft: Draft) -> datetime.date:
    """有效期至: as printed, or so many years from the day of issue."""
    latest = years_later(draft.on, draft.parameters["certificate.validity_years"])
    printed = draft.facts.get("expires_on") or latest
    if not draft.on <= printed <= latest:
        raise RuleBroken(
            f"有效期至应在 {draft.on} 与 {latest} 之间。请核对，或留空由系统计算。", source=f"{ORDER}第十九条"
        )
    return printed


def placed(draft: Draft) -> Facts:
    """Where the holder lives, in which household, and what stands with it."""
    given, last = draft.facts, draft.last
    community = given.get("community") or (last.community if last else draft.person.community)
    if last is None and community != draft.person.community:
        # The days before have no statement: the figures of a past day place the person by the file.
        raise RuleBroken(
            f"此人的档案在“{draft.person.community}”，办证时沿用。已经搬家的，办证后从次日起用“信息变更”更改社区。"
        )
    head = given.get("head") or (last.household.head_id_number if last else draft.person.id_number)
    return {
        "community": community,
        "household": _household(checked_number(head)),
        "hukou_type": given.get("hukou_type") or (last.hukou_type if last else None),
        "is_student": given.get("is_student", last.is_student if last else None),
    }


def _household(head: str) -> Household:
    key = (known_households([head]) or create_households([head]))[head]
    return Household.objects.get(pk=int(key))


def refuse_soon_after_cancellation(draft: Draft) -> None:
    """原则上不得重新申请: within the days of the parameter only for a written reason (第二十四条)."""
    if draft.last is None:
        return
    cancelled = draft.person.certificates.filter(status=CertificateStatus.CANCELLED, status_on__lte=draft.on)
    latest = cancelled.order_by("-status_on").values_list("status_on", flat=True).first()
    if latest is None:
        return
    opens = latest + datetime.timedelta(days=draft.parameters["certificate.reapply_after_days"])
    if draft.on < opens and not draft.facts.get("override"):
        raise RuleBroken(
            f"该证于 {latest} 注销，原则上 {opens} 之后才能重新申请。确有必要提前办理的，请填写“提前重新申请的理由”。",
            source=f"{ORDER}第二十四条",
        )
    draft.remark("提前重新申请的理由", draft.facts.get("override") if draft.on < opens else "")


def refuse_second_reissue(draft: Draft) -> None:
    earlier = CertificateCase.objects.filter(
        person=draft.person,
        act=CertificateAct.REISSUE,
        withdrawn_at__isnull=True,
        effective_on__gt=draft.on - datetime.timedelta(days=365),
    ).first()
    if earlier is not None:
        raise RuleBroken(f"按现行参数，一年内只能补办一次；上次补办是 {earlier.effective_on}。")


def checked_number(id_number: str) -> str:
    """A citizen number in one form; raises RuleBroken."""
    try:
        return checked_id_number(id_number)
    except NotAnIdNumber as error:
        raise RuleBroken(str(error)) from error


def number_of(draft: Draft) -> str:
    """The number on the card, in one form; its first 18 characters are the person's own."""
    try:
        number = CertificateNumberWidget().clean(draft.facts.get("number"))
    except ValueError as error:
        raise RuleBroken(str(error)) from error
    if number is None:
        raise RuleBroken("请填写原证的残疾人证号。")
    if number[:18] != draft.person.id_number:
        raise RuleBroken("残疾人证号的前 18 位与身份证号不一致。")
    return number
