"""Who may see what: every route, visited as everyone; a route that stands in no table fails the test."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from analyses.tests.factories import ArtifactFactory, signed

# Answers to GET for: nobody, stranger, member, staff. POST-only routes answer 405 to everyone who may come near.
PUBLIC = (200, 200, 200, 200)
PAGE = (302, 404, 200, 200)  # nobody is sent to the login page, a stranger cannot tell it from nothing
PERSONAL = (302, 200, 200, 200)  # everyone sees their own
READ = (401, 404, 200, 200)
LIST = (401, 200, 200, 200)
CALLBACK = (401, 401, 401, 401)
EXPECTED: dict[str, tuple[int, int, int, int]] = {
    "favicon.ico": (302, 302, 302, 302),
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "docs": PUBLIC,
    "api/schema": PUBLIC,
    "login": (200, 302, 302, 302),
    "logout": (405, 405, 405, 405),
    "": PERSONAL,
    "projects/new": (302, 403, 403, 200),
    "settings/keys": PERSONAL,
    "settings/password": PERSONAL,
    "settings/keys/<int:key_id>/revoke": (302, 405, 405, 405),
    "projects/<uuid:project_id>/": PAGE,
    "projects/<uuid:project_id>/upload": PAGE,
    "projects/<uuid:project_id>/reference": PAGE,
    "projects/<uuid:project_id>/reference/<uuid:reference_id>/unmark": (302, 405, 405, 405),
    "projects/<uuid:project_id>/imports": (302, 405, 405, 405),
    "projects/<uuid:project_id>/imports/<uuid:job_id>": (302, 404, 404, 404),
    "analyses/<uuid:analysis_id>/reference": (302, 405, 405, 405),
    "projects/<uuid:project_id>/export": PAGE,
    "projects/<uuid:project_id>/compare/": PAGE,
    "projects/<uuid:project_id>/compare/pictures/": PAGE,
    "images/<uuid:image_id>/": PAGE,
    "analyses/<uuid:analysis_id>/overlay.svg": PAGE,
    "analyses/<uuid:analysis_id>/cancel": (302, 405, 405, 405),
    "api/projects": LIST,
    "api/projects/<uuid:project_id>": READ,
    "api/projects/<uuid:project_id>/images": READ,
    "api/projects/<uuid:project_id>/class-colours": (401, 405, 405, 405),
    "api/projects/<uuid:project_id>/references": READ,
    "api/projects/<uuid:project_id>/references/<uuid:reference_id>": (401, 405, 405, 405),
    "api/projects/<uuid:project_id>/imports": (401, 405, 405, 405),
    "api/projects/<uuid:project_id>/compare": (401, 404, 400, 400),  # which models, nobody said
    "api/projects/<uuid:project_id>/compare/pictures": (401, 404, 400, 400),
    "api/images/<uuid:image_id>": READ,
    "api/images/<uuid:image_id>/content": READ,
    "api/images/<uuid:image_id>/thumbnail": READ,
    "api/images/<uuid:image_id>/tiles/<int:level>/<int:column>_<int:row>": READ,
    "api/images/<uuid:image_id>/analyses": READ,
    "api/images/<uuid:image_id>/compare": (401, 404, 400, 400),  # which analyses, nobody said
    "api/analyses/<uuid:analysis_id>": READ,
    "api/analyses/<uuid:analysis_id>/annotations": READ,
    "api/analyses/<uuid:analysis_id>/annotations/<uuid:annotation_id>": (401, 404, 404, 404),
    "api/analyses/<uuid:analysis_id>/artifacts": READ,
    "api/analyses/<uuid:analysis_id>/artifacts/<str:artifact_name>": (401, 404, 404, 404),
    "api/analyses/<uuid:analysis_id>/export": READ,
    "api/analyses/<uuid:analysis_id>/payload": READ,
    "api/analyses/<uuid:analysis_id>/payload/ids": READ,
    "api/analyses/<uuid:analysis_id>/cancel": (401, 405, 405, 405),
    "api/projects/<uuid:project_id>/export": READ,
    "api/projects/<uuid:project_id>/export/estimate": READ,
    "api/projects/<uuid:project_id>/exports": (401, 405, 405, 405),
    "api/projects/<uuid:project_id>/jobs": READ,
    "api/jobs/<uuid:job_id>": (401, 404, 404, 404),
    "api/jobs/<uuid:job_id>/cancel": (401, 405, 405, 405),
    "api/jobs/<uuid:job_id>/file": (401, 404, 404, 404),
    "api/analyses/<uuid:analysis_id>/status": CALLBACK,
    "api/analyses/<uuid:analysis_id>/artifacts/presign": CALLBACK,
    "api/analyses/<uuid:analysis_id>/annotations:bulk": CALLBACK,
    "api/analyses/<uuid:analysis_id>/finalize": CALLBACK,
    "api/uploads/<path:token>": (405, 405, 405, 405),
}
CALLBACKS = [route for route, answers in EXPECTED.items() if answers is CALLBACK]
CALLERS = ["nobody", "stranger", "member", "staff"]


def routes(resolver: Any = None, prefix: str = "") -> Iterator[str]:
    """Every route of the site but the admin's, which Django guards."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and path != "admin/":
            yield from routes(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield path


def test_every_route_stands_in_the_table() -> None:
    assert sorted(set(routes())) == sorted(EXPECTED)


@pytest.fixture
def artifact(db: None) -> Any:
    return ArtifactFactory()


@pytest.fixture
def clients(artifact: Any) -> dict[str, Client]:
    group = artifact.analysis.image.project.group
    stranger = User.objects.create_user("stranger@example.org")
    member = User.objects.create_user("member@example.org")
    member.groups.add(group)
    staff = User.objects.create_user("staff@example.org", is_staff=True)
    made = {name: Client() for name in CALLERS}
    for name, user in zip(CALLERS[1:], (stranger, member, staff), strict=True):
        made[name].force_login(user)
    return made


def address(route: str, artifact: Any) -> str:
    analysis = artifact.analysis
    values = {
        "<uuid:project_id>": analysis.image.project_id,
        "<uuid:image_id>": analysis.image_id,
        "<uuid:analysis_id>": analysis.pk,
        "<uuid:annotation_id>": analysis.pk,
        "<uuid:reference_id>": analysis.pk,
        "<uuid:job_id>": analysis.pk,
        "<str:artifact_name>": artifact.artifact_name,
        "<path:token>": "no-token",
        "<int:key_id>": 1,
        "<int:level>": 0,
        "<int:column>": 0,
        "<int:row>": 0,
    }
    for name, value in values.items():
        route = route.replace(name, str(value))
    return f"/{route}"


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("route", [route for route in EXPECTED if route not in CALLBACKS])
def test_what_each_caller_gets(route: str, caller: str, clients: dict[str, Client], artifact: Any) -> None:
    response = clients[caller].get(address(route, artifact))
    response.close()
    assert response.status_code == EXPECTED[route][CALLERS.index(caller)]


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("route", CALLBACKS)
def test_no_login_opens_a_callback(
    route: str, caller: str, clients: dict[str, Client], artifact: Any
) -> None:
    response = clients[caller].post(address(route, artifact), "{}", "application/json")
    assert response.status_code == 401


@pytest.mark.parametrize("route", [r for r in EXPECTED if "analysis_id" in r and r not in CALLBACKS])
def test_a_pipelines_signature_opens_no_route_of_the_users(
    route: str, clients: dict[str, Client], artifact: Any
) -> None:
    response = clients["nobody"].get(address(route, artifact), headers=signed(b""))
    assert response.status_code == EXPECTED[route][0]


@pytest.mark.parametrize(
    "route", [r for r in EXPECTED if "_id>" in r and r not in CALLBACKS and 405 not in EXPECTED[r]]
)
def test_an_unknown_id_is_404_even_for_staff(route: str, clients: dict[str, Client], artifact: Any) -> None:
    unknown = "00000000-0000-7000-8000-000000000000"
    path = address(route, artifact)
    for id_ in (artifact.analysis.pk, artifact.analysis.image_id, artifact.analysis.image.project_id):
        path = path.replace(str(id_), unknown)
    response = clients["staff"].get(path)
    assert response.status_code == 404
