"""What the endpoints of analyses share: the switch of the feature, and Idempotency-Key."""

import re
from typing import Any

from django.conf import settings
from django.http import Http404
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from vista.errors import Invalid

KEY = re.compile(r"[\x21-\x7e]{1,255}")
REPLAYED = {"Idempotent-Replayed": "true"}


class AnalysesViewSet(GenericViewSet):
    """A viewset that is not there while ML_ANALYSIS_ENABLED is false."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not settings.ML_ANALYSIS_ENABLED:
            raise Http404
        super().initial(request, *args, **kwargs)


def idempotency_key(request: Request) -> str | None:
    """The Idempotency-Key header, or None. Raises Invalid where it is not 1 to 255 visible ASCII characters."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        raise Invalid("Idempotency-Key must be 1 to 255 visible ASCII characters.")
    return key
