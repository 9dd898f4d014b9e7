"""The access log: reads and exports of personal data, which no trigger sees."""

from django.http import HttpRequest

from zalainuoer.common.models import AccessLog, User


def access_note(*, by: User, act: str, what: str, people: int, address: str | None = None) -> None:
    """Writes down who saw whose data; `what` names the page or file in Chinese."""
    AccessLog.objects.create(username=by.username, act=act, what=what[:200], people=people, address=address)


def access_note_of(request: HttpRequest, *, act: str, what: str, people: int) -> None:
    """The same for a page that is being answered."""
    assert isinstance(request.user, User)
    access_note(by=request.user, act=act, what=what, people=people, address=request.META.get("REMOTE_ADDR"))
