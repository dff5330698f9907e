"""The one place that decides whether a reverse proxy's word about the user is believed. No REST framework here."""

import hmac
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.models import User
from vista.errors import Refusal

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


class UnacceptableUser(Refusal):
    """A believed proxy names somebody who may not come in."""

    status_code = 401


class CrossSite(Refusal):
    """Another site made the browser send a request that changes something."""

    status_code = 403


def user_named_by_proxy(request: HttpRequest) -> User | None:
    """The user that a believed proxy names, made when new; None when there is nothing to believe.

    Raises UnacceptableUser or CrossSite; then nothing else that came with the request counts either.
    """
    email = _believed_email(request)
    if not email:
        return None
    _refuse_other_sites(request)
    try:
        email = User._meta.get_field("email").clean(email, None)
    except ValidationError as error:
        raise UnacceptableUser("The proxy's X-User-Email is not an e-mail address.") from error
    user = User.objects.named(email)
    if not user.is_active:
        raise UnacceptableUser("The credentials are not valid.")
    return user


def _believed_email(request: HttpRequest) -> str:
    email = request.META.get("HTTP_X_USER_EMAIL", "").strip()
    if email and _knows_the_secret(request) and _comes_from_a_trusted_address(request):
        return email
    return ""


def _knows_the_secret(request: HttpRequest) -> bool:
    # Bytes, since compare_digest raises on text that is not ASCII.
    sent = request.META.get("HTTP_X_PROXY_SECRET", "").encode("latin-1", "replace")
    return any(hmac.compare_digest(secret.encode(), sent) for secret in settings.PROXY_SHARED_SECRETS)


def _comes_from_a_trusted_address(request: HttpRequest) -> bool:
    if not settings.TRUSTED_PROXIES:
        return True
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:  # how an IPv6 socket writes IPv4 callers
        address = address.ipv4_mapped
    return any(address in ip_network(text.strip(), strict=False) for text in settings.TRUSTED_PROXIES)


def _refuse_other_sites(request: HttpRequest) -> None:
    """A browser is logged in at the proxy for whatever page it shows, so ask who made it send this."""
    if request.method in SAFE_METHODS:
        return
    site = request.META.get("HTTP_SEC_FETCH_SITE", "none")
    origin = request.META.get("HTTP_ORIGIN")
    is_ours = origin is None or _is_own_origin(origin, request)
    if site not in ("same-origin", "none") or not is_ours:
        raise CrossSite("This request was made by another site.")


def _is_own_origin(origin: str, request: HttpRequest) -> bool:
    # The scheme is not compared: the proxy ends HTTPS and VISTA sees HTTP.
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return False
    return host == request.get_host() or origin in settings.CSRF_TRUSTED_ORIGINS
