"""The yearly plan: made from the needs, arranged, and done when services and fittings say so."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from registry.models import Person
from rehab.models import PlanLine, RehabService
from rehab.planning import with_progress
from rehab.services.plans import plan_generate
from tests.deliveries import user
from tests.records import day, fitting, holder, need, service
from tests.visiting import logged_in
from zalainuoer.common.models import Role, User
from zalainuoer.common.rules import Parameters

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]
TODAY = day("2025-10-20")
LIST = reverse("rehab_plan_list")


def generate(by: User | None = None, year: int = 2025) -> int:
    by = by or User.objects.filter(division=None).first() or user(Role.FEDERATION_STAFF)
    return plan_generate(year=year, on=TODAY, parameters=Parameters(on=TODAY), by=by)


def line(of: Person, domain: str = "nursing", **change: Any) -> PlanLine:
    return PlanLine.objects.create(person=of, **{"year": 2025, "domain": domain, **change})


def planned() -> set[tuple[int, str]]:
    return set(PlanLine.objects.values_list("person", "domain"))


def state(of: PlanLine) -> str:
    return str(with_progress(PlanLine.objects.all(), on=TODAY).get(pk=of.pk).state)


# made from the needs


def test_every_need_becomes_a_line_once_and_what_is_there_stays() -> None:
    one, other = holder(1), holder(2)
    need(one, "康复训练、护理、针灸", "轮椅")
    need(other, None)
    kept = line(one, "training", provider="区医院", month=5)
    assert generate() == 3
    assert planned() == {(one.pk, "training"), (one.pk, "nursing"), (one.pk, "other"), (one.pk, "device")}
    assert generate() == 0
    kept.refresh_from_db()
    assert (kept.provider, kept.month) == ("区医院", 5)


def test_a_device_need_of_an_earlier_year_is_planned_until_a_fitting_meets_it() -> None:
    open_one, met = holder(1), holder(2)
    for somebody in (open_one, met):
        need(somebody, None, "轮椅", year=2024)
        need(somebody, None)
    fitting(met, "2024-06-01")
    generate()
    assert planned() == {(open_one.pk, "device")}


def test_whoever_is_off_the_register_is_not_planned_for() -> None:
    need(holder(status="cancelled", status_on="2025-01-01"))
    assert generate() == 0


def test_a_plan_is_made_for_the_own_area_and_in_a_constant_number_of_statements() -> None:
    by = user(Role.FEDERATION_STAFF, street="第一街道")
    assert by.scope_ids  # read once
    need(holder(1), "护理", "轮椅")
    need(holder(2, street="第二街道"))
    with CaptureQueriesContext(connection) as few:
        assert generate(by) == 2
    for n in range(3, 12):
        need(holder(n), "护理、康复训练")
    with CaptureQueriesContext(connection) as many:
        assert generate(by) == 18
    assert len(few) == len(many)


def test_the_button_says_what_is_lacking_and_makes_it() -> None:
    need(holder(), "护理、康复训练")
    client = logged_in()
    assert "1 人的 2 项需求还没有列入计划" in client.get(LIST).content.decode()
    answer = client.post(reverse("rehab_plan_generate"), {"year": "2025"}, follow=True)
    assert "生成 2 条计划" in answer.content.decode()
    assert "还没有列入计划" not in answer.content.decode()


# how far it has come


def test_a_line_waits_is_late_and_is_done_by_what_was_given() -> None:
    somebody = holder()
    nobody = line(somebody, "medical")
    waiting = line(somebody, "training", provider="区医院", month=10)
    late = line(somebody, "knowledge", provider="区医院", month=9)
    done = line(somebody, "nursing")
    service(somebody, "2025-05-06")
    assert [state(each) for each in (nobody, waiting, late, done)] == ["open", "planned", "late", "done"]


@pytest.mark.parametrize(
    ("served_on", "is_done"),
    [("2024-12-31", False), ("2025-01-01", True), ("2025-10-20", True), ("2025-10-21", False)],
)
def test_only_a_service_of_the_year_up_to_today_meets_a_line(served_on: str, is_done: bool) -> None:
    somebody = holder()
    of = line(somebody)
    service(somebody, served_on)
    assert (state(of) == "done") is is_done


def test_a_service_of_another_kind_meets_only_a_need_in_other_words() -> None:
    somebody = holder()
    training, other, device = line(somebody, "training"), line(somebody, "other"), line(somebody, "device")
    service(somebody, "2025-05-06")  # nursing
    assert [state(each) for each in (training, other, device)] == ["open", "done", "open"]
    fitting(somebody, "2025-05-07")
    assert state(device) == "done"


def test_a_line_of_a_past_year_that_was_not_met_is_late() -> None:
    assert state(line(holder(), year=2024)) == "late"


# arranged


def test_one_line_is_arranged_and_withdrawn_with_a_reason() -> None:
    of, client = line(holder()), logged_in()
    where = reverse("rehab_plan_line", args=[of.pk])
    page = client.get(where)
    seen = page.context["form"]["seen"].value()
    sent = {"act": "arrange", "provider": "区医院", "month": "11", "coordinator": "李协调", "note": "", "seen": seen}
    assert client.post(where, sent).status_code == 302
    of.refresh_from_db()
    assert (of.provider, of.month, of.coordinator) == ("区医院", 11, "李协调")
    assert "又被改过" in str(client.post(where, sent | {"month": "12"}).context["form"].errors)
    seen = client.get(where).context["form"]["seen"].value()
    assert "请填写" in str(client.post(where, {"act": "withdraw", "seen": seen}).context["withdraw"].errors)
    assert client.post(where, {"act": "withdraw", "seen": seen, "reason": "本人不接受"}).status_code == 302
    assert not PlanLine.objects.exists()


def test_many_are_arranged_at_once_and_what_is_left_empty_stays() -> None:
    client = logged_in()
    lines = [line(holder(n), provider="区医院", month=n) for n in (1, 2)]
    data = {"line": [each.pk for each in lines]}
    where = reverse("rehab_plan_selected")
    assert client.get(where, data).context["lines"] == lines
    sent = {**data, "confirm": "1", "provider": "", "month": "12", "coordinator": "李协调", "note": ""}
    assert client.post(where, sent).status_code == 302
    assert set(PlanLine.objects.values_list("provider", "month", "coordinator")) == {("区医院", 12, "李协调")}
    empty = client.post(where, {**data, "confirm": "1"})
    assert "没有填写任何一项" in str(empty.context["form"].errors)


def test_all_that_the_filter_shows_are_shown_before_they_are_arranged() -> None:
    mine = line(holder(1))
    line(holder(2), "training")
    page = logged_in().get(reverse("rehab_plan_selected"), {"all": "1", "query": "domain=nursing"})
    assert page.context["lines"] == [mine]


def test_a_street_sees_its_own_lines_and_arranges_none() -> None:
    mine, other = line(holder(1)), line(holder(2, street="第二街道"))
    client = logged_in(Role.STREET_STAFF, street="第一街道")
    assert client.get(LIST).context["lines"] == [mine]
    assert client.get(reverse("rehab_plan_line", args=[mine.pk])).status_code == 403
    assert logged_in(street="第一街道").get(reverse("rehab_plan_line", args=[other.pk])).status_code == 404
    for name in ("rehab_plan_generate", "rehab_plan_selected"):
        assert client.post(reverse(name)).status_code == 403


# the list


def test_progress_is_told_by_street_and_by_provider() -> None:
    one, other = holder(1), holder(2, street="第二街道")
    line(one, provider="区医院", month=5)
    line(one, "training")
    line(other, provider="区医院", month=11)
    service(one, "2025-05-06")
    context = logged_in().get(LIST).context
    assert [(row["name"], row["people"], row["lines"], row["done"]) for row in context["streets"]] == [
        ("第一街道", 1, 2, 1),
        ("第二街道", 1, 1, 0),
    ]
    assert [(row["name"], row["lines"], row["done"]) for row in context["providers"]] == [
        ("区医院", 2, 1),
        ("还没有机构", 1, 0),
    ]
    assert {each["code"]: each["count"] for each in context["states"]} == {
        "open": 1,
        "planned": 1,
        "late": 0,
        "done": 1,
    }


def test_the_list_is_filtered_and_exported_as_filtered() -> None:
    one = holder(1)
    line(one, provider="区医院", month=5, coordinator="李协调")
    line(one, "training")
    client = logged_in()
    assert len(client.get(LIST, {"state": "open"}).context["lines"]) == 1
    assert len(client.get(LIST, {"provider": "-"}).context["lines"]) == 1
    assert client.get(LIST, {"street": "999999"}).context["lines"] == []
    answer = client.post(reverse("rehab_plan_export") + "?provider=区医院", {"reason": "交医院"})
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert rows[1][6:] == ("2025", "护理", "区医院", "5月", "李协调", "逾期未完成", None, None)
    assert rows[2][0] is None


def test_services_are_recorded_for_the_people_of_ticked_lines() -> None:
    lines = [line(holder(n), provider="区医院") for n in (1, 2)]
    client = logged_in(Role.STREET_STAFF, street="第一街道")
    data = {"line": [each.pk for each in lines], "from": "plans"}
    form = client.get(reverse("rehab_service_many"), data).context["form"]
    assert (form["kind"].value(), form["provider"].value()) == ("护理", "区医院")
    sent = {**data, "confirm": "1", "served_on": "2025-10-18", "kind": "护理", "provider": "区医院", "reason": "签到表"}
    assert client.post(reverse("rehab_service_many"), sent).url == LIST
    assert RehabService.objects.count() == 2
    assert {state(each) for each in lines} == {"done"}


def test_statements_of_the_list_do_not_grow_with_the_lines() -> None:
    client = logged_in()

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(LIST)
        return len(caught)

    for n in (1, 2):
        need(holder(n))
        line(Person.objects.latest("pk"))
    few = count()
    for n in range(3, 12):
        need(holder(n, street="第二街道"))
        line(Person.objects.latest("pk"), provider=f"机构{n}")
    assert count() == few
