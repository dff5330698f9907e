"""What every request goes through: nonsense is refused at the door, faults are said as what they are."""

import logging
import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve

from vista import views
from vista.errors import Refusal

logger = logging.getLogger(__name__)

# What Django's admin raises for a year 0 or an id that is none in a query that somebody typed.
ADDRESS_FAULTS = (ValueError, OverflowError, ValidationError)


SESSION_KEY = re.compile(r"[a-z0-9]{32}")  # what Django makes; a NUL in a look-alike would reach PostgreSQL


class DoorMiddleware:
    """Refuse, before anything reads it, what no part of VISTA could make sense of.

    NUL cannot be asked for in PostgreSQL. Forms are small; what is not sent to an upload page is refused unread.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            return views.error(request, 400, "The query holds a NUL character.")
        session_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if session_key is not None and not SESSION_KEY.fullmatch(session_key):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        length = request.META.get("CONTENT_LENGTH") or "0"
        takes_files = request.path.startswith("/api/") or request.path.endswith("/upload")
        if not takes_files and (not length.isdigit() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE):
            return views.error(request, 413, "The form is larger than any form of VISTA.")
        return self.get_response(request)


class SignedMiddleware:
    """Callbacks go straight to their view: what follows is for people, who have sessions, forms and pages.

    A view says of itself that it is for callbacks: `for_callbacks = True` on its class.
    """

    HEADERS = {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Frame-Options": "DENY",
    }

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = self.callback(request) if "HTTP_X_ML_SIGNATURE" in request.META else None
        if match is None:
            return self.get_response(request)
        request.get_host()  # raises where ALLOWED_HOSTS does not name it
        request.resolver_match = match
        response = match.func(request, *match.args, **match.kwargs)
        if hasattr(response, "render"):
            response.render()
        for name, value in self.HEADERS.items():
            response.headers[name] = value
        response.headers["Content-Length"] = str(len(response.content))
        return response

    def callback(self, request: HttpRequest) -> ResolverMatch | None:
        """The view of this address, if it is for callbacks."""
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return None
        return match if getattr(getattr(match.func, "cls", None), "for_callbacks", False) else None


class RefusalMiddleware:
    """A page that cannot be answered now says why: 503 without a database or storage, 409 and the like else.

    The API has its own handler (vista/api.py) and never comes here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InterfaceError):
            logger.error("the database does not answer", exc_info=exception)
            response = views.error(request, 503)
            response["Retry-After"] = "30"
            return response
        if isinstance(exception, Refusal):
            return views.error(request, exception.status_code, exception.detail)
        if request.path.startswith("/admin/") and isinstance(exception, ADDRESS_FAULTS):
            logger.warning("the admin could not read an address", exc_info=exception)
            return views.error(request, 400)
        return None
