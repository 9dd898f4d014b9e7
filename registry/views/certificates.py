"""Acts on certificates: done, taken back, their papers handed out; and the correction of an ID number."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache

from registry.acts import ACTS, Act
from registry.forms.certificates import ActForm, IdentityForm, ReasonForm
from registry.models import Attachment, CertificateAct, CertificateCase, Person
from registry.services.attachments import paper_content
from registry.services.certificates import TRUE_BEARER, person_register
from registry.services.certificates import case_withdraw as do_withdraw
from registry.services.certificates import certificate_act as do_act
from registry.services.corrections import identity_correct as do_correct
from registry.services.corrections import person_of_number
from registry.services.drafts import Draft
from registry.services.effects import soft_warnings
from registry.services.statements import statement_in_force
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, Division, DivisionLevel
from zalainuoer.common.services import access_record

changes_certificates = permission_required("registry.change_certificates", raise_exception=True)
FIRST_ACTS = (CertificateAct.ISSUE, CertificateAct.MOVE_IN)
ELSEWHERE = "该身份证号在您的辖区以外已有档案，不能重复建档。请与区残联核对后，由该辖区办理迁移。"


@changes_certificates
@never_cache
def person_add(request: HttpRequest) -> HttpResponse:
    """新办 or 迁入 of somebody new; a number that is known leads to the person instead."""
    act = ACTS.get(request.GET.get("act", ""))
    if act is None or act.act not in FIRST_ACTS:
        return render(request, "registry/certificates/choose.html", {"acts": [ACTS[each] for each in FIRST_ACTS]})
    form = ActForm(request.POST or None, request.FILES or None, act=act, **_of(request))
    if request.method == "POST":
        form.full_clean()
        number = form.cleaned_data.get("id_number")
        known = person_of_number(number) if number else None
        if known is not None and known.id_number != number and form.cleaned_data.get("is_true_bearer"):
            known = None  # somebody else, under whose file the number once stood by mistake
        if known is not None and (answer := _already_known(request, form, known, number)) is not None:
            return answer
        if form.is_valid():
            try:
                facts = form.facts
                case = person_register(
                    id_number=number,
                    is_true_bearer=form.cleaned_data["is_true_bearer"],
                    act=act.code,
                    by=request.user,
                    today=form.today,
                    **form.case,
                    **facts,
                )
            except RuleBroken as broken:
                _refuse(form, broken)
            else:
                return _finished(request, act, case, facts)
    return render(request, "registry/certificates/act.html", {"act": act, "form": form, "back": reverse("person_add")})


def _already_known(request: HttpRequest, form: ActForm, known: Person, number: str) -> HttpResponse | None:
    """Opens the file of somebody whose number was typed; of somebody outside the area only a sentence tells."""
    _note(request, known, AccessAct.SEARCH, "按身份证号查重")
    if not Person.objects.visible_to(request.user).filter(pk=known.pk).exists():
        form.add_error("id_number", ELSEWHERE)
        return None
    said = "该身份证号已有档案，已为您打开。"
    if known.id_number != number:
        said = (
            "这是此人更正前的身份证号，已打开其档案；"
            f"如为重号，要给号码的真正持有人建档，请重新填写并勾选“{TRUE_BEARER}”。"
        )
    messages.info(request, f"{said}没有新建档案；需要办证的，请在档案中办理“{form.act.label}”。")
    return redirect("person", known.pk)


@changes_certificates
@never_cache
def certificate_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    person, found = _person(request, pk), ACTS.get(act)
    if found is None:
        raise Http404
    statement = statement_in_force(person)
    how = _of(request)
    if request.method != "POST" and not found.is_open(statement, on=how["today"]):
        state = statement.get_status_display() if statement else "未办证"
        messages.warning(request, f"证件现在的状态是“{state}”，不能办理“{found.label}”。{found.otherwise}")
        return redirect("person", person.pk)
    form = ActForm(request.POST or None, request.FILES or None, act=found, person=person, statement=statement, **how)
    if request.method == "POST" and form.is_valid():
        try:
            facts = form.facts
            case = do_act(person=person, act=found.code, by=request.user, today=form.today, **form.case, **facts)
        except RuleBroken as broken:
            _refuse(form, broken)
        else:
            return _finished(request, found, case, facts)
    _note(request, person, AccessAct.READ, f"办理“{found.label}”")
    context = {
        "act": found,
        "form": form,
        "person": person,
        "statement": statement,
        "today": how["today"],
        "back": reverse("person", args=[person.pk]),
    }
    return render(request, "registry/certificates/act.html", context)


@changes_certificates
@never_cache
def case_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    cases = CertificateCase.objects.visible_to(request.user).select_related("person", "recorded_by")
    case = get_object_or_404(cases, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            do_withdraw(case=case, by=request.user, reason=form.cleaned_data["reason"])
        except RuleBroken as broken:
            _refuse(form, broken)
        else:
            messages.success(request, f"已撤回“{case.get_act_display()}”，档案恢复到办理之前。")
            return redirect("person", case.person_id)
    _note(request, case.person, AccessAct.READ, f"撤回“{case.get_act_display()}”")
    context = {"case": case, "person": case.person, "form": form, "back": reverse("person", args=[case.person_id])}
    return render(request, "registry/certificates/withdraw.html", context)


@changes_certificates
@never_cache
def identity_correct(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    form = IdentityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            do_correct(person=person, by=request.user, today=timezone.localdate(), **form.cleaned_data)
        except RuleBroken as broken:
            _refuse(form, broken)
        else:
            messages.success(request, "身份证号已更正，残疾人证号随之改变；用原来的号码仍能查到此人。")
            return redirect("person", person.pk)
    _note(request, person, AccessAct.READ, "更正身份证号")
    context = {"person": person, "form": form, "back": reverse("person", args=[person.pk])}
    return render(request, "registry/certificates/identity.html", context)


@changes_certificates
@never_cache
def attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper of an act, as it was handed in."""
    cases = CertificateCase.objects.visible_to(request.user)
    found = get_object_or_404(Attachment.objects.filter(case__in=cases).select_related("case__person"), pk=pk)
    _note(request, found.case.person, AccessAct.DOWNLOAD, f"“{found.case.get_act_display()}”的附件")
    answer = HttpResponse(paper_content(found), content_type=found.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, found.name)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def own_office() -> str:
    """The federation whose system this is, named after its district."""
    district = Division.objects.filter(level=DivisionLevel.DISTRICT).values_list("name", flat=True).first()
    return f"{district or ''}残疾人联合会"


def _of(request: HttpRequest) -> dict[str, Any]:
    return {"user": request.user, "today": timezone.localdate(), "office": own_office()}


def _person(request: HttpRequest, pk: int) -> Person:
    return get_object_or_404(Person.objects.visible_to(request.user).select_related("community__parent"), pk=pk)


def _refuse(form: Any, broken: RuleBroken) -> None:
    form.add_error(None, f"{broken.message}（依据：{broken.source}）" if broken.source else broken.message)


def _finished(request: HttpRequest, act: Act, case: CertificateCase, facts: dict[str, Any]) -> HttpResponse:
    messages.success(request, f"已办理“{act.label}”，自 {case.effective_on} 起生效。")
    draft = Draft(case.person, None, case.effective_on, case.reason, case.note, facts)
    for warning in soft_warnings(draft):
        messages.warning(request, warning)
    return redirect("person", case.person_id)


def _note(request: HttpRequest, person: Person, act: AccessAct, what: str) -> None:
    access_record(
        by=request.user, act=act, what=what, people=1, person=person.pk, address=request.META.get("REMOTE_ADDR")
    )


urls = [
    path("people/add/", person_add, name="person_add"),
    path("people/<int:pk>/certificate/<slug:act>/", certificate_act, name="certificate_act"),
    path("people/<int:pk>/identity/", identity_correct, name="identity_correct"),
    path("certificates/cases/<int:pk>/withdraw/", case_withdraw, name="case_withdraw"),
    path("certificates/attachments/<int:pk>/", attachment, name="attachment"),
]
