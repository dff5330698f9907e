"""System checks: each fault of our settings has an id, and good settings have none."""

from typing import Any

import pytest
from django.core import checks as django_checks

from vista import checks

SECRET = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def good_settings(settings: Any) -> None:
    settings.ML_CALLBACK_HMAC_SECRETS = [SECRET]
    settings.PROXY_SHARED_SECRETS = []


def found() -> list[str]:
    """The ids of what our own checks say."""
    return [m.id for m in django_checks.run_checks() if m.id and m.id.startswith("vista.")]


def test_good_settings_have_no_fault() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("ML_CALLBACK_HMAC_SECRETS", [], "vista.W001"),
        ("ML_CALLBACK_HMAC_SECRETS", [SECRET, "short"], "vista.W002"),
        ("PROXY_SHARED_SECRETS", ["short"], "vista.W002"),
        ("ML_SIGNATURE_SCHEMES", ["body", "rot13"], "vista.E001"),
        ("ML_SIGNATURE_SCHEMES", [], "vista.E001"),
        ("ML_FINALIZE_MISSING", "ignore", "vista.E002"),
        *((name, value, "vista.E003") for name in checks.POSITIVE for value in (0, -1)),
        ("BASE_URL", "vista.example.org", "vista.E004"),
        ("TRUSTED_PROXIES", ["10.0.0.7", "proxy.example.org"], "vista.E005"),
    ],
)
def test_each_fault_has_its_id(settings: Any, name: str, value: Any, fault: str) -> None:
    setattr(settings, name, value)
    assert found() == [fault]


def test_without_the_feature_no_secret_is_missed(settings: Any) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    settings.ML_CALLBACK_HMAC_SECRETS = []
    assert found() == []


def test_no_check_shows_a_secret(settings: Any) -> None:
    settings.ML_CALLBACK_HMAC_SECRETS = ["hush-hush"]
    messages = [str(message) for message in django_checks.run_checks()]
    assert messages
    assert "hush-hush" not in "".join(messages)
