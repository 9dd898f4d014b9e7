"""What the pages of surveys, plans, services and referrals share: permissions, the access log, exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from registry.models import Person
from rehab.contributions import latest_year
from rehab.exporting import Rows, export_list
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record
from zalainuoer.common.views.taking_out import take_out

PAGE = 50
views_rehab = permission_required("rehab.view_rehab", raise_exception=True)
records_surveys = permission_required("rehab.record_survey", raise_exception=True)
records_services = permission_required("rehab.record_services", raise_exception=True)
manages_rehab = permission_required("rehab.manage_rehab", raise_exception=True)
exports_rehab = permission_required(["rehab.view_rehab", "registry.export_people"], raise_exception=True)


def people_of(request: HttpRequest) -> Any:
    """The people of the reader's area, with their places."""
    return Person.objects.visible_to(request.user).select_related("community__parent")


def survey_year(request: HttpRequest) -> int:
    """The year that indicators 9 and 10 speak of today; this year where nothing has been surveyed yet."""
    today = timezone.localdate()
    return latest_year(on=today) or today.year


def keys(data: QueryDict, name: str) -> list[int]:
    """The primary keys that were ticked."""
    return [int(key) for key in data.getlist(name) if key.isdecimal() and len(key) < 19]


def note(request: HttpRequest, act: AccessAct, what: str, *, people: int, person: int | None = None) -> None:
    """Whoever is shown people is written down."""
    access_record(
        by=request.user, act=act, what=what, people=people, person=person, address=request.META.get("REMOTE_ADDR")
    )


def export_page(
    request: HttpRequest, *, title: str, columns: Mapping[str, int], rows: Rows, count: int, form: Any, back: str
) -> HttpResponse:
    """Asks why, then hands out exactly the rows that the list's filter (`form`) shows."""

    def write(file: IO[bytes], reason: str) -> None:
        export_list(
            file,
            title=title,
            columns=columns,
            rows=rows,
            by=request.user,
            at=timezone.now(),
            reason=reason,
            what=f"导出{title}" + (f"：{'、'.join(form.chosen)}" if form.chosen else ""),
            address=request.META.get("REMOTE_ADDR"),
        )

    return take_out(
        request,
        title=title,
        write=write,
        count=count,
        back=back,
        group="康复服务",
        page=title,
        holds="条，含完整姓名、身份证号和电话",
        chosen=form.chosen,
        example="交各街道安排服务",
    )
