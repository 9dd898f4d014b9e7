"""The photographs' pages: brought with and without a script, seen by whoever may see the home and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accessibility.models import HomeStep, HomeStepKind, Photo
from accessibility.parts_photos import LINKS, PARTS
from accessibility.services.photos.keeping import photo_add
from tests.accessibility.photo_files import HTML, SVG, photo
from tests.accessibility.photo_makers import home, inspection, of
from tests.deliveries import user
from tests.records import day
from tests.visiting import client_of
from zalainuoer.common.models import AccessLog, Role, User

pytestmark = pytest.mark.django_db


def staff() -> User:
    """One account of the federation's."""
    return account(Role.FEDERATION_STAFF)


def account(role: str, street: str | None = None) -> User:
    """One account of a role."""
    known = User.objects.filter(role=role)
    return (known.filter(division__name=street) if street else known).first() or user(role, street=street)


def seeing(role: str, street: str | None = None) -> Client:
    """Its browser."""
    return client_of(account(role, street))


def file(content: bytes, name: str = "IMG_1.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def sent(client: Client, address: str, *files: SimpleUploadedFile, **told: Any) -> Any:
    return client.post(address, {"purpose": "before", "files": list(files), **told}, follow=True)


def kept(n: int = 1, street: str = "第一街道") -> Photo:
    return photo_add(of=of(home(n, street=street)), sent=photo(), by=staff())


def test_without_a_script_small_photographs_are_sent_whole() -> None:
    row, client = home(), seeing(Role.STREET_STAFF, "第一街道")
    address = f"/accessibility/homes/{row.pk}/photos/"
    answer = sent(client, address, file(photo()), file(photo("HEIF", colour="red"), "IMG_2.HEIC"), room="toilet")
    assert "已保存 2 张照片" in answer.content.decode()
    assert [each.words for each in row.photos.all()] == ["改造前，卫生间"] * 2


def test_a_forged_one_is_named_and_the_good_one_kept() -> None:
    row, client = home(), client_of(staff())
    answer = sent(client, f"/accessibility/homes/{row.pk}/photos/", file(photo()), file(SVG, "门口.jpg"))
    text = answer.content.decode()
    assert "“门口.jpg”：这是 SVG 图形" in text
    assert "已保存 1 张照片" in text
    assert row.photos.count() == 1


def test_in_pieces_the_server_says_where_to_go_on() -> None:
    row, client, picture = home(), client_of(staff()), photo()
    start = f"/accessibility/homes/{row.pk}/photos/upload/"
    about = {"purpose": "before", "room": "", "caption": "门口", "size": len(picture), "mark": "a|1"}
    state = client.post(start, about).json()
    assert (state["received"], state["is_kept"]) == (0, False)

    def piece(at: int, content: bytes) -> Any:
        return client.post(f"{state['address']}?start={at}", content, content_type="application/octet-stream")

    assert piece(0, picture[:3000]).json()["received"] == 3000
    assert (piece(0, picture[:3000]).status_code, piece(0, b"").json()) == (409, {"received": 3000})
    assert client.post(start, about).json()["received"] == 3000
    assert piece(3000, picture[3000:]).json()["is_kept"]
    assert row.photos.get().caption == "门口"
    assert piece(0, b"").json()["is_kept"]
    assert "refused" in client.post(f"{state['address']}?start=x").json()
    # somebody else has no part in it
    assert seeing(Role.STREET_STAFF, "第一街道").post(f"{state['address']}?start=0").status_code == 404


def test_a_forged_one_in_pieces_is_refused_with_its_sentence() -> None:
    row, client = home(), client_of(staff())
    about = {"purpose": "before", "size": len(HTML), "mark": "a|1"}
    state = client.post(f"/accessibility/homes/{row.pk}/photos/upload/", about).json()
    answer = client.post(f"{state['address']}?start=0", HTML, content_type="application/octet-stream")
    assert (answer.status_code, "HTML" in answer.json()["refused"]) == (400, True)
    late = client.post(f"/accessibility/homes/{row.pk}/photos/upload/", {**about, "purpose": "after"})
    assert late.status_code == 400


def test_a_picture_goes_to_whoever_may_see_the_home_uncached_and_noted() -> None:
    row = kept()
    for role, street in ((Role.FEDERATION_STAFF, None), (Role.STREET_STAFF, "第一街道")):
        for address, what in (("", "照片"), ("thumbnail/", "缩略图")):
            answer = seeing(role, street).get(f"/accessibility/photos/{row.pk}/{address}")
            assert answer.status_code == 200
            assert answer.content.startswith(b"\xff\xd8\xff")
            assert answer["Content-Type"] == "image/jpeg"
            assert "no-store" in answer["Cache-Control"]
            assert answer["X-Content-Type-Options"] == "nosniff"
            last = AccessLog.objects.order_by("-pk")[0]
            assert (last.what, last.person) == (f"家庭无障碍改造：{what} {row.pk}", row.home.person_id)  # type: ignore[union-attr]


def test_nobody_else_sees_it() -> None:
    row = kept()
    elsewhere = seeing(Role.STREET_STAFF, "第二街道")
    for address in ("", "thumbnail/", "remove/"):
        assert elsewhere.get(f"/accessibility/photos/{row.pk}/{address}").status_code == 404
    assert elsewhere.get(f"/accessibility/homes/{row.home_id}/photos/").status_code == 404
    assert seeing(Role.LEADERSHIP).get(f"/accessibility/photos/{row.pk}/").status_code == 403
    assert Client().get(f"/accessibility/photos/{row.pk}/").status_code == 302


def test_a_photograph_is_removed_after_being_asked_once_more() -> None:
    row, client = kept(), client_of(staff())
    page = client.get(f"/accessibility/photos/{row.pk}/remove/").content.decode()
    assert "删除后照片不能恢复" in page
    answer = client.post(f"/accessibility/photos/{row.pk}/remove/", follow=True).content.decode()
    assert "已删除照片" in answer
    assert "还没有照片" in answer


def test_what_a_later_step_rests_on_says_so() -> None:
    row, client = kept(), client_of(staff())
    HomeStep.objects.create(home=row.home, kind=HomeStepKind.ASSESS, done_on=day("2026-11-05"))
    assert "照片是办理的依据" in client.get(f"/accessibility/photos/{row.pk}/remove/").content.decode()
    client.post(f"/accessibility/photos/{row.pk}/remove/")
    assert Photo.objects.filter(pk=row.pk).exists()


def test_an_inspections_photographs_have_their_page() -> None:
    row, client = inspection(), client_of(staff())
    address = f"/accessibility/places/inspections/{row.pk}/photos/"
    answer = client.post(address, {"files": [file(photo())], "caption": "坡道过陡"}, follow=True).content.decode()
    assert "体验检查，坡道过陡" in answer
    assert seeing(Role.STREET_STAFF, "第二街道").get(address).status_code == 404


def test_statements_do_not_grow_with_photographs() -> None:
    by = staff()
    row, client = home(), client_of(by)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/accessibility/homes/{row.pk}/photos/")
        return len(captured)

    photo_add(of=of(row), sent=photo(), by=by)
    client.get(f"/accessibility/homes/{row.pk}/photos/")
    one = statements()
    for colour in ("red", "blue", "green"):
        photo_add(of=of(row), sent=photo(colour=colour), by=by)
    assert statements() == one


def test_the_homes_page_shows_a_few_of_each_purpose() -> None:
    row, by = home(), staff()
    for colour in ("red", "blue", "green", "teal", "black"):
        photo_add(of=of(row), sent=photo(colour=colour), by=by)
    data = PARTS[0].data(row, by, day("2026-11-25"))
    assert data is not None
    assert [(len(group["few"]), group["more"]) for group in data["groups"]] == [(4, 1)]
    assert LINKS[0].address(row) == data["address"]
