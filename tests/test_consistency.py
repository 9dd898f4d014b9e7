"""The house watching itself: what no single test sees, because it is about all of the code at once."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.db.models import Field, Model, TextChoices
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter
from django.utils.module_loading import import_string

from tests.deliveries import SHEETS
from zalainuoer.common.models import Department, Parameter
from zalainuoer.common.sheets.base import all_sheets
from zalainuoer.navigation import MENU
from zalainuoer.roles import PERMISSIONS
from zalainuoer.schedule import SCHEDULE

ROOT = Path(__file__).parent.parent
APPS = ("common", "registry", "subsidies", "rehab", "employment", "accessibility", "indicators")
PACKAGES = ("zalainuoer", *APPS[1:])
CHINESE = re.compile(r"[\u4e00-\u9fff＞≥＝]")

# Whoever may open these has no login yet, or is no person.
OPEN_TO_ALL = {"login", "publicity"}
# Django's own names for templates nobody renders by name.
FOUND_BY_DJANGO = {
    "400.html",
    "403.html",
    "403_csrf.html",
    "404.html",
    "500.html",
    "registration/login.html",
    "registration/password_change_form.html",
    "bootstrap5/errors.html",  # crispy's, overridden
}


@cache
def code() -> dict[Path, str]:
    """Every Python file of the project but migrations."""
    files = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return {path: path.read_text(encoding="utf-8") for path in files if "migrations" not in path.parts}


def own_models() -> list[type[Model]]:
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return [model for model in models if not hasattr(model, "pgh_tracked_model")]


# --- models ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model.__name__)
def test_a_model_has_a_docstring_and_a_chinese_name(model: type[Model]) -> None:
    assert not (model.__doc__ or "").startswith(f"{model.__name__}("), "Django's own docstring"
    assert CHINESE.search(str(model._meta.verbose_name))


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model.__name__)
def test_choices_are_chinese(model: type[Model]) -> None:
    fields: list[Field[Any, Any]] = list(model._meta.concrete_fields)
    english = [(f.name, label) for f in fields for _, label in f.flatchoices if not CHINESE.search(str(label))]
    assert english == []


def test_every_list_of_choices_is_chinese() -> None:
    lists = [choices for choices in TextChoices.__subclasses__() if choices.__module__.split(".")[0] in PACKAGES]
    english = [(choices.__name__, label) for choices in lists for label in choices.labels if not CHINESE.search(label)]
    assert lists
    assert english == []


def test_names_of_constraints_and_indexes_are_unique_and_our_own() -> None:
    constraints = [constraint.name for model in own_models() for constraint in model._meta.constraints]
    assert [name for name, count in Counter(constraints).items() if count > 1] == []
    assert all(constraints)


# Whose rows triggers keep as they were written: a step is only ever added, a line no longer changes once it is locked
# (before that it is a proposal, made anew as often as asked for).
KEPT_AS_WRITTEN = {
    "ApplicationStep": "application_step_is_only_added",
    "AuditStep": "audit_step_is_only_added",
    "HomeStep": "home_step_is_only_added",
}
# On its way and gone within a week; what comes of it keeps its history.
PASSING = {"PhotoUpload", "PhotoPart"}


def test_every_table_of_the_domain_keeps_its_history() -> None:
    domain = {"registry", "subsidies", "rehab", "employment", "accessibility"}
    untracked = [m for m in own_models() if m._meta.app_label in domain and not hasattr(m, "pgh_event_model")]
    assert {model.__name__ for model in untracked} <= set(KEPT_AS_WRITTEN) | PASSING
    triggers = {trigger.name for _, trigger in pgtrigger.registered()}
    assert set(KEPT_AS_WRITTEN.values()) <= triggers


def test_every_table_with_people_names_the_path_to_its_division() -> None:
    for model in own_models():
        # The access log keeps a bare number: it outlives the people it names.
        if any(field.name == "person" and field.is_relation for field in model._meta.concrete_fields):
            assert hasattr(model._default_manager, "visible_to"), model
            assert model.division_path == "person__community", model  # type: ignore[attr-defined]


# --- sheets ----------------------------------------------------------------------------------------------------------


def test_all_sheets_are_there_in_their_order() -> None:
    sheets = list(all_sheets())
    assert {sheet.code for sheet in sheets} == set(SHEETS)
    assert [sheet.order for sheet in sheets] == list(range(1, len(SHEETS) + 1))
    assert len({sheet.title for sheet in sheets}) == len(SHEETS)


@pytest.mark.django_db
def test_every_sheet_is_delivered_by_a_department_that_exists() -> None:
    names = set(Department.objects.values_list("name", flat=True))
    assert {sheet.department for sheet in all_sheets()} == names


def test_a_sheets_key_is_its_tables_unique_constraint() -> None:
    for sheet in all_sheets():
        if sheet.code == "registry":  # its rows are statements, told apart by person and day
            continue
        columns = {f.name: f.column for f in sheet.model._meta.concrete_fields}  # type: ignore[attr-defined]
        unique = [{columns[name] for name in c.fields} for c in sheet.model._meta.constraints if hasattr(c, "fields")]
        assert set(sheet.key_stores) in unique, sheet.code


def test_headings_and_synonyms_of_a_sheet_tell_its_columns_apart() -> None:
    for sheet in all_sheets():
        names = [name for column in sheet.columns for name in {column.heading, *column.synonyms}]
        assert [name for name, count in Counter(names).items() if count > 1] == [], sheet.code
        assert set(sheet.key) <= {column.heading for column in sheet.columns}
        assert all(column.required for column in sheet.columns if column.heading in sheet.key), sheet.code


# --- addresses and permissions ---------------------------------------------------------------------------------------


def addresses(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every URL pattern of the project."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern)
        else:
            yield pattern


def a_path(name: str) -> str:
    """An address of that name, with something in the place of its parameters."""
    ((possibility, _pattern, _defaults, converters),) = get_resolver().reverse_dict.getlist(name)
    route, parameters = possibility[0]
    fillings = {p: 1 if isinstance(converters.get(p), IntConverter) else "registry" for p in parameters}
    return "/" + route % fillings


def names() -> list[str]:
    return sorted({pattern.name for pattern in addresses() if pattern.name})


def test_every_address_has_a_name() -> None:
    assert [str(pattern.pattern) for pattern in addresses() if not pattern.name] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", names())
def test_every_address_wants_a_login(name: str) -> None:
    answer = Client().get(a_path(name))
    if name in OPEN_TO_ALL:
        assert answer.status_code == 200
    elif name.startswith("api_") and name != "api_docs":  # machines are told, people are led
        assert answer.status_code == 401
    else:
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login/")


def permissions_asked_for() -> set[str]:
    """The permissions that code and templates name."""
    found = set()
    for path, text in code().items():
        if path.name != "roles.py":
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and PERMISSION.fullmatch(node.value):
                    found.add(node.value)
    return found


PERMISSION = re.compile(
    r"(?:common|indicators|registry|subsidies|rehab|employment|accessibility)\.(?:view|manage|upload|export|recompute|change|add|delete|reveal|merge"
    r"|accept|approve|confirm|prepare|record|resolve|review|settle|first|federation|civil)(?:_[a-z_]+)?"
)


def test_permissions_asked_for_and_granted_are_the_same() -> None:
    granted = set().union(*PERMISSIONS.values())
    assert permissions_asked_for() == granted


def test_every_entry_of_the_menu_leads_somewhere() -> None:
    entries = [entry for group in MENU for entry in group.entries]
    assert {entry.url_name for entry in entries} <= set(names())
    assert {entry.permission for entry in entries} <= set().union(*PERMISSIONS.values())


# --- templates -------------------------------------------------------------------------------------------------------


def templates() -> dict[str, str]:
    folder = ROOT / "templates"
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.html"))}


def test_every_template_is_used() -> None:
    settings = (ROOT / "zalainuoer" / "settings.py").read_text(encoding="utf-8")
    everything = [*code().values(), *templates().values(), settings]
    named = {name for text in everything for name in re.findall(r"[\"']([\w/]+\.html)[\"']", text)}
    assert set(templates()) - named - FOUND_BY_DJANGO == set()


def test_every_template_that_is_named_exists() -> None:
    for name, text in templates().items():
        for other in re.findall(r"{% (?:include|extends) [\"']([\w/]+\.html)[\"']", text):
            assert other in templates() or other.startswith("bootstrap5/"), f"{name}: {other}"


def test_no_template_has_inline_scripts_styles_or_foreign_addresses() -> None:
    """The Content-Security-Policy forbids the first two; the third would tell strangers who is working here."""
    for name, text in templates().items():
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), name
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), name
        assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", text), name


# --- code ------------------------------------------------------------------------------------------------------------


def test_no_code_knows_which_district_it_serves() -> None:
    """Divisions are data; the data files and the tests' invented world are all that may name one."""
    pages = {ROOT / "templates" / name: text for name, text in templates().items()}
    assert [str(path) for path, text in {**code(), **pages}.items() if "150703" in text] == []


def test_nothing_below_views_tasks_and_commands_reads_the_clock() -> None:
    clock = re.compile(r"timezone\.(?:now|localdate|localtime)\(\)|date\.today\(\)|datetime\.now\(")
    may = ("views", "views.py", "tasks.py", "commands", "api", "api.py", "embedded.py")
    # Moments at which a service does what it does; no figure and no rule rests on them.
    stamps = {"zalainuoer/common/services.py", "zalainuoer/common/jobs.py", "indicators/services.py"}
    found = {str(path.relative_to(ROOT)) for path, text in code().items() if clock.search(text)}
    assert [path for path in sorted(found - stamps) if not set(Path(path).parts) & set(may)] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(path) for path, text in code().items() if text.strip() and not ast.get_docstring(ast.parse(text))]
    assert [path for path in silent if not path.endswith(("__init__.py", "apps.py"))] == []


def test_every_task_of_the_schedule_exists() -> None:
    for entry in SCHEDULE.values():
        assert import_string(entry["task"]).name == entry["task"]


def parameter_keys() -> set[str]:
    """The keys that rules and services ask for; "{subsidy}" stands for each of the two."""
    asked = re.compile(r"(?:parameters\[|objects\.value\()f?[\"']([\w.{}]+)[\"']")
    found = {key for text in code().values() for key in asked.findall(text)}
    return {key.replace("{subsidy}", subsidy) for key in found for subsidy in ("living", "nursing")}


@pytest.mark.django_db
def test_every_parameter_that_code_asks_for_is_loaded_and_every_loaded_one_is_asked_for() -> None:
    assert parameter_keys() == set(Parameter.objects.values_list("key", flat=True))


def test_every_parameter_names_its_document() -> None:
    path = ROOT / "zalainuoer" / "common" / "data" / "parameters.json"
    for parameter in json.loads(path.read_text(encoding="utf-8")):
        assert parameter["document"], parameter["key"]
        assert CHINESE.search(parameter["name"])


def test_no_signal_and_no_logic_in_save() -> None:
    """Writes have one door (house habit 7); Celery's worker_ready is no model signal."""
    signals = re.compile(r"django\.db\.models\.signals|@receiver|def save\(self")
    assert [str(path) for path, text in code().items() if signals.search(text)] == []
