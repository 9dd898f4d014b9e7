"""The documents say what the code says: glossary, parameters, sources, decisions and manuals."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field, Model

from zalainuoer.common.models import Role
from zalainuoer.common.sheets.base import all_sheets
from zalainuoer.roles import PERMISSIONS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
APPS = ("common", "registry", "subsidies", "rehab", "employment", "accessibility", "indicators")
PACKAGES = ("zalainuoer", *APPS[1:])
DOCUMENT_NUMBER = re.compile(r"(?:国发|民发|残联发|内政发|民函|财税)〔\d{4}〕\d+号|GB/?T? \d{4,}(?:-\d{4})?")
LAW = re.compile(
    r"[\u4e00-\u9fff]+?(?:办法|条例|保障法|统计法|保护法|安全法|保险法|建设法|教育法)(?=[^\u4e00-\u9fff]|第|$)"
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def own_models() -> list[type[Model]]:
    """The project's tables, without the histories that triggers write."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return [model for model in models if not hasattr(model, "pgh_tracked_model")]


def shown_fields(model: type[Model]) -> list[Field]:
    """The fields people get to see: those with a Chinese name, or with choices."""
    return [f for f in model._meta.concrete_fields if CHINESE.search(str(f.verbose_name)) or f.choices]


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def section(model: type[Model]) -> str:
    """What the glossary says about a table."""
    heading = f"#### {model._meta.verbose_name} `{model.__name__}`\n"
    assert heading in read("glossary.md"), f"docs/glossary.md has no section “{heading.strip()}”"
    return re.split(r"^#{2,4} ", read("glossary.md").partition(heading)[2], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model.__name__)
def test_the_glossary_has_every_table_with_fields_and_choices(model: type[Model]) -> None:
    lines = section(model).splitlines()
    for field in shown_fields(model):
        line = next((line for line in lines if f"| `{field.name}` |" in line), None)
        assert line is not None, f"{model.__name__}.{field.name}"
        if CHINESE.search(str(field.verbose_name)):
            assert line.startswith(f"| {field.verbose_name} |"), line
        for value, label in field.flatchoices:
            assert f"{label}＝`{value}`" in line, f"{model.__name__}.{field.name}: {label}"


def test_the_glossary_names_nothing_that_is_gone() -> None:
    models = {model.__name__: {f.name for f in model._meta.concrete_fields} for model in own_models()}
    headings = re.findall(r"^#### \S+ `(\w+)`$", read("glossary.md"), flags=re.MULTILINE)
    assert set(headings) == set(models)
    for model in own_models():
        named = set(re.findall(r"^\| [^|]+ \| `(\w+)` \|", section(model), flags=re.MULTILINE))
        assert named <= models[model.__name__], model.__name__


def test_the_glossary_has_every_sheet_and_permission() -> None:
    text = read("glossary.md")
    for sheet in all_sheets():
        assert f"| {sheet.title} | `{sheet.code}` | {sheet.department} | `{sheet.model.__name__}` |" in text
    for permission in set().union(*PERMISSIONS.values()):
        line = next(line for line in text.splitlines() if f"| `{permission}` |" in line)
        holders = {Role(role).label for role, granted in PERMISSIONS.items() if permission in granted}
        assert set(line.split("|")[3].strip().split("、")) == holders, permission


def parameters() -> list[dict[str, object]]:
    path = ROOT / "zalainuoer" / "common" / "data" / "parameters.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_parameter_is_explained_with_its_document() -> None:
    text = read("parameters.md")
    for parameter in parameters():
        assert f"| `{parameter['key']}` | {parameter['name']} |" in text
        assert str(parameter["document"]) in text


def sources() -> Iterator[tuple[str, str]]:
    """Every Python and data file of the project: (path, text)."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in (".py", ".json") and "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_every_document_number_in_the_code_stands_among_the_sources() -> None:
    text = read("sources.md")
    missing = {
        (path, found) for path, code in sources() for found in DOCUMENT_NUMBER.findall(code) if found not in text
    }
    assert missing == set()


def test_every_law_cited_in_the_code_stands_among_the_sources() -> None:
    text = read("sources.md")
    missing = {(path, found) for path, code in sources() for found in LAW.findall(code) if found not in text}
    assert missing == set()


def test_decisions_are_numbered_without_gaps_and_found_by_their_number() -> None:
    names = sorted(path.name for path in (DOCS / "decisions").glob("*.md"))
    assert [name[:4] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)]
    cited = {number for _, code in sources() for number in re.findall(r"docs/decisions/(\d{4})", code)}
    assert cited <= {name[:4] for name in names}


def test_links_between_documents_lead_somewhere() -> None:
    for path in [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.relative_to(ROOT)}: {target}"


def test_documents_name_no_machine_and_no_real_number() -> None:
    for path in [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]:
        text = path.read_text(encoding="utf-8")
        assert "../" + "shared" not in text, path
        assert not re.search(r"/(?:work|home|root)/", text), path
        assert all(number.startswith("150799") for number in re.findall(r"(?<!\d)\d{17}[\dX](?!\d)", text)), path
