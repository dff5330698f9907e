"""What a person and a program read when something VISTA leans on does not answer."""

from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from rest_framework.views import APIView

from vista.errors import Conflict


def page(request: HttpRequest) -> None:
    raise OperationalError("connection refused at 10.0.0.1 as vista")


def refusing_page(request: HttpRequest) -> None:
    raise Conflict("The analysis is over.")


class Endpoint(APIView):
    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Any) -> None:
        raise OperationalError("connection refused at 10.0.0.1 as vista")


urlpatterns = [path("page", page), path("refusing", refusing_page), path("api/endpoint", Endpoint.as_view())]


@pytest.fixture(autouse=True)
def quiet_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error page without the links of the site, which this table of contents does not have."""
    monkeypatch.setattr("vista.views.render", lambda request, name, context, status: plain(context, status))


def plain(context: dict[str, Any], status: int) -> Any:
    return HttpResponse(context["detail"], status=status)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("where", ["/page", "/api/endpoint"])
def test_a_database_that_does_not_answer_is_503(where: str) -> None:
    response = Client().get(where)
    assert response.status_code == 503
    assert response["Retry-After"]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("where", ["/page", "/api/endpoint"])
def test_the_database_is_not_described_to_strangers(where: str) -> None:
    assert "10.0.0.1" not in Client().get(where).content.decode()


@pytest.mark.urls(__name__)
def test_a_refusal_on_a_page_keeps_its_status_and_sentence() -> None:
    response = Client().get("/refusing")
    assert (response.status_code, response.content.decode()) == (409, "The analysis is over.")


def test_a_refusal_shows_at_most_20_faults() -> None:
    refusal = Conflict("Many.", [(f"item[{i}]", "is wrong") for i in range(30)])
    body = refusal.as_dict()
    assert (len(body["errors"]), body["error_count"]) == (20, 30)  # type: ignore[arg-type]
