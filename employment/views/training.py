"""培训班: the list, one class with its sessions and participants, and what changes a class or a session."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from employment.attendance import attendance_of, minimum_percent
from employment.forms.training import ClassFilter, ClassForm, ReasonForm, SessionForm
from employment.models import TrainingClass, TrainingRecord, TrainingSession
from employment.rules.training import counted, period_of
from employment.services import training as services
from employment.views.common import PAGE, export_page, exports_employment, note, views_employment
from employment.views.training_common import exports_people, form_page, manages_classes
from registry.services.facts import version
from zalainuoer.common.identity import masked
from zalainuoer.common.models import AccessAct

LIST = {"group": "培训班", "list_name": "training_class_list"}
CLASS_WIDTHS = {
    "培训班": 30, "培训年度": 10, "工种": 16, "培训主体": 20, "承办机构": 26, "地点": 30, "开班日期": 14, "结业日期": 14, "周期": 8,
    "学时": 8, "名额": 8, "人次": 8, "结业人次": 10, "预算（元）": 14, "支出（元）": 14, "依据文件": 30,
}  # fmt: skip
CLASS_NUMBERS = ("培训年度", "学时", "名额", "人次", "结业人次", "预算（元）", "支出（元）")
ROSTER_WIDTHS = {
    "序号": 8, "姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "联系电话": 16, "出勤学时": 10, "已上课学时": 12, "是否结业": 10,
    "结业日期": 14, "证书种类": 20, "证书编号": 22, "发证日期": 14, "是否计入指标2": 14, "不计入的原因": 40,
}  # fmt: skip
ROSTER_NUMBERS = ("序号", "出勤学时", "已上课学时")


def state_of(row: TrainingClass, today: datetime.date) -> tuple[str, str]:
    """(words, tone) of a class on a day."""
    if row.starts_on > today:
        return "未开班", "wait"
    return ("进行中", "good") if row.ends_on >= today else ("已结束", "idle")


def used_percent(row: TrainingClass) -> Decimal | None:
    """What part of the budget is spent; None without a budget or without a figure."""
    if not row.budget_yuan or row.spent_yuan is None:
        return None
    return row.spent_yuan * 100 / row.budget_yuan


def _lines(request: HttpRequest, rows: list[TrainingClass], today: datetime.date) -> list[dict[str, Any]]:
    """Classes with how many of the reader's people take part and have finished, in one statement."""
    records = TrainingRecord.objects.visible_to(request.user).filter(training_class__in=[row.pk for row in rows])
    grouped = records.order_by().values("training_class")
    counts = {
        row["training_class"]: row for row in grouped.annotate(n=Count("pk"), done=Count("pk", Q(is_completed=True)))
    }
    return [
        {
            "row": row,
            "state": state_of(row, today),
            "period": period_of(row.starts_on, row.ends_on).label,
            "people": counts.get(row.pk, {}).get("n", 0),
            "done": counts.get(row.pk, {}).get("done", 0),
            "used": used_percent(row),
        }
        for row in rows
    ]


@views_employment
@never_cache
def training_class_list(request: HttpRequest) -> HttpResponse:
    """Every class that the filter shows; 人数 (each person once) beside 人次."""
    today = timezone.localdate()
    form = ClassFilter(request.GET, today=today)
    found = TrainingClass.objects.filter(form.where())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    records = TrainingRecord.objects.visible_to(request.user).filter(training_class__in=found.order_by())
    context = {
        "form": form,
        "query": form.query,
        "chosen": form.chosen,
        "page_obj": page,
        "lines": _lines(request, list(page.object_list), today),
        "totals": records.aggregate(
            people=Count("person", distinct=True),
            times=Count("pk"),
            done=Count("person", Q(is_completed=True), distinct=True),
            done_times=Count("pk", Q(is_completed=True)),
        ),
        "money": found.order_by().aggregate(budget=Sum("budget_yuan"), spent=Sum("spent_yuan")),
        "whole": request.user.is_of_whole_district,
    }
    return render(request, "employment/training/list.html", context)


@exports_employment
@never_cache
def training_class_export(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = ClassFilter(request.GET, today=today)
    lines = _lines(request, list(TrainingClass.objects.filter(form.where())), today)
    return export_page(
        request,
        title="培训班清单",
        widths=CLASS_WIDTHS,
        numbers=CLASS_NUMBERS,
        rows=(_class_row(line) for line in lines),
        count=len(lines),
        people=0,
        chosen=form.chosen,
        back=f"{reverse('training_class_list')}?{form.query}",
        group="就业服务",
        page="培训班",
    )


def _class_row(line: dict[str, Any]) -> list[Any]:
    row: TrainingClass = line["row"]
    return [
        row.name, row.year, row.trade, row.get_organiser_display(), row.provider, row.place, row.starts_on.isoformat(),
        row.ends_on.isoformat(), line["period"], row.hours, row.capacity, line["people"], line["done"],
        row.budget_yuan, row.spent_yuan, row.document,
    ]  # fmt: skip


def participants(request: HttpRequest, of: TrainingClass) -> Any:
    """The records of a class in the reader's area, in the order of the names."""
    rows = TrainingRecord.objects.visible_to(request.user).filter(training_class=of)
    return rows.select_related("person__community__parent").order_by("person__pinyin", "pk")


def judged(rows: Any, today: datetime.date) -> list[dict[str, Any]]:
    """Records with attendance and with why they are 不计入, in a constant number of statements."""
    explained = list(counted(on=today).explained(rows))
    attended = attendance_of([record.pk for record, _ in explained], today=today)
    minimum = minimum_percent(today)
    return [
        {
            "record": record,
            "person": record.person,
            "reasons": [verdict.clause for verdict in verdicts if not verdict.holds],
            "attendance": attended[record.pk],
            "is_below": attended[record.pk].is_below(minimum),
        }
        for record, verdicts in explained
    ]


@views_employment
@never_cache
def training_class(request: HttpRequest, pk: int) -> HttpResponse:
    """One class: what it is, its sessions, and the participants of the reader's area."""
    of, today = get_object_or_404(TrainingClass, pk=pk), timezone.localdate()
    page = Paginator(participants(request, of), PAGE).get_page(request.GET.get("page"))
    lines = judged(page.object_list, today)
    note(request, AccessAct.LIST, f"培训班学员：{of}", people=len(lines))
    context = {
        "class": of,
        "state": state_of(of, today),
        "period": period_of(of.starts_on, of.ends_on).label,
        "used": used_percent(of),
        "sessions": of.sessions.all(),
        "planned_hours": of.sessions.aggregate(total=Sum("hours"))["total"] or Decimal(0),
        "page_obj": page,
        "lines": lines,
        "people": [line["person"] for line in lines],
        "minimum": minimum_percent(today),
        "linkable": services.linkable(of, by=request.user).count(),
        "whole": request.user.is_of_whole_district,
        "today": today,
    }
    return render(request, "employment/training/page.html", context)


@exports_people
@never_cache
def training_roster_export(request: HttpRequest, pk: int) -> HttpResponse:
    of, today = get_object_or_404(TrainingClass, pk=pk), timezone.localdate()
    lines = judged(participants(request, of), today)
    return export_page(
        request,
        title=f"{of.name}学员名单",
        widths=ROSTER_WIDTHS,
        numbers=ROSTER_NUMBERS,
        rows=(_roster_row(number, line) for number, line in enumerate(lines, 1)),
        count=len(lines),
        people=len(lines),
        chosen={},
        back=reverse("training_class", args=[pk]),
        group="就业服务",
        page=of.name,
        holds="，含完整姓名、身份证号和电话",
    )


def _roster_row(number: int, line: dict[str, Any]) -> list[Any]:
    record, person = line["record"], line["person"]
    return [
        number, person.name, person.id_number, str(person.community.parent), person.community.name, person.phone or "",
        line["attendance"].present, line["attendance"].held, "是" if record.is_completed else "否",
        record.ends_on.isoformat() if record.ends_on else "", record.get_certificate_kind_display() or "",
        record.certificate_number or "", record.certified_on.isoformat() if record.certified_on else "",
        "不计入" if line["reasons"] else "计入", "；".join(each.reason for each in line["reasons"]),
    ]  # fmt: skip


@views_employment
@never_cache
def training_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """签到表 for print, of one session (`?session=`) or an empty one; numbers stay masked."""
    of = get_object_or_404(TrainingClass, pk=pk)
    session = request.GET.get("session", "")
    chosen = None
    if session:
        chosen = get_object_or_404(of.sessions, pk=int(session) if session.isdecimal() and len(session) < 19 else 0)
    rows = list(participants(request, of))
    note(request, AccessAct.PRINT, f"签到表：{of}", people=len(rows))
    lines = [(row.person, masked(row.person.id_number)) for row in rows]
    context = {"class": of, "session": chosen, "lines": lines, "people": [row.person for row in rows]}
    return render(request, "employment/training/sign_in.html", context)


@manages_classes
@never_cache
def training_class_add(request: HttpRequest) -> HttpResponse:
    form = ClassForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: services.class_save(training_class=None, by=request.user, **form.cleaned_data),
        said="已登记培训班，请接着登记课次和学员。",
        back=reverse("training_class_list"),
        leads_to=lambda saved: reverse("training_class", args=[saved.pk]),
        title="登记培训班",
        **LIST,
    )


@manages_classes
@never_cache
def training_class_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(TrainingClass, pk=pk)
    form = ClassForm(request.POST or None, instance=row)
    return form_page(
        request,
        form,
        lambda: services.class_save(training_class=row, by=request.user, **form.cleaned_data),
        said="已保存。",
        back=reverse("training_class", args=[pk]),
        title="修改培训班",
        withdraw=reverse("training_class_withdraw", args=[pk]),
        **LIST,
    )


@manages_classes
@never_cache
def training_class_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(TrainingClass, pk=pk)
    form = ReasonForm(request.POST or None, initial={"seen": version(row)})
    return form_page(
        request,
        form,
        lambda: services.class_withdraw(training_class=row, by=request.user, **form.cleaned_data),
        said="已撤下培训班，历史中仍可查到。",
        back=reverse("training_class", args=[pk]),
        leads_to=lambda _: reverse("training_class_list"),
        title="撤下培训班",
        facts={"培训班": row.name},
        submit="确认撤下",
        **LIST,
    )


@manages_classes
@never_cache
def training_session_add(request: HttpRequest, pk: int) -> HttpResponse:
    of = get_object_or_404(TrainingClass, pk=pk)
    session = TrainingSession(training_class=of)
    form = SessionForm(request.POST or None, instance=session, initial={"held_on": of.starts_on})
    return form_page(
        request,
        form,
        lambda: services.session_save(session=session, by=request.user, **form.cleaned_data),
        said="已登记课次。",
        back=reverse("training_class", args=[pk]),
        title="登记课次",
        facts={"培训班": f"{of.name}（{of.starts_on} 至 {of.ends_on}）"},
        **LIST,
    )


@manages_classes
@never_cache
def training_session_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(TrainingSession.objects.select_related("training_class"), pk=pk)
    form = SessionForm(request.POST or None, instance=row)
    return form_page(
        request,
        form,
        lambda: services.session_save(session=row, by=request.user, **form.cleaned_data),
        said="已保存。",
        back=reverse("training_class", args=[row.training_class_id]),
        title="改正课次",
        facts={"培训班": row.training_class.name},
        withdraw=reverse("training_session_withdraw", args=[pk]),
        **LIST,
    )


@manages_classes
@never_cache
def training_session_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(TrainingSession.objects.select_related("training_class"), pk=pk)
    form = ReasonForm(request.POST or None, initial={"seen": version(row)})
    return form_page(
        request,
        form,
        lambda: services.session_withdraw(session=row, by=request.user, **form.cleaned_data),
        said="已撤下课次。",
        back=reverse("training_class", args=[row.training_class_id]),
        title="撤下课次",
        facts={"培训班": row.training_class.name, "课次": str(row)},
        submit="确认撤下",
        **LIST,
    )


urls = [
    path("employment/training/", training_class_list, name="training_class_list"),
    path("employment/training/export/", training_class_export, name="training_class_export"),
    path("employment/training/add/", training_class_add, name="training_class_add"),
    path("employment/training/<int:pk>/", training_class, name="training_class"),
    path("employment/training/<int:pk>/change/", training_class_change, name="training_class_change"),
    path("employment/training/<int:pk>/withdraw/", training_class_withdraw, name="training_class_withdraw"),
    path("employment/training/<int:pk>/export/", training_roster_export, name="training_roster_export"),
    path("employment/training/<int:pk>/sign-in/", training_sign_in, name="training_sign_in"),
    path("employment/training/<int:pk>/sessions/add/", training_session_add, name="training_session_add"),
    path("employment/training/sessions/<int:pk>/", training_session_change, name="training_session_change"),
    path(
        "employment/training/sessions/<int:pk>/withdraw/", training_session_withdraw, name="training_session_withdraw"
    ),
]
