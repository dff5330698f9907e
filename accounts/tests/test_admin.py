"""The admin of people, keys and groups."""

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, User
from accounts.tests.factories import ApiKeyFactory, StaffFactory, SuperuserFactory, UserFactory

pytestmark = pytest.mark.django_db
USERS, KEYS, GROUPS = "/admin/accounts/user/", "/admin/accounts/apikey/", "/admin/auth/group/"


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(SuperuserFactory(email="root@example.com"))
    return client


@pytest.fixture
def helper() -> Client:
    """Staff with every permission on users and keys, and yet no superuser."""
    staff = StaffFactory()
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    client = Client()
    client.force_login(staff)
    return client


def text_of(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def form_of(user: User, **changes: Any) -> dict[str, Any]:
    return {"email": user.email, "is_active": "on"} | changes


class TestPages:
    @pytest.mark.parametrize(
        "url", [f"{model}{page}" for model in (USERS, KEYS, GROUPS) for page in ("", "add/", "?q=ada")]
    )
    def test_open(self, root: Client, url: str) -> None:
        assert root.get(url).status_code == 200

    @pytest.mark.parametrize("url", [USERS, KEYS, GROUPS])
    def test_cost_the_same_however_long_the_list(
        self, root: Client, url: str, django_assert_max_num_queries: Any
    ) -> None:
        for key in ApiKeyFactory.create_batch(9):
            key.user.groups.add(Group.objects.create(name=key.name))
        with django_assert_max_num_queries(8):
            root.get(url)

    def test_name_no_username_anywhere(self, root: Client) -> None:
        pages = [text_of(root.get(url)) for url in (USERS, f"{USERS}add/", "/admin/password_change/")]
        assert [page for page in pages if "username" in page.lower()] == []


class TestUsers:
    def test_are_found_by_email(self, root: Client) -> None:
        UserFactory(email="ada@example.com")
        page = text_of(root.get(USERS, {"q": "ADA@"}))
        assert ("ada@example.com" in page, "1 user" in page) == (True, True)

    def test_are_made_by_email(self, root: Client) -> None:
        password = "a-long-enough-passphrase"
        form = {"email": "ada@example.com", "usable_password": "true"}
        root.post(f"{USERS}add/", form | {"password1": password, "password2": password})
        assert User.objects.get(email="ada@example.com").check_password(password)

    def test_are_made_once_whatever_the_case(self, root: Client) -> None:
        UserFactory(email="ada@example.com")
        form = {"email": "ADA@example.com", "usable_password": "false"}
        page = text_of(root.post(f"{USERS}add/", form))
        assert "A user with this e-mail exists already." in page

    def test_are_put_into_groups(self, root: Client) -> None:
        user, group = UserFactory(), Group.objects.create(name="biologists")
        root.post(f"{USERS}{user.pk}/change/", form_of(user, groups=[group.pk]))
        assert list(user.groups.all()) == [group]

    def test_page_shows_no_password_hash(self, root: Client) -> None:
        user = UserFactory()
        assert user.password.rpartition("$")[2] not in text_of(root.get(f"{USERS}{user.pk}/change/"))

    def test_get_powers_from_superusers(self, root: Client) -> None:
        user = UserFactory()
        root.post(f"{USERS}{user.pk}/change/", form_of(user, is_staff="on"))
        user.refresh_from_db()
        assert user.is_staff

    def test_get_no_powers_from_others(self, helper: Client) -> None:
        user = UserFactory()
        response = helper.post(f"{USERS}{user.pk}/change/", form_of(user, is_staff="on", is_superuser="on"))
        user.refresh_from_db()
        assert (response.status_code, user.is_staff, user.is_superuser) == (302, False, False)

    @pytest.mark.parametrize("ending", ["change/", "password/", "delete/"])
    def test_who_are_superusers_are_left_alone_by_others(self, helper: Client, ending: str) -> None:
        superuser = SuperuserFactory()
        assert helper.post(f"{USERS}{superuser.pk}/{ending}", form_of(superuser)).status_code == 403


class TestKeys:
    def make(self, client: Client, user: User, **form: str) -> HttpResponse:
        blank = {"expires_at_0": "", "expires_at_1": ""}
        return client.post(f"{KEYS}add/", blank | {"user": user.pk, "name": "nightly"} | form, follow=True)

    def shown(self, response: HttpResponse) -> list[str]:
        return re.findall(r"vista_[0-9a-f]{8}_[0-9a-f]{64}", response.content.decode())

    def test_are_shown_once(self, root: Client) -> None:
        user = UserFactory()
        (secret,) = self.shown(self.make(root, user))
        assert ApiKey.objects.matching(secret).user == user

    def test_are_not_shown_again(self, root: Client) -> None:
        self.make(root, UserFactory())
        assert self.shown(root.get(KEYS)) == []

    def test_are_kept_by_no_cache(self, root: Client) -> None:
        response = self.make(root, UserFactory())
        assert "no-store" in response.headers["Cache-Control"]

    def test_are_made_once(self, root: Client) -> None:
        self.make(root, UserFactory())
        assert ApiKey.objects.count() == 1

    def test_expire_when_told(self, root: Client) -> None:
        self.make(root, UserFactory(), expires_at_0="2030-01-15", expires_at_1="12:00:00")
        assert ApiKey.objects.get().expires_at.isoformat() == "2030-01-15T12:00:00+00:00"

    def test_of_superusers_are_made_by_superusers_alone(self, helper: Client) -> None:
        self.make(helper, SuperuserFactory())
        assert not ApiKey.objects.exists()

    @pytest.mark.parametrize("search", ["ada@example.com", "nightly", "prefix"])
    def test_are_found(self, root: Client, search: str) -> None:
        key = ApiKeyFactory(user=UserFactory(email="ada@example.com"), name="nightly")
        ApiKeyFactory(name="other")
        page = text_of(root.get(KEYS, {"q": key.prefix if search == "prefix" else search}))
        assert (key.prefix in page, "other" in page) == (True, False)

    @pytest.mark.parametrize("ending", ["", "{}/change/"])
    def test_tell_no_digest(self, root: Client, ending: str) -> None:
        key = ApiKeyFactory()
        assert key.digest not in text_of(root.get(KEYS + ending.format(key.pk)))

    def test_are_renamed(self, root: Client) -> None:
        key = ApiKeyFactory()
        root.post(f"{KEYS}{key.pk}/change/", {"name": "weekly"})
        key.refresh_from_db()
        assert key.name == "weekly"

    def test_change_no_hands(self, root: Client) -> None:
        key, other = ApiKeyFactory(), UserFactory()
        root.post(f"{KEYS}{key.pk}/change/", {"name": "weekly", "user": other.pk})
        assert ApiKey.objects.get().user == key.user

    def test_still_match_after_a_change(self, root: Client) -> None:
        key = ApiKeyFactory()
        root.post(f"{KEYS}{key.pk}/change/", {"name": "weekly"})
        assert ApiKey.objects.matching(key.secret) == key

    def test_are_revoked(self, root: Client) -> None:
        key = ApiKeyFactory()
        root.post(KEYS, {"action": "revoke", "_selected_action": [key.pk]})
        assert ApiKey.objects.get().state == "revoked"

    def test_are_revoked_once(self, root: Client) -> None:
        earlier = timezone.now()
        key = ApiKeyFactory(revoked_at=earlier)
        page = text_of(root.post(KEYS, {"action": "revoke", "_selected_action": [key.pk]}, follow=True))
        assert ("0 API key(s) revoked." in page, ApiKey.objects.get().revoked_at) == (True, earlier)

    def test_are_not_deleted(self, root: Client) -> None:
        key = ApiKeyFactory()
        assert root.post(f"{KEYS}{key.pk}/delete/", {"post": "yes"}).status_code == 403


class TestGroups:
    def test_tell_their_members(self, root: Client) -> None:
        group = Group.objects.create(name="biologists")
        UserFactory(email="ada@example.com", groups=[group])
        assert "ada@example.com" in text_of(root.get(f"{GROUPS}{group.pk}/change/"))

    def test_tell_their_projects(self, root: Client) -> None:
        group = Group.objects.create(name="biologists")
        group.projects.create(name="Beetles of Borneo")
        assert "Beetles of Borneo" in text_of(root.get(f"{GROUPS}{group.pk}/change/"))

    def test_list_how_many_they_are(self, root: Client) -> None:
        group = Group.objects.create(name="biologists")
        UserFactory.create_batch(3, groups=[group])
        assert '<td class="field-member_count">3</td>' in text_of(root.get(GROUPS))

    def test_are_made(self, root: Client) -> None:
        root.post(f"{GROUPS}add/", {"name": "biologists"})
        assert Group.objects.get().name == "biologists"
