"""Pages behind a proxy that names the user."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from accounts.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("accounts.tests.whoami_urls")]
SECRET = "a-secret-of-the-proxy-in-the-tests"
PROXY = {"X-User-Email": "ada@example.com", "X-Proxy-Secret": SECRET}
URL = "/whoami"


@pytest.fixture(autouse=True)
def proxy_secret(settings: Any) -> None:
    settings.PROXY_SHARED_SECRETS = [SECRET]


def test_a_believed_proxy_logs_in(client: Client) -> None:
    assert client.get(URL, headers=PROXY).content == b"ada@example.com"


def test_no_session_is_written(client: Client) -> None:
    client.get(URL, headers=PROXY)
    assert not Session.objects.exists()


def test_the_proxy_goes_before_the_session(client: Client) -> None:
    client.force_login(UserFactory(email="grace@example.com"))
    assert client.get(URL, headers=PROXY).content == b"ada@example.com"


def test_the_session_counts_without_a_proxy(client: Client) -> None:
    client.force_login(UserFactory(email="grace@example.com"))
    assert client.get(URL).content == b"grace@example.com"


def test_a_wrong_secret_is_ignored(client: Client) -> None:
    client.force_login(UserFactory(email="grace@example.com"))
    headers = PROXY | {"X-Proxy-Secret": "wrong"}
    assert client.get(URL, headers=headers).content == b"grace@example.com"


def test_headers_without_a_configured_secret_are_ignored(client: Client, settings: Any) -> None:
    settings.PROXY_SHARED_SECRETS = []
    assert client.get(URL, headers=PROXY).content == b"nobody"


def test_what_is_no_email_is_told_on_a_page(client: Client) -> None:
    response = client.get(URL, headers=PROXY | {"X-User-Email": "ada"})
    assert response.status_code == 401
    assert "X-User-Email is not an e-mail address." in response.content.decode()


def test_somebody_switched_off_is_refused(client: Client) -> None:
    UserFactory(email="ada@example.com", is_active=False)
    response = client.get(URL, headers=PROXY)
    assert (response.status_code, b"The credentials are not valid." in response.content) == (401, True)


def test_somebody_switched_off_is_refused_in_spite_of_a_good_session(client: Client) -> None:
    UserFactory(email="ada@example.com", is_active=False)
    client.force_login(UserFactory(email="grace@example.com"))
    assert client.get(URL, headers=PROXY).status_code == 401


def test_another_site_may_not_post(client: Client) -> None:
    response = client.post(URL, headers=PROXY | {"Sec-Fetch-Site": "cross-site"})
    assert (response.status_code, b"made by another site" in response.content) == (403, True)


def test_our_own_page_may_post(client: Client) -> None:
    response = client.post(URL, headers=PROXY | {"Sec-Fetch-Site": "same-origin"})
    assert response.content == b"ada@example.com"


def test_the_api_is_left_to_its_own_class(client: Client) -> None:
    client.get("/api/no-such-endpoint", headers=PROXY)
    assert not User.objects.exists()


def test_the_project_list_opens_without_a_login_page(client: Client) -> None:
    response = client.get("/", headers=PROXY)
    assert (response.status_code, b"ada@example.com" in response.content) == (200, True)


def test_the_login_page_sends_on_whom_the_proxy_names(client: Client) -> None:
    response = client.get("/login", headers=PROXY)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
