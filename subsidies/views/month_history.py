"""逐月核对 of one person: why each month came to what it came to."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registry.models import Person
from registry.services.statements import statement_in_force
from subsidies.models import Subsidy
from subsidies.month_history import year_of, years_of
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

views_subsidies = permission_required("subsidies.view_subsidies", raise_exception=True)


@views_subsidies
@never_cache
def person_subsidies(request: HttpRequest, pk: int) -> HttpResponse:
    """Both subsidies of a year, newest month first."""
    people = Person.objects.visible_to(request.user).select_related("community__parent")
    person = get_object_or_404(people, pk=pk)
    today = timezone.localdate()
    years = years_of(person, today=today)
    asked = request.GET.get("year", "")
    year = int(asked) if asked in {str(each) for each in years} else years[0]
    access_record(
        by=request.user,
        act=AccessAct.READ,
        what=f"两项补贴逐月核对，{year}年",
        people=1,
        person=person.pk,
        address=request.META.get("REMOTE_ADDR"),
    )
    context = {
        "person": person,
        "statement": statement_in_force(person),
        "today": today,
        "year": year,
        "years": years,
        "subsidies": [(subsidy, year_of(person, subsidy, year, today=today)) for subsidy in Subsidy],
    }
    return render(request, "subsidies/months.html", context)


urls = [path("people/<int:pk>/subsidies/", person_subsidies, name="person_subsidies")]
