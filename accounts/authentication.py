"""Who calls the API: the first of key, proxy and session that is present decides, the rest is ignored."""

from typing import Any

from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiKey, User
from accounts.proxy import UnacceptableUser, user_named_by_proxy

CHALLENGE = 'ApiKey realm="VISTA", Bearer realm="VISTA"'
# One sentence for wrong, unknown, revoked and expired keys and for keys of users who were switched off.
BAD_KEY = "The API key is not valid."


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """`X-API-Key: vista_…`, or the same as `Authorization: Bearer`."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        text = self._sent_key(request)
        if text is None:
            return None
        key = ApiKey.objects.matching(text) if text.isprintable() else None
        if key is None:
            raise AuthenticationFailed(BAD_KEY)
        key.touch()
        return key.user, key

    def _sent_key(self, request: Request) -> str | None:
        if "HTTP_X_API_KEY" in request.META:
            return request.META["HTTP_X_API_KEY"].strip()
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class ProxyAuthentication(authentication.BaseAuthentication):
    """`X-User-Email` with `X-Proxy-Secret`, where accounts/proxy.py believes them."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        try:
            user = user_named_by_proxy(request._request)
        except UnacceptableUser as error:
            raise AuthenticationFailed(error.detail) from error
        return (user, None) if user else None

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class SessionAuthentication(authentication.SessionAuthentication):
    """Django's session with its CSRF check; answers 401 where the REST framework's own makes it a 403."""

    def authenticate_header(self, request: Any) -> str:
        return CHALLENGE
