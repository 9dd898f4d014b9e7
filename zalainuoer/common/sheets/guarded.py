"""The guarded child process in which workbooks of strangers are opened: the parent's side.

The child is a module of this folder that imports nothing of the project. It gets a clean environment, limits its own
memory and processor time, reads the workbook from standard input and writes frames to standard output. Whatever
happens to it, here it ends as frames or as Unreadable.
"""

from __future__ import annotations

import importlib.util
import marshal
import os
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, Any, ClassVar, cast

FOLDER = Path(__file__).parent
SECONDS = 120  # on the wall, of a busy machine; the child limits its own processor time
LONGEST_FRAME = 1 << 29
PIPE_BYTES = 1 << 20

SAVE_AS = "请用 WPS 或 Excel 打开后“另存为”Excel 工作簿（.xlsx）再上传。"
SENTENCES = {
    "empty": "文件是空的（0 字节）。请检查文件后重新上传。",
    "file_size": "文件超过 200 MB，无法读取。请删除图片等无关内容，或分成几个文件上传。",
    "pdf": "这是 PDF 文件，不是 Excel 工作簿。请上传 .xlsx、.xls 或 .ods 表格文件。",
    "image": "这是图片，不是 Excel 工作簿。请上传 .xlsx、.xls 或 .ods 表格文件。",
    "archive": "这是压缩包，不是 Excel 工作簿。请解压后逐个上传其中的表格文件。",
    "old_excel": "这是很旧的 Excel 格式（Excel 4.0 或更早），无法读取。" + SAVE_AS,
    "xlsb": "这是 Excel 二进制工作簿（.xlsb），无法读取。" + SAVE_AS,
    "other_office": "这是文字或演示文档，不是 Excel 工作簿。请上传 .xlsx、.xls 或 .ods 表格文件。",
    "html": "这不是 Excel 工作簿，而是网页（HTML）改了扩展名。" + SAVE_AS,
    "xml": "这是 XML 表格（Excel 2003 XML），不是 Excel 工作簿。" + SAVE_AS,
    "csv": "这不是 Excel 工作簿，而是文本（CSV）文件；身份证号在这种文件里容易丢失位数。" + SAVE_AS,
    "unknown": "无法识别的文件格式。请上传 .xlsx、.xls 或 .ods 表格文件。",
    "et": "无法识别的 WPS 表格文件（.et）。" + SAVE_AS,
    "damaged": "文件已损坏或不完整，无法读取。请用 WPS 或 Excel 打开检查，另存为 .xlsx 后重新上传。",
    "password": "文件设有打开密码，无法读取。请取消密码（另存时清空密码）后重新上传。",
    "entries": "文件内部的部件过多，不像正常的表格，已拒绝读取。" + SAVE_AS,
    "unzipped": "文件解压后过大，不像正常的表格，已拒绝读取。请删除多余的空行、图片和无关工作表后重新上传。",
    "pages": "工作簿有 {pages} 个工作表，超过 200 个的上限。请分成几个文件上传。",
    "rows": "工作表“{page}”到第 {row} 行仍有内容，超过 200,000 行的上限。请删除下方多余的内容，或分成几个文件上传。",
    "columns": "工作表“{page}”到第 {column} 列仍有内容，超过 300 列的上限。请删除右侧多余的内容后重新上传。",
    "cells": "工作表“{page}”的单元格过多（行数乘以列数超过 600 万）。请删除右侧和下方多余的内容，或分成几个文件上传。",
    "text": "文件中的文字过多，已停止读取。请分成几个文件上传。",
    "marks": "文件中的合并单元格、隐藏行、错误值或没有结果的公式过多，已停止读取。请整理后重新上传。",
    "ods_errors": "文件中有错误值（如 #N/A、#REF!）。请改正这些单元格，或另存为 .xlsx 后上传，系统会逐格指出。",
    "memory": "读取文件占用的内存过大，已停止。可能在很远的行或列还有内容，请删除多余的行、列后重新上传。",
    "time": "读取文件用时过长，已停止。请删除多余的内容，或分成几个文件上传。",
    "not_coloured": "这个工作簿无法原样标注。请下载“未导入的行”，改正后重新上传。",
    "died": "文件无法安全读取，已停止。可能在很远的行或列还有内容，或文件已损坏。" + SAVE_AS,
}


class Unreadable(Exception):
    """The workbook cannot be read. `sentence` tells the user why and what to do; `code` is for logs and tests."""

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.code = sentence, code

    @classmethod
    def because(cls, code: str, **details: object) -> Unreadable:
        """Unreadable for one of the known reasons."""
        return cls(SENTENCES[code].format(**details), code=code)


def opened(source: Path | bytes) -> IO[bytes]:
    """A real file to be the child's standard input."""
    if isinstance(source, Path):
        return source.open("rb")
    in_memory = hasattr(os, "memfd_create")  # Linux
    stream = os.fdopen(os.memfd_create("workbook"), "w+b") if in_memory else unnamed_file()
    stream.write(source)
    stream.seek(0)
    return stream


def unnamed_file() -> IO[bytes]:
    """A file on disk without a name, where there are none in memory."""
    return tempfile.TemporaryFile()


@cache
def site_packages() -> str:
    """The folder calamine is installed in. (Found without importing calamine into this process.)"""
    spec = importlib.util.find_spec("python_calamine")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("python_calamine")
    return str(Path(spec.origin).parent.parent)


def clean_environment() -> dict[str, str]:
    """What the child inherits: nothing, but where the loader finds Python's own library."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}


class Child:
    """A module of this folder, running as a guarded child with `stream` as its standard input.

    A context manager: leaving it, the child is gone, whatever happened. A child for files of another kind says where
    its modules are (`folders`) and with which sentences it refuses (`unreadable`).
    """

    unreadable: ClassVar[type[Unreadable]] = Unreadable

    @classmethod
    def folders(cls) -> tuple[str, ...]:
        """Where the child finds its modules: all it may import beside Python's own library."""
        return str(FOLDER), site_packages()

    def __init__(self, module: str, stream: IO[bytes], *, seconds: float = SECONDS) -> None:
        self.late = False
        boot = f"import sys; sys.path += sys.argv[1:]; import {module}; {module}.main()"
        self.process = subprocess.Popen(
            # Imported and not run as a script, so that Python keeps it compiled; -S, no site, halves the start.
            # The child limits itself: preexec_fn would make the fork of a large threaded server slow and unsafe.
            [sys.executable, "-I", "-S", "-c", boot, *self.folders()],
            stdin=stream,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=clean_environment(),
            cwd="/",
            close_fds=True,
        )
        self.timer = threading.Timer(seconds, self.stop)

    def __enter__(self) -> Child:
        self.timer.start()
        widen(self.process.stdout)
        return self

    def __exit__(self, *failure: object) -> None:
        self.timer.cancel()
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def stop(self) -> None:
        """Ends a child that takes too long."""
        self.late = True
        self.process.kill()

    def frames(self) -> Iterator[tuple[Any, ...]]:
        """The child's frames. Raises Unreadable when the child refuses or dies."""
        read = cast(IO[bytes], self.process.stdout).read
        while len(head := read(4)) == 4:
            (length,) = struct.unpack("<I", head)
            if length > LONGEST_FRAME or len(data := read(length)) < length:
                break
            # marshal must not be fed by a stranger. Here our own child wrote it, from values the parser made: text,
            # numbers, dates as bytes. It is several times as fast as JSON, and keeps int, float and bool apart.
            frame = marshal.loads(data)  # noqa: S302
            if frame[0] == "refused":
                raise self.unreadable.because(frame[1], **frame[2])
            if frame[0] == "end":
                return
            yield frame
        raise self.death()

    def death(self) -> Unreadable:
        """Why the child ended without saying so."""
        self.process.kill()
        code = self.process.wait()
        if self.late or -code == 24:  # SIGXCPU
            return self.unreadable.because("time")
        return self.unreadable.because("memory" if -code in (6, 9) else "died")


def widen(pipe: IO[bytes] | None) -> None:
    """Lets the child run ahead of us; where the system will not, it works too."""
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)  # type: ignore[arg-type]
    except (ImportError, AttributeError, OSError):
        pass
