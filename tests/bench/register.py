"""A registry workbook of any size with invented people (150799: a code no one is born in)."""

import datetime
from pathlib import Path
from random import Random

from openpyxl import Workbook

from registry.models import Category, Level
from registry.sheets import RegistrySheet
from zalainuoer.common.identity import check_character
from zalainuoer.common.models import Division

SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍"
FIRST_BIRTH = datetime.date(1935, 1, 1)


def write_register(path: Path, *, holders: int, seed: int = 1) -> Path:
    """Writes a tidy workbook of so many certificate holders; one household in ten has two of them."""
    rng = Random(seed)
    communities = list(Division.objects.communities().select_related("parent"))
    book = Workbook(write_only=True)
    page = book.create_sheet("残疾人证台账")
    headings = [column.heading for column in RegistrySheet().columns]
    page.append(headings)
    head = ""
    for number in range(holders):
        id_number = _id_number(number)
        head = head if head and rng.random() < 0.1 else (id_number if rng.random() < 0.5 else _id_number(-1 - number))
        person = _person(rng, id_number, head, rng.choice(communities))
        page.append([person.get(heading) for heading in headings])
    book.save(path)
    return path


def _id_number(number: int) -> str:
    """A different number for every integer: by birth date and sequence."""
    day = FIRST_BIRTH + datetime.timedelta(days=(abs(number) * 7) % 29_000)
    sequence = (abs(number) // 29_000) * 2 + (500 if number < 0 else 1)
    first17 = f"150799{day:%Y%m%d}{sequence:03d}"
    return first17 + check_character(first17)


def _person(rng: Random, id_number: str, head: str, community: Division) -> dict[str, object]:
    category, level = rng.choice(Category.values), rng.choice(Level.values)
    issued_on = datetime.date(2016, 1, 1) + datetime.timedelta(days=rng.randrange(3300))
    is_guarded = category in (Category.INTELLECTUAL, Category.MENTAL)
    assert community.parent is not None
    return {
        "姓名": rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2)))),
        "性别": "男" if int(id_number[16]) % 2 else "女",
        "民族": "汉族",
        "身份证号": id_number,
        "残疾人证号": f"{id_number}{category}{level}{'B1' if rng.random() < 0.02 else ''}",
        "残疾类别": Category(category).label,
        "残疾等级": Level(level).label,
        "首次发证日期": issued_on,
        "发证日期": issued_on,
        "有效期至": issued_on.replace(year=issued_on.year + 10, day=min(issued_on.day, 28)),
        "证件状态": "正常",
        "户口性质": "非农业",
        "所属街道": community.parent.name,
        "所属社区": community.name,
        "联系电话": f"139{rng.randrange(10**8):08d}",
        "监护人姓名": rng.choice(SURNAMES) + rng.choice(GIVEN) if is_guarded else None,
        "监护人电话": f"138{rng.randrange(10**8):08d}" if is_guarded else None,
        "户主身份证号": head,
        "在校学生": "否",
    }
