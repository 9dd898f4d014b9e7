"""Logging in and out, one's own password, and the administrator's accounts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from knox.models import AuthToken

from zalainuoer.common import administration
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.forms import AccountForm, LoginForm, NewAccountForm, NewPasswordForm, PasswordForm, TokenForm
from zalainuoer.common.models import TOKEN_ISSUED, TOKEN_REVOKED, Role, User

PAGE = 30
TOKEN_EVENTS_SHOWN = 20
TOKEN_ACTS = {TOKEN_ISSUED: "发放", TOKEN_REVOKED: "吊销"}
manages_accounts = permission_required("common.manage_accounts", raise_exception=True)


class Login(auth_views.LoginView):
    authentication_form = LoginForm
    redirect_authenticated_user = True


class PasswordChange(auth_views.PasswordChangeView):
    form_class = PasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "密码已修改，下次登录请用新密码。")
        return super().form_valid(form)


@manages_accounts
def account_list(request: HttpRequest) -> HttpResponse:
    accounts = User.objects.select_related("division", "department")
    page = Paginator(accounts, PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/list.html", {"page_obj": page})


@manages_accounts
def account_add(request: HttpRequest) -> HttpResponse:
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = administration.account_create(
            account=form.instance, password=form.cleaned_data["password1"], by=request.user
        )
        if account.role == Role.SYSTEM_CLIENT:
            messages.success(request, f"已建立账号“{account.username}”。请在下面发放令牌。")
            return redirect("account_edit", account.pk)
        messages.success(
            request, f"已建立账号“{account.username}”。请把初始密码当面告诉{account.name}，并请其登录后修改。"
        )
        return redirect("account_list")
    return render(request, "accounts/add.html", {"form": form})


@manages_accounts
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(User, pk=pk)
    shown = str(account)
    form = AccountForm(request.POST or None, instance=account)
    if request.method == "POST" and form.is_valid():
        try:
            administration.account_change(account=form.instance, by=request.user)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, f"已保存账号“{account.username}”。")
            return redirect("account_list")
    context = {"form": form, "account": account, "shown": shown, **_tokens(pk)}
    return render(request, "accounts/edit.html", context)


def _tokens(pk: int) -> dict[str, Any]:
    """What the page says of a connected system's tokens; nothing for an account that is a person's."""
    account = User.objects.get(pk=pk)  # as it is stored, whatever the form above it says
    if account.role != Role.SYSTEM_CLIENT:
        return {}
    now = timezone.now()
    tokens = AuthToken.objects.filter(user=account).order_by("created")
    events = account.events.filter(pgh_label__in=TOKEN_ACTS).select_related("pgh_context").order_by("-pgh_id")
    return {
        "has_tokens": True,
        "tokens": [
            {"key": t.token_key, "prefix": t.token_key[: administration.PREFIX], "created": t.created,
             "expiry": t.expiry, "is_over": t.expiry < now} for t in tokens
        ],
        "token_events": [
            {"at": e.pgh_created_at, "act": TOKEN_ACTS[e.pgh_label], **e.pgh_context.metadata}
            for e in events[:TOKEN_EVENTS_SHOWN]
        ],
        "token_form": TokenForm(),
    }  # fmt: skip


@never_cache
@require_POST
@manages_accounts
def token_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the new token, this once."""
    account = get_object_or_404(User, pk=pk)
    form = TokenForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择令牌的有效期。")
        return redirect("account_edit", pk)
    try:
        token = administration.token_issue(account=account, days=form.cleaned_data["days"], by=request.user)
    except RuleBroken as broken:
        messages.error(request, broken.message)
        return redirect("account_edit", pk)
    newest = AuthToken.objects.filter(user=account).latest("created")
    return render(request, "accounts/token.html", {"account": account, "token": token, "expiry": newest.expiry})


@require_POST
@manages_accounts
def token_revoke(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    token = get_object_or_404(AuthToken.objects.select_related("user"), user=pk, token_key=key)
    administration.token_revoke(token=token, by=request.user)
    messages.success(request, f"已吊销令牌 {key[: administration.PREFIX]}…，使用它的系统不能再访问接口。")
    return redirect("account_edit", pk)


@manages_accounts
def account_password(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(User, pk=pk)
    form = NewPasswordForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        administration.account_set_password(
            account=account, password=form.cleaned_data["new_password1"], by=request.user
        )
        messages.success(
            request, f"已重置“{account.username}”的密码，并解除登录锁定。请把新密码当面告诉{account.name}。"
        )
        return redirect("account_list")
    return render(request, "accounts/password.html", {"form": form, "account": account})
