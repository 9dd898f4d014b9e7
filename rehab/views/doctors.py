"""家庭医生签约: both rates by community, who has no contract of the year, many signed at once, visits, export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Exists, Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from rehab.forms.doctors import DECLINED, MISSING, SHOWS, SIGNED, DoctorFilter, ReasonForm, SignForm, VisitForm
from rehab.models import DoctorContract, DoctorVisit
from rehab.rules import contract_of_year, doctor_declined, doctor_signed, should_sign
from rehab.services import doctors as services
from rehab.shares import percent_text
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, Division
from zalainuoer.common.queries import with_query
from zalainuoer.common.rules import Rule
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.listing import columns_of, write_list
from zalainuoer.common.views.taking_out import take_out

PAGE, AT_ONCE = 50, 500
TITLE = "家庭医生签约名单"
COLUMNS = columns_of({
    "序号": 8, "姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "年度": 8, "情况": 14, "说明": 40, "签约团队": 28,
    "签约医生": 12, "签约日期": 14, "有效期至": 14, "服务包": 18,
}, numbers={"序号", "年度"})  # fmt: skip
views_rehab = permission_required("rehab.view_rehab", raise_exception=True)
records_services = permission_required(services.PERMISSION, raise_exception=True)
exports = permission_required("registry.export_people", raise_exception=True)


@dataclass(frozen=True)
class Counted:
    """A place's holders, and how many of them have signed, and would not."""

    holders: int
    signed: int
    declined: int
    community: Division | None = None

    @property
    def missing(self) -> int:
        return self.holders - self.signed - self.declined

    @property
    def of_consenting(self) -> str:
        return percent_text(self.signed, self.holders - self.declined)

    @property
    def of_all(self) -> str:
        return percent_text(self.signed, self.holders)


def _filter(request: HttpRequest, data: QueryDict) -> DoctorFilter:
    return DoctorFilter(data, user=request.user, today=timezone.localdate())


def _should(request: HttpRequest, form: DoctorFilter) -> Any:
    """应签: the holders of the reader's area and the chosen place."""
    return should_sign(on=form.on).people(Person.objects.visible_to(request.user).filter(form.place("community")))


def _signed(form: DoctorFilter) -> Q:
    return Q(*(clause.condition for clause in doctor_signed(on=form.on, year=form.year_of)))


def _shown(request: HttpRequest, form: DoctorFilter, show: str) -> Any:
    """The people of one of the three lists, by place."""
    people, declined = _should(request, form), Q(doctor_declined(year=form.year_of))
    if show == SIGNED:
        people = people.filter(_signed(form))
    elif show == DECLINED:
        people = people.filter(declined)
    else:
        rule = Rule(Person, *doctor_signed(on=form.on, year=form.year_of))
        people = rule.failing(people).exclude(declined)
    return people.order_by("community__parent__code", "community__code", "pinyin", "pk")


def _counted(request: HttpRequest, form: DoctorFilter) -> list[Counted]:
    """Community by community, in one statement; those without a holder too."""
    found = _should(request, form).order_by().values("community")
    rows = found.annotate(
        holders=Count("pk"),
        signed=Count("pk", filter=_signed(form)),
        declined=Count("pk", filter=Q(doctor_declined(year=form.year_of))),
    )
    by_place = {row.pop("community"): row for row in rows}
    chosen = form.cleaned_data if form.is_valid() else {}
    nothing = {"holders": 0, "signed": 0, "declined": 0}
    return [
        Counted(**by_place.get(each.pk, nothing), community=each)
        for each in form.communities
        if chosen.get("street", "") in ("", str(each.parent_id)) and chosen.get("community", "") in ("", str(each.pk))
    ]


@views_rehab
@never_cache
def doctor_list(request: HttpRequest) -> HttpResponse:
    """Both rates, the communities, and one of the three lists of people."""
    form = _filter(request, request.GET)
    counted = _counted(request, form)
    total = Counted(*(sum(getattr(row, name) for row in counted) for name in ("holders", "signed", "declined")))
    page = Paginator(_shown(request, form, form.showing).select_related("community__parent"), PAGE).get_page(
        request.GET.get("page")
    )
    people = list(page.object_list)
    _note(request, AccessAct.LIST, f"家庭医生：{dict(SHOWS)[form.showing]}", people=len(people))
    context = {
        "form": form,
        "year": form.year_of,
        "on": form.on,
        "total": total,
        "counted": counted,
        "page_obj": page,
        "people": people,
        "lines": _lines(form, people),
        "showing": form.showing,
        "tabs": [
            {"value": value, "label": label, "count": count, "query": with_query(form.data, show=value)}
            for (value, label), count in zip(SHOWS, (total.missing, total.signed, total.declined), strict=True)
        ],
        "query": form.query,
        "may_sign": request.user.has_perm(services.PERMISSION) and form.showing == MISSING,
    }
    return render(request, "rehab/doctors/list.html", context)


def _lines(form: DoctorFilter, people: list[Person]) -> list[dict[str, Any]]:
    """Each person with the contract of the year and what is missing, in two statements."""
    rule = Rule(Person, *doctor_signed(on=form.on, year=form.year_of))
    keys = [person.pk for person in people]
    reasons = {
        person.pk: next((v.clause.reason for v in verdicts if not v.holds), "")
        for person, verdicts in rule.explained(Person.objects.filter(pk__in=keys))
    }
    contracts = {row.person_id: row for row in DoctorContract.objects.filter(year=form.year_of, person__in=keys)}
    return [{"person": each, "contract": contracts.get(each.pk), "reason": reasons[each.pk]} for each in people]


@records_services
@never_cache
def doctor_sign(request: HttpRequest) -> HttpResponse:
    """One contract for those who were ticked, or for all that the filter shows: shown once more before it is done."""
    data = request.POST if request.method == "POST" else request.GET
    chosen = _filter(request, QueryDict(data.get("query", "")))
    keys = [int(key) for key in data.getlist("person") if key.isdecimal() and len(key) < 19]
    ticked = Person.objects.visible_to(request.user).filter(pk__in=keys)
    if keys and not ticked.exists():
        raise Http404
    # Whoever has an expired contract of the year is renewed one by one: the record is there already.
    without = _shown(request, chosen, MISSING).exclude(Exists(contract_of_year(chosen.year_of)))
    people = without if data.get("all") else ticked.order_by("community__code", "pinyin", "pk")
    back = f"{reverse('doctor_list')}?{chosen.query}" if chosen.query else reverse("doctor_list")
    shown = list(people.select_related("community__parent")[: AT_ONCE + 1])
    if not shown:
        messages.warning(request, "没有选中要签约的人员。请在名单中勾选，再点“批量签约”。")
        return redirect(back)
    is_cut, shown = len(shown) > AT_ONCE, shown[:AT_ONCE]
    confirmed = request.method == "POST" and "confirm" in data
    form = SignForm(data if confirmed else None)
    if confirmed and form.is_valid():
        try:
            count = services.contracts_sign(
                people=keys, year=chosen.year_of, by=request.user, today=timezone.localdate(), **form.cleaned_data
            )
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已登记 {count} 人 {chosen.year_of} 年的签约。")
            return redirect(back)
    _note(request, AccessAct.LIST, "批量登记家庭医生签约", people=len(shown))
    context = {
        "form": form, "people": shown, "cut": is_cut, "year": chosen.year_of, "back": back, "query": chosen.query,
    }  # fmt: skip
    return render(request, "rehab/doctors/sign.html", context)


@views_rehab
@never_cache
def doctor_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """One contract with its visits; a visit is added here."""
    rows = DoctorContract.objects.visible_to(request.user).select_related("person__community__parent")
    contract = get_object_or_404(rows, pk=pk)
    may_record = request.user.has_perm(services.PERMISSION)
    form = VisitForm(request.POST or None) if may_record and contract.signed_on else None
    if request.method == "POST":
        if form is None:
            return HttpResponse(status=403)
        if form.is_valid():
            try:
                visit = services.visit_add(
                    contract=contract, by=request.user, today=timezone.localdate(), **form.cleaned_data
                )
            except RuleBroken as broken:
                form.add_error(None, broken.message)
            else:
                said = "，并计为一次康复服务" if visit.service_id else ""
                if form.cleaned_data["kind"] and not visit.service_id:
                    said = "；同一天同一机构的这类康复服务已有记录，没有重复登记"
                messages.success(request, f"已登记一次服务{said}。")
                return redirect("doctor_contract", contract.pk)
    _note(request, AccessAct.READ, "家庭医生签约", people=1, person=contract.person_id)
    context = {
        "contract": contract,
        "person": contract.person,
        "visits": contract.visits.select_related("service", "recorded_by"),
        "form": form,
        "may_record": may_record,
        "today": timezone.localdate(),
    }
    return render(request, "rehab/doctors/contract.html", context)


@records_services
@never_cache
def doctor_visit_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a visit back, and says what goes with it."""
    rows = DoctorVisit.objects.visible_to(request.user).select_related("contract__person", "service")
    visit = get_object_or_404(rows, pk=pk)
    form = ReasonForm(request.POST or None, label="撤下理由", help_text="如：登记到了别人名下、日期登记错了。")
    if request.method == "POST" and form.is_valid():
        try:
            services.visit_withdraw(visit=visit, by=request.user, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, "已撤下这次服务，历史中仍可查到。")
            return redirect("doctor_contract", visit.contract_id)
    _note(request, AccessAct.READ, "家庭医生服务", people=1, person=visit.contract.person_id)
    return render(request, "rehab/doctors/visit_withdraw.html", {"visit": visit, "form": form})


@exports
@never_cache
def doctor_export(request: HttpRequest) -> HttpResponse:
    """Asks why, then hands out exactly the people that the filter shows, with whole numbers."""
    chosen = _filter(request, request.GET)
    people = _shown(request, chosen, chosen.showing)
    what = dict(SHOWS)[chosen.showing]

    def write(file: IO[bytes], reason: str) -> None:
        lines = _lines(chosen, list(people.select_related("community__parent")))
        rows = (_row(number, line, chosen.year_of, what) for number, line in enumerate(lines, 1))
        write_list(file, title=TITLE, columns=COLUMNS, rows=rows, by=request.user, at=timezone.now(), freeze="B2")
        access_record(
            by=request.user,
            act=AccessAct.EXPORT,
            what=f"导出家庭医生名单：{what}（完整号码）",
            people=len(lines),
            reason=reason,
            address=request.META.get("REMOTE_ADDR"),
        )

    return take_out(
        request,
        title=TITLE,
        write=write,
        count=people.count(),
        back=f"{reverse('doctor_list')}?{chosen.query}" if chosen.query else reverse("doctor_list"),
        group="康复服务",
        page="家庭医生",
        holds="条，含完整姓名和身份证号",
        chosen={"年度": f"{chosen.year_of}年", "名单": what, **_places(chosen)},
        example="交社区卫生服务中心上门签约",
    )


def _places(form: DoctorFilter) -> dict[str, str]:
    return {label: word for label, word in form.chosen.items() if label not in ("年度", "名单")}


def _row(number: int, line: dict[str, Any], year: int, what: str) -> list[Any]:
    person, contract = line["person"], line["contract"]
    said = contract.declined_because if contract and contract.declined_because else line["reason"]
    of = [getattr(contract, name, None) for name in ("team", "doctor", "signed_on", "until", "package")]
    dates = [value.isoformat() if hasattr(value, "isoformat") else value for value in of]
    place = [str(person.community.parent), str(person.community)]
    return [number, person.name, person.id_number, *place, year, what, said, *(value or "" for value in dates)]


def _note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )


urls = [
    path("rehab/doctors/", doctor_list, name="doctor_list"),
    path("rehab/doctors/sign/", doctor_sign, name="doctor_sign"),
    path("rehab/doctors/export/", doctor_export, name="doctor_export"),
    path("rehab/doctors/<int:pk>/", doctor_contract, name="doctor_contract"),
    path("rehab/doctors/visits/<int:pk>/withdraw/", doctor_visit_withdraw, name="doctor_visit_withdraw"),
]
