"""The yearly survey: the words of the sheet and the boxes of the form are one and the same, and who is still to be asked."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from registry.models import CertificateStatus, Person
from rehab import domains
from rehab.models import RehabNeed, ServiceKind
from tests.deliveries import fact, upload, user
from tests.deliveries import holder as row_of
from tests.records import community, holder, need, person
from tests.visiting import logged_in
from zalainuoer.common.models import AccessLog, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]
LIST = reverse("rehab_survey_list")


def address(somebody: Person, year: int = 2025) -> str:
    return reverse("rehab_survey", args=[somebody.pk, year])


def answers(*chosen: str, **change: Any) -> dict[str, Any]:
    return {"chosen": chosen, "words": "", "device": "", "surveyed_on": "2025-10-20", **change}


def errors(answer: Any) -> str:
    return str(answer.context["form"].errors)


# words and boxes


@pytest.mark.parametrize(
    ("text", "kinds", "words"),
    [
        ("护理、康复训练", ("training", "nursing"), ""),
        ("训练,心理；知识", ("training", "psychological", "knowledge"), ""),
        ("康复医疗 护理", ("medical", "nursing"), ""),
        ("护理、每周 针灸", ("nursing",), "每周 针灸"),
        ("针灸，推拿", (), "针灸、推拿"),
        ("无", (), ""),
        (None, (), ""),
    ],
)
def test_a_cell_is_read_into_boxes_and_the_words_no_box_stands_for(
    text: str | None, kinds: tuple[str, ...], words: str
) -> None:
    found = domains.read(text)
    assert (tuple(found.kinds), found.words) == (tuple(ServiceKind(kind) for kind in kinds), words)


@pytest.mark.parametrize("text", ["康复训练、护理", "护理、针灸、推拿", "针灸", None])
def test_what_is_written_is_read_again_as_it_was(text: str | None) -> None:
    found = domains.read(text)
    assert domains.write(found.kinds, found.words) == text


def test_the_form_writes_what_the_sheet_writes() -> None:
    row = row_of(1)
    upload("registry", [row])
    upload("rehab-needs", [fact("rehab-needs", row, 康复需求="康复训练、针灸", 辅具需求="轮椅")])
    stored = RehabNeed.objects.values("person", "year", "community", "rehab", "device")
    by_sheet = list(stored.all())
    RehabNeed.objects.all().delete()
    sent = logged_in().post(address(Person.objects.get()), answers("training", "device", words="针灸", device="轮椅"))
    assert sent.status_code == 302
    assert list(stored.all()) == by_sheet


def test_the_form_shows_what_the_sheet_has_brought_and_keeps_its_words() -> None:
    somebody = holder()
    need(somebody, "护理，每周针灸", "轮椅")
    form = logged_in().get(address(somebody)).context["form"]
    assert form["chosen"].value() == ["nursing", "device"]
    assert (form["words"].value(), form["device"].value()) == ("每周针灸", "轮椅")


def test_a_sheet_without_the_day_of_the_survey_leaves_the_forms_day_alone() -> None:
    row = row_of(1)
    upload("registry", [row])
    logged_in().post(address(Person.objects.get()), answers("training"))
    sent = fact("rehab-needs", row, 康复需求="护理", 辅具需求=None)
    del sent["调查日期"]
    upload("rehab-needs", [sent])
    found = RehabNeed.objects.get()
    assert (found.rehab, str(found.surveyed_on)) == ("护理", "2025-10-20")


# the form


def test_no_need_is_an_answer_too_and_no_answer_is_none() -> None:
    somebody = holder()
    client = logged_in()
    assert "请勾选需要的服务" in errors(client.post(address(somebody), answers()))
    client.post(address(somebody), answers("none"))
    assert RehabNeed.objects.values_list("rehab", "device").get() == (None, None)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (answers("none", "nursing"), "请二选一"),
        (answers("device"), "请写明需要什么辅具"),
        (answers("device", device="无"), "请写明需要什么辅具"),
        (answers(words="无"), "请勾选需要的服务"),
        (answers("nursing", device="轮椅"), "却没有勾选“辅助器具”"),
        (answers("nursing", surveyed_on="2025-10-21"), "不能晚于今天"),
        (answers("nursing", surveyed_on="2024-12-31"), "早于调查年度 2025"),
        (answers("nursing", words="电话13812345678"), "请不要写身份证号、电话"),
    ],
)
def test_answers_that_contradict_each_other_are_asked_about(sent: dict[str, Any], sentence: str) -> None:
    answer = logged_in().post(address(holder()), sent)
    assert sentence in errors(answer)
    assert not RehabNeed.objects.exists()


def test_last_years_answers_are_one_tap_away_and_not_taken_over_by_themselves() -> None:
    somebody = holder()
    need(somebody, "护理、针灸", "轮椅", year=2023)
    client = logged_in()
    page = client.get(address(somebody))
    assert page.context["form"]["chosen"].value() is None
    assert 'href="?last=1#answers"' in page.content.decode()
    form = client.get(address(somebody), {"last": "1"}).context["form"]
    assert form["chosen"].value() == ["nursing", "device"]
    assert form["words"].value() == "针灸"


def test_a_correction_wants_a_reason_and_leaves_its_trail() -> None:
    somebody, client = holder(), logged_in()
    client.post(address(somebody), answers("nursing"))
    seen = client.get(address(somebody)).context["form"]["seen"].value()
    again = answers("training", seen=seen)
    assert "请填写" in errors(client.post(address(somebody), again))
    client.post(address(somebody), {**again, "reason": "再次入户核实"})
    assert RehabNeed.objects.get().rehab == "康复训练"
    page = client.get(address(somebody)).content.decode()
    assert "护理 → 康复训练" in page
    assert "再次入户核实" in page


def test_who_comes_second_is_told_and_overwrites_nothing() -> None:
    somebody, client = holder(), logged_in()
    client.post(address(somebody), answers("nursing"))
    seen = client.get(address(somebody)).context["form"]["seen"].value()
    client.post(address(somebody), {**answers("training", seen=seen), "reason": "先到"})
    answer = client.post(address(somebody), {**answers("medical", seen=seen), "reason": "后到"})
    assert "又被改过" in errors(answer)
    assert RehabNeed.objects.get().rehab == "康复训练"


@pytest.mark.parametrize("year", [2015, 2026])
def test_there_is_no_survey_of_a_year_to_come_nor_of_long_ago(year: int) -> None:
    assert logged_in().get(address(holder(), year)).status_code == 404


def test_who_has_moved_is_corrected_where_they_live_now() -> None:
    somebody = holder(street="第二街道")
    need(somebody, "护理")
    here = community("第一街道")
    Person.objects.update(community=here)
    client = logged_in(Role.STREET_STAFF, street="第一街道")
    seen = client.get(address(somebody)).context["form"]["seen"].value()
    answer = client.post(address(somebody), {**answers("training", seen=seen), "reason": "再次入户核实"})
    assert answer.status_code == 302
    assert RehabNeed.objects.get().community == here


# the list


def test_who_is_asked_is_the_register_and_uncertified_children_until_they_have_been() -> None:
    waiting, asked = holder(1), holder(2)
    child = person(3, born="2015-01-01")
    person(4)  # no certificate, no child
    holder(5, status=CertificateStatus.CANCELLED, status_on="2025-01-01")
    need(asked, None)
    need(waiting, "护理", year=2024)
    page = logged_in().get(LIST)
    assert {line["person"] for line in page.context["lines"]} == {waiting, child}
    assert (page.context["total"], page.context["done"]) == (3, 1)
    (place,) = page.context["communities"]
    assert (place["people"], place["done"], place["todo"]) == (3, 1, 2)


@pytest.mark.parametrize(
    ("chosen", "found"),
    [("nursing", {1, 3}), ("other", {3, 5}), ("device", {2}), ("none", {4}), ("medical", set())],
)
def test_the_list_is_filtered_by_what_was_answered(chosen: str, found: set[int]) -> None:
    people = {n: holder(n) for n in range(1, 6)}
    for n, rehab, device in (
        (1, "护理", None),
        (2, None, "轮椅"),
        (3, "护理、针灸", None),
        (4, None, None),
        (5, "针灸", None),
    ):
        need(people[n], rehab, device)
    page = logged_in().get(LIST, {"need": chosen})
    assert {line["person"] for line in page.context["lines"]} == {people[n] for n in found}


def test_a_community_worker_asks_in_the_own_community_only() -> None:
    here, there = holder(1), holder(2, street="第二街道")
    client = Client()
    worker = user(Role.COMMUNITY_WORKER, street="第一街道")
    worker.division = here.community
    worker.save()
    client.force_login(worker, backend="zalainuoer.roles.RoleBackend")
    assert [line["person"] for line in client.get(LIST).context["lines"]] == [here]
    assert client.get(address(there)).status_code == 404
    assert client.post(address(here), answers("nursing")).status_code == 302
    assert client.get(reverse("rehab_survey_export")).status_code == 403


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADERSHIP, Role.CIVIL_STAFF, Role.SYSTEM_ADMINISTRATOR])
def test_nobody_else_opens_the_form_or_the_list(role: str) -> None:
    somebody, client = holder(), Client()
    department = "民政局" if role == Role.LIAISON else None
    client.force_login(user(role, department=department), backend="zalainuoer.roles.RoleBackend")
    assert client.get(LIST).status_code == 403
    assert client.post(address(somebody), answers("nursing")).status_code == 403


def test_the_export_holds_exactly_the_list_and_is_noted() -> None:
    first, second = holder(1), holder(2)
    need(first, "护理", year=2024)
    need(second, "护理")
    answer = logged_in().post(reverse("rehab_survey_export"), {"reason": "交社区调查"})
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:2]] == [first.name]
    assert rows[1][6:] == ("2025", "未调查", None, None, None, "护理")
    assert (rows[2][0], "共 1 条" in rows[3][0]) == (None, True)
    noted = AccessLog.objects.latest("pk")
    assert (noted.people, noted.reason) == (1, "交社区调查")


def test_statements_do_not_grow_with_the_people() -> None:
    client = logged_in()

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(LIST, {"state": "all"})
        return len(caught)

    for n in range(1, 3):
        need(holder(n))
    few = count()
    for n in range(3, 12):
        need(holder(n, street="第二街道"))
    assert count() == few
