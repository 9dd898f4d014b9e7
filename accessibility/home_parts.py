"""The parts and acts of a home's page, joined: each topic lists its own, here stands the order."""

from accessibility import parts_first, parts_photos, parts_works
from accessibility.parts import Link, Part

PARTS: tuple[Part, ...] = tuple(
    sorted((*parts_first.PARTS, *parts_photos.PARTS, *parts_works.PARTS), key=lambda part: part.order)
)
LINKS: tuple[Link, ...] = (*parts_first.LINKS, *parts_photos.LINKS, *parts_works.LINKS)
