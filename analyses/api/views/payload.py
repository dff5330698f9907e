"""The viewer's payload: one analysis as binary columns, computed while it runs, from a file once it is final."""

import gzip
import hashlib
import re
import zlib
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.request import Request

from analyses import payload
from analyses.api import schema
from analyses.api.selection import EVERYTHING, Selection
from analyses.api.views.shared import AnalysesViewSet
from analyses.models import Analysis

FOR_EVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"
REFUSED = re.compile(r"q=0(\.0*)?")


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
        selection = Selection.of(request.query_params)
        as_gzip = takes_gzip(request.headers.get("Accept-Encoding", ""))
        etag = f'"{version_of(analysis)}-{payload.FORMAT}{"-gzip" if as_gzip else ""}"'
        response = get_conditional_response(request._request, etag=etag)
        if response is None:
            content = gzipped(analysis, selection, what, make)
            response = HttpResponse(
                content if as_gzip else gzip.decompress(content), content_type=payload.MEDIA_TYPE
            )
            if as_gzip:
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
        content = compressed(make(analysis, selection), well=keep)
        if keep:
            cache.write(name, content)
    return content


def compressed(content: bytes, *, well: bool) -> bytes:
    """As gzip: in time that pays for what is kept, else in a third of it and a tenth larger."""
    strategy = zlib.Z_DEFAULT_STRATEGY if well else zlib.Z_RLE
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16, zlib.DEF_MEM_LEVEL, strategy)
    return packer.compress(content) + packer.flush()


def columns_of(analysis: Analysis, selection: Selection) -> bytes:
    return payload.encode(selection.columns(analysis), header_of(analysis, selection))


def ids_of(analysis: Analysis, selection: Selection) -> bytes:
    return payload.encode_ids(*selection.ids(analysis), header_of(analysis, selection))


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
