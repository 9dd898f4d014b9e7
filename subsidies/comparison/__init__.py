"""比对: what the rosters and the register say against each other, once a day (国发〔2015〕52号: 应补尽补、应退则退).

Four kinds, each found month by month from the rules themselves, of which there is no second copy here:

* 应享未享: entitled on the last day of the latest roster's month (or today), and not on that roster;
* 不应享已享: on a roster of the last 24 months, for a month that must not be paid (the event's month still may be);
* 重复享受: beside a lower rival benefit, on somebody else's account, or under two files;
* 金额不符: another amount than the one standard that fits, or than the locked run says.

Statements grow with the months, never with the people. Nothing is written (subsidies/services/findings.py does).
"""

from __future__ import annotations

import datetime

from subsidies.comparison.drafts import Draft
from subsidies.comparison.duplicates import beside_rival, rivals, same_account, same_person
from subsidies.comparison.facts import add_facts
from subsidies.comparison.overpaid import gather, reported_dead, unentitled, waiting_notices, wrong_amounts
from subsidies.comparison.rosters import roster_months
from subsidies.comparison.unpaid import unpaid
from subsidies.models import Finding

__all__ = ["compare"]


def compare(subsidy: str, today: datetime.date) -> list[Finding]:
    """The findings of a day, not saved; none while there is no roster to compare with."""
    months = roster_months(subsidy, today=today)
    if not months:
        return []
    notices, held = waiting_notices(), rivals(subsidy, today=today)
    found = gather(subsidy, months, asked={*notices, *held})
    drafts: list[Draft] = [
        *unpaid(subsidy, months=months, latest=found.latest, today=today),
        *unentitled(subsidy, found),
        *reported_dead(subsidy, found, notices),
        *beside_rival(subsidy, found, held),
        *same_account(subsidy, months[-1], found.latest),
        *same_person(subsidy, months[-1], found.latest),
        *wrong_amounts(subsidy, found),
    ]
    add_facts(drafts)
    return [draft.finding(today) for draft in drafts]
