"""What the register says of the people that are listed: the rows that a finding rests on, as evidence."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from registry.models import FOREVER, Certificate, OtherBenefit, Person, SocialAssistance
from subsidies.comparison.drafts import Draft
from subsidies.models import FindingKind, Stop, Subsidy

Rows = dict[int, list[Any]]
OF_CERTIFICATE = {"none", "gone", "expired", "frozen", "level"}
OF_ASSISTANCE = {"hardship", "excluded"}
OF_BENEFITS = {"barred", "rival"}


def add_facts(drafts: Iterable[Draft]) -> None:
    """Adds to each draft the register's rows of its day; five statements, whatever the number of drafts."""
    asked = [(draft, draft.on) for draft in drafts if draft.on is not None]
    people = {draft.person for draft, _ in asked}
    certificates = _by_person(Certificate, people, "held_from")
    assistance = _by_person(SocialAssistance, people, "starts_on")
    benefits = _by_person(OtherBenefit, people, "starts_on")
    stops = _by_person(Stop, people, "effective_on", withdrawn_at__isnull=True)
    died = dict(Person.objects.filter(pk__in=people, died_on__isnull=False).values_list("pk", "died_on"))
    for draft, on in asked:
        codes = _codes(draft)
        if codes & OF_CERTIFICATE:
            draft.evidence += [_certificate(row) for row in certificates[draft.person] if _holds(row, on)]
        if codes & OF_ASSISTANCE:
            draft.evidence += [_span("socialassistance", row) for row in _begun(assistance[draft.person], on)]
        if codes & OF_BENEFITS:
            draft.evidence += [_span("otherbenefit", row) for row in _begun(benefits[draft.person], on)]
        draft.evidence += [
            {"table": "stop", "id": row.pk, "what": f"自{row.effective_on}起{row.get_code_display()}：{row.reason}"}
            for row in stops[draft.person]
            if row.code in codes and row.subsidy == draft.subsidy
        ]
        if "dead" in codes and draft.person in died:
            draft.evidence.append({"table": "person", "id": draft.person, "what": f"{died[draft.person]}死亡"})


def _codes(draft: Draft) -> set[str]:
    """The clauses whose facts are shown: those that fail, or those that carry the right."""
    if draft.kind == FindingKind.UNENTITLED:
        return set(draft.codes)
    return {"level", "hardship"} if draft.subsidy == Subsidy.LIVING else {"level"}


def _by_person(model: Any, people: set[int], order: str, **only: Any) -> Rows:
    found: Rows = defaultdict(list)
    for row in model.objects.filter(person__in=people, **only).order_by("person", order, "pk"):
        found[row.person_id].append(row)
    return found


def _holds(row: Certificate, on: datetime.date) -> bool:
    return row.held_from <= on and (on < row.held_until or row.held_until == FOREVER)


def _begun(rows: list[Any], on: datetime.date) -> list[Any]:
    return [row for row in rows if row.starts_on <= on]


def _certificate(row: Certificate) -> dict[str, Any]:
    state = row.get_status_display() + (f"（{row.status_on}）" if row.status_on else "")
    grade = f"{row.get_category_display()}{row.get_level_display()}"
    return {
        "table": "certificate",
        "id": row.pk,
        "what": f"残疾人证：{grade}，{row.first_issued_on}首次发证，有效期至{row.expires_on}，{state}",
    }


def _span(table: str, row: Any) -> dict[str, Any]:
    until = "至今" if row.ends_on is None else f"，{row.ends_on}终止"
    return {"table": table, "id": row.pk, "what": f"{row.get_kind_display()}：自{row.starts_on}起{until}"}
