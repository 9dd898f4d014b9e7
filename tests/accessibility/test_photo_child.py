"""What is sent as a photograph is made anew from its pixels in a guarded child, or refused with a sentence."""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import resource

import pytest
from PIL import Image

from accessibility.photographs.guarded import SENTENCES, Unusable, make_anew, taken_at
from tests.accessibility.photo_files import HTML, ORIENTATION, SVG, archive, bomb, exif, large_photo, photo

FORGED = {
    "html": HTML,
    "svg": SVG,
    "archive": archive,
    "pdf": b"%PDF-1.7\n%",
    "other_picture": b"GIF89a" + bytes(50),
    "video": b"\0\0\0\x18ftypmp42" + bytes(50),
    "unknown": b"MZ" + bytes(500),
    "empty": b"",
    "damaged": lambda: photo()[:3000],
    "pixels": bomb,
    "file_size": lambda: photo() + bytes(20 << 20),
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_a_photograph_of_each_kind_becomes_a_new_jpeg_with_a_thumbnail(kind: str) -> None:
    made = make_anew(photo(kind))
    for content, size in ((made.content, (640, 480)), (made.thumbnail, (320, 240))):
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.size) == ("JPEG", size)
            red, green, blue = image.convert("RGB").getpixel((20, 20))  # type: ignore[misc]
            assert red < 20
            assert 110 < green < 145
            assert 110 < blue < 145
    assert (made.width, made.height) == (640, 480)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_position_and_camera_are_gone_and_the_time_is_kept(kind: str) -> None:
    sent = photo(kind)
    assert b"SECRETPHONE" in sent
    made = make_anew(sent)
    for content in (made.content, made.thumbnail):
        assert b"SECRETPHONE" not in content
        assert b"Exif" not in content
        with Image.open(io.BytesIO(content)) as image:
            assert not image.getexif()
    assert made.taken_at == datetime.datetime(2026, 5, 6, 2, 11, 12, tzinfo=datetime.UTC)


def test_a_photograph_taken_upright_is_shown_upright() -> None:
    made = make_anew(photo(exif=exif(orientation=6)))
    assert (made.width, made.height) == (480, 640)
    with Image.open(io.BytesIO(made.content)) as image:
        assert ORIENTATION not in image.getexif()
        assert image.convert("RGB").getpixel((240, 20))[0] < 40  # type: ignore[index]  # the left half is on top
        assert image.convert("RGB").getpixel((240, 620)) == (255, 255, 255)


def test_a_large_photograph_becomes_a_small_one() -> None:
    sent = large_photo()
    assert len(sent) > 5_000_000
    made = make_anew(sent)
    assert (made.width, made.height) == (2048, 1536)
    assert len(made.content) < 2_500_000
    assert len(made.thumbnail) < 60_000


def test_what_hangs_behind_or_within_a_picture_is_gone() -> None:
    made = make_anew(photo(comment=b"<script>alert(1)</script>") + archive() + HTML)
    assert b"<script" not in made.content
    assert b"PK\x03\x04" not in made.content


def test_a_transparent_picture_lies_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(make_anew(out.getvalue()).content)) as image:
        assert image.convert("RGB").getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("code", FORGED)
def test_a_forged_photograph_is_refused_with_its_sentence(code: str) -> None:
    sent = FORGED[code]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with pytest.raises(Unusable) as refused:
        make_anew(sent() if callable(sent) else sent)
    assert refused.value.code == code
    assert refused.value.sentence.startswith(SENTENCES[code].split("{")[0])
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 3  # no pixel of the bomb was made


def test_the_name_of_the_kind_decides_nothing_and_a_lying_beginning_is_found_out() -> None:
    for beginning in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypheic"):
        with pytest.raises(Unusable) as refused:
            make_anew(beginning + HTML * 50)
        assert refused.value.code == "damaged"


def test_a_time_that_is_none_is_left_out() -> None:
    assert taken_at("0000:00:00 00:00:00", "") is None
    assert taken_at("yesterday", "+08:00") is None
    assert taken_at("2026:05:06 10:11:12", "+99:99") is None
    here = taken_at("2026:05:06 10:11:12", "")
    assert here is not None
    assert here.utcoffset() == datetime.timedelta(hours=8)


def test_no_child_and_no_file_is_left_behind() -> None:
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for sent in (photo(), HTML):
        with contextlib.suppress(Unusable):
            make_anew(sent)
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert after == before
