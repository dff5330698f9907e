"""Login, logout and the page of API keys."""

import html
import re
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, User
from accounts.tests.factories import PASSWORD, ApiKeyFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
KEYS = "/settings/keys"
NOON = "2026-01-15T12:00:00Z"


@pytest.fixture
def ada() -> User:
    return UserFactory(email="ada@example.com")


@pytest.fixture
def as_ada(ada: User, client: Client) -> Client:
    client.force_login(ada)
    return client


def text_of(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def shown_keys(response: HttpResponse) -> list[str]:
    return re.findall(r"vista_[0-9a-f]{8}_[0-9a-f]{64}", response.content.decode())


class TestLogin:
    def test_page_opens(self, client: Client) -> None:
        assert client.get("/login").status_code == 200

    def test_page_asks_for_an_email(self, client: Client) -> None:
        page = text_of(client.get("/login"))
        assert ('type="email"' in page, 'autocomplete="username"' in page) == (True, True)

    @pytest.mark.parametrize("email", ["ada@example.com", "ADA@Example.com"])
    def test_logs_in_whatever_the_case(self, client: Client, ada: User, email: str) -> None:
        client.post("/login", {"username": email, "password": PASSWORD})
        assert client.session["_auth_user_id"] == str(ada.pk)

    def test_leads_to_the_projects(self, client: Client, ada: User) -> None:
        response = client.post("/login", {"username": ada.email, "password": PASSWORD})
        assert (response.status_code, response.headers["Location"]) == (302, "/")

    def test_leads_back_to_where_one_came_from(self, client: Client, ada: User) -> None:
        response = client.post("/login", {"username": ada.email, "password": PASSWORD, "next": KEYS})
        assert response.headers["Location"] == KEYS

    @pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
    def test_leads_to_no_other_site(self, client: Client, ada: User, url: str) -> None:
        response = client.post("/login", {"username": ada.email, "password": PASSWORD, "next": url})
        assert response.headers["Location"] == "/"

    @pytest.mark.parametrize(
        "form",
        [
            {"username": "ada@example.com", "password": "wrong"},
            {"username": "nobody@example.com", "password": PASSWORD},
            {"username": "off@example.com", "password": PASSWORD},
        ],
        ids=["wrong", "unknown", "off"],
    )
    def test_tells_nobody_who_has_an_account(self, client: Client, ada: User, form: dict[str, str]) -> None:
        UserFactory(email="off@example.com", is_active=False)
        page = text_of(client.post("/login", form))
        assert "The e-mail address and the password do not belong together." in page

    def test_sends_on_whoever_is_logged_in(self, as_ada: Client) -> None:
        assert as_ada.get(f"/login?next={KEYS}").headers["Location"] == KEYS

    @pytest.mark.parametrize("url", ["/login", "/login?next=/login"])
    def test_never_leads_to_itself(self, as_ada: Client, url: str) -> None:
        assert as_ada.get("/login", {"next": url}).headers["Location"] == "/"

    def test_of_the_admin_is_the_same_page(self, client: Client) -> None:
        response = client.get("/admin/auth/group/", follow=True)
        assert response.redirect_chain[-1] == ("/login?next=/admin/auth/group/", 302)

    def test_of_the_admin_refuses_who_is_not_staff(self, as_ada: Client) -> None:
        assert as_ada.get("/admin/", follow=True).status_code == 403

    def test_of_the_admin_sends_staff_on(self, client: Client) -> None:
        client.force_login(StaffFactory())
        assert client.get("/admin/login/").headers["Location"] == "/admin/"


class TestLogout:
    @pytest.mark.parametrize("url", ["/logout", "/admin/logout/"])
    def test_ends_the_session(self, client: Client, url: str) -> None:
        client.force_login(StaffFactory())
        response = client.post(url)
        assert (response.headers["Location"], "_auth_user_id" in client.session) == ("/login", False)

    def test_needs_a_post(self, as_ada: Client) -> None:
        assert as_ada.get("/logout").status_code == 405


class TestKeys:
    def test_page_needs_a_login(self, client: Client) -> None:
        assert client.get(KEYS).headers["Location"] == f"/login?next={KEYS}"

    def test_page_says_when_there_are_none(self, as_ada: Client) -> None:
        assert "You have no API keys" in text_of(as_ada.get(KEYS))

    def test_page_lists_your_own(self, as_ada: Client, ada: User) -> None:
        key = ApiKeyFactory(user=ada, name="Größe <b>")
        page = text_of(as_ada.get(KEYS))
        assert (key.name in page, f"vista_{key.prefix}_…" in page) == (True, True)

    def test_page_lists_nobody_else_s(self, as_ada: Client) -> None:
        key = ApiKeyFactory()
        assert key.prefix not in text_of(as_ada.get(KEYS))

    def test_page_costs_the_same_however_many_there_are(
        self, as_ada: Client, ada: User, django_assert_num_queries: Any
    ) -> None:
        ApiKeyFactory.create_batch(5, user=ada)
        with django_assert_num_queries(3):  # session, user, keys
            as_ada.get(KEYS)

    def test_no_secret_is_listed(self, as_ada: Client, ada: User) -> None:
        ApiKeyFactory(user=ada)
        assert shown_keys(as_ada.get(KEYS)) == []

    def test_no_digest_is_listed(self, as_ada: Client, ada: User) -> None:
        key = ApiKeyFactory(user=ada)
        assert key.digest not in text_of(as_ada.get(KEYS))


class TestMakingAKey:
    def test_shows_it_once(self, as_ada: Client, ada: User) -> None:
        (secret,) = shown_keys(as_ada.post(KEYS, {"name": "nightly"}))
        assert ApiKey.objects.matching(secret).user == ada

    def test_does_not_show_it_again(self, as_ada: Client) -> None:
        as_ada.post(KEYS, {"name": "nightly"})
        assert shown_keys(as_ada.get(KEYS)) == []

    def test_leaves_an_empty_form(self, as_ada: Client) -> None:
        assert 'value="nightly"' not in text_of(as_ada.post(KEYS, {"name": "nightly"}))

    def test_is_kept_by_no_cache(self, as_ada: Client) -> None:
        response = as_ada.post(KEYS, {"name": "nightly"})
        assert "no-store" in response.headers["Cache-Control"]

    def test_is_good_for_ever_without_a_day(self, as_ada: Client) -> None:
        as_ada.post(KEYS, {"name": "nightly", "expires_on": ""})
        assert ApiKey.objects.get().expires_at is None

    def test_is_good_to_the_end_of_its_last_day(self, as_ada: Client) -> None:
        today = timezone.now().date()
        as_ada.post(KEYS, {"name": "nightly", "expires_on": today.isoformat()})
        assert ApiKey.objects.get().expires_at.isoformat() == f"{today}T23:59:59+00:00"

    @pytest.mark.parametrize("name", ["", " ", "n" * 101, "a\0b"])
    def test_needs_a_name(self, as_ada: Client, name: str) -> None:
        response = as_ada.post(KEYS, {"name": name})
        assert (ApiKey.objects.exists(), 'aria-invalid="true"' in text_of(response)) == (False, True)

    @pytest.mark.parametrize("day", ["2026-01-14", "2036-01-14", "9999-12-31", "yesterday"])
    def test_needs_a_day_that_is_to_come(self, as_ada: Client, day: str) -> None:
        with time_machine.travel(NOON, tick=False):
            as_ada.force_login(User.objects.get())
            response = as_ada.post(KEYS, {"name": "nightly", "expires_on": day})
        assert (ApiKey.objects.exists(), 'aria-invalid="true"' in text_of(response)) == (False, True)

    def test_needs_a_csrf_token(self, ada: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(ada)
        assert (client.post(KEYS, {"name": "nightly"}).status_code, ApiKey.objects.exists()) == (403, False)


class TestRevoking:
    def test_refuses_the_key_from_now_on(self, as_ada: Client, ada: User) -> None:
        key = ApiKeyFactory(user=ada)
        as_ada.post(f"{KEYS}/{key.pk}/revoke")
        assert ApiKey.objects.matching(key.secret) is None

    def test_leads_back_and_says_so(self, as_ada: Client, ada: User) -> None:
        key = ApiKeyFactory(user=ada, name="nightly")
        response = as_ada.post(f"{KEYS}/{key.pk}/revoke", follow=True)
        assert response.redirect_chain == [(KEYS, 302)]
        assert f"nightly (vista_{key.prefix}_…) is revoked." in text_of(response)

    def test_of_somebody_else_s_is_a_404(self, as_ada: Client) -> None:
        key = ApiKeyFactory()
        response = as_ada.post(f"{KEYS}/{key.pk}/revoke")
        assert (response.status_code, ApiKey.objects.matching(key.secret)) == (404, key)

    def test_needs_a_post(self, as_ada: Client, ada: User) -> None:
        key = ApiKeyFactory(user=ada)
        response = as_ada.get(f"{KEYS}/{key.pk}/revoke")
        assert (response.status_code, ApiKey.objects.matching(key.secret)) == (405, key)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_copy_button_copies_the_new_key(live_server: Any, page: Any, ada: User) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{live_server.url}/login?next={KEYS}")
    page.get_by_label("E-mail address").fill(ada.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Name").fill("nightly")
    page.get_by_role("button", name="Make the key").click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert ApiKey.objects.matching(copied).user == ada


class TestPassword:
    def test_is_changed_by_the_one_who_knows_it(self, db: None) -> None:
        user = UserFactory()
        client = Client()
        client.force_login(user)
        new = "a-new-one-of-many-words"
        data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        client.post("/settings/password", data)
        user.refresh_from_db()
        assert user.check_password(new)

    def test_stays_when_the_old_one_is_wrong(self, db: None) -> None:
        user = UserFactory()
        client = Client()
        client.force_login(user)
        new = "a-new-one-of-many-words"
        data = {"old_password": "wrong", "new_password1": new, "new_password2": new}
        assert client.post("/settings/password", data).status_code == 200
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
