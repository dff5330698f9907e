"""What OpenAPI says about the ways in which users authenticate. Importing this registers it."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = ["ApiKey", "ApiKeyAsBearer"]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        return [{name: []} for name in self.name]  # either will do

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        made = "Made under API keys in your menu, or with `manage.py create_api_key`."
        return [
            {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": made},
            {"type": "http", "scheme": "bearer", "description": f"The API key as a bearer token. {made}"},
        ]


class ProxyScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.ProxyAuthentication"
    name = ["ProxyUserEmail", "ProxySecret"]  # both are needed

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {
                "type": "apiKey",
                "in": "header",
                "name": "X-User-Email",
                "description": "The user's e-mail address, set by a reverse proxy that has authenticated them.",
            },
            {
                "type": "apiKey",
                "in": "header",
                "name": "X-Proxy-Secret",
                "description": "PROXY_SHARED_SECRET, by which the proxy is believed.",
            },
        ]


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.SessionAuthentication"
    name = "Session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The browser's login; requests that change something also send X-CSRFToken.",
        }
