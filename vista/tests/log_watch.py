"""What the logs of a test would have given away."""

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from vista import logs

OPENS_SOMETHING = re.compile(
    r"test-secret-[a-z-]+"  # the secrets of pipelines in tests/settings.py
    r"|only-for-tests-[0-9a-f]+"  # SECRET_KEY
    r"|vista_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{20,}"  # API keys
    r"|/api/uploads/[^\s?\"'\[]{20,}"  # upload tokens
    r"|X-Amz-Signature=[0-9a-f]{16,}"
)


@contextmanager
def watched() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, as the project's own handler writes it."""
    formatter = logs.configuration("DEBUG", as_json=True)["formatters"]["lines"]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"]
        )
    )
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield stream
    finally:
        root.removeHandler(handler)


def given_away(text: str) -> list[str]:
    """What in these lines would open something to whoever reads them."""
    return OPENS_SOMETHING.findall(text)
