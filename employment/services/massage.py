"""盲人按摩: practitioners, their titles, filings, checks and education, and workplaces (盲人医疗按摩管理办法)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError, Q

from employment.models import (
    MEDICAL_PLACES,
    MassageKind,
    MassagePractitioner,
    MassageShop,
    PracticeFiling,
    TitleReview,
)
from employment.rules.massage import MEDICAL_RULES, may_practise
from employment.services.training_writing import (
    MANAGE,
    RECORD,
    M,
    held_as_seen,
    keep,
    open_context,
    refuse_outside,
    refuse_without,
    words,
)
from registry.models import Person
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User


def permission_of(model: type[models.Model]) -> str:
    """Workplaces are a directory of the federation's; what is known of people is noted where they live."""
    return MANAGE if model is MassageShop else RECORD


def massage_save(
    *, record: M, by: User, today: datetime.date, values: dict[str, Any], reason: str = "", seen: int | None = None
) -> M:
    """Stores a new or a changed record of massage; raises RuleBroken with what its table, kind or law refuses."""
    refuse_without(by, permission_of(type(record)))
    with transaction.atomic(), data_lock():
        row = record if record.pk is None else held_as_seen(record, seen=seen)
        for name, value in values.items():
            setattr(row, name, value)
        if (person := person_of(row)) is not None:
            refuse_outside([person.pk], by=by)
        _check(row, today=today)
        open_context(by, f"{row._meta.model_name}_save", reason)
        keep(row)
    return row


def massage_withdraw(*, record: models.Model, by: User, reason: str, seen: int | None = None) -> None:
    """Takes out a record that never was; refused where others rest on it. The history keeps it."""
    refuse_without(by, permission_of(type(record)))
    reason = words(reason, what="撤下理由")
    with transaction.atomic(), data_lock():
        row = held_as_seen(record, seen=seen)
        if (person := person_of(row)) is not None:
            refuse_outside([person.pk], by=by)
        open_context(by, f"{row._meta.model_name}_withdraw", reason)
        if isinstance(row, MassagePractitioner) and any(
            rows.exists() for rows in (row.titlereviews, row.practicefilings, row.massagechecks, row.massagecredits)
        ):
            raise RuleBroken("此人还有职称、备案、年审或继续教育的记录，不能撤下。不再从业的，请填写不再从业日期。")
        try:
            row.delete()
        except ProtectedError as error:
            raise RuleBroken("还有执业备案以这家机构为依据，不能撤下。停业的请填写停业日期。") from error


def person_of(row: models.Model) -> Person | None:
    """Whom a record is about; a workplace is about nobody."""
    if isinstance(row, MassageShop):
        return None
    found: Person = row.person if isinstance(row, MassagePractitioner) else row.practitioner.person  # type: ignore[attr-defined]
    return found


def _check(row: models.Model, *, today: datetime.date) -> None:
    if isinstance(row, MassagePractitioner):
        _check_practitioner(row, today=today)
    elif isinstance(row, PracticeFiling):
        _check_filing(row, today=today)
    elif isinstance(row, MassageShop):
        _check_shop(row)
    elif isinstance(row, TitleReview) and row.practitioner.kind != MassageKind.MEDICAL:
        raise RuleBroken("职称评审只适用于盲人医疗按摩人员。", source=MEDICAL_RULES)
    for name, what in (("checked_on", "年审日期"), ("learned_on", "学习日期"), ("applied_on", "申报日期")):
        day = getattr(row, name, None)
        if day is not None and day > today:
            raise RuleBroken(f"{what}不能晚于今天（{today}）。")


def _check_practitioner(row: MassagePractitioner, *, today: datetime.date) -> None:
    if row.qualified_on > today:
        raise RuleBroken(f"取得资格日期不能晚于今天（{today}）。")
    if row._state.adding:
        obstacles = [v.clause for v in may_practise(on=today).explain(row.person) if not v.holds]
        if obstacles:
            raise RuleBroken(
                f"不能登记为盲人按摩人员：{'；'.join(each.reason for each in obstacles)}。", source=obstacles[0].source
            )


def _check_filing(row: PracticeFiling, *, today: datetime.date) -> None:
    if row.practitioner.kind == MassageKind.MEDICAL and row.shop.kind not in MEDICAL_PLACES:
        raise RuleBroken(
            f"盲人医疗按摩只能在医疗机构内进行，“{row.shop}”是{row.shop.get_kind_display()}，不能备案。请选医疗机构或盲人医疗按摩所。",
            source=f"{MEDICAL_RULES} 第二条",
        )
    if row.starts_on > today or (row.stopped_on and row.stopped_on > today):
        raise RuleBroken(f"备案日期和停止日期不能晚于今天（{today}）。")
    if row.starts_on < row.practitioner.qualified_on:
        raise RuleBroken(f"备案日期不能早于取得资格的日期 {row.practitioner.qualified_on}。")
    if row._state.adding and row.shop.closed_on is not None and row.shop.closed_on < row.starts_on:
        raise RuleBroken(f"“{row.shop}”已于 {row.shop.closed_on} 停业，不能备案。")
    others = row.practitioner.practicefilings.exclude(pk=row.pk)
    overlapping = others.filter(Q(stopped_on__isnull=True) | Q(stopped_on__gt=row.starts_on))
    if row.stopped_on is not None:
        overlapping = overlapping.filter(starts_on__lt=row.stopped_on)
    if (other := overlapping.select_related("shop").first()) is not None:
        raise RuleBroken(
            f"与在“{other.shop}”的备案（{other.starts_on} 起）重叠。换机构的，先填写原备案的停止日期，再重新备案。",
            source="国中医药医政发〔2014〕2号",
        )


def _check_shop(row: MassageShop) -> None:
    if row._state.adding or row.kind in MEDICAL_PLACES:
        return
    if row.filings.filter(stopped_on__isnull=True, practitioner__kind=MassageKind.MEDICAL).exists():
        raise RuleBroken("这家机构还有医疗按摩人员的备案，不能改为保健按摩机构。", source=f"{MEDICAL_RULES} 第二条")
