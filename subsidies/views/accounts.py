"""收款账户 of a person: registered and changed at the counter, the number masked."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from registry.services.statements import statement_in_force
from subsidies.forms.accounts import AccountForm
from subsidies.models import BankAccount
from subsidies.services.accounts import account_history, account_save, account_warnings
from zalainuoer.common.bank import masked_account
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import masked_name
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

changes_accounts = permission_required("subsidies.change_bank_accounts", raise_exception=True)


@changes_accounts
@never_cache
def bank_account(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's account; a number that looks wrong is asked about before it is stored."""
    people = Person.objects.visible_to(request.user).select_related("community__parent")
    person = get_object_or_404(people, pk=pk)
    account = BankAccount.objects.filter(person=person).first()
    form = AccountForm(request.POST or None, person=person, account=account)
    warnings: list[str] = []
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        if asked["number"]:
            warnings = account_warnings(person=person, number=asked["number"], reader=request.user)
        if warnings and not asked["confirmed"]:
            form.ask()
        else:
            values = {name: asked[name] for name in ("bank", "number", "holder", "reason", "seen")}
            try:
                saved = account_save(person=person, by=request.user, **values)
            except RuleBroken as broken:
                form.add_error(None, broken.message)
                warnings = []
            else:
                messages.success(request, f"已保存收款账户：{saved.bank}，{masked_account(saved.number)}。")
                return redirect("bank_account", person.pk)
    _note(request, person)
    context = {
        "person": person,
        "statement": statement_in_force(person),
        "today": timezone.localdate(),
        "account": account,
        "tail": masked_account(account.number) if account else "",
        "account_holder": masked_name(account.holder) if account else "",
        "form": form,
        "warnings": warnings,
        "steps": account_history(person),
    }
    return render(request, "subsidies/account.html", context)


def _note(request: HttpRequest, person: Person) -> None:
    access_record(
        by=request.user,
        act=AccessAct.READ,
        what="收款账户",
        people=1,
        person=person.pk,
        address=request.META.get("REMOTE_ADDR"),
    )


urls = [path("people/<int:pk>/account/", bank_account, name="bank_account")]
