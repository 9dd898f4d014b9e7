"""带头安排残疾人就业: large organs and institutions that are to place at least one, and the district taken together.

规划 专栏3 and 残联发〔2021〕51号 name 市级 organs with 50 posts and institutions with 67 (67×1.5% = 1.005), schools and
kindergartens left out; in districts and below, the posts of organs and institutions are taken together
(国务院政策例行吹风会 2025-07-16). Which of the levels a reader means is a filter: both readings are shown.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from fractions import Fraction

from django.db.models import Q

from employment.models import AdminLevel, EmployerKind, EmployerYear
from employment.rules.terms import Asking
from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.rules import Clause, Rule

LEADING = "残联发〔2021〕51号；“十四五”残疾人事业发展规划 专栏3"
PUBLIC = (EmployerKind.ORGAN, EmployerKind.INSTITUTION)
TOGETHER = (AdminLevel.DISTRICT, AdminLevel.TOWNSHIP)  # 县、乡两级


def bound_to_lead(parameters: Asking, *, levels: Collection[str] = ()) -> Rule:
    """Of EmployerYear: organs and institutions with so many posts that they have to place at least one person.

    `levels` empty: of all levels. Raises ParameterMissing where a threshold has no value.
    """
    organ = parameters["employment.lead_organ_posts"]
    institution = parameters["employment.lead_institution_posts"]
    if organ is None or institution is None:
        raise ParameterMissing("带头安排残疾人的编制数", parameters.on)
    large = Q(employer__kind=EmployerKind.ORGAN, posts__gte=organ) | Q(
        employer__kind=EmployerKind.INSTITUTION, posts__gte=institution
    )
    clauses = [
        Clause(Q(employer__kind__in=PUBLIC), "不是机关或事业单位", LEADING),
        Clause(Q(employer__is_school=False), "是中小学或幼儿园", LEADING),
        Clause(large, f"编制数不到机关 {organ}、事业单位 {institution}", LEADING),
    ]
    if levels:
        clauses.append(Clause(Q(employer__level__in=levels), "不是所选层级", LEADING))
    return Rule(EmployerYear, *clauses)


def lead_deadline(parameters: Asking) -> datetime.date | None:
    """By when each of them has to have placed somebody; None: 参数未维护."""
    value = parameters["employment.lead_deadline"]
    try:
        return None if value is None else datetime.date.fromisoformat(str(value))
    except ValueError:
        return None


def share(placed: Fraction, posts: int) -> Fraction | None:
    """Σ安排人数÷Σ编制, exactly; None without posts."""
    return Fraction(placed) / posts if posts else None
