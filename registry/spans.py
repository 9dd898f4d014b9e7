"""The days a statement of the register holds for (domain: "What a sheet states without a date").

A person's spans follow each other without gap, to FOREVER; from BEGINNING, unless a form brought the person. A new statement whose 发证日期 or
状态日期 is later than the one on file begins a span of its own, and earlier days keep what they had; if it is reported
late, it takes the place of what was said of the days after. One with the same dates is a correction: it replaces the
value for as many days as the wrong value reaches back. One with earlier dates corrects the dates: the last span goes,
and the statement is read against the one before. A span that neither date began (a form has noted a move, a re-issue)
keeps its day in all of this. In every case the last span says afterwards what was delivered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from registry.models import BEGINNING, FOREVER

Facts = tuple[str | None, ...]
FIRST_DAY, LAST_DAY = BEGINNING.isoformat(), FOREVER.isoformat()


@dataclass(frozen=True)
class Span:
    """`facts` hold on held_from ≤ day < held_until (ISO dates); `id` is None for a span not stored yet."""

    id: int | None
    held_from: str
    held_until: str
    facts: Facts


def stated(spans: Sequence[Span], facts: Facts, *, dates: tuple[int, int]) -> list[Span]:
    """The spans after a statement; `dates` are the places of 发证日期 and 状态日期 among the facts."""
    if not spans:
        return [Span(None, FIRST_DAY, LAST_DAY, facts)]
    *earlier, last = spans
    is_same_day = all(day == known for day, known in _both(facts, last.facts, dates))
    later = [day for day, known in _both(facts, last.facts, dates) if day and (known is None or day > known)]
    is_dated = not earlier or any(known != before for known, before in _both(last.facts, earlier[-1].facts, dates))
    if not is_dated and not is_same_day and (not later or min(later) < last.held_from):
        return _beneath(spans, facts, dates=dates)
    if later:
        return _holding_from(min(later), spans, facts)
    if not earlier:
        return [replace(last, facts=facts)]
    if is_same_day:
        return _corrected(spans, facts)
    return stated([*earlier[:-1], replace(earlier[-1], held_until=LAST_DAY)], facts, dates=dates)


def _holding_from(begins: str, spans: Sequence[Span], facts: Facts) -> list[Span]:
    """Lets the facts hold from a day on; a span that begins that very day keeps its identity."""
    before = [span for span in spans if span.held_from < begins]
    if not before:  # somebody a form brought in, whose first span turns out to have begun earlier
        return [Span(spans[0].id, begins, LAST_DAY, facts)]
    same = next((span.id for span in spans if span.held_from == begins), None)
    return [*before[:-1], replace(before[-1], held_until=begins), Span(same, begins, LAST_DAY, facts)]


def _beneath(spans: Sequence[Span], facts: Facts, *, dates: tuple[int, int]) -> list[Span]:
    """Lets the facts be stated of the days before the last span, which no date began and which keeps its own."""
    *earlier, last = spans
    before = earlier[-1].facts
    until_then = tuple(before[p] if last.facts[p] != before[p] else value for p, value in enumerate(facts))
    found = stated([*earlier[:-1], replace(earlier[-1], held_until=LAST_DAY)], until_then, dates=dates)
    held = _holding_from(max(last.held_from, found[-1].held_from), found, facts)
    return [*held[:-1], replace(held[-1], id=held[-1].id or last.id)]


def _both(new: Facts, old: Facts, dates: tuple[int, int]) -> list[tuple[str | None, str | None]]:
    return [(new[place], old[place]) for place in dates]


def _corrected(spans: Sequence[Span], facts: Facts) -> list[Span]:
    """Replaces each wrong value in the last span and in every span before that it reaches back to without a break."""
    wrong = spans[-1].facts
    open_places = {place for place, value in enumerate(facts) if value != wrong[place]}
    corrected = [replace(spans[-1], facts=facts)]
    for span in reversed(spans[:-1]):
        open_places = {place for place in open_places if span.facts[place] == wrong[place]}
        values = tuple(facts[p] if p in open_places else v for p, v in enumerate(span.facts))
        corrected.append(replace(span, facts=values))
    return corrected[::-1]
