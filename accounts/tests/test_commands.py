"""`create_api_key` and `ensure_admin`, as an operator calls them."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from accounts.models import ApiKey, User, UserManager
from accounts.tests.factories import SuperuserFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = "2026-01-15T12:00:00Z"


class TestCreateApiKey:
    def test_prints_the_key_as_its_last_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("create_api_key", "ada@example.com", "--name", "nightly")
        last = capsys.readouterr().out.splitlines()[-1]
        assert ApiKey.objects.matching(last).user.email == "ada@example.com"

    def test_says_what_it_made_before(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("create_api_key", "ada@example.com", "--name", "nightly")
        first = capsys.readouterr().out.splitlines()[0]
        prefix = ApiKey.objects.get().prefix
        assert first == f"nightly (vista_{prefix}_…) of ada@example.com; it is shown only now:"

    def test_makes_the_user_without_powers(self) -> None:
        call_command("create_api_key", "ada@example.com", "--name", "nightly")
        user = User.objects.get()
        assert (user.email, user.is_staff, user.has_usable_password()) == ("ada@example.com", False, False)

    def test_takes_the_user_there_is(self) -> None:
        user = UserFactory(email="Ada@example.com")
        call_command("create_api_key", "ada@example.com", "--name", "nightly")
        assert ApiKey.objects.get().user == user

    def test_makes_a_key_for_ever(self) -> None:
        call_command("create_api_key", "ada@example.com", "--name", "nightly")
        assert ApiKey.objects.get().expires_at is None

    def test_makes_a_key_for_some_days(self) -> None:
        with time_machine.travel(NOON, tick=False):
            call_command("create_api_key", "ada@example.com", "--name", "nightly", "--expires-days", "30")
        key = ApiKey.objects.get()
        assert key.expires_at - key.created_at == timedelta(days=30)

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["ada", "--name", "nightly"], "Enter a valid email address."),
            (["ada@example.com", "--name", " "], "This field cannot be blank."),
            (["ada@example.com", "--name", "n" * 101], "at most 100 characters"),
            (["ada@example.com", "--name", "n", "--expires-days", "0"], "from 1 to 3650"),
            (["ada@example.com", "--name", "n", "--expires-days", "3651"], "from 1 to 3650"),
            (["ada@example.com"], "--name"),
        ],
    )
    def test_refuses_with_a_sentence(self, arguments: list[str], sentence: str) -> None:
        with pytest.raises(CommandError, match=sentence):
            call_command("create_api_key", *arguments)
        assert not User.objects.exists()

    def test_makes_no_key_for_somebody_switched_off(self) -> None:
        UserFactory(email="ada@example.com", is_active=False)
        with pytest.raises(CommandError, match=r"^ada@example\.com is switched off"):
            call_command("create_api_key", "ada@example.com", "--name", "nightly")
        assert not ApiKey.objects.exists()


class TestEnsureAdmin:
    def test_makes_a_superuser_who_can_log_in(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("ensure_admin")
        words = capsys.readouterr().out.split()
        user = authenticate(username="admin@example.com", password=words[words.index("password") + 1])
        assert user.is_superuser

    def test_tells_the_password_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("ensure_admin")
        capsys.readouterr()
        call_command("ensure_admin")
        assert capsys.readouterr().out == "The admin admin@example.com exists already.\n"

    def test_leaves_the_password_as_it_is(self) -> None:
        admin = SuperuserFactory(email="Admin@Example.com")
        call_command("ensure_admin")
        assert User.objects.get().password == admin.password

    def test_takes_another_email(self) -> None:
        call_command("ensure_admin", "--email", "root@example.org")
        assert User.objects.get().email == "root@example.org"

    def test_gives_nobody_powers_they_did_not_have(self) -> None:
        UserFactory(email="admin@example.com")
        with pytest.raises(CommandError, match="exists and is no superuser; choose another --email"):
            call_command("ensure_admin")
        assert not User.objects.get().is_superuser

    def test_says_so_when_another_process_was_quicker(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        SuperuserFactory(email="ADMIN@example.com")
        # It looked before the other process had made its admin.
        monkeypatch.setattr(UserManager, "filter", lambda manager, **conditions: manager.none())
        call_command("ensure_admin")
        assert capsys.readouterr().out == "The admin admin@example.com exists already.\n"
