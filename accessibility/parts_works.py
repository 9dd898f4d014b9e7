"""A home's page from the contract to the archive: works, acceptances, settlement, follow-ups, what the file holds."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse

from accessibility.models import HomeSignature, HomeStage, HomeStepKind, RetrofitHome, Signer
from accessibility.parts import Link, Part
from accessibility.parts_first import act
from accessibility.services.homes.filing import papers_of
from accessibility.services.homes.following import next_follow_up
from accessibility.services.homes.steps import MANAGE, RECORD
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import User

S = HomeStage
AFTER_ACCEPTANCE = (S.SETTLING, S.FOLLOWING, S.FILING, S.FILED)


def contract(home: RetrofitHome, user: User, today: datetime.date) -> Mapping[str, Any] | None:
    """The contract, and when the works began."""
    return {"project": home.retrofit} if home.contractor_id else None


def acceptances(home: RetrofitHome, user: User, today: datetime.date) -> Mapping[str, Any] | None:
    """Every acceptance with what it found and who signed, the latest first."""
    steps = home.steps.filter(kind=HomeStepKind.ACCEPT, taken_back_by__isnull=True)
    found = list(steps.prefetch_related("checks__item__item", "signatures").order_by("-pk"))
    if not found:
        return None
    return {"acceptances": [(step, [_signed(home, each) for each in step.signatures.all()]) for step in found]}


def _signed(home: RetrofitHome, signature: HomeSignature) -> dict[str, Any]:
    """A signature with its signer's name: the official's as it is, a value of the person's file, or a masked one."""
    name, person = signature.name, home.person
    field = next((field for field in ("name", "guardian_name") if getattr(person, field) == name), "")
    if signature.signer == Signer.FEDERATION:
        return {"row": signature, "name": name}
    return {"row": signature, "field": field, "name": masked_name(name)}


def settlement(home: RetrofitHome, user: User, today: datetime.date) -> Mapping[str, Any] | None:
    """What was paid, by item and by source."""
    items = [item for item in home.items.select_related("item") if item.settled_yuan is not None]
    if not items:
        return None
    total = sum((item.settled_yuan or Decimal(0) for item in items), Decimal(0))
    return {"lines": items, "shares": list(home.shares.all()), "total": total}


def follow_ups(home: RetrofitHome, user: User, today: datetime.date) -> Mapping[str, Any] | None:
    """Both follow-ups, done or due."""
    found = list(home.follow_ups.select_related("done_by"))
    return {"follow_ups": found, "today": today} if found else None


def papers(home: RetrofitHome, user: User, today: datetime.date) -> Mapping[str, Any] | None:
    """What the file holds and lacks, once the home has been accepted."""
    if home.stage not in AFTER_ACCEPTANCE:
        return None
    return {"papers": papers_of(home), "address": reverse("home_file", args=[home.pk])}


def _is_due(home: RetrofitHome, user: User, today: datetime.date) -> bool:
    following = next_follow_up(home)
    return following is not None and following.due_on <= today


PARTS = (
    Part(60, "contract", "合同和施工", "accessibility/homes/part_contract.html", contract),
    Part(70, "acceptance", "验收", "accessibility/homes/part_acceptance.html", acceptances),
    Part(80, "settlement", "结算", "accessibility/homes/part_settlement.html", settlement),
    Part(90, "follow-ups", "回访", "accessibility/homes/part_follow_ups.html", follow_ups),
    Part(95, "papers", "档案", "accessibility/homes/part_papers.html", papers),
)
LINKS = (
    Link("签订合同", act("contract"), (S.CONTRACTING,), MANAGE),
    Link("开工", act("start"), (S.WAITING_FOR_WORKS,), RECORD),
    Link("完工报验", act("finish"), (S.WORKS,), RECORD),
    Link("验收", act("accept"), (S.ACCEPTING,), MANAGE),
    Link("整改完成", act("correct"), (S.CORRECTING,), RECORD),
    Link("结算", act("settle"), (S.SETTLING,), MANAGE),
    Link("回访", act("follow_up"), (S.FOLLOWING,), RECORD, is_open=_is_due),
    Link("归档", act("file"), (S.FILING,), MANAGE),
)
