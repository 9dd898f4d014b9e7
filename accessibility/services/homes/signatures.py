"""Signatures: drawn on the screen as a PNG and sealed, or typed by whoever cannot draw, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from accessibility.models import HomeSignature, HomeStep, Signer
from zalainuoer.common import ciphers
from zalainuoer.common.acting import kept, text
from zalainuoer.common.errors import RuleBroken

PURPOSE = "file.signature"
MOST_BYTES = 300_000
MOST_PIXELS = 2_000  # a side
NAME, REASON = 50, 200
_BEGINS, _ENDS = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"\x00\x00\x00\x00IEND\xaeB`\x82"


@dataclass(frozen=True)
class Signature:
    """What one signer has given: a name, and a drawing or the reason why there is none."""

    name: str
    image: bytes = b""
    typed_reason: str = ""


def signature_keep(step: HomeStep, signer: Signer, given: Signature) -> None:
    """Keeps a signature under a step; called inside its transaction."""
    who = signer.label
    row = HomeSignature(step=step, signer=signer, name=text(given.name, what=f"{who}的姓名", longest=NAME))
    if given.image:
        _refuse_image(given.image, who)
        row.image = ciphers.encrypt_bytes(given.image, purpose=PURPOSE)
    elif given.typed_reason.strip():
        row.typed_reason = text(given.typed_reason, what="不手写签名的原因", longest=REASON)
    else:
        raise RuleBroken(f"{who}还没有签名。请手写签名；不能手写的，键入姓名并写明原因。")
    kept(row)


def signature_image(signature: HomeSignature) -> bytes:
    """The drawing as a PNG; raises RuleBroken where the name was typed."""
    if signature.image is None:
        raise RuleBroken("这个签名是键入的，没有图样。")
    return ciphers.decrypt_bytes(bytes(signature.image), purpose=PURPOSE)


def _refuse_image(image: bytes, who: str) -> None:
    """Only what the page itself draws: one small PNG and nothing behind it."""
    sides = [int.from_bytes(image[at : at + 4], "big") for at in (16, 20)]
    is_png = image.startswith(_BEGINS) and image.endswith(_ENDS)
    if not is_png or len(image) > MOST_BYTES or not all(0 < side <= MOST_PIXELS for side in sides):
        raise RuleBroken(f"{who}的签名图样不能识别，请清除后重新签名。")
