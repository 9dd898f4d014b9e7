"""A small world whose needs, services and fittings are entered through the pages: indicators 9 and 10 are the world's.

The other sheets are uploaded as they are. What the three would have brought is read from an upload and taken out again,
then typed, row by row, into the forms that staff use.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from rehab import domains
from rehab.models import DeviceFitting, RehabNeed, RehabService, ServiceKind
from tests.deliveries import user
from tests.test_judge import DATA, command
from zalainuoer.common.models import Role

FOLDER = DATA / "world-120-broken"
NOW = datetime.datetime(2025, 12, 31, 10, 0, tzinfo=datetime.UTC)


def needs() -> set[Any]:
    rows = RehabNeed.objects.values_list("year", "person", "rehab", "device")
    return {(year, person, domains.read(rehab), device) for year, person, rehab, device in rows}


def services() -> set[Any]:
    return set(RehabService.objects.values_list("person", "served_on", "kind", "provider"))


def fittings() -> set[Any]:
    return set(DeviceFitting.objects.values_list("person", "fitted_on", "device", "quantity"))


@pytest.mark.slow
@pytest.mark.django_db
def test_needs_services_and_fittings_typed_into_forms_give_the_worlds_indicators_9_and_10() -> None:
    expected = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
    for code, sheet in expected["sheets"].items():
        command("upload", code, FOLDER / sheet["file"])
    brought = needs(), services(), fittings()
    surveys = list(RehabNeed.objects.values("person", "year", "rehab", "device"))
    for model in (RehabNeed, RehabService, DeviceFitting):
        model.objects.all().delete()
    client = Client()
    client.force_login(user(Role.FEDERATION_STAFF), backend="zalainuoer.roles.RoleBackend")
    with time_machine.travel(NOW, tick=False):
        _survey(client, surveys)
        _serve(client, brought[1])
        _fit(client, brought[2])
        assert (needs(), services(), fittings()) == brought
        _the_desk_says_the_same(client, _figures(expected, "2025-12-31"))
    for figures in expected["figures"]:
        computed = command("indicators", as_of=figures["as_of"])["indicators"]
        for number in ("9", "10"):
            assert computed[number] == figures["indicators"][number], (figures["as_of"], number)


def _figures(expected: dict[str, Any], day: str) -> dict[str, Any]:
    return next(figures["indicators"] for figures in expected["figures"] if figures["as_of"] == day)


def _survey(client: Client, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        found = domains.read(row["rehab"])
        chosen = [kind.value for kind in found.kinds] + (["device"] if row["device"] else [])
        data = {
            "chosen": chosen or ([] if found.words else ["none"]),
            "words": found.words,
            "device": row["device"] or "",
            "surveyed_on": "2025-12-31",
        }
        _sent(client, reverse("rehab_survey", args=[row["person"], row["year"]]), data)


def _serve(client: Client, rows: set[Any]) -> None:
    """One act for all who were served on the same day with the same thing."""
    groups = defaultdict(list)
    for person, served_on, kind, provider in rows:
        groups[served_on, kind, provider].append(person)
    for (served_on, kind, provider), people in groups.items():
        what = {"served_on": served_on, "kind": ServiceKind(kind).label, "provider": provider, "reason": "签到表"}
        _sent(client, reverse("rehab_service_many"), {"person": people, "confirm": "1", **what})


def _fit(client: Client, rows: set[Any]) -> None:
    for person, fitted_on, device, quantity in rows:
        data = {"fitted_on": fitted_on, "device": device, "quantity": quantity, "reason": "适配登记表"}
        _sent(client, reverse("fact_add", args=[person, "device-fittings"]), data)


def _sent(client: Client, address: str, data: dict[str, Any]) -> None:
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.context["form"].errors


def _the_desk_says_the_same(client: Client, figures: dict[str, Any]) -> None:
    """The desk's two figures, and the people it lists as missing."""
    for each in client.get(reverse("rehab_desk")).context["indicators"]:
        expected = figures[str(each["indicator"].number)]
        assert (each["reached"], each["due"]) == (expected["numerator"], expected["denominator"])
        page = client.get(reverse("rehab_missing", args=[each["indicator"].number]))
        numbers = sorted(line["person"].id_number for line in page.context["lines"])
        assert numbers == expected["missing"]
        assert sum(group["count"] for group in page.context["streets"]) == len(numbers)
