"""Why a month is not due to somebody: the stop code, and the clauses as sentences."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from registry.models import Certificate, Person
from registry.rules import held
from subsidies.months import Conditions
from subsidies.rules import stop_code
from zalainuoer.common.months import last_day
from zalainuoer.common.rules import Clause, Rule


def reasons_against(
    subsidy: str, month: datetime.date, people: Collection[int], *, clauses: tuple[Clause, ...] | None = None
) -> dict[int, tuple[str, str]]:
    """{person: (stop code T1 to T11, sentence)}, from the clauses that do not hold on the month's last day; both are empty
    for whom all of them hold. A constant number of statements. `clauses` are those of that day where the caller has them.
    """
    on = last_day(month)
    rule = Rule(Person, *(clauses or Conditions(subsidy).clauses(on)))
    statements = {c.person_id: c for c in Certificate.objects.filter(held(on), person__in=people)}
    found = {}
    for person, verdicts in rule.explained(Person.objects.filter(pk__in=people).only("pk")):
        failed = [verdict.clause for verdict in verdicts if not verdict.holds]
        sentence = "；".join(clause.reason for clause in failed)[:300]
        code = stop_code(failed, statements.get(person.pk)) if failed else ""
        found[person.pk] = (code, sentence)
    return found
