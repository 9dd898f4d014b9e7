"""Who may have a place that is kept for disabled people (规划 专栏3第4、5项; 就业促进法 第五十三条)."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef, Q

from employment.models import EmploymentRecord
from employment.rules.working_age import working_age
from registry.models import Category, Level
from registry.rules import PLAN, held, of_grades, valid, with_certificate
from zalainuoer.common.rules import Clause, Parameters, Rule

PUBLIC = f"{PLAN} 专栏3第5项；就业促进法 第五十三条"
SHELTERED = f"{PLAN} 专栏3第4项"
SHELTERED_TARGET = 1  # 建成1所残疾人辅助性就业机构 (规划 专栏3第4项)
MINDS = [Category.INTELLECTUAL.value, Category.MENTAL.value]


def may_have_public_post(*, on: datetime.date, parameters: Parameters) -> Rule:
    """Of Person: with a valid certificate, of working age, and without other work on the day."""
    return valid(on).but(working_age(on=on, parameters=parameters), _without_work(on, PUBLIC))


def may_work_sheltered(*, on: datetime.date, parameters: Parameters) -> Rule:
    """Of Person: 智力、精神 or severe 肢体, of working age, without other work on the day."""
    severe = parameters["severe.levels"]
    of_mind, of_body = of_grades(MINDS, list(Level.values)), of_grades([Category.PHYSICAL.value], severe)
    levels = "、".join(Level(code).label for code in severe)
    return valid(on).but(
        Clause(
            with_certificate(held(on) & (of_mind | of_body)),
            f"不是智力、精神残疾，也不是重度（{levels}）肢体残疾",
            SHELTERED,
            "grade",
        ),
        working_age(on=on, parameters=parameters),
        _without_work(on, SHELTERED),
    )


def _without_work(on: datetime.date, source: str) -> Clause:
    work = EmploymentRecord.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=on), person=OuterRef("pk"), started_on__lte=on
    )
    return Clause(~Exists(work), f"{on}仍登记为在业，请先办理终止", source, "idle")
