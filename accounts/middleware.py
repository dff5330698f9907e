"""Proxy logins for pages; the API has an authentication class of its own for them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.proxy import CrossSite, UnacceptableUser, user_named_by_proxy
from vista import views


class ProxyLoginMiddleware:
    """A user whom a believed proxy names is logged in for this one request; no session row is written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            try:
                user = user_named_by_proxy(request)
            except (UnacceptableUser, CrossSite) as refusal:
                return views.error(request, refusal.status_code, refusal.detail)
            if user is not None:
                request.user = user
        return self.get_response(request)
