"""Documents say what the code does: routes, settings, commands and make targets are compared with the text."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import URLPattern, get_resolver

ROOT = settings.BASE_DIR
READS = re.compile(r"""\b(?:env(?:\.\w+)?|words)\(\s*["']([A-Z][A-Z0-9_]+)["']""")
PLACEHOLDER = re.compile(r"<\w+:(\w+)>")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# --- routes ---------------------------------------------------------------------------------------------------
def routes(resolver: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield path, pattern.callback
        else:
            yield from routes(pattern, path)


def api_operations() -> set[str]:
    """Each operation as the guide writes it: `POST /api/projects/{project_id}/images`."""
    found = set()
    for path, callback in routes(get_resolver()):
        if path.startswith("api/"):
            methods = getattr(callback, "actions", None) or {"get": ""}
            readable = PLACEHOLDER.sub(r"{\1}", path)
            found |= {f"{m.upper()} /{readable}" for m in methods if m not in ("head", "options")}
    return found


def test_every_operation_of_the_api_is_in_the_guide() -> None:
    operations = api_operations()
    assert len(operations) > 20
    guide = text("docs/api-guide.md")
    assert {operation for operation in operations if f"`{operation}`" not in guide} == set()


def test_the_guide_promises_no_operation_that_is_not_there() -> None:
    promised = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /api/[^\s`?]+)`", text("docs/api-guide.md")))
    assert promised
    assert promised - api_operations() == set()


# --- settings -------------------------------------------------------------------------------------------------
def variables() -> set[str]:
    return {name for file in ("vista/settings.py", "gunicorn.conf.py") for name in READS.findall(text(file))}


def documented() -> set[str]:
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", text("docs/deployment.md"), re.MULTILINE))


def offered() -> set[str]:
    return set(re.findall(r"^# ([A-Z][A-Z0-9_]+)=", text(".env.example"), re.MULTILINE))


def test_every_variable_is_in_the_deployment_guide() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS", "WEB_CONCURRENCY"} <= variables()
    assert variables() - documented() == set()


def test_every_variable_is_in_the_example() -> None:
    assert variables() - offered() == set()


# Read elsewhere: by gunicorn itself, by scripts/serve.sh, by boto3, by the pipelines' scripts.
READ_ELSEWHERE = {"FORWARDED_ALLOW_IPS", "VISTA_DEMO"}
OFFERED_FOR_OTHERS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "BASE_URL", "API_KEY", "VISTA_DEMO"}


def test_no_variable_is_documented_that_nothing_reads() -> None:
    assert documented() - variables() == READ_ELSEWHERE
    assert offered() - variables() == OFFERED_FOR_OTHERS


# --- commands -------------------------------------------------------------------------------------------------
def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    named = {
        target
        for document in ("README.md", "CONTRIBUTING.md", "docs/deployment.md", "docs/developer-guide.md")
        for target in re.findall(r"\bmake ([a-z][a-z-]+)", "\n".join(code(text(document))))
    }
    assert {"run", "test"} <= named
    assert named - targets == set()


def test_every_command_of_ours_is_in_the_deployment_guide() -> None:
    ours = {name for name, app in get_commands().items() if app in ("accounts", "images", "analyses")}
    assert len(ours) > 3
    named = set(re.findall(r"^\| `manage\.py (\w+)", text("docs/deployment.md"), re.MULTILINE))
    assert ours - named == set()


def code(markdown: str) -> list[str]:
    """What stands between back-ticks, in the text and in blocks."""
    return re.findall(r"```.*?```|`[^`]+`", markdown, re.DOTALL)


# --- links ----------------------------------------------------------------------------------------------------
DOCUMENTS = [p for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if p.name != "CHANGELOG.md"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []
