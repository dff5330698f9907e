"""Who calls the API: the first of key, proxy and session that is present decides."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from accounts.models import User
from accounts.tests.factories import ApiKeyFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("accounts.tests.whoami_urls")]
SECRET = "a-secret-of-the-proxy-in-the-tests"
OLD_SECRET = "the-secret-before-the-rötation"
CHALLENGE = 'ApiKey realm="VISTA", Bearer realm="VISTA"'
URL = "/api/whoami"


@pytest.fixture
def proxy(settings: Any) -> dict[str, str]:
    """The headers of a proxy that is believed."""
    settings.PROXY_SHARED_SECRETS = [SECRET, OLD_SECRET]
    return {"X-User-Email": "ada@example.com", "X-Proxy-Secret": SECRET}


@pytest.fixture
def visitor() -> Client:
    """Logged in as grace@example.com, with the CSRF checks of real life."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(email="grace@example.com"))
    return client


def told(response: HttpResponse) -> tuple[int, Any, str | None]:
    return response.status_code, response.json(), response.headers.get("WWW-Authenticate")


def refused(sentence: str) -> tuple[int, Any, str | None]:
    return 401, {"detail": sentence}, CHALLENGE


def as_user(email: str) -> tuple[int, Any, str | None]:
    return 200, {"email": email}, None


BAD_KEY = refused("The API key is not valid.")


class TestNobody:
    def test_is_a_401(self, client: Client) -> None:
        assert told(client.get(URL)) == refused("Authentication credentials were not provided.")


class TestKey:
    def test_is_its_user(self, client: Client) -> None:
        key = ApiKeyFactory()
        assert told(client.get(URL, headers={"X-API-Key": key.secret})) == as_user(key.user.email)

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
    def test_as_bearer_is_its_user(self, client: Client, scheme: str) -> None:
        key = ApiKeyFactory()
        headers = {"Authorization": f"{scheme} {key.secret}"}
        assert told(client.get(URL, headers=headers)) == as_user(key.user.email)

    def test_needs_no_csrf_token(self) -> None:
        key = ApiKeyFactory()
        client = Client(enforce_csrf_checks=True)
        assert told(client.post(URL, headers={"X-API-Key": key.secret})) == as_user(key.user.email)

    @pytest.mark.parametrize("text", ["", "wrong", "vista_00000000_" + "0" * 64, "vista_é_é", "vista_\0_0"])
    def test_wrong_is_refused(self, client: Client, text: str) -> None:
        assert told(client.get(URL, headers={"X-API-Key": text})) == BAD_KEY

    @pytest.mark.parametrize("text", ["Bearer", "Bearer ", "Bearer wrong", "Bearer a b"])
    def test_wrong_as_bearer_is_refused(self, client: Client, text: str) -> None:
        assert told(client.get(URL, headers={"Authorization": text})) == BAD_KEY

    def test_revoked_is_refused(self, client: Client) -> None:
        key = ApiKeyFactory()
        key.revoke()
        assert told(client.get(URL, headers={"X-API-Key": key.secret})) == BAD_KEY

    def test_expired_is_refused(self, client: Client) -> None:
        key = ApiKeyFactory(expires_at=timezone.now())
        assert told(client.get(URL, headers={"X-API-Key": key.secret})) == BAD_KEY

    def test_of_somebody_switched_off_is_refused(self, client: Client) -> None:
        key = ApiKeyFactory(user=UserFactory(is_active=False))
        assert told(client.get(URL, headers={"X-API-Key": key.secret})) == BAD_KEY

    def test_bad_is_refused_in_spite_of_a_good_session(self, visitor: Client) -> None:
        assert told(visitor.get(URL, headers={"X-API-Key": "wrong"})) == BAD_KEY

    def test_bad_is_refused_in_spite_of_a_good_proxy(self, client: Client, proxy: dict[str, str]) -> None:
        assert told(client.get(URL, headers=proxy | {"X-API-Key": "wrong"})) == BAD_KEY

    def test_good_goes_before_proxy_and_session(self, visitor: Client, proxy: dict[str, str]) -> None:
        key = ApiKeyFactory()
        assert told(visitor.get(URL, headers=proxy | {"X-API-Key": key.secret})) == as_user(key.user.email)

    def test_bad_is_refused_in_spite_of_a_good_bearer(self, client: Client) -> None:
        headers = {"X-API-Key": "wrong", "Authorization": f"Bearer {ApiKeyFactory().secret}"}
        assert told(client.get(URL, headers=headers)) == BAD_KEY

    def test_other_schemes_are_not_keys(self, visitor: Client) -> None:
        headers = {"Authorization": "Basic Z3JhY2U6c2VjcmV0"}
        assert told(visitor.get(URL, headers=headers)) == as_user("grace@example.com")

    def test_costs_two_queries_at_first(
        self, client: Client, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        key = ApiKeyFactory()
        with django_assert_num_queries(2):
            client.get(URL, headers={"X-API-Key": key.secret})

    def test_costs_one_query_afterwards(
        self, client: Client, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        key = ApiKeyFactory(last_used_at=timezone.now())
        with django_assert_num_queries(1):
            client.get(URL, headers={"X-API-Key": key.secret})

    def test_is_not_in_the_log(self, client: Client, caplog: pytest.LogCaptureFixture) -> None:
        key = ApiKeyFactory()
        key.revoke()
        client.get(URL, headers={"X-API-Key": key.secret})
        assert key.secret.rpartition("_")[2] not in caplog.text


class TestProxy:
    def test_is_the_user_it_names(self, client: Client, proxy: dict[str, str]) -> None:
        user = UserFactory(email="Ada@Example.com")
        assert told(client.get(URL, headers=proxy)) == as_user(user.email)

    def test_makes_a_newcomer_without_groups(self, client: Client, proxy: dict[str, str]) -> None:
        assert told(client.get(URL, headers=proxy)) == as_user("ada@example.com")
        assert not User.objects.get(email="ada@example.com").groups.exists()

    def test_makes_a_newcomer_once(self, client: Client, proxy: dict[str, str]) -> None:
        client.get(URL, headers=proxy)
        client.get(URL, headers=proxy | {"X-User-Email": "ADA@example.com"})
        assert User.objects.count() == 1

    def test_is_believed_with_the_secret_before_the_rotation(
        self, client: Client, proxy: dict[str, str]
    ) -> None:
        sent = OLD_SECRET.encode().decode("latin-1")  # as WSGI hands over the UTF-8 bytes of a header
        assert told(client.get(URL, headers=proxy | {"X-Proxy-Secret": sent})) == as_user("ada@example.com")

    @pytest.mark.parametrize("secret", ["", "wrong", SECRET + " x", SECRET[:-1], "é", "日本"])
    def test_with_a_wrong_secret_is_ignored(
        self, visitor: Client, proxy: dict[str, str], secret: str
    ) -> None:
        headers = proxy | {"X-Proxy-Secret": secret}
        assert told(visitor.get(URL, headers=headers)) == as_user("grace@example.com")

    def test_with_a_wrong_secret_makes_nobody(self, client: Client, proxy: dict[str, str]) -> None:
        client.get(URL, headers=proxy | {"X-Proxy-Secret": "wrong"})
        assert not User.objects.exists()

    @pytest.mark.parametrize("secret", ["", SECRET])
    def test_is_ignored_where_no_secret_is_set(self, client: Client, settings: Any, secret: str) -> None:
        settings.PROXY_SHARED_SECRETS = []
        headers = {"X-User-Email": "ada@example.com", "X-Proxy-Secret": secret}
        assert client.get(URL, headers=headers).status_code == 401

    def test_without_an_email_is_ignored(self, visitor: Client, proxy: dict[str, str]) -> None:
        headers = proxy | {"X-User-Email": " "}
        assert told(visitor.get(URL, headers=headers)) == as_user("grace@example.com")

    @pytest.mark.parametrize("email", ["ada", "ada@", "a b@example.com", f"{'a' * 250}@example.com", "ä@ä"])
    def test_with_what_is_no_email_is_refused(
        self, visitor: Client, proxy: dict[str, str], email: str
    ) -> None:
        sentence = "The proxy's X-User-Email is not an e-mail address."
        assert told(visitor.get(URL, headers=proxy | {"X-User-Email": email})) == refused(sentence)

    def test_names_somebody_switched_off_and_is_refused(self, visitor: Client, proxy: dict[str, str]) -> None:
        UserFactory(email="ada@example.com", is_active=False)
        assert told(visitor.get(URL, headers=proxy)) == refused("The credentials are not valid.")

    def test_goes_before_the_session(self, visitor: Client, proxy: dict[str, str]) -> None:
        assert told(visitor.get(URL, headers=proxy)) == as_user("ada@example.com")

    def test_costs_one_query(
        self, client: Client, proxy: dict[str, str], django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        UserFactory(email="ada@example.com")
        with django_assert_num_queries(1):
            client.get(URL, headers=proxy)


class TestTrustedAddresses:
    @pytest.mark.parametrize(
        ("trusted", "address"),
        [
            ("10.0.0.7", "10.0.0.7"),
            ("10.0.0.0/8", "10.1.2.3"),
            (" 10.0.0.7/8", "10.1.2.3"),
            ("10.0.0.7", "::ffff:10.0.0.7"),
            ("fd00::/8", "fd00::1"),
        ],
    )
    def test_are_believed(
        self, client: Client, proxy: dict[str, str], settings: Any, trusted: str, address: str
    ) -> None:
        settings.TRUSTED_PROXIES = ["192.0.2.1", trusted]
        assert told(client.get(URL, headers=proxy, REMOTE_ADDR=address)) == as_user("ada@example.com")

    @pytest.mark.parametrize("address", ["10.0.0.8", "::1", "", "unix:"])
    def test_and_no_others(self, client: Client, proxy: dict[str, str], settings: Any, address: str) -> None:
        settings.TRUSTED_PROXIES = ["10.0.0.7"]
        assert client.get(URL, headers=proxy, REMOTE_ADDR=address).status_code == 401


class TestOtherSites:
    """A browser is logged in at the proxy for whatever page it shows."""

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": "http://testserver"},
            {"Origin": "https://testserver"},
            {"Origin": "http://localhost:8000"},
        ],
        ids=str,
    )
    def test_our_own_pages_may_post(
        self, client: Client, proxy: dict[str, str], headers: dict[str, str]
    ) -> None:
        assert told(client.post(URL, headers=proxy | headers)) == as_user("ada@example.com")

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": ""},
            {"Origin": "https://evil.example"},
            {"Origin": "http://testserver.evil.example"},
            {"Origin": "null"},
            {"Origin": "http://["},
            {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
            {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        ],
        ids=str,
    )
    def test_others_may_not(self, client: Client, proxy: dict[str, str], headers: dict[str, str]) -> None:
        sentence = {"detail": "This request was made by another site."}
        assert told(client.post(URL, headers=proxy | headers)) == (403, sentence, None)

    def test_others_make_no_user(self, client: Client, proxy: dict[str, str]) -> None:
        client.post(URL, headers=proxy | {"Sec-Fetch-Site": "cross-site"})
        assert not User.objects.exists()

    def test_links_from_others_may_be_followed(self, client: Client, proxy: dict[str, str]) -> None:
        headers = proxy | {"Sec-Fetch-Site": "cross-site"}
        assert told(client.get(URL, headers=headers)) == as_user("ada@example.com")


class TestSession:
    def test_is_its_user(self, visitor: Client) -> None:
        assert told(visitor.get(URL)) == as_user("grace@example.com")

    def test_needs_a_csrf_token(self, visitor: Client) -> None:
        response = visitor.post(URL)
        assert (response.status_code, response.json()) == (
            403,
            {"detail": "CSRF Failed: CSRF cookie not set."},
        )

    def test_may_post_with_the_token(self, visitor: Client) -> None:
        visitor.cookies["csrftoken"] = token = "a" * 32
        response = visitor.post(URL, {}, content_type="application/json", headers={"X-CSRFToken": token})
        assert told(response) == as_user("grace@example.com")

    def test_of_somebody_switched_off_is_nobody(self, visitor: Client) -> None:
        User.objects.update(is_active=False)
        assert visitor.get(URL).status_code == 401


class TestSchema:
    def test_tells_each_way_in(self) -> None:
        schema = SchemaGenerator().get_schema(request=None, public=True)
        assert schema["paths"]["/api/whoami"]["get"]["security"] == [
            {"ApiKey": []},
            {"ApiKeyAsBearer": []},
            {"ProxyUserEmail": [], "ProxySecret": []},
            {"Session": []},
        ]
