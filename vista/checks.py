"""System checks of VISTA's own settings; `manage.py check` prints them, each with an id."""

from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.core import checks

KNOWN_SCHEMES = {"body", "timestamped"}


def check_hmac_secret(**kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.ML_ANALYSIS_ENABLED or settings.ML_CALLBACK_HMAC_SECRETS:
        return []
    return [
        checks.Warning(
            "ML_CALLBACK_HMAC_SECRET is not set: every pipeline callback is answered with 503.",
            hint="Set it to the output of `openssl rand -hex 32`.",
            id="vista.W001",
        )
    ]


def check_short_secrets(**kwargs: Any) -> list[checks.CheckMessage]:
    short = [s for s in settings.ML_CALLBACK_HMAC_SECRETS + settings.PROXY_SHARED_SECRETS if len(s) < 16]
    if not short:
        return []
    return [
        checks.Warning(
            f"{len(short)} of the shared secrets are shorter than 16 characters.",
            hint="Use `openssl rand -hex 32`.",
            id="vista.W002",
        )
    ]


def check_schemes(**kwargs: Any) -> list[checks.CheckMessage]:
    unknown = sorted(set(settings.ML_SIGNATURE_SCHEMES) - KNOWN_SCHEMES)
    if unknown or not settings.ML_SIGNATURE_SCHEMES:
        return [
            checks.Error(
                f"ML_SIGNATURE_SCHEMES holds {', '.join(unknown) or 'nothing'}.",
                hint=f"Name at least one of {', '.join(sorted(KNOWN_SCHEMES))}.",
                id="vista.E001",
            )
        ]
    return []


def check_finalize_missing(**kwargs: Any) -> list[checks.CheckMessage]:
    if settings.ML_FINALIZE_MISSING in ("report", "reject"):
        return []
    return [
        checks.Error(
            f"ML_FINALIZE_MISSING is {settings.ML_FINALIZE_MISSING!r}.",
            hint="Use `report` (the default) or `reject`.",
            id="vista.E002",
        )
    ]


POSITIVE = [
    "ML_SIGNATURE_MAX_SKEW_SECONDS",
    "ML_MAX_BODY_BYTES",
    "ML_MAX_BULK_ANNOTATIONS",
    "ML_MAX_ARTIFACT_BYTES",
    "ML_UPLOAD_URL_SECONDS",
    "MAX_IMAGE_BYTES",
    "MAX_IMAGE_PIXELS",
]


def check_limits(**kwargs: Any) -> list[checks.CheckMessage]:
    return [
        checks.Error(f"{name} is {getattr(settings, name)}; it must be above 0.", id="vista.E003")
        for name in POSITIVE
        if getattr(settings, name) <= 0
    ]


def check_base_url(**kwargs: Any) -> list[checks.CheckMessage]:
    if settings.BASE_URL.startswith(("http://", "https://")):
        return []
    return [
        checks.Error(
            f"VISTA_BASE_URL is {settings.BASE_URL!r}.",
            hint="Give the address people use, such as https://vista.example.org.",
            id="vista.E004",
        )
    ]


def check_trusted_proxies(**kwargs: Any) -> list[checks.CheckMessage]:
    return [
        checks.Error(
            f"VISTA_TRUSTED_PROXIES holds {text!r}, which is no address or network.",
            hint="Separate entries like 10.0.0.7 or 10.0.0.0/8 by commas.",
            id="vista.E005",
        )
        for text in settings.TRUSTED_PROXIES
        if not _is_network(text)
    ]


def _is_network(text: str) -> bool:
    try:
        ip_network(text.strip(), strict=False)
    except ValueError:
        return False
    return True


def register() -> None:
    """Register every check of this module; called once from VistaConfig.ready."""
    for check in (
        check_hmac_secret,
        check_short_secrets,
        check_schemes,
        check_finalize_missing,
        check_limits,
        check_base_url,
        check_trusted_proxies,
    ):
        checks.register(check)
