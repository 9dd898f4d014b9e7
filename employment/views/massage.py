"""盲人按摩: practitioners with what they are to be reminded of, one of them, workplaces, forms and export."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.db.models import Count, F, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.forms import massage as forms
from employment.forms.training import ReasonForm
from employment.models import (
    CheckOutcome,
    MassageCheck,
    MassageCredit,
    MassagePractitioner,
    MassageShop,
    PracticeFiling,
    TitleReview,
)
from employment.rules.massage import REMINDERS, SOURCES, may_practise, required_credits, with_reminders, working
from employment.services import massage as services
from employment.views.common import PAGE, export_page, note, records_employment, views_employment
from employment.views.training_common import exports_people, form_page, manages_classes
from registry.models import Person
from registry.services.facts import version
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters

LIST = {"group": "盲人按摩", "list_name": "massage_list"}
SHOPS = {"group": "盲人按摩机构", "list_name": "massage_shop_list"}
WIDTHS = {
    "序号": 8, "姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "联系电话": 16, "按摩类别": 12, "资格证书编号": 22,
    "取得资格日期": 14, "取得资格的途径或等级": 36, "职称": 18, "执业机构": 26, "备案有效期至": 14, "本年度学分": 12, "提醒": 50,
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """What is kept of a practitioner: its table, its form, and how a new one begins."""

    model: type[models.Model]
    form: type[forms.RecordForm]

    @property
    def title(self) -> str:
        return str(self.model._meta.verbose_name)


KINDS = {
    "title": Kind(TitleReview, forms.TitleForm),
    "filing": Kind(PracticeFiling, forms.FilingForm),
    "check": Kind(MassageCheck, forms.CheckForm),
    "credit": Kind(MassageCredit, forms.CreditForm),
}


def _mine(request: HttpRequest, today: datetime.date, parameters: Parameters) -> Any:
    """The reader's practitioners with their reminders."""
    return with_reminders(MassagePractitioner.objects.visible_to(request.user), on=today, parameters=parameters)


def _loaded(rows: Any) -> Any:
    titles = TitleReview.objects.filter(result=CheckOutcome.PASSED).order_by("decided_on", "pk")
    filings = PracticeFiling.objects.filter(stopped_on__isnull=True).select_related("shop")
    return rows.select_related("person__community__parent").prefetch_related(
        Prefetch("titlereviews", titles, to_attr="passed"), Prefetch("practicefilings", filings, to_attr="open_filings")
    )


def _line(row: Any) -> dict[str, Any]:
    return {
        "row": row,
        "person": row.person,
        "title": row.passed[-1].get_title_display() if row.passed else "",
        "filing": row.open_filings[0] if row.open_filings else None,
        "reminders": [(words, SOURCES[name]) for name, words in REMINDERS.items() if getattr(row, f"remind_{name}")],
    }


@views_employment
@never_cache
def massage_list(request: HttpRequest) -> HttpResponse:
    """Practitioners of the reader's area; how many have which reminder stands above, and leads to them."""
    today = timezone.localdate()
    parameters = Parameters(on=today)
    form = forms.PractitionerFilter(request.GET, user=request.user)
    mine = _mine(request, today, parameters)
    found = mine.filter(form.where(working=working(today)))
    ordered = _loaded(found).order_by("person__pinyin", "pk")
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    lines = [_line(row) for row in page.object_list]
    note(request, AccessAct.LIST, "盲人按摩人员", people=len(lines))
    counted = mine.filter(form.where(working=working(today), without_reminder=True)).order_by()
    counts = counted.aggregate(**{name: Count("pk", Q(**{f"remind_{name}": True})) for name in REMINDERS})
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "page_obj": page,
        "lines": lines,
        "people": [line["person"] for line in lines],
        "reminders": [
            {
                "name": name,
                "words": words,
                "count": counts[name],
                "query": _with(form, name),
                "is_chosen": form.data.get("remind") == name,
            }
            for name, words in REMINDERS.items()
        ],
        "required": required_credits(parameters),
        "days": parameters["massage.expiring_days"],
        "year": today.year,
    }
    return render(request, "employment/massage/list.html", context)


def _with(form: forms.PractitionerFilter, reminder: str) -> str:
    query = form.data.copy()
    query["remind"] = reminder
    return str(query.urlencode())


@exports_people
@never_cache
def massage_export(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = forms.PractitionerFilter(request.GET, user=request.user)
    found = _mine(request, today, Parameters(on=today)).filter(form.where(working=working(today)))
    lines = [_line(row) for row in _loaded(found).order_by("person__pinyin", "pk")]
    return export_page(
        request,
        title="盲人按摩人员名单",
        widths=WIDTHS,
        numbers=("序号", "本年度学分"),
        rows=(_values(number, line) for number, line in enumerate(lines, 1)),
        count=len(lines),
        people=len({line["person"].pk for line in lines}),
        chosen=form.chosen,
        back=f"{reverse('massage_list')}?{form.query}",
        group="就业服务",
        page="盲人按摩",
        holds="，含完整姓名、身份证号和电话",
    )


def _values(number: int, line: dict[str, Any]) -> list[Any]:
    row, person, filing = line["row"], line["person"], line["filing"]
    return [
        number, person.name, person.id_number, str(person.community.parent), person.community.name, person.phone or "",
        row.get_kind_display(), row.certificate_number, row.qualified_on.isoformat(),
        row.get_qualified_by_display() or row.get_level_display(), line["title"], filing.shop.name if filing else "",
        filing.valid_until.isoformat() if filing and filing.valid_until else "", row.credits_of_year,
        "；".join(words for words, _ in line["reminders"]),
    ]  # fmt: skip


@views_employment
@never_cache
def massage_practitioner(request: HttpRequest, pk: int) -> HttpResponse:
    """One practitioner with all that is on file."""
    today = timezone.localdate()
    parameters = Parameters(on=today)
    row = get_object_or_404(_loaded(_mine(request, today, parameters)), pk=pk)
    note(request, AccessAct.READ, "盲人按摩人员", people=1, person=row.person_id)
    credits_by_year: dict[int, Any] = {}
    learned = list(row.massagecredits.all())
    for each in learned:
        credits_by_year[each.year] = credits_by_year.get(each.year, 0) + each.credits
    context = {
        **_line(row),
        "titles": row.titlereviews.all(),
        "filings": row.practicefilings.select_related("shop"),
        "checks": row.massagechecks.all(),
        "credits": learned,
        "credits_by_year": sorted(credits_by_year.items(), reverse=True),
        "required": required_credits(parameters),
        "is_working": row.ended_on is None or row.ended_on > today,
        "today": today,
    }
    return render(request, "employment/massage/page.html", context)


@records_employment
@never_cache
def massage_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Registers a person as practitioner; the form shows first whether that may be."""
    person = get_object_or_404(Person.objects.visible_to(request.user).select_related("community__parent"), pk=pk)
    today = timezone.localdate()
    row = MassagePractitioner(person=person)
    form = forms.PractitionerForm(request.POST or None, instance=row)
    return form_page(
        request,
        form,
        lambda: _save(request, row, form),
        said="已登记盲人按摩人员。",
        back=reverse("person", args=[pk]),
        leads_to=lambda saved: reverse("massage_practitioner", args=[saved.pk]),
        title="登记盲人按摩人员",
        person=person,
        obstacles=[v.clause for v in may_practise(on=today).explain(person) if not v.holds],
        **LIST,
    )


def _save(request: HttpRequest, row: Any, form: Any) -> Any:
    values = {name: form.cleaned_data[name] for name in form._meta.fields}
    return services.massage_save(
        record=row,
        values=values,
        by=request.user,
        today=timezone.localdate(),
        reason=form.cleaned_data.get("reason", ""),
        seen=form.cleaned_data.get("seen"),
    )


def _practitioner(request: HttpRequest, pk: int) -> MassagePractitioner:
    rows = MassagePractitioner.objects.visible_to(request.user).select_related("person__community__parent")
    found: MassagePractitioner = get_object_or_404(rows, pk=pk)
    return found


@records_employment
@never_cache
def massage_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = _practitioner(request, pk)
    form = forms.PractitionerForm(request.POST or None, instance=row)
    return form_page(
        request,
        form,
        lambda: _save(request, row, form),
        said="已保存。",
        back=reverse("massage_practitioner", args=[pk]),
        title="改正盲人按摩人员",
        person=row.person,
        withdraw=reverse("massage_withdraw", args=[pk]),
        **LIST,
    )


@records_employment
@never_cache
def massage_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = _practitioner(request, pk)
    form = ReasonForm(request.POST or None, initial={"seen": version(row)})
    return form_page(
        request,
        form,
        lambda: services.massage_withdraw(record=row, by=request.user, **form.cleaned_data),
        said="已撤下盲人按摩人员，历史中仍可查到。",
        back=reverse("massage_practitioner", args=[pk]),
        leads_to=lambda _: reverse("massage_list"),
        title="撤下盲人按摩人员",
        person=row.person,
        submit="确认撤下",
        **LIST,
    )


def _kind(code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]


@records_employment
@never_cache
def massage_record_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A title review, a filing, a yearly check or something learned."""
    chosen, of = _kind(kind), _practitioner(request, pk)
    row: Any = chosen.model(practitioner=of)  # type: ignore[call-arg]
    today = timezone.localdate()
    initial = {"year": today.year, "checked_on": today}
    form = chosen.form(request.POST or None, instance=row, initial=initial)
    return form_page(
        request,
        form,
        lambda: _save(request, row, form),
        said=f"已登记{chosen.title}。",
        back=reverse("massage_practitioner", args=[pk]),
        title=f"登记{chosen.title}",
        person=of.person,
        facts={"资格": str(of)},
        **LIST,
    )


def _record(request: HttpRequest, kind: str, pk: int) -> Any:
    rows: Any = _kind(kind).model._default_manager
    rows = rows.visible_to(request.user).select_related("practitioner__person__community__parent")
    return get_object_or_404(rows, pk=pk)


@records_employment
@never_cache
def massage_record_change(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    chosen, row = _kind(kind), _record(request, kind, pk)
    form = chosen.form(request.POST or None, instance=row)
    return form_page(
        request,
        form,
        lambda: _save(request, row, form),
        said="已保存。",
        back=reverse("massage_practitioner", args=[row.practitioner_id]),
        title=f"改正{chosen.title}",
        person=row.practitioner.person,
        facts={"资格": str(row.practitioner)},
        withdraw=reverse("massage_record_withdraw", args=[kind, pk]),
        **LIST,
    )


@records_employment
@never_cache
def massage_record_withdraw(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    chosen, row = _kind(kind), _record(request, kind, pk)
    form = ReasonForm(request.POST or None, initial={"seen": version(row)})
    return form_page(
        request,
        form,
        lambda: services.massage_withdraw(record=row, by=request.user, **form.cleaned_data),
        said=f"已撤下{chosen.title}，历史中仍可查到。",
        back=reverse("massage_practitioner", args=[row.practitioner_id]),
        title=f"撤下{chosen.title}",
        person=row.practitioner.person,
        facts={"资格": str(row.practitioner)},
        submit="确认撤下",
        **LIST,
    )


# workplaces


@views_employment
@never_cache
def massage_shop_list(request: HttpRequest) -> HttpResponse:
    """Every workplace with how many of the reader's people are filed there."""
    today = timezone.localdate()
    filings = PracticeFiling.objects.visible_to(request.user).filter(stopped_on__isnull=True)
    counts = dict(
        filings.order_by().values("shop").annotate(n=Count("practitioner", distinct=True)).values_list("shop", "n")
    )
    shops = MassageShop.objects.select_related("street").order_by(F("closed_on").asc(nulls_first=True), "name")
    context = {
        "lines": [
            {
                "row": shop,
                "people": counts.get(shop.pk, 0),
                "is_open": shop.closed_on is None or shop.closed_on > today,
            }
            for shop in shops
        ],
        "whole": request.user.is_of_whole_district,
    }
    return render(request, "employment/massage/shops.html", context)


@manages_classes
@never_cache
def massage_shop_add(request: HttpRequest) -> HttpResponse:
    row = MassageShop()
    form = forms.ShopForm(request.POST or None, instance=row)
    return form_page(
        request,
        form,
        lambda: _save(request, row, form),
        said="已登记盲人按摩机构。",
        back=reverse("massage_shop_list"),
        title="登记盲人按摩机构",
        **SHOPS,
    )


@manages_classes
@never_cache
def massage_shop_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(MassageShop, pk=pk)
    form = forms.ShopForm(request.POST or None, instance=row)
    return form_page(
        request,
        form,
        lambda: _save(request, row, form),
        said="已保存。",
        back=reverse("massage_shop_list"),
        title="改正盲人按摩机构",
        withdraw=reverse("massage_shop_withdraw", args=[pk]),
        **SHOPS,
    )


@manages_classes
@never_cache
def massage_shop_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(MassageShop, pk=pk)
    form = ReasonForm(request.POST or None, initial={"seen": version(row)})
    return form_page(
        request,
        form,
        lambda: services.massage_withdraw(record=row, by=request.user, **form.cleaned_data),
        said="已撤下盲人按摩机构，历史中仍可查到。",
        back=reverse("massage_shop_list"),
        title="撤下盲人按摩机构",
        facts={"机构": row.name},
        submit="确认撤下",
        **SHOPS,
    )


urls = [
    path("employment/massage/", massage_list, name="massage_list"),
    path("employment/massage/export/", massage_export, name="massage_export"),
    path("employment/massage/<int:pk>/", massage_practitioner, name="massage_practitioner"),
    path("employment/massage/<int:pk>/change/", massage_change, name="massage_change"),
    path("employment/massage/<int:pk>/withdraw/", massage_withdraw, name="massage_withdraw"),
    path("employment/massage/<int:pk>/<slug:kind>/add/", massage_record_add, name="massage_record_add"),
    path("employment/massage/records/<slug:kind>/<int:pk>/", massage_record_change, name="massage_record_change"),
    path(
        "employment/massage/records/<slug:kind>/<int:pk>/withdraw/",
        massage_record_withdraw,
        name="massage_record_withdraw",
    ),
    path("employment/massage/shops/", massage_shop_list, name="massage_shop_list"),
    path("employment/massage/shops/add/", massage_shop_add, name="massage_shop_add"),
    path("employment/massage/shops/<int:pk>/", massage_shop_change, name="massage_shop_change"),
    path("employment/massage/shops/<int:pk>/withdraw/", massage_shop_withdraw, name="massage_shop_withdraw"),
    path("people/<int:pk>/massage/", massage_add, name="massage_add"),
]
