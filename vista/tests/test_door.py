"""Nonsense is refused at the door, with the headers and the shape of every other answer."""

import pytest
from django.test import Client, RequestFactory

from accounts.models import User
from vista.wsgi import application


@pytest.mark.django_db  # a request looks after the connections that tests before it left open
@pytest.mark.parametrize("charset", ["hex", "rot13", "base64", "undefined", "idna", "latin-1"])
def test_a_charset_is_not_used_for_the_query(charset: str) -> None:
    environ = RequestFactory()._base_environ(
        PATH_INFO="/healthz", QUERY_STRING="x=%ff", CONTENT_TYPE=f"text/plain; charset={charset}"
    )
    statuses: list[str] = []
    answer = application(environ, lambda status, headers: statuses.append(status))
    answer.close()
    assert statuses == ["200 OK"]


@pytest.mark.parametrize("path", ["/api/schema", "/healthz", "/admin/", "/login"])
def test_a_nul_in_the_query_is_400(path: str) -> None:
    response = Client().get(f"{path}?version=%00")
    assert response.status_code == 400
    assert response["Content-Security-Policy"]


def test_a_schema_version_is_not_looked_at() -> None:
    assert Client().get("/api/schema?version=%0A").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["aaaaaaaa\x00bbb", "short", "A" * 32, ""])
def test_a_session_cookie_that_django_never_made_is_no_session(key: str) -> None:
    client = Client()
    client.cookies["sessionid"] = key
    assert client.get("/api/projects").status_code == 401


@pytest.mark.parametrize("path", ["/login", "/settings/keys", "/admin/login/"])
def test_a_form_that_no_form_of_ours_could_be_is_413(path: str) -> None:
    response = Client().generic("POST", path, b"x", CONTENT_LENGTH=str(60 * 2**20))
    assert response.status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/analyses/analysis/?created_at__year=0", "/admin/r/1/abc/"])
def test_an_address_that_the_admin_cannot_read_is_no_500(path: str) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("admin@example.org"))
    assert client.get(path).status_code in (302, 400, 404)


@pytest.mark.parametrize("header", ["Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options"])
@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/api/nowhere"])
def test_every_answer_has_the_headers(path: str, header: str) -> None:
    assert header in Client().get(path)
