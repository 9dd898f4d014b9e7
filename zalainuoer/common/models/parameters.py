"""Dated parameters: what a document can change."""

import datetime
from typing import Any, ClassVar

from django.db import models

from zalainuoer.common.errors import ParameterMissing
from zalainuoer.common.history import tracked_fields


class ParameterQuerySet(models.QuerySet["Parameter"]):
    def value(self, key: str, *, on: datetime.date) -> Any:
        """The parameter's value on a day; raises ParameterMissing (参数未维护) where none is in force."""
        found = self.filter(key=key, effective_from__lte=on).order_by("-effective_from").first()
        if found is None or found.value is None:
            raise ParameterMissing(key if found is None else found.name, on)
        return found.value

    def values_on(self, *, on: datetime.date) -> dict[str, Any]:
        """Every parameter in force on a day, in one statement."""
        rows = self.filter(effective_from__lte=on).order_by("key", "effective_from")
        return dict(rows.values_list("key", "value"))


@tracked_fields("key", "name", "value", "effective_from", "document", "note")
class Parameter(models.Model):
    """A figure or list that a document can change: dated, with the document's number, never a constant in code.

    A value holds from `effective_from` until the next one of the same key; null means "no longer in force".
    """

    key = models.CharField("代号", max_length=60)
    name = models.CharField("名称", max_length=100)
    value = models.JSONField("值", null=True)
    effective_from = models.DateField("生效日期")
    document = models.CharField("文号", max_length=200)
    note = models.CharField("说明", max_length=300, blank=True)

    objects = ParameterQuerySet.as_manager()

    class Meta:
        verbose_name = "参数"
        ordering = ("key", "effective_from")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("key", "effective_from"),
                name="parameter_one_value_a_day",
                violation_error_message="该参数在这一天已有取值，请修改原取值或另选生效日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
