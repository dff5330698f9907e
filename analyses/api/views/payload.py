"""The viewer's payload: one analysis as binary columns, computed while it runs, from a file once it is final."""

import gzip
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, F, TextField, Value, When
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.request import Request

from analyses import payload
from analyses.api import schema
from analyses.api.filters import number
from analyses.api.views.shared import AnalysesViewSet
from analyses.models import Analysis
from analyses.models.annotation import AnnotationQuerySet
from vista.errors import Invalid

MOST = 500_000  # annotations in one payload; the highest scores come first
FOR_EVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"
# A box is all in its bounds, so its JSON is not even fetched.
FORM = Case(
    When(annotation_type="bounding_box", then=Value(None)), default=F("data"), output_field=TextField()
)
COLUMNS = ("annotation_type", "class_name", "confidence", "x_min", "y_min", "x_max", "y_max")
REFUSED = re.compile(r"q=0(\.0*)?")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which annotations a payload is about."""

    min_score: float | None = None
    max_score: float | None = None
    window: tuple[float, ...] | None = None  # x_min, y_min, x_max, y_max in pixels
    limit: int = MOST

    @classmethod
    def of(cls, params: Mapping[str, str]) -> "Selection":
        """What the query parameters select. Raises Invalid, which names the parameter that is none."""
        chosen = cls(
            **{name: read(params[name], name) for name, read in READERS.items() if name in params},
        )
        if (chosen.min_score or 0) > (1 if chosen.max_score is None else chosen.max_score):
            raise bad("min_score", "must not be above max_score")
        return chosen

    def narrow(self, annotations: AnnotationQuerySet, count: int) -> AnnotationQuerySet:
        """Those selected of `count`, in the order of their ids, or by score where only some of them fit."""
        if self.min_score is not None:
            annotations = annotations.at_least(self.min_score)
        if self.max_score is not None:
            annotations = annotations.filter(confidence__lte=self.max_score)
        if self.window is not None:
            x_min, y_min, x_max, y_max = self.window
            annotations = annotations.touching(x_min, y_min, x_max - x_min, y_max - y_min)
        if self.limit < count:
            return annotations.order_by(F("confidence").desc(nulls_last=True), "id")[: self.limit]
        return annotations.order_by("id")


EVERYTHING = Selection()


class PayloadViewSet(AnalysesViewSet):
    """One analysis as the viewer wants it."""

    @schema.READ_PAYLOAD
    def read_payload(self, request: Request, analysis_id: Any) -> HttpResponseBase:
        return self.answer(request, analysis_id, "payload", columns_of)

    @schema.READ_PAYLOAD_IDS
    def read_payload_ids(self, request: Request, analysis_id: Any) -> HttpResponseBase:
        return self.answer(request, analysis_id, "ids", ids_of)

    def answer(
        self, request: Request, analysis_id: Any, what: str, make: Callable[[Analysis, Selection], bytes]
    ) -> HttpResponseBase:
        analysis = get_object_or_404(Analysis.objects.visible_to(request.user), pk=analysis_id)
        check_format(request.query_params)
        selection = Selection.of(request.query_params)
        compressed = takes_gzip(request.headers.get("Accept-Encoding", ""))
        etag = f'"{version_of(analysis)}-{payload.FORMAT}{"-gzip" if compressed else ""}"'
        response = get_conditional_response(request._request, etag=etag)
        if response is None:
            content = gzipped(analysis, selection, what, make)
            response = HttpResponse(
                content if compressed else gzip.decompress(content), content_type=payload.MEDIA_TYPE
            )
            if compressed:
                response["Content-Encoding"] = "gzip"
            response["X-Content-Type-Options"] = "nosniff"
        response["ETag"] = etag
        response["Cache-Control"] = FOR_EVER if analysis.is_final else ASK_AGAIN
        patch_vary_headers(response, ["Accept-Encoding"])
        return response


def gzipped(
    analysis: Analysis, selection: Selection, what: str, make: Callable[[Analysis, Selection], bytes]
) -> bytes:
    """The file, compressed; of a final analysis the whole one is made once and kept."""
    cache = payload.Cache(settings.DATA_DIR / "payloads")
    name = f"{analysis.pk}-{version_of(analysis)}-{payload.FORMAT}.{what}.gz"
    keep = analysis.is_final and selection == EVERYTHING
    content = cache.read(name) if keep else None
    if content is None:
        content = gzip.compress(make(analysis, selection), 6, mtime=0)
        if keep:
            cache.write(name, content)
    return content


def columns_of(analysis: Analysis, selection: Selection) -> bytes:
    annotations = selection.narrow(analysis.annotations.all(), analysis.annotation_count)
    rows = payload.Rows.of(annotations.values_list(*COLUMNS, FORM))
    return payload.encode(rows, header_of(analysis, selection))


def ids_of(analysis: Analysis, selection: Selection) -> bytes:
    annotations = selection.narrow(analysis.annotations.all(), analysis.annotation_count)
    found = list(annotations.values_list("id", "confidence"))
    ids = b"".join([id_.bytes for id_, _ in found])
    return payload.encode_ids(ids, [confidence for _, confidence in found], header_of(analysis, selection))


def header_of(analysis: Analysis, selection: Selection) -> dict[str, Any]:
    """What a file says of itself; nothing in it may change once the analysis is final."""
    return {
        "analysis_id": str(analysis.pk),
        "version": version_of(analysis),
        "final": analysis.is_final,
        "total": analysis.annotation_count,
        "selection": asdict(selection),
    }


def version_of(analysis: Analysis) -> str:
    """Another one after each batch and each change of the status; the same for ever once that is final."""
    moment = analysis.completed_at or analysis.updated_at  # a finalize may still come after the status
    said = f"{moment.isoformat()} {analysis.status} {analysis.annotation_count} {analysis.last_annotation_id}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def takes_gzip(accepted: str) -> bool:
    """Whether this Accept-Encoding lets us send gzip."""
    for entry in accepted.lower().split(","):
        coding, _, quality = entry.replace(" ", "").partition(";")
        if coding == "gzip":
            return not REFUSED.fullmatch(quality)
    return False


# --- query parameters -----------------------------------------------------------------------------------------
def bad(name: str, fault: str) -> Invalid:
    return Invalid(f"{name} {fault}.", [(name, fault)])


def check_format(params: Mapping[str, str]) -> None:
    """Readers say which format they know: a browser that keeps files for ever then asks anew after an update."""
    if params.get("format", str(payload.FORMAT)) != str(payload.FORMAT):
        raise bad("format", f"must be {payload.FORMAT}")


def read_score(text: str, name: str) -> float:
    score = number(text)
    if score is None or not 0 <= score <= 1:
        raise bad(name, "must be a number from 0 to 1")
    return score


def read_window(text: str, name: str) -> tuple[float, ...]:
    window = tuple(n for part in text.split(",") if (n := number(part)) is not None)
    if len(window) != 4 or text.count(",") != 3 or window[0] >= window[2] or window[1] >= window[3]:
        raise bad(name, "must be x_min,y_min,x_max,y_max in pixels, each max above its min")
    return window


def read_limit(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= MOST):
        raise bad(name, f"must be a whole number from 1 to {MOST:,}")
    return int(text)


READERS: dict[str, Callable[[str, str], Any]] = {
    "min_score": read_score,
    "max_score": read_score,
    "window": read_window,
    "limit": read_limit,
}
