"""Plain drawings in the place of photographs and signatures, for the demonstration: nobody's home, nobody's hand."""

from __future__ import annotations

import io
import math

from PIL import Image, ImageDraw

from accessibility.models import PhotoPurpose

SIZE = (640, 480)
# Of each purpose as many views as a file must have (services/homes/filing.PHOTOS).
VIEWS = {PhotoPurpose.BEFORE: (0, 1, 2), PhotoPurpose.DURING: (0,), PhotoPurpose.AFTER: (0, 1, 2)}
WALL, FLOOR, LINE, RAIL, DOOR = "#dfe7ea", "#b9a58c", "#4a5560", "#1f6f8b", "#8a5a3c"
SHIFT = 60  # each view from a little further to the side


def drawing(purpose: PhotoPurpose, view: int) -> bytes:
    """A door with steps before the works, with boards during them, with a ramp and a rail after them; a JPEG."""
    picture = Image.new("RGB", SIZE, WALL)
    pen = ImageDraw.Draw(picture)
    left = 330 + view * SHIFT
    pen.rectangle((0, 360, SIZE[0], SIZE[1]), fill=FLOOR)
    pen.rectangle((left, 90, left + 150, 300), fill=DOOR, outline=LINE, width=4)
    pen.ellipse((left + 120, 195, left + 134, 209), fill=WALL)
    if purpose == PhotoPurpose.AFTER:
        pen.polygon(
            ((left - 300, 360), (left, 300), (left + 160, 300), (left + 160, 360)), fill="#9aa5ab", outline=LINE
        )
        pen.line(((left - 290, 270), (left, 210)), fill=RAIL, width=8)
        for post in range(4):
            foot = left - 280 + post * 90
            pen.line(((foot, 268 - post * 18), (foot, 355 - post * 18)), fill=RAIL, width=6)
    else:
        for step in range(2):
            pen.rectangle(
                (left - 40 * (2 - step), 330 - 30 * step, left + 160, 360 - 30 * step), fill="#9aa5ab", outline=LINE
            )
    if purpose == PhotoPurpose.DURING:
        for board in range(3):
            pen.line(((40, 350 - board * 22), (left - 100, 340 - board * 22)), fill="#d9a441", width=12)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def signature(which: int) -> bytes:
    """A wave as somebody might draw it, as the page sends it: a PNG."""
    picture = Image.new("RGB", (400, 150), "white")
    points = [(40 + x, 75 + int(35 * math.sin(x / (14 + 6 * which)) * (1 - x / 500))) for x in range(0, 320, 4)]
    ImageDraw.Draw(picture).line(points, fill="#1b2a49", width=4, joint="curve")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
