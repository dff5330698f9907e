"""A client for pipelines that send results to VISTA: needs `requests`, shows progress with `tqdm` if that is there.

The file stands alone, so that it can be copied next to a pipeline. Every call signs anew and tries again after broken
connections, time-outs and the answers 429, 502, 503 and 504; VISTA answers repeated calls alike, so nothing is stored
twice. Faults are raised as VistaError, which is a requests.RequestException.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import random
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

try:
    from tqdm import tqdm  # type: ignore[import-untyped]
    from tqdm.utils import CallbackIOWrapper  # type: ignore[import-untyped]
except ImportError:  # uploads are then silent
    tqdm = None

JSON = dict[str, Any]

DEFAULT_URL = "http://localhost:8000"
ENV_FILE = Path(__file__).resolve().parent.parent / ".env"  # of the checkout
ENV_NAMES = ("BASE_URL", "API_KEY", "ML_CALLBACK_HMAC_SECRET")

TRY_AGAIN = frozenset({429, 502, 503, 504})  # answers that another attempt may change
BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
LONGEST_WAIT = 120.0  # seconds between two attempts; a server that asks for more gets no other attempt

logger = logging.getLogger(__name__)


class VistaError(requests.RequestException):
    """A call that failed for good: VISTA's own sentence and, where it gives them, the faults one by one.

    `status` is the HTTP status, None when no answer came; `detail` is the sentence; `errors` are
    `{"field", "message"}` pairs. Neither keys nor secrets nor upload URLs are in it.
    """

    def __init__(self, call: str, status: int | None, detail: str, errors: list[JSON] | None = None) -> None:
        self.status = status
        self.detail = detail
        self.errors = errors or []
        first = f"{call}: {detail}" if status is None else f"{call}: {status} {detail}"
        super().__init__(
            "\n  ".join([first, *(f"{e.get('field')}: {e.get('message')}" for e in self.errors)])
        )


class MLPipelineClient:
    """The six steps of an analysis. The API key opens the first, the secret signs the others."""

    def __init__(
        self,
        api_url: str,
        hmac_secret: str,
        api_key: str | None = None,
        *,
        scheme: str = "timestamped",
        retries: int = 5,
        backoff: float = 0.5,
        timeout: float | tuple[float, float] = (10, 120),
        progress: bool = True,
    ) -> None:
        """
        `scheme` is "timestamped" or "body" (see the API guide, "Signatures"). `retries` are further attempts after
        the first; the pause before them starts at about `backoff` seconds and doubles. `timeout` is in seconds, to
        connect and between two pieces of an answer. `progress=False` switches the bar of uploads off.
        """
        if not api_url.startswith(("http://", "https://")):
            raise ValueError("api_url must begin with http:// or https://")
        if not hmac_secret:
            raise ValueError("hmac_secret is empty; it is ML_CALLBACK_HMAC_SECRET of the server")
        if api_key and not re.fullmatch(r"[!-~]+", api_key):
            raise ValueError("api_key has characters that no header can carry, a line feed perhaps")
        if scheme not in PREFIXES:
            raise ValueError(f"scheme must be one of {', '.join(PREFIXES)}, got {scheme!r}")
        self.api_url = api_url.rstrip("/")
        self.hmac_secret = hmac_secret
        self.api_key = api_key
        self.scheme = scheme
        self.retries = retries
        self.backoff = backoff
        self.timeout = timeout
        self.progress = progress
        self._http = requests.Session()

    def __enter__(self) -> MLPipelineClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up. Calls after it connect anew."""
        self._http.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_without_login(self.api_url)!r}, scheme={self.scheme!r})"

    def create_analysis(
        self,
        image_id: str,
        model_name: str,
        model_version: str,
        parameters: JSON | None = None,
        *,
        description: str = "",
        idempotency_key: str | None = None,
    ) -> JSON:
        """Step 1: create an analysis and return it. The same `idempotency_key` gives the same analysis again."""
        payload = {
            "model_name": model_name,
            "model_version": model_version,
            "parameters": parameters or {},
            "description": description,
        }
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        answer = self._as_user("POST", f"/api/images/{image_id}/analyses", _encoded(payload), headers)
        return _decoded(answer, "POST analyses")

    def update_status(self, analysis_id: str, status: str, *, error_message: str | None = None) -> JSON:
        """Step 2: tell that the work has begun ("processing"), or how it ended."""
        return self._signed(
            "PATCH", analysis_id, "status", _given(status=status, error_message=error_message)
        )

    def request_presigned_urls(self, analysis_id: str, artifacts: list[JSON]) -> JSON:
        """Step 3: announce files, each `{"artifact_name", "content_type"}`; `presigned_urls` has one URL each."""
        return self._signed("POST", analysis_id, "artifacts/presign", {"artifacts": artifacts})

    def upload_artifact(
        self,
        presigned_url: str,
        file_path: str | os.PathLike[str],
        content_type: str,
        *,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Step 4: upload a file. `headers` are those of the presign answer, where it has more than the type."""
        path = Path(file_path)
        all_headers = {"Content-Type": content_type, **(headers or {})}

        def attempt() -> requests.Response:
            with self._opened(path) as file:
                # requests sends an empty file in chunks, which storage refuses.
                body = file if path.stat().st_size else b""
                return self._request("PUT", presigned_url, data=body, headers=all_headers)

        self._until_answered(f"PUT {path.name}", attempt)

    def submit_annotations(
        self,
        analysis_id: str,
        annotations: list[JSON],
        *,
        mode: str | None = None,
        idempotency_key: str | None = None,
    ) -> JSON:
        """Step 5: add annotations, all or none. `mode="replace"` forgets earlier batches.

        The same batch again is stored once. Whoever means to add it twice gives two idempotency keys.
        """
        payload = _given(annotations=annotations, mode=mode)
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._signed("POST", analysis_id, "annotations:bulk", payload, headers)

    def finalize_analysis(
        self,
        analysis_id: str,
        status: str = "completed",
        summary: JSON | None = None,
        *,
        error_message: str | None = None,
    ) -> JSON:
        """Step 6: end the analysis; `missing_artifacts` of the answer names the files that never came."""
        payload = _given(status=status, summary=summary or {}, error_message=error_message)
        return self._signed("POST", analysis_id, "finalize", payload)

    def cancel_analysis(self, analysis_id: str) -> JSON:
        """Give an analysis up, as its user: no signature is needed."""
        call = f"/api/analyses/{analysis_id}/cancel"
        return _decoded(self._as_user("POST", call, b""), f"POST {call}")

    def read(self, path: str, **parameters: str | int | float) -> JSON:
        """What a GET of `path` ("/api/analyses/…") answers; `parameters` are those of the query."""
        return _decoded(self._as_user("GET", path, parameters=parameters), f"GET {path}")

    def read_all(self, path: str, **parameters: str | int | float) -> Iterator[JSON]:
        """Each item of the list at `path`, page after page."""
        page = self.read(path, **parameters)
        yield from page["results"]
        while page["next"]:
            following = urlsplit(page["next"])  # only its path: the key goes to no other host
            page = self.read(f"{following.path}?{following.query}")
            yield from page["results"]

    def download(self, path: str) -> bytes:
        """The bytes behind `path` ("/api/analyses/…/artifacts/heatmap.png")."""
        return self._as_user("GET", path).content

    def _as_user(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        parameters: JSON | None = None,
    ) -> requests.Response:
        all_headers = dict(headers or {})
        if body is not None:
            all_headers["Content-Type"] = "application/json"
        if self.api_key:
            all_headers["X-API-Key"] = self.api_key
        return self._until_answered(
            f"{method} {path}",
            lambda: self._request(
                method, self.api_url + path, data=body, headers=all_headers, params=parameters
            ),
        )

    def _signed(
        self, method: str, analysis_id: str, path: str, payload: JSON, headers: dict[str, str] | None = None
    ) -> JSON:
        url = f"{self.api_url}/api/analyses/{analysis_id}/{path}"
        body = _encoded(payload)  # these bytes are signed, and these are sent

        def attempt() -> requests.Response:
            timestamp = str(int(time.time()))  # anew each time: it must not grow old while waiting
            signed = {
                "Content-Type": "application/json",
                "X-ML-Timestamp": timestamp,
                "X-ML-Signature": sign(body, self.hmac_secret, timestamp, self.scheme),
            }
            return self._request(method, url, data=body, headers={**signed, **(headers or {})})

        call = f"{method} {path}"
        return _decoded(self._until_answered(call, attempt), call)

    def _request(self, method: str, url: str, **options: Any) -> requests.Response:
        # A redirect would turn a POST into a GET and carry the key to another host.
        return self._http.request(method, url, timeout=self.timeout, allow_redirects=False, **options)

    def _until_answered(self, call: str, attempt: Callable[[], requests.Response]) -> requests.Response:
        """The first answer that is a success; raises VistaError for one that no other attempt would change."""
        for number in range(self.retries + 1):
            wait = (
                self.backoff * 2**number * random.uniform(0.5, 1)
            )  # so that many pipelines do not come at once
            try:
                response = attempt()
            except requests.RequestException as error:
                # Its text holds the URL, which for an upload is as good as a password.
                fault = VistaError(call, None, f"no answer: {_innermost(error)}")
                again = isinstance(error, BROKEN) and not isinstance(error, requests.exceptions.SSLError)
            else:
                if 200 <= response.status_code < 300:
                    return response
                fault = _refusal(call, response)
                again = response.status_code in TRY_AGAIN
                wait = max(wait, _retry_after(response))
            if not again or number == self.retries or wait > LONGEST_WAIT:
                raise fault
            logger.warning("%s; trying again in %.1f s", fault, wait)
            time.sleep(wait)
        raise AssertionError("unreachable")

    @contextmanager
    def _opened(self, path: Path) -> Iterator[Any]:
        """The file, or one that moves a bar while it is read; the bar shows on a terminal only."""
        with path.open("rb") as file:
            if tqdm is None or not self.progress:
                yield file
                return
            size = path.stat().st_size
            with tqdm(
                total=size, desc=path.name, unit="B", unit_scale=True, disable=None, leave=False
            ) as bar:
                yield CallbackIOWrapper(bar.update, file, "read")


# --- signing: the twin of analyses/signing.py, and a test compares the two ------------------------------------------
PREFIXES = {"timestamped": "sha256=", "body": ""}


def sign(body: bytes, secret: str, timestamp: str, scheme: str = "timestamped") -> str:
    """The header X-ML-Signature over the bytes that are sent; `timestamp` is the header X-ML-Timestamp."""
    message = timestamp.encode() + b"." + body if scheme == "timestamped" else body
    return PREFIXES[scheme] + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


# --- settings -------------------------------------------------------------------------------------------------------
def settings_from_env(env_file: Path = ENV_FILE) -> dict[str, str]:
    """BASE_URL, API_KEY and ML_CALLBACK_HMAC_SECRET from the environment, else from `.env`; "" where neither has it.

    While secrets are rotated, `.env` holds several; the first of them signs.
    """
    in_file = _read_env(env_file)
    found = {name: os.environ.get(name) or in_file.get(name, "") for name in ENV_NAMES}
    found["BASE_URL"] = found["BASE_URL"] or DEFAULT_URL
    found["ML_CALLBACK_HMAC_SECRET"] = found["ML_CALLBACK_HMAC_SECRET"].split(",")[0].strip()
    return found


def _read_env(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:  # there need not be one, and another user's need not be readable
        return {}
    lines = re.findall(r"^(?:export )?([A-Za-z_][A-Za-z_0-9]*)=(.*)$", text, flags=re.MULTILINE)
    return {name: value.strip().strip("\"'") for name, value in lines}


# --- the parts ------------------------------------------------------------------------------------------------------
def _given(**fields: Any) -> JSON:
    return {name: value for name, value in fields.items() if value is not None}


def _encoded(payload: JSON) -> bytes:
    return json.dumps(payload, allow_nan=False, separators=(",", ":")).encode()


def _decoded(response: requests.Response, call: str) -> JSON:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise VistaError(call, response.status_code, "the answer is not VISTA's; is the address right?")
    return answer


def _refusal(call: str, response: requests.Response) -> VistaError:
    """What an answer other than 2xx says: VISTA's JSON, S3's XML, or whatever a proxy sent."""
    status = response.status_code
    if 300 <= status < 400:
        target = urlsplit(response.headers.get("Location", ""))
        return VistaError(
            call, status, f"redirected to {target.scheme}://{target.hostname}; use that address"
        )
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        errors = [e for e in answer.get("errors") or [] if isinstance(e, dict)]
        return VistaError(call, status, str(answer.get("detail", response.reason)), errors)
    # S3 repeats the signed request in its errors: only its sentence is shown.
    sentence = re.search(r"<Message>([^<]{1,300})</Message>", response.text)
    return VistaError(call, status, sentence[1] if sentence else str(response.reason))


def _retry_after(response: requests.Response) -> float:
    """Seconds that the server asks to wait, by number or by date; 0 when it does not say."""
    value = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        return parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, TypeError):
        return 0.0


def _innermost(error: BaseException) -> str:
    """What the operating system said ("Connection refused"), else the kind of error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return str(cause.strerror)
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


def _without_login(url: str) -> str:
    """The URL without a user name and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
