"""认定依据: what the registry says, on a day, of a home's hardship and of its person's level."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q

from accessibility.models import Hardship, RetrofitHome
from accessibility.rules import LAW, candidates
from registry.models import AssistanceUnit, Certificate, Household, Person, SocialAssistance
from registry.rules import held
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.rules import Parameters

# What a home that is being retrofitted does not have to be asked again.
NOT_ASKED = ("open", "declined", "not_alterable")


@dataclass(frozen=True)
class Evidence:
    """Hardship and level as an approval freezes them; the sentence names no number."""

    hardship: str
    level: str
    sentence: str


def home_of(person: Person, *, on: datetime.date) -> Household:
    """The household that the person's certificate names on the day."""
    statement = Certificate.objects.filter(held(on), person=person).select_related("household").first()
    if statement is None:
        raise RuleBroken("此人没有残疾人证，不知道属于哪一户。请先办理残疾人证。", source=LAW)
    return statement.household


def refuse_unless_candidate(person: Person, *, on: datetime.date, parameters: Parameters, but: tuple[str, ...]) -> None:
    """Refuses with every clause that does not hold, except those of the codes in `but`."""
    verdicts = candidates(on=on, parameters=parameters).explain(person)
    failing = [each.clause for each in verdicts if not each.holds and each.clause.code not in but]
    if failing:
        reasons = "；".join(clause.reason for clause in failing)
        sources = "、".join(dict.fromkeys(clause.source for clause in failing))
        raise RuleBroken(f"不符合家庭无障碍改造的条件：{reasons}。", source=sources)


def evidence_on(home: RetrofitHome, *, on: datetime.date, parameters: Parameters) -> Evidence:
    """The facts that an approval rests on. Raises RuleBroken where they are not there."""
    refuse_unless_candidate(home.person, on=on, parameters=parameters, but=NOT_ASKED)
    statement = Certificate.objects.get(held(on), person=home.person)
    if statement.household_id != home.household_id:
        raise RuleBroken(
            "此人的户籍档案已改到另一户，与登记改造时的户不同。请终止这一件，按新的户重新登记。", source=LAW
        )
    hardship, assisted = _hardship(home, on=on, kinds=parameters["retrofit.hardship_kinds"])
    level = statement.get_level_display()
    said = (
        f"残疾人证：{statement.get_category_display()}{level}，{statement.issued_on} 发证，"
        f"有效期至 {statement.expires_on}；社会救助台账：{assisted}；核对日期 {on}"
    )
    return Evidence(hardship, statement.level, said)


def _hardship(home: RetrofitHome, *, on: datetime.date, kinds: list[str]) -> tuple[str, str]:
    """The first of the kinds that the person has, or the whole household: (code, sentence)."""
    others = Certificate.objects.filter(held(on), household=home.household_id).values("person")
    whole = Q(person__in=others, unit=AssistanceUnit.HOUSEHOLD)
    rows = SocialAssistance.objects.filter(Q(person=home.person_id) | whole, kind__in=kinds, starts_on__lte=on)
    running = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))
    found = min(running, key=lambda row: (kinds.index(row.kind), row.person_id != home.person_id, row.starts_on))
    whose = "本人" if found.person_id == home.person_id else "同户（整户享受）"
    return Hardship(found.kind).value, f"{whose}{found.get_kind_display()}，{found.starts_on} 起"
