"""How a connected system says who it is: the token of its account (docs/decisions/0018)."""

import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from zalainuoer.common.models import Role, User

TOKEN = re.compile(rb"[0-9a-f]{64}")
REFUSED = "令牌无效、已到期或已吊销，或账号已停用。请向系统管理员申请新的令牌。"


class Token(TokenAuthentication):
    """`Authorization: Token …` of an account that is a system's; whatever is wrong with it, the answer is one."""

    def authenticate(self, request: Request) -> tuple[User, AuthToken] | None:
        try:
            found: tuple[User, AuthToken] | None = super().authenticate(request)
        except AuthenticationFailed:
            raise AuthenticationFailed(REFUSED) from None
        return found

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        if not TOKEN.fullmatch(token):
            raise AuthenticationFailed
        found: tuple[User, AuthToken] = super().authenticate_credentials(token)
        return found

    def validate_user(self, auth_token: AuthToken) -> tuple[User, AuthToken]:
        if auth_token.user.role != Role.SYSTEM_CLIENT:
            raise AuthenticationFailed
        found: tuple[User, AuthToken] = super().validate_user(auth_token)
        return found


class TokenScheme(OpenApiAuthenticationExtension):
    """How the token is described in the OpenAPI document."""

    target_class = Token
    name = "tokenAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token 加空格加令牌"}
