"""多重残疾明细: which disabilities a multiple one is made of, and how severe each is (GB/T 26341-2010)."""

import re

from registry.models import Category, Level

_PART = re.compile(r"^(视力|听力|言语|肢体|智力|精神)(?:残疾)?([一二三四1-4])级$")
_SEPARATORS = re.compile(r"[、，,;；/+\s]+")
_DIGITS = dict(zip("一二三四", "1234", strict=True))
HELP = "至少两项，每项写类别和等级，如：肢体二级、智力三级"


def components_read(text: str) -> dict[Category, Level]:
    """The parts that a text names; raises ValueError with a Chinese sentence."""
    parts: dict[Category, Level] = {}
    for piece in filter(None, _SEPARATORS.split(text)):
        found = _PART.match(piece)
        if found is None:
            raise ValueError(f"“{piece[:20]}”看不明白。{HELP}。")
        category = next(c for c in Category if c.label == f"{found[1]}残疾")
        if category in parts:
            raise ValueError(f"“{category.label}”写了两次。")
        parts[category] = Level(_DIGITS.get(found[2], found[2]))
    if len(parts) < 2:
        raise ValueError(f"多重残疾须写明各项残疾：{HELP}。")
    return parts


def components_text(parts: dict[Category, Level]) -> str:
    """The parts as they are stored: 肢体残疾二级、智力残疾三级."""
    return "、".join(f"{category.label}{level.label}" for category, level in sorted(parts.items()))


def overall_level(parts: dict[Category, Level]) -> Level:
    """The level of the whole is that of the most severe part."""
    return min(parts.values())
