"""Faults of the surroundings, said as what they are on every page."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from vista import views
from vista.errors import Refusal

logger = logging.getLogger(__name__)


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
        return None
