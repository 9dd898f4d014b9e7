"""Logging in and out, one's own password, and the administrator's accounts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy

from zalainuoer.common import administration
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.forms import AccountForm, LoginForm, NewAccountForm, NewPasswordForm, PasswordForm
from zalainuoer.common.models import User

PAGE = 30
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
    return render(request, "accounts/edit.html", {"form": form, "account": account, "shown": shown})


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
