"""How long a page of people takes, from the request to the last byte: what a person waits for at the search box."""

import re
import tempfile
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

LIMIT_MS = 200
RUNS = 5


def measure() -> None:
    """Prints the best of five for each kind of search, against the line of 200 ms."""
    from django.conf import settings
    from django.test import Client, override_settings

    from registry.models import Person
    from zalainuoer.common.models import Department, Role, User

    plain = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    staff = User.objects.create(
        username="bench", name="测量", role=Role.FEDERATION_STAFF, department=Department.objects.get(name="区残联")
    )
    with (
        tempfile.TemporaryDirectory() as nothing,
        override_settings(STORAGES=plain, STATIC_ROOT=nothing, ALLOWED_HOSTS=["testserver"]),
    ):
        client = Client()
        client.force_login(staff, backend="zalainuoer.roles.RoleBackend")
        somebody = Person.objects.order_by("pk")[Person.objects.count() // 2]
        for what, query in questions(somebody):
            _line(what, *_best(client, f"/people/?{urlencode(query, doseq=True)}"))
        _line("工作清单（十一项人数）", *_best(client, "/worklists/"))
        _export(client)


def questions(somebody: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """What people ask: each kind of search, the bare list, and filters together."""
    number = somebody.id_number
    yield "不带条件的名单", {}
    yield "姓名", {"q": somebody.name}
    yield "姓名中的一个字", {"q": somebody.name[-1]}
    yield "拼音全拼", {"q": somebody.pinyin}
    yield "拼音首字母", {"q": somebody.initials}
    yield "一个字母", {"q": somebody.initials[0]}
    yield "身份证号", {"q": number}
    yield "身份证号末四位", {"q": number[-4:]}
    yield "身份证号末六位", {"q": number[-6:]}
    certificate = somebody.certificates.get()
    yield "残疾人证号", {"q": f"{number}{certificate.category}{certificate.level}{certificate.suffix or ''}"}
    yield "电话", {"q": somebody.phone}
    yield "没有这样的人", {"q": "没有这样的人"}
    yield "类别、等级", {"category": "5", "level": ["1", "2"]}
    yield "即将到期，按到期排序", {"validity": "expiring", "days": 365, "sort": "expires"}
    yield "最近发证在前，第100页", {"sort": "issued", "page": 100}
    together = {
        "q": somebody.name[0], "street": somebody.community.parent_id, "category": "4", "level": ["1", "2"],
        "age_from": 16, "age_to": 59, "status": "on_register", "validity": "valid", "assistance": "dibao", "sex": "male",
    }  # fmt: skip
    yield "十个条件一起", together
    yield "应享受而未发放生活补贴", {"living": "missing"}
    yield "有康复需求而没有服务", {"need": "unserved"}
    yield "一户多残", {"worklist": "several"}


def _best(client: Any, address: str) -> tuple[float, int, int | None]:
    """Milliseconds of the best run, its SQL statements and what it found."""
    from django.db import connection

    best, statements, found = float("inf"), 0, None
    for _ in range(RUNS):
        count = 0

        def counting(execute: Any, *args: Any) -> Any:
            nonlocal count
            count += 1
            return execute(*args)

        began = time.perf_counter()
        with connection.execute_wrapper(counting):
            answer = client.get(address, headers={"HX-Request": "true"})
        took = time.perf_counter() - began
        assert answer.status_code == 200, address
        best, statements = min(best, took), count
        told = re.search(r"找到 ([\d,]+) 人", answer.content.decode())
        found = int(told[1].replace(",", "")) if told else None
    return best * 1000, statements, found


def _line(what: str, milliseconds: float, statements: int, found: int | None) -> None:
    verdict = f"{LIMIT_MS} 毫秒以内" if milliseconds <= LIMIT_MS else f"超过 {LIMIT_MS} 毫秒"
    print(
        f"  {what}：{milliseconds:.0f} 毫秒（{verdict}），{'' if found is None else f'{found:,} 人，'}{statements} 条 SQL",
        flush=True,
    )


def _export(client: Any) -> None:
    began = time.perf_counter()
    answer = client.post("/people/export/", {"reason": "测量"})
    size = sum(len(piece) for piece in answer.streaming_content)
    print(f"  导出全部人员：{time.perf_counter() - began:.1f} 秒，{size / 1024 / 1024:.1f} MB", flush=True)
