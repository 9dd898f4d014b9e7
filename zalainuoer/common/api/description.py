"""The API's description as a page of the house: the OpenAPI document, read out in its own words.

Swagger's and Redoc's pages fail WCAG 2.2 AA (contrast, nested controls, target size), and a button that tries things
out would do so on real data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator

TITLES = {
    "people": "人员",
    "certificates": "残疾人证",
    "households": "户",
    "subsidies": "两项补贴",
    "divisions": "行政区划",
    "sheets": "报表",
    "batches": "报送批次",
    "snapshots": "指标快照",
    "figures": "最新指标",
    "rehab": "康复、儿童、辅助器具、家庭医生、社区康复、阳光家园",
    "employment": "就业",
    "accessibility": "无障碍改造",
}
PLACES = {"path": "地址", "query": "查询", "body": "内容"}
TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数",
    "boolean": "是或否",
    "array": "列表",
    "object": "对象",
    "date": "日期",
    "date-time": "时刻",
    "binary": "文件",
}


@dataclass(frozen=True)
class Item:
    """A parameter, a field asked for, or a field answered with."""

    name: str
    kind: str
    text: str
    place: str = ""
    is_required: bool = False


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    summary: str
    asked: list[Item]
    answered: list[Item]


@dataclass(frozen=True)
class Group:
    title: str
    operations: list[Operation]


def api_docs(request: HttpRequest) -> HttpResponse:
    """What can be asked, with what, and what is answered."""
    return render(request, "api/docs.html", {"groups": groups()})


def groups() -> list[Group]:
    """The operations of the API, by what they are about, in the order of TITLES."""
    document: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    found: dict[str, list[Operation]] = {name: [] for name in TITLES}
    for path, methods in document["paths"].items():
        about = path.strip("/").split("/")[2]
        found[about] += [_operation(document, method, path, described) for method, described in methods.items()]
    return [Group(TITLES[name], operations) for name, operations in found.items()]


def _operation(document: dict[str, Any], method: str, path: str, described: dict[str, Any]) -> Operation:
    asked = [
        _item(document, p["name"], p["schema"], PLACES[p["in"]], p.get("required", False), p.get("description", ""))
        for p in described.get("parameters", ())
    ]
    asked += _fields(document, described.get("requestBody", {}), place=PLACES["body"])
    answer = next(answer for code, answer in described["responses"].items() if code.startswith("2"))
    return Operation(method.upper(), path, described["summary"], asked, list(_fields(document, answer)))


def _fields(document: dict[str, Any], body: dict[str, Any], *, place: str = "") -> Iterator[Item]:
    """The fields of a request's or an answer's content; of a list, those of its members."""
    content = next(iter(body.get("content", {}).values()), None)
    if content is None:
        return
    schema = _resolved(document, content["schema"])
    if schema.get("type") == "array":
        schema = _resolved(document, schema["items"])
    if "results" in schema.get("properties", {}):
        yield Item("count", TYPES["integer"], "总数；results 每页 50 条，next、previous 为前后页的地址")
        schema = _resolved(document, schema["properties"]["results"]["items"])
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        yield _item(document, name, field, place, name in required)


def _item(
    document: dict[str, Any], name: str, schema: dict[str, Any], place: str, is_required: bool, text: str = ""
) -> Item:
    resolved = _resolved(document, schema)
    kind = TYPES.get(resolved.get("format", ""), TYPES.get(resolved.get("type", ""), ""))
    said = text or schema.get("description") or schema.get("title") or resolved.get("title", "")
    choices = "、".join(map(str, resolved.get("enum", ())))
    return Item(name, kind, "：".join(filter(None, (said.partition("\n")[0], choices))), place, is_required)


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself behind a reference."""
    reference = schema.get("$ref") or next((part["$ref"] for part in schema.get("allOf", ()) if "$ref" in part), None)
    if reference is None:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]]
    return found
