"""公益性岗位 and 辅助性就业机构: the lists, one of them with who is there, who comes and who goes."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.forms.job_fields import ReasonForm
from employment.forms.registers import HolderForm, LeaveForm, PlaceForm, PublicPostForm, ShelteredOrganisationForm
from employment.models import PublicPost, PublicPostHolder, ShelteredOrganisation, ShelteredPlace
from employment.rules.placing import SHELTERED, SHELTERED_TARGET, may_have_public_post, may_work_sheltered
from employment.services import placing
from employment.services.entries import MANAGE, entry_save
from employment.views.common import note
from employment.views.job_pages import form_page, manages_jobs, people_of, records_jobs, views_jobs
from employment.views.registers import Register, withdraw_page
from registry.models import Person
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct
from zalainuoer.common.rules import Parameters, Rule

# --- public posts


def _posts(request: HttpRequest) -> QuerySet[PublicPost]:
    """The posts of the reader's streets, with how many are taken today; whoever works in one community sees its street's."""
    today = timezone.localdate()
    own = PublicPost.objects.visible_to(request.user)
    on_post = Q(holders__record__started_on__lte=today) & (
        Q(holders__record__ended_on__isnull=True) | Q(holders__record__ended_on__gte=today)
    )
    member = Q(holders__member_from__lte=today) & (
        Q(holders__member_until__isnull=True) | Q(holders__member_until__gte=today)
    )
    found = own.select_related("street").annotate(taken=Count("holders", filter=on_post | member))
    return found.order_by(*PublicPost._meta.ordering)  # type: ignore[no-any-return]


def _posts_said(request: HttpRequest) -> str:
    rows = list(_posts(request))
    return f"共 {sum(row.number for row in rows)} 个岗位，今天在岗 {sum(row.taken for row in rows)} 人。"  # type: ignore[attr-defined]


POSTS = Register(
    name="public_post",
    folder="public-posts",
    title="公益性岗位",
    unit="处",
    lead="街道、社区的保洁员、护路员等公益性岗位，优先安排残疾人和零就业残疾人家庭成员（规划 专栏3第5项）。",
    empty="还没有登记公益性岗位",
    rows=_posts,
    columns={
        "设岗单位": (30, lambda row: row.unit),
        "岗位种类": (18, lambda row: row.get_kind_display()),
        "街道（镇）": (16, lambda row: str(row.street)),
        "岗位数": (10, lambda row: row.number),
        "今天在岗": (10, lambda row: row.taken),
        "岗位补贴（元/人月）": (18, lambda row: row.subsidy_yuan),
        "设岗日期": (14, lambda row: row.starts_on),
        "撤岗日期": (14, lambda row: row.ends_on),
    },
    opens="public_post",
    numbers=("岗位数", "今天在岗", "岗位补贴（元/人月）"),
    add="public_post_add",
    writes=MANAGE,
    summary=_posts_said,
)


@views_jobs
@never_cache
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """One post; of those on it the reader's people, and how many others there are."""
    row = get_object_or_404(_posts(request), pk=pk)
    mine = list(row.holders.visible_to(request.user).select_related("person__community__parent", "record"))
    lines = [
        {
            "holder": holder,
            "person": holder.person,
            "member": masked_name(holder.member_name) if holder.member_name else "",
            "since": holder.record.started_on if holder.record else holder.member_from,
            "until": holder.record.ended_on if holder.record else holder.member_until,
        }
        for holder in mine
    ]
    if mine:
        note(request, AccessAct.LIST, f"公益性岗位 {pk} 的在岗人员", people=len(mine))
    context = {
        "post": row,
        "lines": lines,
        "people": [line["person"] for line in lines],
        "elsewhere": row.holders.count() - len(mine),
    }
    return render(request, "employment/jobs/public_post.html", context)


@manages_jobs
@never_cache
def post_add(request: HttpRequest) -> HttpResponse:
    form = PublicPostForm(request.POST or None, user=request.user)
    return form_page(
        request,
        form,
        lambda: entry_save(model=PublicPost, row=None, by=request.user, **form.cleaned_data),
        title="登记公益性岗位",
        said="已登记公益性岗位。",
        back=reverse("public_post_list"),
        at="公益性岗位",
    )


@manages_jobs
@never_cache
def post_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(PublicPost.objects.visible_to(request.user), pk=pk)
    form = PublicPostForm(request.POST or None, user=request.user, instance=row)
    return form_page(
        request,
        form,
        lambda: entry_save(model=PublicPost, row=row, by=request.user, **form.cleaned_data),
        title="修改公益性岗位",
        said="已保存。",
        back=reverse("public_post", args=[pk]),
        at="公益性岗位",
        extra={"withdraw": reverse("public_post_withdraw", args=[pk])},
    )


@manages_jobs
@never_cache
def post_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(PublicPost.objects.visible_to(request.user), pk=pk)
    return withdraw_page(request, row, title="公益性岗位", back=reverse("public_post_list"), at="公益性岗位")


@records_jobs
@never_cache
def holder_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A person (or a member of the household) takes a post; above the form whether the person may."""
    person, today = get_object_or_404(people_of(request), pk=pk), timezone.localdate()
    posts = PublicPost.objects.visible_to(request.user).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    form = HolderForm(request.POST or None, posts=posts, today=today)
    return form_page(
        request,
        form,
        lambda: placing.post_fill(person=person, by=request.user, today=today, **form.cleaned_data),
        title="公益性岗位上岗",
        said="已登记上岗。",
        back=reverse("person", args=[pk]),
        leads_to=lambda saved: reverse("public_post", args=[saved.post_id]),
        person=person,
        lead="本人上岗的同时登记就业。零就业残疾人家庭的成员也可以上岗，不登记就业。",
        at="公益性岗位",
        extra={"verdicts": _verdicts(may_have_public_post(on=today, parameters=Parameters(on=today)), person)},
    )


@records_jobs
@never_cache
def holder_leave(request: HttpRequest, pk: int) -> HttpResponse:
    rows = PublicPostHolder.objects.visible_to(request.user).select_related("person__community__parent")
    row, today = get_object_or_404(rows, pk=pk), timezone.localdate()
    form = LeaveForm(request.POST or None, today=today)
    return form_page(
        request,
        form,
        lambda: placing.post_leave(holder=row, by=request.user, today=today, **form.cleaned_data),
        title="公益性岗位离岗",
        said="已登记离岗。",
        back=reverse("public_post", args=[row.post_id]),
        person=row.person,
        at="公益性岗位",
    )


@records_jobs
@never_cache
def holder_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    rows = PublicPostHolder.objects.visible_to(request.user).select_related("person__community__parent")
    row = get_object_or_404(rows, pk=pk)
    back = reverse("public_post", args=[row.post_id])
    return _take_back(request, row, row.person, back=back, at="公益性岗位")


# --- sheltered work


def _organisations(request: HttpRequest) -> QuerySet[ShelteredOrganisation]:
    today = timezone.localdate()
    there = Q(places__record__started_on__lte=today) & (
        Q(places__record__ended_on__isnull=True) | Q(places__record__ended_on__gte=today)
    )
    return ShelteredOrganisation.objects.annotate(taken=Count("places", filter=there)).order_by("name")


def _organisations_said(request: HttpRequest) -> str:
    open_now = ShelteredOrganisation.objects.filter(closed_on__isnull=True).count()
    reached = "已经达到" if open_now >= SHELTERED_TARGET else f"还差 {SHELTERED_TARGET - open_now} 所"
    return f"规划要求建成 {SHELTERED_TARGET} 所辅助性就业机构，现有 {open_now} 所，{reached}（{SHELTERED}）。"


ORGANISATIONS = Register(
    name="sheltered",
    folder="sheltered",
    title="辅助性就业机构",
    unit="所",
    lead="为就业年龄段的智力、精神和重度肢体残疾人提供的辅助性就业。",
    empty="还没有登记辅助性就业机构",
    rows=_organisations,
    columns={
        "机构名称": (30, lambda row: row.name),
        "地址": (36, lambda row: row.place),
        "可安排人数": (12, lambda row: row.capacity),
        "今天在岗": (10, lambda row: row.taken),
        "建成日期": (14, lambda row: row.since),
        "停办日期": (14, lambda row: row.closed_on),
    },
    opens="sheltered",
    numbers=("可安排人数", "今天在岗"),
    add="sheltered_add",
    writes=MANAGE,
    summary=_organisations_said,
)


@views_jobs
@never_cache
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation; of those there the reader's people, and how many others there are."""
    row = get_object_or_404(_organisations(request), pk=pk)
    mine = list(row.places.visible_to(request.user).select_related("record__person__community__parent"))
    people = [place.record.person for place in mine]
    if mine:
        note(request, AccessAct.LIST, f"辅助性就业机构 {pk} 的人员", people=len(mine))
    elsewhere = row.places.count() - len(mine)
    context = {"organisation": row, "places": mine, "people": people, "elsewhere": elsewhere}
    return render(request, "employment/jobs/sheltered.html", context)


@manages_jobs
@never_cache
def organisation_add(request: HttpRequest) -> HttpResponse:
    form = ShelteredOrganisationForm(request.POST or None, user=request.user)
    return form_page(
        request,
        form,
        lambda: entry_save(model=ShelteredOrganisation, row=None, by=request.user, **form.cleaned_data),
        title="登记辅助性就业机构",
        said="已登记机构。",
        back=reverse("sheltered_list"),
        at="辅助性就业机构",
    )


@manages_jobs
@never_cache
def organisation_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ShelteredOrganisation, pk=pk)
    form = ShelteredOrganisationForm(request.POST or None, user=request.user, instance=row)
    return form_page(
        request,
        form,
        lambda: entry_save(model=ShelteredOrganisation, row=row, by=request.user, **form.cleaned_data),
        title="修改辅助性就业机构",
        said="已保存。",
        back=reverse("sheltered", args=[pk]),
        at="辅助性就业机构",
        extra={"withdraw": reverse("sheltered_withdraw", args=[pk])},
    )


@manages_jobs
@never_cache
def organisation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ShelteredOrganisation, pk=pk)
    return withdraw_page(request, row, title="辅助性就业机构", back=reverse("sheltered_list"), at="辅助性就业机构")


@records_jobs
@never_cache
def place_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A person begins sheltered work; above the form whether the person may, clause by clause."""
    person, today = get_object_or_404(people_of(request), pk=pk), timezone.localdate()
    form = PlaceForm(request.POST or None, today=today)
    return form_page(
        request,
        form,
        lambda: placing.sheltered_fill(person=person, by=request.user, today=today, **form.cleaned_data),
        title="辅助性就业上岗",
        said="已登记上岗。",
        back=reverse("person", args=[pk]),
        leads_to=lambda saved: reverse("sheltered", args=[saved.organisation_id]),
        person=person,
        at="辅助性就业机构",
        extra={"verdicts": _verdicts(may_work_sheltered(on=today, parameters=Parameters(on=today)), person)},
    )


@records_jobs
@never_cache
def place_leave(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ShelteredPlace.objects.visible_to(request.user).select_related("record__person__community__parent")
    row, today = get_object_or_404(rows, pk=pk), timezone.localdate()
    form = LeaveForm(request.POST or None, today=today)
    return form_page(
        request,
        form,
        lambda: placing.sheltered_leave(place=row, by=request.user, today=today, **form.cleaned_data),
        title="辅助性就业离岗",
        said="已登记离岗。",
        back=reverse("sheltered", args=[row.organisation_id]),
        person=row.record.person,
        at="辅助性就业机构",
    )


@records_jobs
@never_cache
def place_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ShelteredPlace.objects.visible_to(request.user).select_related("record__person__community__parent")
    row = get_object_or_404(rows, pk=pk)
    back = reverse("sheltered", args=[row.organisation_id])
    return _take_back(request, row, row.record.person, back=back, at="辅助性就业机构")


def _take_back(request: HttpRequest, row: Any, person: Person, *, back: str, at: str) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: placing.place_take_back(place=row, by=request.user, **form.cleaned_data),
        title="撤下上岗登记",
        said="已撤下。",
        back=back,
        person=person,
        lead="只用来撤下登记错的，同时登记的就业一并撤下；已经离开的，请登记离岗。",
        submit="撤下",
        at=at,
    )


def _verdicts(rule: Rule, person: Person) -> list[Any]:
    return [verdict for verdict in rule.explain(person) if not verdict.holds]


urls = [
    *POSTS.urls,
    path("employment/public-posts/add/", post_add, name="public_post_add"),
    path("employment/public-posts/<int:pk>/", post, name="public_post"),
    path("employment/public-posts/<int:pk>/change/", post_change, name="public_post_change"),
    path("employment/public-posts/<int:pk>/withdraw/", post_withdraw, name="public_post_withdraw"),
    path("people/<int:pk>/employment/public-posts/add/", holder_add, name="public_post_holder_add"),
    path("employment/public-post-holders/<int:pk>/leave/", holder_leave, name="public_post_holder_leave"),
    path("employment/public-post-holders/<int:pk>/withdraw/", holder_withdraw, name="public_post_holder_withdraw"),
    *ORGANISATIONS.urls,
    path("employment/sheltered/add/", organisation_add, name="sheltered_add"),
    path("employment/sheltered/<int:pk>/", organisation, name="sheltered"),
    path("employment/sheltered/<int:pk>/change/", organisation_change, name="sheltered_change"),
    path("employment/sheltered/<int:pk>/withdraw/", organisation_withdraw, name="sheltered_withdraw"),
    path("people/<int:pk>/employment/sheltered/add/", place_add, name="sheltered_place_add"),
    path("employment/sheltered-places/<int:pk>/leave/", place_leave, name="sheltered_place_leave"),
    path("employment/sheltered-places/<int:pk>/withdraw/", place_withdraw, name="sheltered_place_withdraw"),
]
