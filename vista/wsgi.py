"""The WSGI application that gunicorn serves."""

import gc
import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    """Django's request, whose query is UTF-8.

    Django takes a client's word for a charset and decodes the query with it, whatever codec that names, before
    any middleware could object.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Handler(WSGIHandler):
    """Django's handler with our request."""

    request_class = Request


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vista.settings")
django.setup(set_prefix=False)
application = Handler()

# Large batches make many objects and hardly a cycle: the collector looks less often, and never at what was loaded.
gc.freeze()
gc.set_threshold(50_000, 20, 50)
