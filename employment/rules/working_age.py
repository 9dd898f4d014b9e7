"""就业年龄段: who is of working age on a day (残疾人就业统计口径: 男 16—59 周岁, 女 16—54 周岁)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import DateField, F, Func, IntegerField, Q, Value
from django.db.models.lookups import Exact, GreaterThanOrEqual, LessThanOrEqual

from registry.models import Sex
from zalainuoer.common.rules import Clause, Parameters

SOURCE = "残疾人就业统计指标说明（2012年）"


class Age(Func):
    """周岁 on a day, reckoned by the database: Age(day, born). Born on 29 February, a year older on 1 March."""

    template = "date_part('year', age(%(expressions)s))::integer"
    output_field = IntegerField()
    arity = 2


def as_day(value: Any) -> Any:
    """A date as an expression; an expression as it is."""
    return Value(value, output_field=DateField()) if isinstance(value, datetime.date) else value


def working_age(
    *, on: Any, parameters: Parameters, born: Any = "born_on", sex: Any = "sex", code: str = "working_age"
) -> Clause:
    """Of working age on the day. `on` is a date or an expression of the rule's model (`F("started_on")`, an OuterRef);
    `born` and `sex` are paths from that model to the person's, or expressions."""
    least = parameters["employment.working_age_min"]
    most_male = parameters["employment.working_age_max_male"]
    most_female = parameters["employment.working_age_max_female"]
    age = Age(as_day(on), F(born) if isinstance(born, str) else born)
    sexed = F(sex) if isinstance(sex, str) else sex
    condition = Q(GreaterThanOrEqual(age, least)) & (
        Q(Exact(sexed, Value(Sex.MALE.value)), LessThanOrEqual(age, most_male))
        | Q(Exact(sexed, Value(Sex.FEMALE.value)), LessThanOrEqual(age, most_female))
    )
    sentence = f"不在就业年龄段（男{least}—{most_male}周岁，女{least}—{most_female}周岁）"
    return Clause(condition, sentence, SOURCE, code)
