"""Names in pinyin, for search and order: read character by character, surnames by their own readings."""

from functools import cache

from pypinyin import lazy_pinyin

# Characters read differently as a surname (百家姓); pypinyin has no table of surnames.
SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "区": "ou", "解": "xie", "查": "zha", "任": "ren", "朴": "piao",
    "盖": "ge", "华": "hua", "纪": "ji", "宁": "ning", "翟": "zhai", "尉": "wei", "乐": "yue", "员": "yun",
    "种": "chong", "冼": "xian", "缪": "miao", "逄": "pang", "晟": "cheng", "召": "shao", "秘": "bi", "哈": "ha",
}  # fmt: skip


@cache
def _syllable(character: str) -> str:
    return lazy_pinyin(character)[0].lower()


def pinyin_of(name: str) -> tuple[str, str]:
    """(王桂英) → ("wangguiying", "wgy")."""
    syllables = [_syllable(character) for character in name if not character.isspace() and character not in "·•．."]
    if syllables and name[0] in SURNAMES:
        syllables[0] = SURNAMES[name[0]]
    return "".join(syllables)[:200], "".join(s[0] for s in syllables)[:50]
