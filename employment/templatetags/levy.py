"""How the figures of the levy are written on pages; a figure that could not be reckoned is a dash."""

from decimal import Decimal

from django import template

from employment.rules.levy import UNKNOWN, half_up, money, percent, shown

register = template.Library()


@register.filter
def yuan(value: Decimal | None) -> str:
    """元 with two places."""
    return UNKNOWN if value is None else money(value)


@register.filter
def people(value: Decimal | None) -> str:
    """A number of people for lists, at two places; the sheet has them all (`exactly`)."""
    return UNKNOWN if value is None else shown(half_up(value, 2))


@register.filter
def exactly(value: Decimal | None) -> str:
    """A number of people with every place that is stored."""
    return shown(value)


@register.filter
def share(value: Decimal | None) -> str:
    """征收比例 in percent."""
    return UNKNOWN if value is None else percent(value)
