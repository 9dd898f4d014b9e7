"""Services by form: the sheet's checks, the catalogue, many people at once, and those without a need apart."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from rehab.models import CatalogueItem, RehabService
from rehab.services.services import services_record
from tests.deliveries import fact, refused, upload, user
from tests.deliveries import holder as row_of
from tests.records import holder, need, person, service
from tests.visiting import logged_in
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import Role
from zalainuoer.common.sheets.base import sheet_of
from zalainuoer.common.sheets.export import exported_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]
LIST, MANY = reverse("rehab_service_list"), reverse("rehab_service_many")
CELLS = {"served_on": "2025-10-18", "kind": "护理", "provider": "区医院", "reason": "入户记录"}


def item(name: str = "压疮护理", **change: Any) -> CatalogueItem:
    facts = {"group": "physical", "age_band": "older", "kind": "nursing", "document": "某文", **change}
    return CatalogueItem.objects.create(name=name, **facts)


def add(client: Client, somebody: Any, **change: Any) -> Any:
    return client.post(reverse("rehab_service_add", args=[somebody.pk]), {**CELLS, **change})


def errors(answer: Any) -> str:
    return str(answer.context["form"].errors)


# one person


def test_a_service_has_all_that_was_asked_and_is_the_sheets_row() -> None:
    somebody, of = holder(), item()
    answer = add(
        logged_in(), somebody, item=str(of), form="上门", worker="王护士", cost="35.5", outcome="家属已掌握护理方法"
    )
    assert answer.status_code == 302, errors(answer)
    found = RehabService.objects.get()
    assert (found.person, found.kind, found.provider, str(found.served_on)) == (
        somebody, "nursing", "区医院", "2025-10-18"
    )  # fmt: skip
    assert (found.item, found.form, found.worker, str(found.cost_yuan), found.outcome) == (
        of, "home", "王护士", "35.50", "家属已掌握护理方法"
    )  # fmt: skip


def test_what_the_sheet_does_not_ask_may_be_left_empty() -> None:
    assert add(logged_in(), holder()).status_code == 302
    found = RehabService.objects.get()
    assert [found.item, found.form, found.worker, found.cost_yuan, found.outcome] == [None] * 5


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"served_on": "2025-10-21"}, "不能晚于今天"),
        ({"served_on": "2025-02-30"}, "没有这一天"),
        ({"kind": ""}, "请选择"),
        ({"provider": ""}, "请填写"),
        ({"cost": "-1"}, "不能是负数"),
        ({"kind": "康复训练", "item": "肢体残疾 7岁及以上 压疮护理"}, "属于“护理”"),
        ({"item": "没有的项目"}, "目录里没有这个项目"),
        ({"outcome": "家属电话13812345678"}, "请不要写身份证号、电话"),
    ],
)
def test_what_is_wrong_is_refused_and_said(change: dict[str, str], sentence: str) -> None:
    item()
    assert sentence in errors(add(logged_in(), holder(), **change))
    assert not RehabService.objects.exists()


def test_the_same_service_twice_is_kept_once_and_not_changed() -> None:
    somebody, client = holder(), logged_in()
    add(client, somebody, outcome="好转")
    assert "已经登记过" in errors(add(client, somebody, outcome="没有变化"))
    assert RehabService.objects.get().outcome == "好转"


def test_an_uncertified_child_is_served_too() -> None:
    assert add(logged_in(), person(born="2020-01-01")).status_code == 302


def test_it_is_corrected_and_withdrawn_with_a_reason_and_the_history_says_so() -> None:
    somebody, of, client = holder(), item(), logged_in()
    add(client, somebody, item=str(of))
    of.is_open = False
    of.save()
    row = RehabService.objects.get()
    where = reverse("fact_edit", args=["rehab-services", row.pk])
    form = client.get(where).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert data["item"] == str(of)  # closed since, and still the row's
    assert client.post(where, {**data, "outcome": "好转", "reason": "补记"}).status_code == 302
    page = client.get(where).content.decode()
    assert "补记" in page
    assert str(of) in page
    row.refresh_from_db()
    assert (row.outcome, row.item) == ("好转", of)
    where = reverse("fact_withdraw", args=["rehab-services", row.pk])
    seen = client.get(where).context["form"]["seen"].value()
    client.post(where, {"seen": seen, "reason": "登记到了别人名下"})
    assert not RehabService.objects.exists()


# the sheet


def test_the_sheet_takes_the_catalogues_items_and_may_lack_the_columns() -> None:
    row, of = row_of(1), item()
    upload("registry", [row])
    whole = fact("rehab-services", row, 服务类别="护理")
    upload("rehab-services", [{**whole, "目录项目": str(of), "服务形式": "上门", "费用": "20"}])
    short = {name: whole[name] for name in ("服务日期", "身份证号", "姓名", "服务类别", "服务机构")}
    assert upload("rehab-services", [short]).same == 1
    found = RehabService.objects.get()
    assert (found.item, found.form, str(found.cost_yuan)) == (of, "home", "20.00")
    batch = upload("rehab-services", [{**whole, "服务类别": "康复训练", "目录项目": str(of)}])
    assert "与本行的服务类别不一致" in str(refused(batch))
    cells = next(iter(exported_rows(sheet_of("rehab-services"), user(Role.FEDERATION_STAFF, department="区残联"))))
    assert str(of) in cells


# many at once


def test_many_are_served_at_once_and_whoever_was_already_is_left_alone() -> None:
    people = [holder(n) for n in (1, 2, 3)]
    service(people[0], "2025-10-18")
    client = logged_in()
    data = {"person": [each.pk for each in people]}
    assert client.get(MANY, data).context["people"] == people
    answer = client.post(MANY, {**data, **CELLS, "confirm": "1", "outcome": "好转"}, follow=True)
    assert "已为 2 人登记服务。另有 1 人当天已登记过" in answer.content.decode()
    assert sorted(RehabService.objects.values_list("outcome", flat=True), key=str) == [None, "好转", "好转"]


def test_if_one_is_refused_nobody_is_served_and_the_name_is_masked() -> None:
    people = [holder(n) for n in (1, 2)]
    of = item()
    data = {"person": [each.pk for each in people], **CELLS, "confirm": "1", "kind": "康复训练", "item": str(of)}
    answer = logged_in().post(MANY, data)
    assert "属于“护理”" in errors(answer)
    assert people[0].name not in errors(answer)
    assert not RehabService.objects.exists()


def test_statements_do_not_grow_with_the_people_served() -> None:
    by = user(Role.FEDERATION_STAFF)
    values = {"服务日期": "2025-10-18", "服务类别": "nursing", "服务机构": "区医院"}

    def count(people: list[Any]) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert services_record(people=people, values=values, by=by, reason="签到表") == (len(people), 0)
        return len(caught)

    few, many = [holder(n) for n in (1, 2)], [holder(n) for n in range(3, 12)]
    assert count(few) == count(many)


def test_nobody_and_too_many_are_refused() -> None:
    by = user(Role.FEDERATION_STAFF)
    for people in ([], [holder()] * 501):
        with pytest.raises(RuleBroken):
            services_record(people=people, values={}, by=by, reason="签到表")


# who may, and the list


def test_a_street_serves_its_own_people_only_and_a_community_worker_nobody() -> None:
    here, there = holder(1), holder(2, street="第二街道")
    client = logged_in(Role.STREET_STAFF, street="第一街道")
    assert add(client, there).status_code == 404
    client.post(MANY, {"person": [here.pk, there.pk], **CELLS, "confirm": "1"})
    assert [row.person for row in RehabService.objects.all()] == [here]
    worker = logged_in(Role.COMMUNITY_WORKER, street="第一街道")
    assert add(worker, here).status_code == 403
    assert worker.get(LIST).status_code == 200


def test_services_of_people_without_a_need_stand_apart() -> None:
    asked, other, last_year = holder(1), holder(2), holder(3)
    need(asked, "护理")
    need(other, None, "轮椅")
    need(last_year, "护理", year=2024)
    for somebody in (asked, other, last_year):
        service(somebody, "2025-05-06")
    client = logged_in()
    context = client.get(LIST).context
    assert (context["all"]["people"], context["without"]["people"], context["without"]["count"]) == (3, 2, 2)
    shown = client.get(LIST, {"need": "without"}).context["lines"]
    assert {row.person for row in shown} == {other, last_year}


def test_the_export_says_everything_about_a_service() -> None:
    somebody = holder()
    need(somebody)
    client = logged_in()
    add(client, somebody, cost="20", form="上门")
    answer = client.post(reverse("rehab_service_export") + "?kind=nursing", {"reason": "交卫健委"})
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert rows[1][1:3] == (somebody.name, somebody.id_number)
    assert rows[1][6:] == ("2025-10-18", "护理", "区医院", None, "上门", None, 20, None, "有")


# the catalogue


def test_the_catalogue_is_kept_by_the_federation_and_a_used_item_keeps_its_name() -> None:
    client = logged_in()
    facts = {
        "group": "physical", "age_band": "older", "name": "压疮护理", "kind": "nursing", "standard": "",
        "document": "残联发〔2019〕34号", "is_open": "on",
    }  # fmt: skip
    add_url = reverse("rehab_catalogue_add")
    assert client.post(add_url, facts).status_code == 302
    assert "已有同名的项目" in errors(client.post(add_url, facts))
    of = CatalogueItem.objects.get()
    add(client, holder(), item=str(of))
    where = reverse("rehab_catalogue_change", args=[of.pk])
    seen = client.get(where).context["form"]["seen"].value()
    changed = {**facts, "seen": seen, "reason": "目录修订"}
    assert "不能再改" in errors(client.post(where, {**changed, "name": "伤口护理"}))
    del changed["is_open"]
    assert client.post(where, changed).status_code == 302
    assert "已停用" in client.get(reverse("rehab_catalogue")).content.decode()
    assert str(of) not in client.get(reverse("rehab_service_add", args=[holder(2).pk])).content.decode()
    assert logged_in(Role.STREET_STAFF, street="第一街道").get(add_url).status_code == 403
