"""A stored file as an answer, whole or a part of it: by a short-lived address of the storage, or streamed by VISTA."""

import re
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from rest_framework.request import Request
from rest_framework.response import Response

DOWNLOAD_SECONDS = 300
# RFC 9110, section 14. Several parts at once nobody needs here: such a request is answered with the whole file.
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)


def attachment(
    request: Request, path: str, filename: str, content_type: str, etag: str | None
) -> HttpResponseBase:
    """The file at this path of the storage as a download. Raises Http404 where it is gone."""
    if url := default_storage.signed_download(path, filename, content_type, DOWNLOAD_SECONDS):
        return HttpResponseRedirect(url)
    try:
        content: Any = default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    return streamed(request, content, filename, content_type, etag=etag)


def streamed(
    request: Request,
    content: Any,
    filename: str,
    content_type: str,
    *,
    etag: str | None,
    inline: bool = False,
) -> HttpResponseBase:
    """An open file, or the part of it that `Range` asks for, so that a download goes on where it was cut off.

    `etag` is for bytes that will never be others.
    """
    size = content.size
    response: HttpResponseBase | None = get_conditional_response(request._request, etag=etag)
    if response is not None:
        content.close()
    elif (part := part_of(request, size, etag)) is None:
        response = FileResponse(content, content_type=content_type)
    elif not part:
        content.close()
        return Response(
            {"detail": f"The file has {size:,} bytes; the range begins behind them."},
            status=416,
            headers={"Content-Range": f"bytes */{size}"},
        )
    else:
        response = FileResponse(Part(content, part), status=206, content_type=content_type)
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
        response["Content-Length"] = str(len(part))
    if etag:
        response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = content_disposition_header(not inline, filename)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    if not inline:
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def part_of(request: Request, size: int, etag: str | None) -> range | None:
    """The bytes that are asked for, none where the file is too short, or None for the whole file.

    What is no range of bytes counts as not said, and so does one of a file that has changed since (`If-Range`).
    """
    said = ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if request.method != "GET" or said is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = said.groups()
    if first:
        part = range(int(first), min(int(last) + 1, size) if last else size)
        return None if last and int(last) < int(first) else part
    return range(max(size - int(last), 0), size) if last else None


class Part:
    """Some of an open file, as Django reads files that it sends."""

    def __init__(self, content: Any, part: range) -> None:
        self._content, self._left = content, len(part)
        content.seek(part.start)

    def read(self, size: int) -> bytes:
        piece: bytes = self._content.read(min(size, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._content.close()
