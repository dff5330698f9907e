"""The OpenAPI schema: generated without a complaint, names that make good clients, an example everywhere."""

import keyword
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    return dict(SchemaGenerator().get_schema(request=None, public=True))


def operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Operations by `METHOD path`."""
    found = {
        f"{method.upper()} {path}": item[method]
        for path, item in schema["paths"].items()
        for method in METHODS
        if method in item
    }
    assert len(found) > 20
    return found


def holds(value: Any, *keys: str) -> bool:
    if isinstance(value, dict):
        return any(key in value for key in keys) or any(holds(inner, *keys) for inner in value.values())
    return isinstance(value, list) and any(holds(inner, *keys) for inner in value)


def test_it_is_generated_without_a_warning(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.")
    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})


def test_it_is_valid_openapi(schema: dict[str, Any]) -> None:
    validate_schema(schema)


def test_operation_ids_are_identifiers_of_their_own(schema: dict[str, Any]) -> None:
    ids = [operation["operationId"] for operation in operations(schema).values()]
    assert sorted(ids) == sorted(set(ids))
    assert [name for name in ids if not name.isidentifier() or keyword.iskeyword(name)] == []


def test_every_operation_has_an_example(schema: dict[str, Any]) -> None:
    without = [
        name
        for name, operation in operations(schema).items()
        if not holds([operation.get("requestBody"), operation["responses"]], "example", "examples")
    ]
    assert without == []


def test_every_operation_is_described_and_says_how_to_call_it(schema: dict[str, Any]) -> None:
    silent = [name for name, o in operations(schema).items() if not o.get("summary", o.get("description"))]
    assert silent == []
    assert [name for name, o in operations(schema).items() if "security" not in o] == []


def test_users_and_pipelines_authenticate_differently(schema: dict[str, Any]) -> None:
    schemes = {
        name: {scheme for alternative in operation["security"] for scheme in alternative}
        for name, operation in operations(schema).items()
    }
    of_pipelines = schemes["POST /api/analyses/{analysis_id}/finalize"]
    assert of_pipelines
    assert of_pipelines.isdisjoint(schemes["POST /api/images/{image_id}/analyses"])
    assert of_pipelines <= set(schema["components"]["securitySchemes"])


def test_it_is_public(client: Client, db: None) -> None:
    response = client.get("/api/schema")
    assert response.status_code == 200
    assert response.json()["info"]["title"] == "VISTA"


def test_the_documentation_page_is_public_and_loads_nothing_from_elsewhere(client: Client, db: None) -> None:
    response = client.get("/docs")
    assert response.status_code == 200
    page = response.content.decode()
    assert "swagger-ui" in page
    assert "http://" not in page.replace("http://testserver", "")
    assert "https://" not in page


def test_the_documentation_page_leads_back_and_to_the_description(client: Client, db: None) -> None:
    page = client.get("/docs").content.decode()
    assert ['href="/"' in page, 'href="/api/schema"' in page] == [True, True]
