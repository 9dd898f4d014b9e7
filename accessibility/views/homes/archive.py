"""What a home leaves behind: the drawn signatures, and the whole file on one page that prints."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accessibility.home_parts import PARTS
from accessibility.models import HomeSignature, HomeStep
from accessibility.parts_photos import grouped
from accessibility.services.homes.signatures import signature_image
from accessibility.views.common import note, note_home, the_home, views_homes
from zalainuoer.common.models import AccessAct


@views_homes
@never_cache
def home_signature(request: HttpRequest, pk: int, signature: int) -> HttpResponse:
    """One drawn signature, to whoever may see the home."""
    home = the_home(request, pk)
    row = get_object_or_404(HomeSignature.objects.select_related("step"), pk=signature, step__home=home)
    if row.image is None:
        raise Http404
    note_home(request, home, f"{row.get_signer_display()}的签名")
    answer = HttpResponse(signature_image(row), content_type="image/png")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@views_homes
@never_cache
def home_file(request: HttpRequest, pk: int) -> HttpResponse:
    """整户档案: every part, every step and every photograph of a home, in the order of the work."""
    home, today = the_home(request, pk), timezone.localdate()
    note(request, AccessAct.PRINT, "家庭无障碍改造整户档案", people=1, person=home.person_id)
    parts = [(part, part.data(home, request.user, today)) for part in PARTS if part.code != "photos"]
    steps = HomeStep.objects.filter(home=home).select_related("done_by", "taken_back_by").order_by("pk")
    context = {
        "home": home,
        "person": home.person,
        "parts": [{"part": part, "data": data} for part, data in parts if data is not None],
        "groups": grouped(home.photos),
        "steps": list(steps),
        "printed_at": timezone.now(),
        "printing": True,
    }
    return render(request, "accessibility/homes/file.html", context)


urls = [
    path("accessibility/homes/<int:pk>/signatures/<int:signature>/", home_signature, name="home_signature"),
    path("accessibility/homes/<int:pk>/file/", home_file, name="home_file"),
]
