"""The child process that opens a photograph of a stranger and makes it anew (see ``guarded.py``).

Standard input: the file as it was sent. Standard output: one frame,
    ("photo", JPEG, thumbnail as JPEG, width, height, taken, offset)       the two last as EXIF writes them, or ""
or  ("refused", code, details). Nothing of the file itself goes out but its pixels: no EXIF, no position, no profile,
no comment, nothing behind the picture's end. Once it has its libraries this process can open no file any more.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

    from zalainuoer.common.sheets.reader_child import Out, Refused, limit_this_process
else:  # the child has that folder on its path, not the project
    from reader_child import Out, Refused, limit_this_process

CPU_SECONDS = 20  # 48 million pixels of HEIC take 3 seconds
MAX_FILE = 20 << 20
MAX_PIXELS = 64_000_000  # a telephone's best camera has 50; decoded, they are 200 MB
LONGEST_SIDE, QUALITY = 2048, 82  # a door's handle is still to be seen in a whole room
THUMBNAIL_SIDE, THUMBNAIL_QUALITY = 320, 75

HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
OTHER_PICTURES = (b"GIF8", b"BM", b"II*\0", b"MM\0*")
EXIF_PART, ORIGINAL, DIGITISED, OFFSET_ORIGINAL = 0x8769, 0x9003, 0x9004, 0x9011


def kind_of(data: bytes) -> str:
    """The name of the one decoder that may see it, by content. Raises Refused for everything else."""
    if not data:
        raise Refused("empty")
    if len(data) > MAX_FILE:
        raise Refused("file_size")
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        return "HEIF"
    raise Refused(_what_else(data))


def _what_else(data: bytes) -> str:
    if data.startswith(OTHER_PICTURES) or data[8:12] == b"WEBP":
        return "other_picture"
    if data[4:8] == b"ftyp":
        return "video"
    if data.startswith(b"%PDF"):
        return "pdf"
    if data.startswith((b"PK", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return "archive"
    text = data[:4096].lower()
    if b"<svg" in text:
        return "svg"
    return "html" if b"<html" in text or b"<!doctype" in text or b"<script" in text else "unknown"


def made_anew(data: bytes) -> tuple[bytes, bytes, int, int, str, str]:
    """The picture and its thumbnail as new JPEGs, its size, and when EXIF says it was taken."""
    from PIL import Image, ImageOps

    kind = kind_of(data)
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as image:
            # What the header says; no pixel has been made yet.
            if image.width * image.height > MAX_PIXELS:
                raise Refused("pixels", width=image.width, height=image.height)
            taken, offset = _taken(image)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded at half or a quarter of its size
            image.load()
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=3)
            picture = _on_white(upright)
    except Refused:
        raise
    except MemoryError:
        raise Refused("memory") from None
    except Exception:  # whatever a decoder stumbles over
        raise Refused("damaged") from None
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return (
        _jpeg(picture, QUALITY),
        _jpeg(small, THUMBNAIL_QUALITY),
        picture.width,
        picture.height,
        taken,
        offset,
    )


def _taken(image: Image) -> tuple[str, str]:
    """When EXIF says it was taken, and how far from UTC; a photograph with broken EXIF is still a photograph."""
    try:
        part = image.getexif().get_ifd(EXIF_PART)
        taken = part.get(ORIGINAL) or part.get(DIGITISED) or ""
        return str(taken)[:30], str(part.get(OFFSET_ORIGINAL, ""))[:10]
    except Exception:
        return "", ""


def _on_white(image: Image) -> Image:
    """Three colours without transparency, and a new image: nothing that hung on the old one hangs on it."""
    from PIL import Image

    plain = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        plain.paste(image, mask=image.getchannel("A"))
    else:
        plain.paste(image.convert("RGB"))
    return plain


def _jpeg(image: Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def load_everything() -> None:
    """All that Pillow would import later, when no file can be opened any more."""
    from PIL import Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, TiffTags  # noqa: F401
    from PIL import ImageOps as _  # noqa: F401
    from pillow_heif import register_heif_opener

    Image.preinit()
    register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # this process counts for itself


def open_no_more_files() -> None:
    """Three descriptors are open: no fourth will be, neither a file nor a connection."""
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def main() -> None:
    """Reads standard input, writes frames."""
    out = Out(sys.stdout.buffer)
    frame: tuple[Any, ...]
    try:
        limit_this_process(cpu_seconds=CPU_SECONDS)
        load_everything()
        open_no_more_files()
        frame = ("photo", *made_anew(sys.stdin.buffer.read(MAX_FILE + 1)))
    except Refused as refused:
        frame = ("refused", refused.code, refused.details)
    except MemoryError:
        frame = ("refused", "memory", {})
    out.send(*frame)
    sys.stdout.buffer.flush()
