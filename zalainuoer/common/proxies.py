"""Who is at the other end of a reverse proxy: the access log and the lock after failed logins ask for the address."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


def client_address(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: behind a proxy the client's address is the one the proxy has seen, and so the last it has noted.

    What stands before it the client may have made up.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if settings.BEHIND_PROXY and _is_address(seen):
            request.META["REMOTE_ADDR"] = seen
        return get_response(request)

    return middleware


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
