"""The signature of a callback, checked as the guide's server would."""

import hashlib
import hmac
import time
from typing import Any

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class IsSigned(BasePermission):
    """HMAC-SHA256 of the raw body, and a timestamp that is not too old."""

    def has_permission(self, request: Request, view: Any) -> bool:
        try:
            skew = time.time() - int(request.headers["X-ML-Timestamp"])
            signature = request.headers["X-ML-Signature"]
        except (KeyError, ValueError):
            return False
        if abs(skew) > settings.ML_SIGNATURE_MAX_SKEW_SECONDS:
            return False
        secret = settings.ML_CALLBACK_HMAC_SECRETS[0].encode()
        expected = hmac.new(secret, request.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.encode())
