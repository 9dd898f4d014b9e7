"""重复享受: a rival benefit beside the subsidy, one account for two people, two files of one person."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count

from registry.models import MergePair, MergePairState, OtherBenefit, Person
from registry.similar import FORMER, SAME_BIRTH, similar_pairs
from subsidies.comparison import causes
from subsidies.comparison.drafts import Draft, Paid, in_words, roster_evidence, yuan
from subsidies.comparison.overpaid import Gathered
from subsidies.comparison.rosters import Row
from subsidies.models import BankAccount, FindingKind, Subsidy
from subsidies.rules import HIGHER_OF_TWO, SOURCE
from zalainuoer.common.months import last_day, previous_month
from zalainuoer.common.rules import Parameters

STRONG = (SAME_BIRTH, FORMER)  # the other likenesses are offered in 疑似重复 alone
OTHERS = 3


def rivals(subsidy: str, *, today: datetime.date) -> dict[int, list[OtherBenefit]]:
    """The benefits among which the higher is to be taken, by whose they are."""
    kinds = Parameters(on=today)[f"{subsidy}.rival_benefits"]
    found: dict[int, list[OtherBenefit]] = defaultdict(list)
    for benefit in OtherBenefit.objects.filter(kind__in=kinds).order_by("person", "starts_on", "pk"):
        found[benefit.person_id].append(benefit)
    return found


def beside_rival(subsidy: str, found: Gathered, held: dict[int, list[OtherBenefit]]) -> list[Draft]:
    """Paid for a whole month through which a rival benefit ran that is lower, or of an unknown amount.

    One that is not lower ends the right itself: those months are 不应享已享.
    """
    drafts = []
    for person, benefits in held.items():
        paid, beside = Paid(), set()
        for month, payable in found.payable.items():
            through = [benefit for benefit in benefits if _runs_through(benefit, month)]
            if person in payable and through:
                paid.add(month, payable[person], payable[person].amount)
                beside.update(through)
        if paid.rows:
            drafts.append(_beside_rival(subsidy, person, paid, sorted(beside, key=lambda each: each.pk)))
    return drafts


def _runs_through(benefit: OtherBenefit, month: datetime.date) -> bool:
    before, end = last_day(previous_month(month)), last_day(month)
    return benefit.starts_on <= before and (benefit.ends_on is None or benefit.ends_on > end)


def _beside_rival(subsidy: str, person: int, paid: Paid, beside: list[OtherBenefit]) -> Draft:
    named = "、".join(
        f"{each.get_kind_display()}（{'金额不详' if each.monthly_yuan is None else f'每月{yuan(each.monthly_yuan)}元'}）"
        for each in beside
    )
    facts = [
        {"table": "otherbenefit", "id": each.pk, "what": f"{each.get_kind_display()}自{each.starts_on}起享受"}
        for each in beside
    ]
    return Draft(
        person,
        subsidy,
        FindingKind.DUPLICATE,
        causes.RIVAL,
        f"{in_words(paid.first)}起同时享受{Subsidy(subsidy).label}和{named}，同类只能择高享受一种。",
        HIGHER_OF_TWO,
        paid.first,
        len(paid.rows),
        paid.amount,
        evidence=[*roster_evidence(subsidy, paid.rows), *facts],
        facts=[[each.kind, each.monthly_yuan, each.starts_on] for each in beside],
    )


def same_account(subsidy: str, month: datetime.date, latest: dict[int, Row]) -> list[Draft]:
    """People on the latest roster whose money goes to one account."""
    accounts = BankAccount.objects.filter(person__in=list(latest)).order_by().values("number_index")
    groups = accounts.annotate(people=ArrayAgg("person"), size=Count("pk")).filter(size__gt=1)
    drafts = []
    for people in groups.values_list("people", flat=True):
        for person in sorted(people):
            others = sorted(set(people) - {person})
            said = f"{in_words(month)}名册中，此人与另外{len(others)}人的补贴发到同一个银行账号。"
            drafts.append(_beside_others(subsidy, person, causes.SAME_ACCOUNT, said, others, month, latest))
    return drafts


def same_person(subsidy: str, month: datetime.date, latest: dict[int, Row]) -> list[Draft]:
    """Two files on the latest roster that are one person by a strong trace, and that nobody has found to be two."""
    # By key, not by subquery: right after a large delivery PostgreSQL would take the roster for empty and loop.
    pairs = similar_pairs(Person.objects.filter(pk__in=list(latest)))
    distinct = set(MergePair.objects.filter(state=MergePairState.DISTINCT).values_list("kept", "gone"))
    others: dict[int, dict[int, str]] = defaultdict(dict)
    for (one, other), reasons in pairs.items():
        strong = [reason for reason in reasons if reason in STRONG]
        if strong and not {(one, other), (other, one)} & distinct:
            others[one][other] = others[other][one] = strong[0]
    drafts = []
    for person, alike in sorted(others.items()):
        why = next(iter(alike.values()))
        said = f"{in_words(month)}名册中，此人与另一份档案很可能是同一人（{why}），两份都有发放。"
        drafts.append(_beside_others(subsidy, person, causes.SAME_PERSON, said, alike, month, latest))
    return drafts


def _beside_others(
    subsidy: str,
    person: int,
    cause: str,
    said: str,
    others: Iterable[int],
    month: datetime.date,
    latest: dict[int, Row],
) -> Draft:
    others = sorted(others)
    beside = [{"table": "person", "id": other, "what": "另一人"} for other in others[:OTHERS]]
    return Draft(
        person,
        subsidy,
        FindingKind.DUPLICATE,
        cause,
        said,
        f"{SOURCE} 动态管理",
        month,
        1,
        latest[person].amount,
        evidence=[*roster_evidence(subsidy, [(month, latest[person])]), *beside],
        facts=others,
    )
