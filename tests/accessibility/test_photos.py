"""Photographs are kept sealed, brought in pieces that go on where they stopped, and removed only while nothing rests on them."""

from __future__ import annotations

import datetime
import io

import pytest
from django.utils import timezone
from PIL import Image

from accessibility.models import HomeStage, HomeStep, HomeStepKind, Photo, PhotoContent, PhotoPart, PhotoUpload
from accessibility.services.photos import uploads
from accessibility.services.photos.keeping import PhotoOf, photo_add, photo_remove, picture_of, purposes_at
from accessibility.services.photos.uploads import OutOfStep, upload_receive, upload_start, uploads_remove_stale
from tests.accessibility.photo_files import HTML, photo
from tests.accessibility.photo_makers import home, inspection, of, planned
from tests.deliveries import user
from tests.records import day
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    return user(Role.FEDERATION_STAFF)


def test_a_photograph_is_kept_sealed_and_read_again(staff: User) -> None:
    row = photo_add(of=of(home()), sent=photo(), by=staff)
    content = PhotoContent.objects.get(photo=row)
    for stored, small, size in ((content.image, False, (640, 480)), (content.thumbnail, True, (320, 240))):
        assert b"JFIF" not in bytes(stored)
        with Image.open(io.BytesIO(picture_of(row, small=small))) as image:
            assert image.size == size
    assert row.taken_at == datetime.datetime(2026, 5, 6, 2, 11, 12, tzinfo=datetime.UTC)
    assert row.added_by == staff


def test_the_same_photograph_sent_again_is_the_one_kept_before(staff: User) -> None:
    row, sent = home(), photo()
    assert photo_add(of=of(row), sent=sent, by=staff) == photo_add(of=of(row), sent=sent, by=staff)
    assert photo_add(of=of(row, "assessment"), sent=sent, by=staff).pk != row.photos.first().pk
    at = PhotoOf(purpose="inspection", inspection=inspection())
    assert photo_add(of=at, sent=sent, by=staff) == photo_add(of=at, sent=sent, by=staff)


def test_a_photograph_of_a_planned_item_is_of_its_room(staff: User) -> None:
    row = home()
    assert photo_add(of=of(row, item=planned(row)), sent=photo(), by=staff).words == "改造前，扶手（卫生间）"
    with pytest.raises(RuleBroken, match="不是这一户的"):
        photo_add(of=of(row, item=planned(home(2))), sent=photo(), by=staff)


def test_what_is_no_photograph_leaves_nothing(staff: User) -> None:
    with pytest.raises(RuleBroken, match="HTML"):
        photo_add(of=of(home()), sent=HTML, by=staff)
    assert not Photo.objects.exists()


def test_a_purpose_has_its_time(staff: User) -> None:
    with pytest.raises(RuleBroken, match="还不会有“改造后”的照片"):
        photo_add(of=of(home(), "after"), sent=photo(), by=staff)
    assert photo_add(of=of(home(2, stage=HomeStage.WORKS), "after"), sent=photo(), by=staff)
    assert [str(each) for each in purposes_at(HomeStage.CANDIDATE)] == ["assessment", "before"]
    assert purposes_at(HomeStage.FILED) == []


def test_an_ended_home_keeps_its_photographs_as_they_are(staff: User) -> None:
    row = home()
    kept = photo_add(of=of(row), sent=photo(), by=staff)
    row.stage, row.end_reason = HomeStage.ENDED, "declined"
    row.save()
    with pytest.raises(RuleBroken, match="不能再增减照片"):
        photo_add(of=of(row), sent=photo(colour="red"), by=staff)
    with pytest.raises(RuleBroken, match="不能再增减照片"):
        photo_remove(photo=Photo.objects.get(pk=kept.pk), by=staff)


def test_nobody_brings_or_removes_photographs_outside_the_area_or_without_the_right(staff: User) -> None:
    row, there = home(street="第二街道"), inspection("第二街道")
    kept = photo_add(of=of(row), sent=photo(), by=staff)
    street = user(Role.STREET_STAFF, street="第一街道")
    for what in (of(row), PhotoOf(purpose="inspection", inspection=there)):
        with pytest.raises(RuleBroken, match="不在您的辖区内"):
            photo_add(of=what, sent=photo(), by=street)
    with pytest.raises(RuleBroken, match="不在您的辖区内"):
        photo_remove(photo=kept, by=street)
    with pytest.raises(RuleBroken, match="不能办理"):
        photo_add(of=of(row), sent=photo(), by=user(Role.LEADERSHIP))
    assert not Photo.objects.visible_to(street).exists()


def test_a_photograph_by_mistake_goes_with_its_picture_and_stays_in_the_history(staff: User) -> None:
    row = photo_add(of=of(home()), sent=photo(), by=staff)
    photo_remove(photo=row, by=staff)
    assert not Photo.objects.exists()
    assert not PhotoContent.objects.exists()
    last = Photo.pgh_event_model.objects.order_by("-pgh_id").first()  # type: ignore[attr-defined]
    assert (last.pgh_label, last.pgh_context.metadata["act"]) == ("delete", "photo_remove")


def test_what_a_later_step_rests_on_stays(staff: User) -> None:
    row = home()
    kept = photo_add(of=of(row), sent=photo(), by=staff)
    HomeStep.objects.create(home=row, kind=HomeStepKind.ASSESS, done_on=day("2026-11-05"), done_by=staff)
    with pytest.raises(RuleBroken, match="照片是办理的依据"):
        photo_remove(photo=kept, by=staff)


# in pieces


def test_a_broken_upload_goes_on_where_it_stopped(staff: User) -> None:
    row, sent = home(), photo(size=(1200, 900))
    begun = upload_start(of=of(row), size=len(sent), mark="a.jpg|1", by=staff)
    upload_receive(upload=begun, start=0, piece=sent[:5000], by=staff)
    again = upload_start(of=of(row), size=len(sent), mark="a.jpg|1", by=staff)
    assert (again.pk, again.received) == (begun.pk, 5000)
    with pytest.raises(OutOfStep) as out:
        upload_receive(upload=again, start=0, piece=sent[:5000], by=staff)
    assert out.value.received == 5000
    done = upload_receive(upload=again, start=5000, piece=sent[5000:], by=staff)
    assert done.photo is not None
    assert (done.photo.width, done.photo.height) == (1200, 900)
    assert not PhotoPart.objects.exists()
    # the answer was lost on the line: asked again, it is the same photograph
    assert upload_start(of=of(row), size=len(sent), mark="a.jpg|1", by=staff).photo == done.photo
    assert upload_receive(upload=done, start=5000, piece=sent[5000:], by=staff).photo == done.photo


def test_pieces_lie_sealed(staff: User) -> None:
    sent = photo()
    begun = upload_start(of=of(home()), size=len(sent), mark="", by=staff)
    upload_receive(upload=begun, start=0, piece=sent[:4000], by=staff)
    assert b"SECRETPHONE" not in bytes(PhotoPart.objects.get().content)


def test_a_forged_photograph_in_pieces_leaves_nothing(staff: User) -> None:
    begun = upload_start(of=of(home()), size=len(HTML), mark="", by=staff)
    with pytest.raises(RuleBroken, match="HTML"):
        upload_receive(upload=begun, start=0, piece=HTML, by=staff)
    assert not PhotoUpload.objects.exists()


def test_sizes_are_bounded(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    what = of(home())
    with pytest.raises(RuleBroken, match="0 字节"):
        upload_start(of=what, size=0, mark="", by=staff)
    with pytest.raises(RuleBroken, match="超过 20 MB"):
        upload_start(of=what, size=uploads.MOST_BYTES + 1, mark="", by=staff)
    begun = upload_start(of=what, size=10, mark="", by=staff)
    with pytest.raises(RuleBroken, match="超过文件大小"):
        upload_receive(upload=begun, start=0, piece=bytes(11), by=staff)
    upload_receive(upload=begun, start=0, piece=bytes(9), by=staff)
    monkeypatch.setattr(uploads, "MOST_WAITING", 8)
    with pytest.raises(RuleBroken, match="没有传完的照片太多"):
        upload_start(of=what, size=10, mark="b", by=staff)


def test_nobody_goes_on_with_anothers_upload(staff: User) -> None:
    begun = upload_start(of=of(home()), size=10, mark="", by=staff)
    with pytest.raises(RuleBroken, match="已经不在了"):
        upload_receive(upload=begun, start=0, piece=b"1", by=user(Role.STREET_STAFF, street="第一街道"))


def test_what_was_begun_a_week_ago_goes_and_no_photograph_with_it(staff: User) -> None:
    row, sent = home(), photo()
    upload_start(of=of(row), size=10, mark="", by=staff)
    done = upload_start(of=of(row), size=len(sent), mark="", by=staff)
    upload_receive(upload=done, start=0, piece=sent, by=staff)
    assert uploads_remove_stale(now=timezone.now()) == 0
    assert uploads_remove_stale(now=timezone.now() + datetime.timedelta(days=8)) == 2
    assert Photo.objects.count() == 1
