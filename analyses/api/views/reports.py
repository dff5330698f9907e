"""Models compared across a project: the report, and the pictures behind each of its numbers."""

import base64
import binascii
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from analyses.api import report_schema as schema
from analyses.api.job_serializer import JobSerializer
from analyses.api.views.shared import AnalysesViewSet
from analyses.reports import document, spelled
from analyses.reports.asked import Asked
from analyses.reports.asking import Answer, ask
from analyses.reports.picking import picked, uncompared
from images.models import Project
from vista.errors import Invalid

FORMATS = ("json", "csv")
PAGE, MOST = 100, 1000


class ProjectCompareViewSet(AnalysesViewSet):
    """Two to four models on all pictures of a project."""

    serializer_class = JobSerializer

    def find(self, project_id: Any) -> Project:
        return get_object_or_404(Project.objects.visible_to(self.request.user), pk=project_id)

    @schema.COMPARE_MODELS
    def compare_models(self, request: Request, project_id: Any) -> HttpResponseBase:
        project, kind = self.find(project_id), read_format(request)
        answer = ask(project, Asked.read(request.query_params), request.user)
        if answer.computed is None or answer.job:
            return in_the_making(answer)
        report = answer.computed.report
        if kind == "csv":
            return as_csv(spelled.by_class(report), f"{project.name} classes.csv")
        return as_json(document.written(report))

    @schema.LIST_COMPARED_PICTURES
    def list_compared_pictures(self, request: Request, project_id: Any) -> HttpResponseBase:
        project, kind = self.find(project_id), read_format(request)
        params = request.query_params
        answer = ask(project, Asked.read(params), request.user)
        if "only" in params:
            return listed(request, only(answer, params["only"]), kind, project, answer)
        if answer.computed is None or answer.job:
            return in_the_making(answer)
        found = picked(answer.computed.index, params)
        return listed(request, found, kind, project, answer)


class Whole:
    """A list of pictures that is there already."""

    def __init__(self, pictures: list[document.Picture]) -> None:
        self.pictures = pictures

    def __len__(self) -> int:
        return len(self.pictures)

    def part(self, first: int, last: int) -> list[document.Picture]:
        return self.pictures[first:last]


def only(answer: Answer, key: str) -> Whole:
    """The pictures that one side alone has processed."""
    if key not in answer.asked.keys:
        raise Invalid(f"only must be one of {', '.join(answer.asked.keys)}.", [("only", "names no side")])
    return Whole(uncompared(answer.sources.others[key], key, answer.asked.keys.index(key)))


def listed(request: Request, found: Any, kind: str, project: Project, answer: Answer) -> HttpResponseBase:
    """A page as JSON, or all of it as CSV."""
    if kind == "csv":
        verdicts = document.REFERENCE_VERDICTS if answer.asked.has_reference else document.PEER_VERDICTS
        rows = spelled.by_picture(all_of(found), answer.asked.keys, verdicts)
        return as_csv(rows, f"{project.name} pictures.csv")
    size, first = read_page_size(request), read_cursor(request)
    here = request.build_absolute_uri()
    after, before = first + size, max(first - size, 0)
    page = {
        "results": found.part(first, after),
        "next": replace_query_param(here, "cursor", cursor(after)) if after < len(found) else None,
        "previous": replace_query_param(here, "cursor", cursor(before)) if first else None,
        "total": len(found),
    }
    return as_json(document.written(page))


def all_of(found: Any) -> Any:
    for first in range(0, len(found), MOST):
        yield from found.part(first, first + MOST)


def in_the_making(answer: Answer) -> Response:
    """202: the job that makes it, and the report of before, if there was one."""
    old = answer.computed and document.plain(answer.computed.report)
    job = answer.job
    headers = {"Location": reverse("read_job", args=[job.pk]), "Retry-After": "1"} if job else {}
    return Response(
        {"job": job and JobSerializer(job).data, "stale_report": old}, status=202, headers=headers
    )


def as_json(raw: bytes) -> HttpResponse:
    return HttpResponse(raw, content_type="application/json", headers={"Cache-Control": "private, no-cache"})


def as_csv(rows: Any, filename: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(spelled.lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


# --- query parameters -----------------------------------------------------------------------------------------
def read_format(request: Request) -> str:
    kind = request.query_params.get("format", "json")
    if kind not in FORMATS:
        raise Invalid(f"Unknown format {kind!r:.40}; the formats are {' and '.join(FORMATS)}.")
    return str(kind)


def read_page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(PAGE))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise Invalid(f"page_size must be a whole number from 1 to {MOST}.")
    return min(int(text), MOST)


def cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"p{place}".encode()).decode()


def read_cursor(request: Request) -> int:
    """A place in the order: it stands still as long as the report does."""
    text = request.query_params.get("cursor")
    if text is None:
        return 0
    try:
        said = base64.urlsafe_b64decode(text.encode("ascii")).decode("ascii")
        if said[:1] != "p" or not said[1:].isdigit() or len(said) > 12:
            raise ValueError
        return int(said[1:])
    except (ValueError, UnicodeError, binascii.Error):
        raise Invalid("The cursor is not one that this list gave out.") from None
