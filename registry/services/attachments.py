"""附件: scans and photographs of an act's papers. Told by their content, kept encrypted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from registry.models import Attachment, CertificateCase
from zalainuoer.common import ciphers
from zalainuoer.common.errors import RuleBroken

PURPOSE = "file.attachment"
MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 10
MOST_TOGETHER = 25 * 1024 * 1024  # what a request may hold in memory, and so never in a temporary file
# How a file of each kind begins; its name and what a browser says of it prove nothing.
KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f"<>|:*?]+')
_NUMBER = re.compile(r"\d{11,}[Xx]?")


@dataclass(frozen=True)
class Paper:
    """One file as handed in."""

    name: str
    content: bytes

    @property
    def content_type(self) -> str:
        """Raises RuleBroken for anything but PDF, JPEG and PNG."""
        for beginning, content_type in KINDS.items():
            if self.content.startswith(beginning):
                return content_type
        raise RuleBroken(f"附件“{self.plain_name}”不是 PDF、JPG 或 PNG 文件。请转换格式后重新选择。")

    @property
    def plain_name(self) -> str:
        """The name without a path and without what a file system or a header would stumble over."""
        name = _NOT_IN_A_NAME.sub("_", re.split(r"[/\\]", self.name)[-1]).strip()
        name = _NUMBER.sub("＊", name)  # the content is encrypted, the name is not
        return name[-200:] or "附件"


def refuse_papers(papers: Sequence[Paper]) -> None:
    """Refuses too many files, empty or large ones, and kinds that are not PDF, JPEG or PNG."""
    if len(papers) > MOST_FILES:
        raise RuleBroken(f"附件最多 {MOST_FILES} 个，现有 {len(papers)} 个。")
    if sum(len(paper.content) for paper in papers) > MOST_TOGETHER:
        raise RuleBroken(f"附件合计超过 {MOST_TOGETHER // 1024 // 1024} MB，请压缩后重新选择。")
    for paper in papers:
        if not paper.content:
            raise RuleBroken(f"附件“{paper.plain_name}”是空文件。")
        if len(paper.content) > MOST_BYTES:
            raise RuleBroken(f"附件“{paper.plain_name}”超过 {MOST_BYTES // 1024 // 1024} MB，请压缩后重新选择。")
        _ = paper.content_type


def papers_keep(*, case: CertificateCase, papers: Sequence[Paper]) -> None:
    """Seals and stores the papers of an act; called inside its transaction."""
    Attachment.objects.bulk_create(
        Attachment(
            case=case,
            name=paper.plain_name,
            content_type=paper.content_type,
            content=ciphers.encrypt_bytes(paper.content, purpose=PURPOSE),
        )
        for paper in papers
    )


def paper_content(attachment: Attachment) -> bytes:
    """The file behind an attachment."""
    return ciphers.decrypt_bytes(bytes(attachment.content), purpose=PURPOSE)
