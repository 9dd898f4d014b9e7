"""The registers that are a list and a form: start-ups, role models, and the frame that other lists share.

A register says what its rows are and how they look (`Register`); list and export are made of that, so that every list
is scoped, filtered, noted and exported in one way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.forms.job_fields import AreaFilter, ListFilter, ReasonForm
from employment.forms.registers import RoleModelForm, StartUpForm
from employment.models import RoleModel, StartUp
from employment.services.entries import WRITERS, entry_save, entry_withdraw
from employment.views.common import PAGE, note
from employment.views.job_pages import (
    export_page,
    exports_jobs,
    form_page,
    manages_jobs,
    people_of,
    records_jobs,
    views_jobs,
)
from zalainuoer.common.models import AccessAct


@dataclass(frozen=True)
class Register:
    """A list and its export. `columns` are {heading: (width, value of a row)}; the first one leads to `opens`.

    `rows` gives what the reader may see; `person` the person of a row, where the rows are about people.
    """

    name: str  # of the addresses: <name>_list, <name>_export
    folder: str
    title: str
    unit: str  # 人, 场, …
    lead: str
    empty: str
    rows: Callable[[HttpRequest], Any]
    columns: Mapping[str, tuple[int, Callable[[Any], Any]]]
    opens: str
    person: Callable[[Any], Any] | None = None
    numbers: tuple[str, ...] = ()
    add: str = ""  # where a new one is entered, unless that is a person's page
    writes: str = ""  # the permission for that
    summary: Callable[[HttpRequest], str] = field(default=lambda request: "")

    def filter(self, request: HttpRequest) -> ListFilter:
        """Rows about people are filtered by street."""
        kind = AreaFilter if self.person else ListFilter
        return kind(request.GET, user=request.user)

    @property
    def urls(self) -> list[URLPattern]:
        """The list's and the export's."""
        base = f"employment/{self.folder}/"
        return [
            path(base, views_jobs(never_cache(self.list)), name=f"{self.name}_list"),
            path(f"{base}export/", exports_jobs(never_cache(self.export)), name=f"{self.name}_export"),
        ]

    def list(self, request: HttpRequest) -> HttpResponse:
        form = self.filter(request)
        page = Paginator(form.found(self.rows(request)), PAGE).get_page(request.GET.get("page"))
        lines = [self._line(row) for row in page.object_list]
        people = [line["person"] for line in lines if line["person"] is not None]
        if self.person:
            note(request, AccessAct.SEARCH, f"{self.title}，第{page.number}页", people=len(people))
        context = {
            "register": self,
            "about_people": self.person is not None,  # a template would call the function itself
            "form": form,
            "query": form.query,
            "chosen": form.chosen,
            "page_obj": page,
            "lines": lines,
            "people": people,
            "headings": list(self.columns),
            "here": reverse(f"{self.name}_list"),
            "export": reverse(f"{self.name}_export"),
            "add": reverse(self.add) if self.add and request.user.has_perm(self.writes) else "",
            "summary": self.summary(request),
        }
        return render(request, "employment/jobs/register.html", context)

    def export(self, request: HttpRequest) -> HttpResponse:
        form = self.filter(request)
        found = form.found(self.rows(request))
        rows = ((self._person(row), self._values(row)) for row in found)
        return export_page(
            request,
            title=self.title,
            columns={heading: width for heading, (width, _) in self.columns.items()},
            rows=rows,
            count=found.count(),
            chosen=form.chosen,
            back=f"{reverse(f'{self.name}_list')}?{form.query}",
            about_people=self.person is not None,
            numbers=self.numbers,
        )

    def _person(self, row: Any) -> Any:
        return self.person(row) if self.person else None

    def _values(self, row: Any) -> tuple[Any, ...]:
        return tuple(_plain(value(row)) for _, value in self.columns.values())

    def _line(self, row: Any) -> dict[str, Any]:
        shown = [(heading, value(row)) for heading, (_, value) in self.columns.items()]
        return {"row": row, "person": self._person(row), "cells": shown, "url": reverse(self.opens, args=[row.pk])}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else "" if value is None else value


def withdraw_page(
    request: HttpRequest, row: Any, *, title: str, back: str, at: str, person: Any = None
) -> HttpResponse:
    """Takes back a row entered by mistake."""
    form = ReasonForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: entry_withdraw(row=row, by=request.user, **form.cleaned_data),
        title=f"撤下{title}",
        said="已撤下。",
        back=back,
        person=person,
        lead="只用来撤下登记错的；历史中仍可查到。",
        submit="撤下",
        at=at,
    )


# --- start-ups


def _start_ups(request: HttpRequest) -> Any:
    return StartUp.objects.visible_to(request.user).select_related("person__community__parent")


START_UPS = Register(
    name="start_up",
    folder="start-ups",
    title="创业扶持",
    unit="次",
    lead="对残疾人自主创业的扶持，一次一条。从个人档案的“求职与就业服务”里登记。",
    empty="还没有登记创业扶持",
    rows=_start_ups,
    person=lambda row: row.person,
    columns={
        "创业项目": (26, lambda row: row.project),
        "扶持方式": (14, lambda row: row.get_support_display()),
        "金额（元）": (12, lambda row: row.amount_yuan),
        "扶持日期": (14, lambda row: row.supported_on),
        "依据": (30, lambda row: row.document),
    },
    opens="start_up_change",
    numbers=("金额（元）",),
)


@records_jobs
@never_cache
def start_up_add(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(people_of(request), pk=pk)
    form = StartUpForm(request.POST or None, user=request.user, initial={"supported_on": timezone.localdate()})
    return form_page(
        request,
        form,
        lambda: entry_save(model=StartUp, row=None, by=request.user, person=person, **form.cleaned_data),
        title="登记创业扶持",
        said="已登记创业扶持。",
        back=reverse("start_up_list"),
        person=person,
        at="创业扶持",
    )


@records_jobs
@never_cache
def start_up_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_start_ups(request), pk=pk)
    form = StartUpForm(request.POST or None, user=request.user, instance=row)
    return form_page(
        request,
        form,
        lambda: entry_save(model=StartUp, row=row, by=request.user, **form.cleaned_data),
        title="修改创业扶持",
        said="已保存。",
        back=reverse("start_up_list"),
        person=row.person,
        at="创业扶持",
        extra={"withdraw": reverse("start_up_withdraw", args=[pk])},
    )


@records_jobs
@never_cache
def start_up_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_start_ups(request), pk=pk)
    return withdraw_page(
        request, row, title="创业扶持", back=reverse("start_up_list"), at="创业扶持", person=row.person
    )


# --- role models


def _role_models(request: HttpRequest) -> Any:
    """Those of the reader's people, of employers, and of others: whom nobody but their own street needs to see."""
    mine = RoleModel.objects.visible_to(request.user).values("pk")
    rows = RoleModel.objects.filter(Q(person__isnull=True) | Q(pk__in=mine))
    return rows.select_related("person__community__parent", "employer")


ROLE_MODELS = Register(
    name="role_model",
    folder="role-models",
    title="就业典型",
    unit="个",
    lead="残疾人就业创业典型、为残疾人就业作出突出贡献的单位和个人（规划 专栏3第3项）。残疾人从个人档案里登记。",
    empty="还没有登记就业典型",
    rows=_role_models,
    person=lambda row: row.person,
    columns={
        "单位或个人": (28, lambda row: str(row.employer or row.name or "残疾人本人")),
        "种类": (24, lambda row: row.get_kind_display()),
        "年度": (8, lambda row: row.year),
        "主要事迹": (50, lambda row: row.deeds),
        "表彰文件": (30, lambda row: row.document),
        "宣传日期": (14, lambda row: row.published_on),
    },
    opens="role_model_change",
    numbers=("年度",),
    add="role_model_add",
    writes=WRITERS[RoleModel],
)


@manages_jobs
@never_cache
def role_model_add(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A person's, or (without `pk`) an employer's or somebody else's."""
    person = None if pk is None else get_object_or_404(people_of(request), pk=pk)
    initial = {"year": timezone.localdate().year}
    form = RoleModelForm(request.POST or None, user=request.user, about_person=person is not None, initial=initial)
    return form_page(
        request,
        form,
        lambda: entry_save(model=RoleModel, row=None, by=request.user, person=person, **form.cleaned_data),
        title="登记就业典型",
        said="已登记就业典型。",
        back=reverse("role_model_list"),
        person=person,
        at="就业典型",
    )


@manages_jobs
@never_cache
def role_model_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_role_models(request), pk=pk)
    about = row.person is not None
    form = RoleModelForm(request.POST or None, user=request.user, about_person=about, instance=row)
    return form_page(
        request,
        form,
        lambda: entry_save(model=RoleModel, row=row, by=request.user, **form.cleaned_data),
        title="修改就业典型",
        said="已保存。",
        back=reverse("role_model_list"),
        person=row.person,
        at="就业典型",
        extra={"withdraw": reverse("role_model_withdraw", args=[pk])},
    )


@manages_jobs
@never_cache
def role_model_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_role_models(request), pk=pk)
    return withdraw_page(
        request, row, title="就业典型", back=reverse("role_model_list"), at="就业典型", person=row.person
    )


urls = [
    *START_UPS.urls,
    path("people/<int:pk>/employment/start-ups/add/", start_up_add, name="start_up_add"),
    path("employment/start-ups/<int:pk>/change/", start_up_change, name="start_up_change"),
    path("employment/start-ups/<int:pk>/withdraw/", start_up_withdraw, name="start_up_withdraw"),
    *ROLE_MODELS.urls,
    path("employment/role-models/add/", role_model_add, name="role_model_add"),
    path("people/<int:pk>/employment/role-models/add/", role_model_add, name="role_model_of_person"),
    path("employment/role-models/<int:pk>/change/", role_model_change, name="role_model_change"),
    path("employment/role-models/<int:pk>/withdraw/", role_model_withdraw, name="role_model_withdraw"),
]
