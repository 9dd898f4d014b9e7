"""公示: what everybody may read without a login, for as long as it is asked about, and no longer."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from subsidies.models import Application, ApplicationState
from tests.records import holder
from tests.subsidies.desks import NURSING, at_civil, civil, counter, on_show, poor, standard

pytestmark = pytest.mark.django_db
ZONE = datetime.timezone(datetime.timedelta(hours=8))


@pytest.fixture(autouse=True)
def standards(time_machine: Any) -> None:
    time_machine.move_to(datetime.datetime(2025, 9, 22, 9, 0, tzinfo=ZONE), tick=False)
    standard()
    standard(NURSING, "130")


def page(**query: Any) -> Any:
    answer = Client().get(reverse("publicity"), query)
    assert answer.status_code == 200
    return answer


def test_it_shows_a_masked_name_subsidy_amount_street_and_days_and_nothing_else() -> None:
    row = on_show(poor())
    somebody = row.person
    text = page().content.decode()
    for words in ("某＊", "困难残疾人生活补贴", "125", "第一街道", "2025-09-22", "2025-09-28"):
        assert words in text
    for secret in (
        somebody.name,
        somebody.id_number,
        "150799",
        somebody.community.name,
        "肢体",
        "低保",
        f"/{somebody.pk}/",
    ):
        assert secret not in text


def test_nobody_finds_it_with_a_search_engine_or_in_a_cache() -> None:
    answer = page()
    assert "noindex" in answer["X-Robots-Tag"]
    assert 'name="robots"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_only_what_is_on_show_today_is_there() -> None:
    at_civil(poor(1))
    assert page().context["lines"] == []
    on_show(poor(2))
    assert len(page().context["lines"]) == 1


def test_it_vanishes_by_itself_even_if_no_night_has_come(time_machine: Any) -> None:
    on_show(poor())
    time_machine.move_to(datetime.datetime(2025, 9, 28, 23, 59, tzinfo=ZONE), tick=False)
    assert len(page().context["lines"]) == 1
    time_machine.move_to(datetime.datetime(2025, 9, 29, 0, 0, tzinfo=ZONE), tick=False)
    assert page().context["lines"] == []
    assert Application.objects.get().state == ApplicationState.PUBLICITY


def test_it_is_looked_at_street_by_street() -> None:
    on_show(poor(1))
    on_show(holder(2, street="第二街道"), subsidy=NURSING)
    street = Application.objects.first().person.community.parent  # type: ignore[union-attr]
    assert [len(page(street=code).context["lines"]) for code in ("", street.code, "nonsense")] == [2, 1, 0]


def test_its_statements_do_not_grow_with_its_lines() -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            page()
        return len(queries)

    on_show(poor(1))
    few = statements()
    for n in range(2, 6):
        on_show(poor(n))
    assert statements() == few


def test_nothing_can_be_sent_to_it() -> None:
    assert Client().post(reverse("publicity")).status_code == 405


def test_the_login_page_leads_to_it() -> None:
    assert reverse("publicity") in Client().get(reverse("login")).content.decode()


def test_civil_affairs_closes_by_hand_what_is_over(time_machine: Any) -> None:
    on_show(poor())
    client = Client()
    client.force_login(civil(), backend="zalainuoer.roles.RoleBackend")
    assert "没有公示期满" in client.post(reverse("publicity_close"), follow=True).content.decode()
    time_machine.move_to(datetime.datetime(2025, 9, 29, 9, 0, tzinfo=ZONE), tick=False)
    client.force_login(civil(), backend="zalainuoer.roles.RoleBackend")
    assert "公示期满 1 份，已核发" in client.post(reverse("publicity_close"), follow=True).content.decode()
    other = Client()
    other.force_login(counter(), backend="zalainuoer.roles.RoleBackend")
    assert other.post(reverse("publicity_close")).status_code == 403
