"""The guarded child process in which photographs of strangers are opened: the parent's side.

Neither web nor worker ever decodes what was sent. What comes back is a new JPEG made from the pixels alone, or Unusable
with a sentence for the user.
"""

from __future__ import annotations

import datetime
import hashlib
import importlib.util
import re
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from zalainuoer.common.sheets import guarded

SECONDS = 60  # on the wall, of a busy machine; the child limits its own processor time
AT_ONCE = 2  # children of one server process: each may take 2 GB
PATIENCE = 90  # seconds, for a place among them

AGAIN = "请用手机或相机重新拍摄，选择 JPG、PNG 或 HEIC 格式的照片。"
SENTENCES = {
    "empty": "照片文件是空的（0 字节），请重新选择。",
    "file_size": "照片超过 20 MB，请在手机相机设置里选择较小的尺寸，重新拍摄或压缩后再传。",
    "other_picture": "这种图片格式（GIF、WebP、BMP、TIFF 等）不能作为照片上传。" + AGAIN,
    "video": "这是视频或手机不通用的格式，不是照片。" + AGAIN,
    "pdf": "这是 PDF 文件，不是照片。" + AGAIN,
    "archive": "这是压缩包或文档，不是照片。请解压后逐张选择其中的照片。",
    "svg": "这是 SVG 图形（可以夹带程序），不是照片，已拒绝。" + AGAIN,
    "html": "这是网页（HTML）改了扩展名，不是照片，已拒绝。" + AGAIN,
    "unknown": "这个文件不是照片。" + AGAIN,
    "damaged": "照片已损坏或不完整，无法读取。请在手机上打开检查，重新选择或重新拍摄。",
    "pixels": "图片有 {width}×{height} 像素，超过 6400 万像素的上限，不像手机照片，已拒绝。请重新拍摄。",
    "memory": "处理这张图片占用的内存过大，已停止，没有保存。请重新拍摄。",
    "time": "处理这张图片用时过长，已停止，没有保存。请重新拍摄。",
    "died": "这张图片无法安全读取，已停止，没有保存。请重新拍摄。",
    "busy": "现在上传照片的人多，请稍等一分钟再传一次，已经传完的部分不用重传。",
}
_TAKEN = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_HERE = ZoneInfo("Asia/Shanghai")  # what a camera without a time zone shows
_places = threading.BoundedSemaphore(AT_ONCE)


class Unusable(guarded.Unreadable):
    """What was sent is no photograph that may be kept. `sentence` tells the user why; `code` is for logs and tests."""

    @classmethod
    def because(cls, code: str, **details: object) -> Unusable:
        """Unusable for one of the known reasons."""
        return cls(SENTENCES[code].format(**details), code=code)


@dataclass(frozen=True)
class MadeAnew:
    """A photograph made from the pixels of what was sent. `sha256` is of what was sent; `taken_at` is what EXIF said."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int
    sha256: str
    taken_at: datetime.datetime | None


class PhotoChild(guarded.Child):
    """The child of photographs."""

    unreadable: ClassVar[type[guarded.Unreadable]] = Unusable

    @classmethod
    def folders(cls) -> tuple[str, ...]:
        return (str(guarded.FOLDER), str(Path(__file__).parent), *_site_packages())


@cache
def _site_packages() -> tuple[str, ...]:
    """The folders Pillow and pillow-heif are installed in, found without importing them into this process."""
    found = []
    for name in ("PIL", "pillow_heif"):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(name)
        found.append(str(Path(spec.origin).parent.parent))
    return tuple(dict.fromkeys(found))


def make_anew(sent: bytes) -> MadeAnew:
    """A new JPEG, and a thumbnail, of a JPEG, PNG or HEIC. Raises Unusable for anything else.

    At most 2048 pixels at the longer side, upright, without EXIF. Takes about a second: call it outside a transaction.
    """
    if not _places.acquire(timeout=PATIENCE):
        raise Unusable.because("busy")
    try:
        with guarded.opened(sent) as stream, PhotoChild("photo_child", stream, seconds=SECONDS) as child:
            _, content, thumbnail, width, height, taken, offset = next(child.frames())
    finally:
        _places.release()
    return MadeAnew(content, thumbnail, width, height, hashlib.sha256(sent).hexdigest(), taken_at(taken, offset))


def taken_at(taken: str, offset: str) -> datetime.datetime | None:
    """EXIF's "2026:05:06 10:11:12" and "+08:00" as a moment; None where that is no date. Without an offset: here."""
    found, zone = _TAKEN.match(taken), _OFFSET.fullmatch(offset)
    if found is None:
        return None
    try:
        minutes = int(zone[2]) * 60 + int(zone[3]) if zone else 0
        away = datetime.timezone(datetime.timedelta(minutes=-minutes if zone[1] == "-" else minutes)) if zone else _HERE
        return datetime.datetime(*map(int, found.groups()), tzinfo=away)  # type: ignore[misc, arg-type]
    except ValueError:
        return None
