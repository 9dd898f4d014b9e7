"""疑似重复: records that may be one person, side by side; merged, found to be two, or made two again."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registry.forms.merging import DistinctForm, MergeForm, PairForm, UndoForm
from registry.models import Certificate, Household, MergePair, MergePairState, Person
from registry.services import merging
from registry.similar import Similar, similar_or_not, similar_people
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import masked
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

PAGE = 20
DECIDED = 20
merges_people = permission_required("registry.merge_people", raise_exception=True)


@merges_people
@never_cache
def merging_list(request: HttpRequest) -> HttpResponse:
    people = Person.objects.visible_to(request.user)
    form = PairForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        return redirect("merging_pair", *form.pair)
    page = Paginator(similar_people(people), PAGE).get_page(request.GET.get("page"))
    access_record(
        by=request.user,
        act=AccessAct.LIST,
        what="疑似重复名单",
        people=2 * len(page.object_list),
        address=request.META.get("REMOTE_ADDR"),
    )
    context = {"page_obj": page, "decided": _decided(people), "form": form}
    return render(request, "registry/merging/list.html", context)


def _decided(people: Any) -> list[dict[str, Any]]:
    """The latest decisions about people of the reader's area, each with the record that stays."""
    pairs = (
        MergePair.objects.filter(kept__in=people.values("pk")).select_related("decided_by").order_by("-pk")[:DECIDED]
    )
    known = Person.objects.in_bulk([pair.kept for pair in pairs])
    return [
        {"pair": pair, "person": known[pair.kept], "may_undo": pair.state == MergePairState.MERGED} for pair in pairs
    ]


@dataclass(frozen=True)
class Line:
    """One line of the comparison; `field` names a value of the person's that is shown masked."""

    label: str
    left: str
    right: str
    differs: bool
    field: str = ""


@merges_people
@never_cache
def merging_pair(request: HttpRequest, one: int, other: int) -> HttpResponse:
    pair = _pair_or_404(request, one, other)
    kept, gone = _chosen(request, pair)
    form = MergeForm(request.POST or None)
    if request.method == "POST" and kept is not None and gone is not None and form.is_valid():
        try:
            merging.people_merge(
                kept=kept, gone=gone, by=request.user, reason=form.cleaned_data["reason"], on=timezone.localdate()
            )
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, "已合并为一份档案，另一个号码记为曾用号码。合并可以撤销。")
            return redirect("person", kept.pk)
    return _pair_page(request, pair, form=form, kept=kept, gone=gone)


@merges_people
@require_POST
@never_cache
def merging_distinct(request: HttpRequest, one: int, other: int) -> HttpResponse:
    pair = _pair_or_404(request, one, other)
    form = DistinctForm(request.POST)
    if not form.is_valid():
        return _pair_page(request, pair, distinct_form=form)
    try:
        merging.pair_distinct(one=pair.one, other=pair.other, by=request.user, reason=form.cleaned_data["reason"])
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, "已确认不是同一人，今后不再提示。")
    return redirect("merging")


@merges_people
@never_cache
def merging_undo(request: HttpRequest, pk: int) -> HttpResponse:
    pair = get_object_or_404(MergePair, pk=pk, state=MergePairState.MERGED)
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pair.kept)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            merging.merge_undo(pair=pair, by=request.user, reason=form.cleaned_data["reason"], on=timezone.localdate())
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, "已撤销合并，恢复成两份档案。")
            return redirect("merging")
    _note(request, [person], "撤销合并")
    return render(request, "registry/merging/undo.html", {"form": form, "pair": pair, "person": person})


def _pair_or_404(request: HttpRequest, one: int, other: int) -> Similar:
    """Two records in the reader's area, offered or chosen by number."""
    found = list(Person.objects.visible_to(request.user).filter(pk__in=(one, other)))
    if len(found) < 2:
        raise Http404
    return similar_or_not(*found)


def _chosen(request: HttpRequest, pair: Similar) -> tuple[Person | None, Person | None]:
    """(kept, gone) as the address says; nobody is chosen until somebody chooses."""
    keep = request.GET.get("keep", "")
    if keep == str(pair.one.pk):
        return pair.one, pair.other
    return (pair.other, pair.one) if keep == str(pair.other.pk) else (None, None)


def _pair_page(
    request: HttpRequest,
    pair: Similar,
    *,
    form: MergeForm | None = None,
    distinct_form: DistinctForm | None = None,
    kept: Person | None = None,
    gone: Person | None = None,
) -> HttpResponse:
    _note(request, [pair.one, pair.other], "核对疑似重复档案")
    both = (pair.one, pair.other)
    context = {
        "pair": pair,
        "both": both,
        "lines": _lines(pair),
        "kept": kept,
        "gone": gone,
        "shares": merging.merge_forecast(kept=kept, gone=gone) if kept and gone else [],
        "form": form or MergeForm(),
        "distinct_form": distinct_form or DistinctForm(),
    }
    return render(request, "registry/merging/pair.html", context)


MASKED = (
    ("姓名", "name"),
    ("身份证号", "id_number"),
    ("联系电话", "phone"),
    ("住址", "address"),
    ("监护人姓名", "guardian_name"),
    ("监护人电话", "guardian_phone"),
)
STATED = (
    ("残疾类别", "get_category_display"),
    ("残疾等级", "get_level_display"),
    ("首次发证日期", "first_issued_on"),
    ("发证日期", "issued_on"),
    ("有效期至", "expires_on"),
    ("证件状态", "get_status_display"),
)


def _lines(pair: Similar) -> list[Line]:
    """Both records line by line."""
    one, other = pair.one, pair.other
    statements = Certificate.objects.current().filter(person__in=(one, other)).select_related("household")
    held = {statement.person_id: statement for statement in statements}
    lines = [
        Line(label, "", "", getattr(one, field) != getattr(other, field), field)
        for label, field in MASKED
        if getattr(one, field) or getattr(other, field)
    ]
    plain = [
        ("性别", one.get_sex_display(), other.get_sex_display()),
        ("出生日期", one.born_on, other.born_on),
        ("所属社区", f"{one.community.parent} {one.community}", f"{other.community.parent} {other.community}"),
        *((label, _stated(held.get(one.pk), name), _stated(held.get(other.pk), name)) for label, name in STATED),
    ]
    lines += [Line(label, str(left), str(right), left != right) for label, left, right in plain]
    homes = [held[person.pk].household if person.pk in held else None for person in (one, other)]
    return [*lines, Line("户主", _home(homes[0], one), _home(homes[1], other), homes[0] != homes[1])]


def _stated(statement: Certificate | None, name: str) -> str:
    if statement is None:
        return "没有残疾人证" if name == STATED[0][1] else "—"
    value = getattr(statement, name)
    return str(value() if callable(value) else value)


def _home(household: Household | None, person: Person) -> str:
    if household is None:
        return "—"
    return "本人" if household.head_id_index == person.id_index else masked(household.head_id_number)


def _note(request: HttpRequest, people: list[Person], what: str) -> None:
    for person in people:
        access_record(
            by=request.user,
            act=AccessAct.READ,
            what=what,
            people=1,
            person=person.pk,
            address=request.META.get("REMOTE_ADDR"),
        )


urls = [
    path("merging/", merging_list, name="merging"),
    path("merging/<int:one>/<int:other>/", merging_pair, name="merging_pair"),
    path("merging/<int:one>/<int:other>/distinct/", merging_distinct, name="merging_distinct"),
    path("merging/<int:pk>/undo/", merging_undo, name="merging_undo"),
]
