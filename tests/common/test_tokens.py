"""A connected system: an account without a session, known by its token alone, and no faster than it may."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.throttling import SimpleRateThrottle

from tests.deliveries import user
from zalainuoer.common import administration
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Division, Role, User

pytestmark = pytest.mark.django_db
PASSWORD = "Mingtian-2025-ok"
PEOPLE = "/api/v1/people/"


@pytest.fixture
def administrator() -> User:
    return user(Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def system() -> User:
    account = User(username="duijie", name="政务平台", role=Role.SYSTEM_CLIENT)
    return administration.account_create(account=account, password=PASSWORD, by=None)


@pytest.fixture
def token(system: User, administrator: User) -> str:
    return administration.token_issue(account=system, days=30, by=administrator)


def asked(token: str, address: str = PEOPLE) -> Any:
    return Client().get(address, headers={"Authorization": f"Token {token}"})


def page(of: User) -> Client:
    found = Client()
    found.force_login(of, backend="zalainuoer.roles.RoleBackend")
    return found


# --- who is let in ---------------------------------------------------------------------------------------------------


def test_a_token_opens_the_api_without_a_session(token: str) -> None:
    answer = asked(token)
    assert answer.status_code == 200
    assert answer.cookies == {}
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("wrong", ["", "abc", "0" * 64, "x" * 64, "é" * 64, "a b", "0" * 5000])
def test_a_wrong_token_is_401_with_a_sentence(token: str, wrong: str) -> None:
    answer = asked(wrong)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Token"
    assert "令牌无效" in answer.json()["detail"]


def test_a_token_with_another_ending_is_no_token(token: str) -> None:
    other = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert asked(other).status_code == 401


def test_a_disabled_accounts_token_stops_working(token: str, system: User, administrator: User) -> None:
    system.is_active = False
    administration.account_change(account=system, by=administrator)
    assert asked(token).status_code == 401


def test_the_token_of_an_account_that_became_a_persons_stops_working(token: str, system: User) -> None:
    User.objects.filter(pk=system.pk).update(role=Role.FEDERATION_STAFF)
    assert asked(token).status_code == 401


def test_an_expired_token_stops_working(token: str) -> None:
    AuthToken.objects.update(expiry=timezone.now() - datetime.timedelta(seconds=1))
    assert asked(token).status_code == 401


def test_a_revoked_token_stops_working(token: str, administrator: User) -> None:
    administration.token_revoke(token=AuthToken.objects.get(), by=administrator)
    assert asked(token).status_code == 401


def test_only_a_hash_of_the_token_is_kept(token: str) -> None:
    kept = AuthToken.objects.get()
    assert token not in (kept.digest, kept.token_key)
    assert len(kept.token_key) * 4 <= 64


def test_a_connected_system_sees_its_area_alone(system: User, administrator: User) -> None:
    system.division = Division.objects.streets().get(name="第一街道")
    administration.account_change(account=system, by=administrator)
    token = administration.token_issue(account=system, days=30, by=administrator)
    (top,) = asked(token, "/api/v1/divisions/").json()
    assert (top["name"], len(top["children"])) == ("第一街道", 3)


@pytest.mark.parametrize("address", ["/api/v1/sheets/", "/api/v1/batches/", "/api/v1/snapshots/"])
def test_a_connected_system_reads_people_and_nothing_else(token: str, address: str) -> None:
    assert asked(token, address).status_code == 403


# --- no page ---------------------------------------------------------------------------------------------------------


def test_a_connected_system_cannot_log_in_and_is_told_why(system: User) -> None:
    own = Client()
    answer = own.post("/login/", {"username": "duijie", "password": PASSWORD})
    assert "不能登录页面" in answer.content.decode()
    assert "_auth_user_id" not in own.session


def test_a_session_of_an_account_that_became_a_systems_is_over(administrator: User) -> None:
    staff = user(Role.FEDERATION_STAFF, department="区残联")
    own = page(staff)
    assert own.get("/figures/").status_code == 200
    staff.role = Role.SYSTEM_CLIENT
    administration.account_change(account=staff, by=administrator)
    assert own.get("/figures/").status_code == 302
    assert own.get(PEOPLE).status_code == 401


def test_a_token_opens_no_page(token: str) -> None:
    assert asked(token, "/accounts/").status_code == 302


# --- how often -------------------------------------------------------------------------------------------------------


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {**SimpleRateThrottle.THROTTLE_RATES, "account": "2/min"}
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", rates)


def test_too_many_requests_are_refused_with_a_sentence(token: str, slow: None) -> None:
    assert [asked(token).status_code for _ in range(3)] == [200, 200, 429]
    answer = asked(token)
    assert "请求太频繁" in answer.json()["detail"]
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_each_account_has_its_own_measure(token: str, slow: None, administrator: User) -> None:
    assert [asked(token).status_code for _ in range(3)][-1] == 429
    other = User(username="other", name="另一平台", role=Role.SYSTEM_CLIENT)
    administration.account_create(account=other, password=PASSWORD, by=None)
    assert asked(administration.token_issue(account=other, days=30, by=administrator)).status_code == 200


# --- the administrator's page ----------------------------------------------------------------------------------------


def test_the_administrator_issues_a_token_and_sees_it_once(system: User, administrator: User) -> None:
    own = page(administrator)
    answer = own.post(f"/accounts/{system.pk}/tokens/", {"days": 90})
    kept = AuthToken.objects.get()
    shown = answer.content.decode()
    (token,) = {word for word in shown.replace("<", " ").replace(">", " ").split() if len(word) == 64}
    assert asked(token).status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    later = own.get(f"/accounts/{system.pk}/").content.decode()
    assert token not in later
    assert kept.token_key[:8] in later
    assert f"{timezone.localtime(kept.expiry):%Y-%m-%d}" in later
    assert kept.expiry - timezone.now() > datetime.timedelta(days=89)


def test_the_administrator_revokes_a_token(token: str, system: User, administrator: User) -> None:
    key = AuthToken.objects.get().token_key
    page(administrator).post(f"/accounts/{system.pk}/tokens/{key}/revoke/")
    assert not AuthToken.objects.exists()


def test_issuing_and_revoking_are_remembered(token: str, system: User, administrator: User) -> None:
    administration.token_revoke(token=AuthToken.objects.get(), by=administrator)
    events = system.events.filter(pgh_label__startswith="token").select_related("pgh_context").order_by("pgh_id")
    assert [event.pgh_label for event in events] == ["token_issued", "token_revoked"]
    assert {event.pgh_context.metadata["user"] for event in events} == {administrator.username}
    assert {event.pgh_context.metadata["token"] for event in events} == {token[:8]}
    shown = page(administrator).get(f"/accounts/{system.pk}/").content.decode()
    assert f"{administrator.username} 发放了令牌" in shown
    assert f"{administrator.username} 吊销了令牌" in shown


def test_tokens_are_for_active_systems_and_two_are_enough(system: User, administrator: User) -> None:
    with pytest.raises(RuleBroken, match="只有“对接系统”"):
        administration.token_issue(account=administrator, days=30, by=administrator)
    for _ in range(2):
        administration.token_issue(account=system, days=30, by=administrator)
    with pytest.raises(RuleBroken, match="已有 2 个令牌"):
        administration.token_issue(account=system, days=30, by=administrator)
    system.is_active = False
    with pytest.raises(RuleBroken, match="账号已停用"):
        administration.token_issue(account=system, days=30, by=administrator)


def test_a_persons_account_has_no_tokens_on_its_page(administrator: User) -> None:
    own = page(administrator)
    assert "令牌</h2>" not in own.get(f"/accounts/{administrator.pk}/").content.decode()
    refused = own.post(f"/accounts/{administrator.pk}/tokens/", {"days": 90}, follow=True)
    assert "只有“对接系统”" in refused.content.decode()
    assert (
        "请选择令牌的有效期"
        in own.post(f"/accounts/{administrator.pk}/tokens/", {"days": 9000}, follow=True).content.decode()
    )


def test_tokens_are_the_administrators_business(token: str, system: User) -> None:
    staff = page(user(Role.FEDERATION_STAFF, department="区残联"))
    key = AuthToken.objects.get().token_key
    assert staff.post(f"/accounts/{system.pk}/tokens/", {"days": 30}).status_code == 403
    assert staff.post(f"/accounts/{system.pk}/tokens/{key}/revoke/").status_code == 403


# --- accounts of the new roles ---------------------------------------------------------------------------------------


def made(administrator: User, **fields: Any) -> Any:
    form = {"username": "xin", "name": "新同志", "password1": PASSWORD, "password2": PASSWORD, **fields}
    return page(administrator).post("/accounts/add/", form)


def test_a_community_worker_must_have_a_community(administrator: User) -> None:
    street = Division.objects.streets().get(name="第一街道")
    for wrong in ("", street.pk):
        answer = made(administrator, role=Role.COMMUNITY_WORKER, division=wrong)
        assert "社区专职委员必须选择社区（村）" in answer.content.decode()
    community = Division.objects.get(name="友谊社区")
    made(administrator, role=Role.COMMUNITY_WORKER, division=community.pk)
    assert User.objects.get(username="xin").division == community


def test_street_staff_must_have_a_street_or_a_community(administrator: User) -> None:
    answer = made(administrator, role=Role.STREET_STAFF)
    assert "街道（镇）工作人员必须选择街道（镇）或社区（村）" in answer.content.decode()
    made(administrator, role=Role.STREET_STAFF, division=Division.objects.get(name="友谊社区").pk)
    assert User.objects.filter(username="xin").exists()


def test_a_new_systems_account_leads_to_its_tokens(administrator: User) -> None:
    answer = made(administrator, role=Role.SYSTEM_CLIENT)
    assert answer.headers["Location"] == f"/accounts/{User.objects.get(username='xin').pk}/"


def test_who_changed_an_account_is_remembered(administrator: User, system: User) -> None:
    system.name = "另名"
    administration.account_change(account=system, by=administrator)
    event = system.events.select_related("pgh_context").get(pgh_label="update")
    assert event.pgh_context.metadata["user"] == administrator.username
