"""托养月度结算: prepared, days filled in, approved by another person, printed, exported. For the whole district only."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from rehab.forms.daycare import DaysForm, SettlementForm
from rehab.forms.doctors import ReasonForm
from rehab.models import CareLine, CareMode, CareSettlement
from rehab.services import care_settlements as services
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.listing import columns_of, write_list
from zalainuoer.common.views.taking_out import take_out

TITLE = "阳光家园托养结算表"
COLUMNS = columns_of({
    "序号": 8, "姓名": 12, "身份证号": 22, "街道（镇）": 16, "社区": 18, "托养方式": 12, "在托天数": 10, "实到天数": 10,
    "标准（元）": 12, "计算方式": 14, "金额（元）": 12,
}, numbers={"序号", "在托天数", "实到天数", "标准（元）", "金额（元）"})  # fmt: skip
settles = permission_required(services.PERMISSION, raise_exception=True)


def for_district(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An institution's month is about people of the whole district: to a smaller area it is not there."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_of_whole_district:  # type: ignore[union-attr]
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _settlement(pk: int) -> CareSettlement:
    found: CareSettlement = get_object_or_404(
        CareSettlement.objects.select_related("home", "prepared_by", "approved_by"), pk=pk
    )
    return found


def _lines(settlement: CareSettlement) -> list[CareLine]:
    return list(settlement.lines.select_related("person__community__parent").order_by("mode", "person__pinyin", "pk"))


def _total(lines: list[CareLine]) -> Decimal:
    return sum((line.amount_yuan for line in lines if line.amount_yuan is not None), Decimal(0))


@settles
@for_district
@never_cache
def settlement_add(request: HttpRequest) -> HttpResponse:
    form = SettlementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.settlement_prepare(by=request.user, today=timezone.localdate(), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, "已生成结算表，请填写每个人的实到天数。")
            return redirect("care_settlement", made.pk)
    context = {
        "form": form,
        "heading": "制作月度结算表",
        "submit": "生成结算表",
        "page": "阳光家园",
        "back": reverse("daycare"),
    }
    return render(request, "rehab/records/form.html", context)


@settles
@for_district
@never_cache
def settlement(request: HttpRequest, pk: int) -> HttpResponse:
    """A month of an institution: the days of a draft by whoever prepared it, its approval by somebody else."""
    found = _settlement(pk)
    lines = _lines(found)
    act = request.POST.get("act") if request.method == "POST" else ""
    is_mine = found.prepared_by_id == request.user.pk
    days = DaysForm(request.POST if act == "days" else None, lines=lines) if is_mine and not found.is_locked else None
    discard = ReasonForm(
        request.POST if act == "discard" else None,
        label="撤销（退回）原因",
        help_text="撤销后可以重新制表。",
        auto_id="discard_%s",
    )
    problem = ""
    try:
        answer = _act(request, act, found, days, discard)
    except RuleBroken as broken:
        answer, problem = None, broken.message
    if answer is not None:
        return answer
    _note(request, AccessAct.LIST, f"托养结算表 {found.month:%Y-%m}", people=len(lines))
    context = {**_context(found, lines), "days": days, "discard": discard, "is_mine": is_mine, "problem": problem}
    if days is not None:
        context["lines"] = [(line, days[f"days_{line.pk}"]) for line in lines]
    return render(request, "rehab/daycare/settlement.html", context)


def _act(
    request: HttpRequest, act: str | None, found: CareSettlement, days: DaysForm | None, discard: ReasonForm
) -> HttpResponse | None:
    """Does what was asked; None where nothing was, or a form is to be shown again."""
    by: Any = request.user
    if act == "days" and days is not None and days.is_valid():
        services.settlement_days(settlement=found, days=days.days, by=by)
        messages.success(request, "已保存实到天数和金额。")
        return redirect("care_settlement", found.pk)
    if act == "approve":
        try:
            total = Decimal(request.POST.get("total", ""))
        except ArithmeticError:
            total = Decimal(-1)
        services.settlement_approve(settlement=found, by=by, total=total)
        messages.success(request, "已审核锁定。")
        return redirect("care_settlement", found.pk)
    if act == "discard" and discard.is_valid():
        services.settlement_discard(settlement=found, by=by, **discard.cleaned_data)
        messages.success(request, "已撤销结算表。")
        return redirect("daycare")
    return None


def _context(found: CareSettlement, lines: list[CareLine]) -> dict[str, Any]:
    people = Person.objects.select_related("community__parent").in_bulk([pk for pk, _ in found.refused])
    by_mode = []
    for mode in CareMode:
        of_mode = [line for line in lines if line.mode == mode]
        if of_mode:
            by_mode.append((mode.label, len(of_mode), sum(line.days or 0 for line in of_mode), _total(of_mode)))
    return {
        "settlement": found,
        "lines": [(line, None) for line in lines],
        "people": [line.person for line in lines],
        "total": _total(lines),
        "by_mode": by_mode,
        "open_lines": sum(line.days is None for line in lines),
        "refused": [(people[pk], reasons) for pk, reasons in found.refused if pk in people],
    }


@settles
@for_district
@never_cache
def settlement_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The table on paper, masked as on the screen, with who prepared and who approved it, and places to sign."""
    found = _settlement(pk)
    lines = _lines(found)
    _note(request, AccessAct.PRINT, f"托养结算表 {found.month:%Y-%m}", people=len(lines))
    context = {**_context(found, lines), "printed_at": timezone.now()}
    return render(request, "rehab/daycare/settlement_print.html", context)


@settles
@for_district
@never_cache
def settlement_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks why, then hands the table out with whole numbers."""
    found = _settlement(pk)
    lines = _lines(found)

    def write(file: IO[bytes], reason: str) -> None:
        write_list(
            file,
            title=TITLE,
            columns=COLUMNS,
            rows=(_row(number, line) for number, line in enumerate(lines, 1)),
            total=["", "合计", *[""] * 8, _total(lines)],
            by=request.user,
            at=timezone.now(),
            freeze="B2",
        )
        access_record(
            by=request.user,
            act=AccessAct.EXPORT,
            what=f"导出托养结算表 {found.month:%Y-%m}（完整号码）",
            people=len(lines),
            reason=reason,
            address=request.META.get("REMOTE_ADDR"),
        )

    return take_out(
        request,
        title="托养结算表",
        write=write,
        count=len(lines),
        back=reverse("care_settlement", args=[found.pk]),
        group="康复服务",
        page="托养结算表",
        holds="条，含完整姓名和身份证号",
        chosen={"结算表": str(found), "状态": found.get_state_display()},
        example="送财政局拨付",
        file_name=f"{TITLE}（{found}）",
    )


def _row(number: int, line: CareLine) -> list[Any]:
    person = line.person
    place = [str(person.community.parent), str(person.community)]
    priced = [line.standard_yuan, line.get_basis_display(), line.amount_yuan]
    return [number, person.name, person.id_number, *place, line.get_mode_display(), line.most_days, line.days, *priced]


def _note(request: HttpRequest, act: AccessAct, what: str, *, people: int) -> None:
    access_record(by=request.user, act=act, what=what, people=people, address=request.META.get("REMOTE_ADDR"))


urls = [
    path("rehab/daycare/settlements/add/", settlement_add, name="care_settlement_add"),
    path("rehab/daycare/settlements/<int:pk>/", settlement, name="care_settlement"),
    path("rehab/daycare/settlements/<int:pk>/print/", settlement_print, name="care_settlement_print"),
    path("rehab/daycare/settlements/<int:pk>/export/", settlement_export, name="care_settlement_export"),
]
