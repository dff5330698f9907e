"""Pages and answers that belong to no app: health probes and error pages."""

import logging
from typing import Any

import structlog
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularJSONAPIView

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Is the process alive? Looks at nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Can it serve? Asks the database and the storage; 503 names what does not answer."""
    parts = {"database": _database_answers(), "storage": default_storage.is_reachable()}
    ready = all(parts.values())
    body = {"status": "ok" if ready else "unavailable"} | {
        name: "ok" if fine else "unavailable" for name, fine in parts.items()
    }
    response = JsonResponse(body, status=200 if ready else 503)
    if not ready:
        response["Retry-After"] = "5"
    return response


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("the database does not answer")
        return False
    return True


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon when a page, such as the admin's, names none."""
    return redirect(static("favicon.svg"))


class SchemaView(SpectacularJSONAPIView):
    """The API's description. There is one version of it, whatever the address asks for."""

    def _get_version_parameter(self, request: Any) -> None:
        return None


# --- errors -----------------------------------------------------------------------------------------------
SENTENCES = {
    400: "The request could not be understood.",
    403: "You may not do this.",
    404: "There is nothing here, or it is not yours to see.",
    503: "VISTA's database does not answer; try again in a moment.",
    500: "VISTA made a mistake. It has been logged; quote the request id when you report it.",
}


def error(request: HttpRequest, status: int, detail: str = "") -> HttpResponse:
    """One error answer: JSON under /api, a page elsewhere."""
    detail = detail or SENTENCES[status]
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": detail, "request_id": request_id}, status=status)
    context = {"status": status, "detail": detail, "request_id": request_id}
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return error(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "", **kwargs: Any) -> HttpResponse:
    return error(
        request, 403, "This form has expired or came from another site. Reload the page and try again."
    )
