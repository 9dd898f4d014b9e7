"""Family doctors: contracts for many at once, and the visits made under a contract.

Single contracts are rows of the sheet, kept as every fact is (registry/services/facts.py).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db import transaction

from registry.models import Person
from registry.sheets.lookup import ID, NAME
from rehab.models import ContractOutcome, DoctorContract, DoctorVisit, RehabService
from rehab.services.records import checked, held_as_seen, open_context
from rehab.sheets import FamilyDoctorSheet
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.jobs import communities_of
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User
from zalainuoer.common.sheets.comparing import Scope
from zalainuoer.common.sheets.delivery import Delivery, Values

PERMISSION = "rehab.record_services"
NAMED = 5  # of those a refusal counts


def contracts_sign(
    *,
    people: Collection[int],
    year: int,
    team: str,
    doctor: str,
    signed_on: datetime.date,
    until: datetime.date,
    package: str = "",
    by: User,
    today: datetime.date,
) -> int:
    """Signs people (primary keys) with one doctor for a year; returns how many. All or none.

    The sheet's own checks decide, as for an upload; whoever has a row of the year already is refused. A constant number
    of statements.
    """
    _refuse_without_permission(by)
    if not people:
        raise RuleBroken("请先在名单中勾选要签约的人员。")
    if signed_on > today:
        raise RuleBroken(f"签约日期 {signed_on} 还没有到，请在签约之后登记。")
    sheet = FamilyDoctorSheet()
    with transaction.atomic(), data_lock():
        found = list(Person.objects.visible_to(by).filter(pk__in=people).order_by("pk"))
        if len(found) != len(set(people)):
            raise RuleBroken("所选人员中有不在您辖区内的，或档案已经合并，请刷新名单后重新选择。")
        cells: dict[str, Values] = {column.heading: [None] * len(found) for column in sheet.columns}
        cells |= {
            ID: [person.id_number for person in found],
            NAME: [person.name for person in found],
            "年度": [str(year)] * len(found),
            "签约情况": [ContractOutcome.SIGNED.value] * len(found),
            "签约团队": [team] * len(found),
            "签约医生": [doctor] * len(found),
            "签约日期": [signed_on.isoformat()] * len(found),
            "有效期至": [until.isoformat()] * len(found),
            "服务包": [package or None] * len(found),
        }
        delivery = Delivery(list(range(1, len(found) + 1)), [("", len(found))], cells)
        sheet.check(delivery)
        scope = Scope(communities=communities_of(by))
        comparison = sheet.compare(delivery, scope)
        if problems := comparison.delivery.problems:
            heading, sentence = next(iter(problems.values()))[0]
            raise RuleBroken(f"{heading}：{sentence}")
        if comparison.found:
            raise RuleBroken(
                f"所选 {len(found)} 人中有 {len(comparison.found)} 人在 {year} 年已有签约或不同意的记录，没有作任何改动。"
                "请刷新名单后重新选择；要改原来记录的，请到本人档案里改正。"
            )
        open_context(by, "contracts_sign", f"{year}年家庭医生批量签约")
        comparison.write(scope)
    return len(found)


def visit_add(
    *,
    contract: DoctorContract,
    visited_on: datetime.date,
    content: str,
    kind: str = "",
    by: User,
    today: datetime.date,
) -> DoctorVisit:
    """Notes a visit under a contract. With a `kind` it was a rehabilitation service too, and stands among those
    (indicator 9), unless the same service has been delivered already."""
    _refuse_without_permission(by)
    if visited_on > today:
        raise RuleBroken(f"服务日期 {visited_on} 还没有到，请在服务之后登记。")
    with transaction.atomic(), data_lock():
        row = DoctorContract.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=contract.pk).first()
        if row is None:
            raise RuleBroken("这份签约已经撤下，请回到本人档案核对。")
        if row.signed_on is None or row.until is None:
            raise RuleBroken("此人这一年不同意签约，没有可以登记的服务。")
        if not row.signed_on <= visited_on <= row.until:
            raise RuleBroken(
                f"服务日期不在协议期内（{row.signed_on} 至 {row.until}）。续签后的服务请登记在续签的年度。"
            )
        open_context(by, "visit_add")
        visit = DoctorVisit(contract=row, visited_on=visited_on, content=content.strip(), recorded_by=by)
        checked(visit)
        if kind:
            service, is_new = RehabService.objects.get_or_create(
                person_id=row.person_id, served_on=visited_on, kind=kind, provider=row.team
            )
            visit.service = service if is_new else None
        visit.save()
    return visit


def visit_withdraw(*, visit: DoctorVisit, reason: str, by: User) -> None:
    """Takes a visit back, and the rehabilitation service that it brought."""
    _refuse_without_permission(by)
    if not reason.strip():
        raise RuleBroken("请写明撤下理由。")
    with transaction.atomic(), data_lock():
        held_as_seen(visit, seen=None)
        open_context(by, "visit_withdraw", reason)
        service = visit.service
        visit.delete()
        if service is not None:
            service.delete()


def _refuse_without_permission(by: User) -> None:
    if not by.has_perm(PERMISSION):
        raise RuleBroken("您的账号不能登记家庭医生签约和服务。")
