"""Users by e-mail, and keys that are matched, touched and revoked."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.models import ApiKey, User, UserManager
from accounts.tests.factories import ApiKeyFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = "2026-01-15T12:00:00Z"


class TestUsers:
    def test_are_found_whatever_the_case(self) -> None:
        user = UserFactory(email="Ada@Example.com")
        assert User.objects.get_by_natural_key("ADA@example.COM") == user

    def test_are_unique_whatever_the_case(self) -> None:
        UserFactory(email="ada@example.com")
        with pytest.raises(IntegrityError):
            UserFactory(email="ADA@example.com")

    def test_need_an_email(self) -> None:
        with pytest.raises(ValueError, match="needs an e-mail"):
            User.objects.create_user("")

    def test_are_called_by_their_email(self) -> None:
        assert str(UserFactory.build(email="ada@example.com")) == "ada@example.com"

    def test_superusers_are_staff(self) -> None:
        user = User.objects.create_superuser("ada@example.com", "secret")
        assert (user.is_staff, user.is_superuser) == (True, True)


class TestNamed:
    def test_is_the_user_there_is(self) -> None:
        user = UserFactory(email="ada@example.com")
        assert User.objects.named("ADA@example.com") == user

    def test_makes_a_newcomer_without_groups(self) -> None:
        assert list(User.objects.named("ada@example.com").groups.all()) == []

    def test_makes_a_newcomer_without_a_password(self) -> None:
        assert not User.objects.named("ada@example.com").has_usable_password()

    def test_makes_a_newcomer_without_powers(self) -> None:
        user = User.objects.named("ada@example.com")
        assert (user.is_staff, user.is_superuser) == (False, False)

    @pytest.mark.django_db(transaction=True)
    def test_makes_one_user_when_called_twice_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        both_have_looked = Barrier(2, timeout=30)
        look = UserManager.filter

        def look_together(manager: UserManager, **conditions: Any) -> Any:
            found = look(manager, **conditions)
            seen = list(found)
            both_have_looked.wait()
            return found if seen else manager.none()

        def call(_: int) -> int:
            try:
                return User.objects.named("ada@example.com").pk
            finally:
                connection.close()

        monkeypatch.setattr(UserManager, "filter", look_together)
        with ThreadPoolExecutor(2) as threads:
            first, second = threads.map(call, range(2))
        assert first == second


class TestIssue:
    def test_gives_a_secret_that_tells_its_prefix(self) -> None:
        key, secret = ApiKey.objects.issue(UserFactory(), "nightly")
        assert re.fullmatch(rf"vista_{key.prefix}_[0-9a-f]{{64}}", secret)

    def test_keeps_no_secret(self) -> None:
        key, secret = ApiKey.objects.issue(UserFactory(), "nightly")
        random = secret.rpartition("_")[2]
        assert random not in str(ApiKey.objects.filter(pk=key.pk).values().get())

    def test_shows_no_secret(self) -> None:
        key, secret = ApiKey.objects.issue(UserFactory(), "nightly")
        assert secret.rpartition("_")[2] not in repr(key)

    def test_never_gives_the_same_twice(self) -> None:
        user = UserFactory()
        assert len({ApiKey.objects.issue(user, "nightly")[1] for _ in range(5)}) == 5


class TestMatching:
    def test_finds_the_key(self) -> None:
        key = ApiKeyFactory()
        assert ApiKey.objects.matching(key.secret) == key

    def test_brings_the_user_along_in_one_query(
        self, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        key = ApiKeyFactory()
        with django_assert_num_queries(1):
            assert ApiKey.objects.matching(key.secret).user.email

    @pytest.mark.parametrize(
        "change",
        [
            lambda secret: secret[:-1] + ("0" if secret[-1] != "0" else "1"),
            lambda secret: secret[:-1],
            lambda secret: secret + "0",
            lambda secret: secret.upper(),
            lambda secret: "vista_00000000_" + secret.rpartition("_")[2],
            lambda secret: secret.removeprefix("vista_"),
            lambda secret: secret.replace("vista", "vistb"),
            lambda secret: "",
            lambda secret: "vista__",
            lambda secret: "vista_é_é",
        ],
        ids=["last", "short", "long", "upper", "unknown", "bare", "name", "empty", "hollow", "accent"],
    )
    def test_refuses_what_is_not_the_key(self, change: Callable[[str], str]) -> None:
        assert ApiKey.objects.matching(change(ApiKeyFactory().secret)) is None

    def test_refuses_a_revoked_key(self) -> None:
        key = ApiKeyFactory()
        key.revoke()
        assert ApiKey.objects.matching(key.secret) is None

    def test_refuses_an_expired_key(self) -> None:
        key = ApiKeyFactory(expires_at=timezone.now())
        assert ApiKey.objects.matching(key.secret) is None

    def test_takes_a_key_that_has_yet_to_expire(self) -> None:
        key = ApiKeyFactory(expires_at=timezone.now() + timedelta(hours=1))
        assert ApiKey.objects.matching(key.secret) == key

    def test_refuses_the_key_of_a_user_who_was_switched_off(self) -> None:
        key = ApiKeyFactory(user=UserFactory(is_active=False))
        assert ApiKey.objects.matching(key.secret) is None


class TestState:
    def test_of_a_new_key_is_active(self) -> None:
        assert ApiKeyFactory().state == "active"

    def test_of_a_key_past_its_time_is_expired(self) -> None:
        assert ApiKeyFactory(expires_at=timezone.now()).state == "expired"

    def test_of_a_revoked_key_is_revoked_even_when_expired(self) -> None:
        key = ApiKeyFactory(expires_at=timezone.now())
        key.revoke()
        assert key.state == "revoked"

    def test_keeps_the_time_of_the_first_revocation(self) -> None:
        with time_machine.travel(NOON, tick=False) as traveller:
            key = ApiKeyFactory()
            key.revoke()
            traveller.shift(timedelta(days=1))
            key.revoke()
        key.refresh_from_db()
        assert key.revoked_at.isoformat() == "2026-01-15T12:00:00+00:00"


class TestTouch:
    def test_writes_the_time_of_use(self) -> None:
        key = ApiKeyFactory()
        with time_machine.travel(NOON, tick=False):
            key.touch()
        key.refresh_from_db()
        assert key.last_used_at.isoformat() == "2026-01-15T12:00:00+00:00"

    def test_writes_nothing_within_a_minute(self, django_assert_num_queries: Callable[[int], Any]) -> None:
        key = ApiKeyFactory()
        with time_machine.travel(NOON, tick=False) as traveller:
            key.touch()
            traveller.shift(timedelta(seconds=60))
            with django_assert_num_queries(0):
                key.touch()

    def test_writes_again_after_a_minute(self, django_assert_num_queries: Callable[[int], Any]) -> None:
        key = ApiKeyFactory()
        with time_machine.travel(NOON, tick=False) as traveller:
            key.touch()
            traveller.shift(timedelta(seconds=61))
            with django_assert_num_queries(1):
                key.touch()
