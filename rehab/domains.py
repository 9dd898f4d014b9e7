"""The survey's domains in the sheet's words: what stands as text in 康复需求, and what the form ticks.

>>> read("护理、针灸").kinds, read("护理、针灸").words
((ServiceKind.NURSING,), '针灸')
>>> write([ServiceKind.TRAINING], "针灸")
'康复训练、针灸'
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rehab.models import PlanDomain, ServiceKind
from rehab.rules import NO_NEED

JOINED = "、"
SEPARATORS = re.compile(r"[、，,；;／/\n]+")
# The survey's own names of the domains beside those of the services (残疾人基本服务状况和需求调查).
WORDS = {
    **{kind.label: kind for kind in ServiceKind},
    "训练": ServiceKind.TRAINING,
    "心理": ServiceKind.PSYCHOLOGICAL,
    "知识": ServiceKind.KNOWLEDGE,
}


@dataclass(frozen=True)
class Needs:
    """A cell of 康复需求: the domains it names, and the words that name none."""

    kinds: tuple[ServiceKind, ...] = ()
    words: str = ""

    @property
    def domains(self) -> tuple[PlanDomain, ...]:
        """What a plan has to answer: each domain, and the other words as one."""
        found = tuple(PlanDomain(kind.value) for kind in self.kinds)
        return (*found, PlanDomain.OTHER) if self.words else found


def read(text: str | None) -> Needs:
    """The needs that a cell names; 无 and an empty cell name none."""
    kinds: set[ServiceKind] = set()
    words = []
    for part in SEPARATORS.split(text or ""):
        pieces = part.split()
        if pieces and all(piece in WORDS for piece in pieces):
            kinds |= {WORDS[piece] for piece in pieces}
        elif part.strip() not in NO_NEED:
            words.append(part.strip())
    return Needs(tuple(kind for kind in ServiceKind if kind in kinds), JOINED.join(words))


def write(kinds: Iterable[str], words: str) -> str | None:
    """The cell that names the domains, in their own order, and the other words behind them; None for no need."""
    others = read(words)
    chosen = {*kinds, *others.kinds}
    return JOINED.join([*(kind.label for kind in ServiceKind if kind in chosen), *filter(None, [others.words])]) or None
