"""Dated parameters: what is in force, what was, and what will be.

`choices` comes from the roof: the words behind the codes of parameters that are lists of choices, by key.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import TextChoices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from zalainuoer.common import administration
from zalainuoer.common.forms import ParameterForm
from zalainuoer.common.models import Parameter
from zalainuoer.common.templatetags.pages import plain_value

Choices = Mapping[str, type[TextChoices]]
manages_parameters = permission_required("common.manage_parameters", raise_exception=True)


@dataclass(frozen=True)
class ShownValue:
    """A parameter's value in words, from a day on."""

    row: Parameter
    text: str
    when: str  # 现行, 未生效 or 已停止


@dataclass(frozen=True)
class ShownParameter:
    key: str
    name: str
    present: ShownValue | None
    others: list[ShownValue]


@manages_parameters
def parameter_list(request: HttpRequest, choices: Choices) -> HttpResponse:
    rows = Parameter.objects.order_by("key", "effective_from")
    today = timezone.localdate()
    shown = [_shown(list(group), choices.get(key), today) for key, group in groupby(rows, key=lambda row: row.key)]
    return render(request, "parameters/list.html", {"parameters": shown})


def _shown(rows: list[Parameter], words: type[TextChoices] | None, today: datetime.date) -> ShownParameter:
    in_force = [row for row in rows if row.effective_from <= today]
    present = in_force[-1] if in_force else None
    values = [
        ShownValue(row, in_words(row.value, words), "未生效" if row.effective_from > today else "已停止")
        for row in reversed(rows)
        if row is not present
    ]
    now = ShownValue(present, in_words(present.value, words), "现行") if present else None
    return ShownParameter(rows[-1].key, rows[-1].name, now, values)


def in_words(value: object, words: type[TextChoices] | None) -> str:
    """A value as people read it."""
    if value is None:
        return "停止执行"
    if words is not None and isinstance(value, list):
        known = dict(words.choices)
        return "、".join(str(known.get(code, code)) for code in value) or plain_value(value)
    return plain_value(value)


@manages_parameters
def parameter_add(request: HttpRequest, key: str, choices: Choices) -> HttpResponse:
    known = list(Parameter.objects.filter(key=key).order_by("effective_from"))
    if not known:
        raise Http404
    latest = next((row for row in reversed(known) if row.value is not None), known[-1])
    words = choices.get(key)
    new = Parameter(key=key, name=latest.name)
    filled = [row.value for row in known if row.value not in (None, [])]
    present = filled[-1] if latest.value == [] and words is None and filled else latest.value  # what its items are like
    is_emptied = any(row.value == [] for row in known)
    form = ParameterForm(request.POST or None, instance=new, present=present, words=words, may_be_empty=is_emptied)
    if request.method == "POST" and form.is_valid():
        administration.parameter_add(parameter=form.instance, by=request.user)
        messages.success(request, f"已保存“{latest.name}”自 {form.instance.effective_from:%Y-%m-%d} 起的取值。")
        return redirect("parameter_list")
    context = {"form": form, "latest": latest, "latest_text": in_words(latest.value, words)}
    return render(request, "parameters/add.html", context)
