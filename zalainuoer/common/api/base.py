"""What every endpoint of the API shares: who is asking, what the role grants, how a broken rule is answered."""

import math
from typing import Any, NoReturn, cast

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse, inline_serializer
from rest_framework import authentication, permissions, serializers, status, viewsets
from rest_framework.exceptions import APIException, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from zalainuoer.common import services
from zalainuoer.common.api.tokens import Token
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, User

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKBOOK = {(200, XLSX): OpenApiResponse(bytes, description="Excel 工作簿")}


class Session(authentication.SessionAuthentication):
    """The pages' login, CSRF token included; without a login the answer is 401, not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class SessionScheme(OpenApiAuthenticationExtension):
    """How the login is described in the OpenAPI document."""

    target_class = Session
    name = "cookieAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


AUTHENTICATION = (Token, Session)  # the first says how to log in: without a login the answer is 401


def granted(permission: str) -> type[permissions.BasePermission]:
    """A DRF permission: logged in, and the role grants it (zalainuoer/roles.py)."""

    class Granted(permissions.IsAuthenticated):
        def has_permission(self, request: Request, view: APIView) -> bool:
            return super().has_permission(request, view) and user_of(request).has_perm(permission)

    Granted.permission = permission  # type: ignore[attr-defined]
    return Granted


class Refused(APIException):
    """A rule that a person can mend: the sentence, and its source if it has one."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, broken: RuleBroken):
        super().__init__(broken.message)
        self.detail: Any = {"detail": broken.message, "source": broken.source}


CONFLICT = OpenApiResponse(
    inline_serializer("Refused", {"detail": serializers.CharField(), "source": serializers.CharField()}),
    description="规则不允许：detail 说明原因，source 为依据",
)


class AccountThrottle(UserRateThrottle):
    """So many requests a minute for each account (settings.REST_FRAMEWORK)."""

    scope = "account"


class Endpoint(viewsets.GenericViewSet):
    """Base of the API's view sets."""

    authentication_classes = AUTHENTICATION
    throttle_classes: tuple[type[UserRateThrottle], ...] = (AccountThrottle,)

    def throttled(self, request: Request, wait: float | None) -> NoReturn:
        seconds = math.ceil(wait or 1)
        refusal = Throttled(detail=f"请求太频繁，请 {seconds} 秒后再试。")
        refusal.wait = seconds  # type: ignore[attr-defined]
        raise refusal

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """People's data stay in no cache on the way."""
        patch_cache_control(response, private=True, no_store=True)
        return super().finalize_response(request, response, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(Refused(exc) if isinstance(exc, RuleBroken) else exc)

    def note(self, act: AccessAct, what: str, *, people: int, person: int | None = None, reason: str = "") -> None:
        """Writes down whose data is being answered with."""
        address = address_of(self.request)
        services.access_record(
            by=self.user, act=act, what=what, people=people, address=address, person=person, reason=reason
        )

    @property
    def user(self) -> User:
        return user_of(self.request)


def user_of(request: Request | HttpRequest) -> User:
    return cast(User, request.user)  # the permission has seen to the login


def address_of(request: Request | HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR")


def download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return answer
