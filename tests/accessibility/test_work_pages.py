"""The pages from the contract to the archive: signatures and the file, for whoever may see the home and nobody else."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accessibility.models import Fund, HomeSignature, HomeStage, Signer
from accessibility.services.homes.signatures import Signature
from accessibility.services.homes.steps import last_step
from tests.accessibility.works_makers import (
    accept,
    approved,
    complete,
    contracted,
    finished,
    followed,
    now,
    png,
    settle,
)
from tests.deliveries import user
from tests.visiting import client_of, logged_in
from zalainuoer.common.models import AccessAct, AccessLog, Role

pytestmark = pytest.mark.django_db

TYPED = Signature("某1", typed_reason="双上肢残疾")


def signed(signer: Signer = Signer.HOUSEHOLD) -> HomeSignature:
    return HomeSignature.objects.select_related("step__home").get(signer=signer)


def address(signature: HomeSignature) -> str:
    return f"/accessibility/homes/{signature.step.home_id}/signatures/{signature.pk}/"


def page_of(client: Client, home: Any, part: str = "") -> str:
    return client.get(f"/accessibility/homes/{home.pk}/{part}").content.decode()


def test_a_signature_goes_to_whoever_may_see_the_home_uncached_and_noted() -> None:
    home = accept(finished(approved()))
    for account in (user(Role.FEDERATION_STAFF), user(Role.STREET_STAFF, street="第一街道")):
        answer = client_of(account).get(address(signed()))
        assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, png(), "image/png")
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        last = AccessLog.objects.order_by("-pk")[0]
        assert (last.what, last.person) == ("家庭无障碍改造：本人或家属的签名", home.person_id)  # type: ignore[union-attr]


def test_nobody_else_sees_a_signature_or_the_file() -> None:
    signature = signed() if accept(finished(approved())) else None
    assert signature is not None
    file = f"/accessibility/homes/{signature.step.home_id}/file/"
    elsewhere, leader = logged_in(Role.STREET_STAFF, street="第二街道"), logged_in(Role.LEADERSHIP)
    for path in (address(signature), file):
        assert elsewhere.get(path).status_code == 404
        assert leader.get(path).status_code == 403
        assert Client().get(path).status_code == 302


def test_a_signature_of_another_home_or_a_typed_one_has_no_picture() -> None:
    home, other = accept(finished(approved()), household=TYPED), approved(2)
    client = logged_in()
    assert client.get(address(signed())).status_code == 404
    drawn = signed(Signer.FEDERATION)
    assert client.get(f"/accessibility/homes/{other.pk}/signatures/{drawn.pk}/").status_code == 404
    assert client.get(f"/accessibility/homes/{home.pk}/signatures/{drawn.pk}/").status_code == 200


def test_whose_name_stands_for_a_signature_is_shown_masked() -> None:
    relative = Signature("某丙丁", typed_reason="本人双上肢残疾，由家属代签")
    home = accept(finished(approved()), household=relative)
    text = page_of(logged_in(), home)
    assert "某＊＊" in text
    assert "某丙丁" not in text
    assert "陈同志" in text  # who accepted for the federation signs in office


def test_the_file_is_noted_as_printed_and_says_what_it_lacks() -> None:
    home = followed()
    client = logged_in()
    assert "改造前照片" in (text := page_of(client, home, "file/"))
    assert "至少 3 张，现有 0 张" in text
    last = AccessLog.objects.order_by("-pk")[0]
    assert (last.act, last.person) == (AccessAct.PRINT, home.person_id)  # type: ignore[union-attr]
    complete(home)
    assert "至少 3 张" not in page_of(client, home, "file/")


def test_statements_of_the_file_do_not_grow_with_items() -> None:
    few = settle(accept(finished(approved(1))))
    larger = accept(finished(approved(2, groups=("engineering",) * 6)))
    paid = dict.fromkeys(larger.items.values_list("pk", flat=True), Decimal(100))
    many = settle(larger, items=paid, funds={Fund.CENTRAL: Decimal(600)})
    client = logged_in()

    def statements(home: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/accessibility/homes/{home.pk}/file/").status_code == 200
        return len(captured)

    statements(few)
    assert statements(many) <= statements(few)


def accepting(home: Any, **change: str) -> dict[str, str]:
    """What the form of an acceptance sends: all passed, both typed."""
    sent = {"accepted_on": "2025-02-28", "seen": str(last_step(home))}
    for signer in Signer:
        sent |= {f"name_{signer.value}": "某1", f"reason_{signer.value}": "双上肢残疾"}
    return sent | {f"verdict_{item.pk}": "passed" for item in home.items.all()} | change


@pytest.mark.parametrize(
    ("change", "said", "times"),
    [
        ({"reason_household": "", "reason_federation": ""}, "还没有签名", 2),
        ({"image_household": "data:image/svg+xml;base64,PHN2Zz4="}, "签名图样不能识别", 1),
        ({"image_household": "data:image/png;base64,?"}, "签名图样不能识别", 1),
        ({"image_household": "data:image/png;base64,PHN2Zz4="}, "签名图样不能识别", 1),
        ({"seen": "0"}, "这一户的办理", 1),
    ],
)
def test_what_is_wrong_with_an_acceptance_is_said_and_nothing_is_kept(change: Any, said: str, times: int) -> None:
    home = finished(approved())
    answer = logged_in().post(f"/accessibility/homes/{home.pk}/act/accept/", accepting(home, **change))
    assert answer.status_code == 200
    assert sum(said in message for errors in answer.context["form"].errors.values() for message in errors) == times
    assert now(home).stage == HomeStage.ACCEPTING
    assert not HomeSignature.objects.exists()


def test_the_street_is_offered_what_is_done_on_the_spot_and_not_what_the_federation_decides() -> None:
    street = logged_in(Role.STREET_STAFF, street="第一街道")
    waiting, ready = contracted(approved()), finished(approved(2))
    assert f"/accessibility/homes/{waiting.pk}/act/start/" in page_of(street, waiting)
    assert f"/accessibility/homes/{ready.pk}/act/accept/" not in page_of(street, ready)
    assert street.get(f"/accessibility/homes/{ready.pk}/act/accept/").status_code == 403


def test_a_follow_up_is_offered_from_its_own_day(time_machine: Any) -> None:
    home, client = settle(accept(finished(approved()))), logged_in()
    link = f"/accessibility/homes/{home.pk}/act/follow_up/"
    for day, offered in ((27, False), (28, True)):
        time_machine.move_to(datetime.datetime(2025, 5, day, 10, tzinfo=datetime.UTC), tick=False)
        assert (link in page_of(client, home)) is offered
