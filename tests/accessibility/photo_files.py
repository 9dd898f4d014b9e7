"""Photographs as telephones make them, and files that only say they are: real bytes, made here."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()

TAKEN, OFFSET = "2026:05:06 10:11:12", "+08:00"
MAKE, ORIENTATION, EXIF_PART, GPS_PART = 0x010F, 0x0112, 0x8769, 0x8825


def exif(*, orientation: int = 1, taken: str = TAKEN) -> bytes:
    """EXIF with the camera, the time and a position, as every telephone writes it."""
    data = Image.Exif()
    data[MAKE], data[ORIENTATION] = "SECRETPHONE", orientation
    data.get_ifd(EXIF_PART).update({0x9003: taken, 0x9011: OFFSET})
    data.get_ifd(GPS_PART).update({1: "N", 2: (49.0, 27.0, 13.0), 3: "E", 4: (117.0, 42.0, 59.0)})
    return data.tobytes()


def photo(kind: str = "JPEG", size: tuple[int, int] = (640, 480), *, colour: str = "teal", **how: Any) -> bytes:
    """One picture: its left half in a colour, its right half white."""
    picture = Image.new("RGB", size, "white")
    picture.paste(Image.new("RGB", (size[0] // 2, size[1]), colour))
    out = io.BytesIO()
    picture.save(out, kind, **{"exif": exif(), **how})
    return out.getvalue()


def large_photo(n: int = 0, *, most: int = 8_000_000) -> bytes:
    """A grainy JPEG of 12 million pixels and about 8 MB, as a telephone sends it; another for each number."""
    grain = Image.effect_noise((1000 + n, 750), 60).resize((4000, 3000))
    picture = Image.merge("RGB", (grain, grain.rotate(180), grain))
    for quality in (97, 95, 92, 88, 80):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, exif=exif())
        if out.tell() <= most:
            break
    return out.getvalue()


def bomb(side: int = 20_000) -> bytes:
    """A whole and valid PNG of side × side pixels in a few hundred kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    pack = zlib.compressobj(9)
    line = bytes(1 + side * 3)
    lines = b"".join(pack.compress(line) for _ in range(side)) + pack.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("photo.jpg", photo())
    return out.getvalue()


HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
