"""A stored file as an answer: by a short-lived address of the storage, or streamed through VISTA."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponseBase, HttpResponseRedirect
from django.utils.http import content_disposition_header

DOWNLOAD_SECONDS = 300


def attachment(path: str, filename: str, content_type: str) -> HttpResponseBase:
    """The file at this path of the storage as a download. Raises Http404 where it is gone."""
    if url := default_storage.signed_download(path, filename, content_type, DOWNLOAD_SECONDS):
        return HttpResponseRedirect(url)
    try:
        content: Any = default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
