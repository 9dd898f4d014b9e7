"""年度康复服务计划: made from the needs, arranged line by line or many at once."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db import transaction

from registry.models import Person
from registry.services.facts import version
from rehab import domains
from rehab.models import PlanDomain, PlanLine, RehabNeed
from rehab.rules import in_need_of_device, in_need_of_rehab
from zalainuoer.common import bulk
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.rules import Parameters

ARRANGED = ("provider", "month", "coordinator", "note")
GONE = "这条计划已经撤下，请回到列表核对。"
CHANGED_SINCE = "您打开之后，这条计划又被改过。请重新打开，核对后再改。"
UNCHANGED = "没有任何变化，不需要保存。"
NOTHING = "没有填写任何一项。请填写要统一安排的内容，不填的各行保持原样。"


def needed(*, year: int, on: datetime.date, parameters: Parameters, by: User) -> set[tuple[int, str]]:
    """(person, domain) of every need that a plan of the year should answer, in the area of the account.

    Those of indicators 9 and 10: rehabilitation needs of the year, and device needs that are open, earlier ones too.
    """
    people = Person.objects.visible_to(by)
    surveyed = in_need_of_rehab(on=on, year=year, parameters=parameters).people(people)
    rows = RehabNeed.objects.filter(year=year, person__in=surveyed).values_list("person", "rehab")
    found = {(person, domain.value) for person, text in rows for domain in domains.read(text).domains}
    devices = in_need_of_device(on=on, year=year, parameters=parameters).people(people).values_list("pk", flat=True)
    return found | {(person, PlanDomain.DEVICE.value) for person in devices}


def without_line(*, year: int, on: datetime.date, parameters: Parameters, by: User) -> set[tuple[int, str]]:
    """Of those needed: what the plan lacks."""
    planned = PlanLine.objects.visible_to(by).filter(year=year).values_list("person", "domain")
    return needed(year=year, on=on, parameters=parameters, by=by) - set(planned)


def plan_generate(*, year: int, on: datetime.date, parameters: Parameters, by: User) -> int:
    """Adds a line for every need without one; returns how many. Lines that are there stay as they are.

    In a constant number of statements, however many needs there are.
    """
    with transaction.atomic(), data_lock():
        missing = sorted(without_line(year=year, on=on, parameters=parameters, by=by))
        if not missing:
            return 0
        _open_context(by, "plan_generate", f"按{year}年需求调查生成")
        PlanLine.objects.bulk_create(PlanLine(year=year, person_id=pk, domain=domain) for pk, domain in missing)
    return len(missing)


def plan_arrange(
    *,
    lines: Collection[int],
    provider: str = "",
    month: int | None = None,
    coordinator: str = "",
    note: str = "",
    by: User,
) -> int:
    """Gives many lines the same provider, month, coordinator or note; what is empty stays as it is in each line.

    Returns how many lines there were, in the area of the account. One statement changes all of them.
    """
    given = {"provider": provider, "month": month, "coordinator": coordinator, "note": note}
    values = {name: value for name, value in given.items() if value}
    if not values:
        raise RuleBroken(NOTHING)
    with transaction.atomic(), data_lock():
        _open_context(by, "plan_arrange", "统一安排")
        return int(PlanLine.objects.visible_to(by).filter(pk__in=lines).update(**values))


def plan_change(
    *, line: PlanLine, seen: int, provider: str, month: int | None, coordinator: str, note: str, by: User
) -> None:
    """Sets everything of one line, empty values too; `seen` is its version as the person saw it."""
    values = {"provider": provider, "month": month, "coordinator": coordinator, "note": note}
    with transaction.atomic(), data_lock():
        row = _locked(line, seen=seen)
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        if not changed:
            raise RuleBroken(UNCHANGED)
        for name in changed:
            setattr(row, name, values[name])
        _open_context(by, "plan_change", "调整计划")
        row.save(update_fields=changed)


def plan_withdraw(*, line: PlanLine, seen: int, by: User, reason: str) -> None:
    """Takes a line out of the plan; the history keeps it, and generating again would bring it back while the need is."""
    with transaction.atomic(), data_lock():
        row = _locked(line, seen=seen)
        _open_context(by, "plan_withdraw", reason)
        row.delete()


def _locked(line: PlanLine, *, seen: int) -> PlanLine:
    row = PlanLine.objects.select_for_update().filter(pk=line.pk).first()
    if row is None:
        raise RuleBroken(GONE)
    if version(row) != seen:
        raise RuleBroken(CHANGED_SINCE)
    return row


def _open_context(by: User, act: str, reason: str) -> None:
    bulk.open_history_context(user=by.username, reason=reason, act=act, what="康复服务计划")
