"""Make an API key for somebody, who is made too when new; the key is the last line of the output."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import ApiKey, User


class Command(BaseCommand):
    help = "Make an API key for EMAIL (and the user where there is none); prints the key as its last line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--name", required=True, help="what uses the key, such as: nightly pipeline")
        parser.add_argument(
            "--expires-days", type=int, metavar="N", help="good for N days; default: for ever"
        )

    def handle(self, *args: Any, email: str, name: str, expires_days: int | None, **options: Any) -> None:
        try:
            email = User._meta.get_field("email").clean(email.strip(), None)
            name = ApiKey._meta.get_field("name").clean(name.strip(), None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if expires_days is not None and not 1 <= expires_days <= 3650:
            raise CommandError("--expires-days takes a whole number of days from 1 to 3650.")
        user = User.objects.named(email)
        if not user.is_active:
            raise CommandError(f"{user} is switched off; a key of theirs would be refused.")
        expires_at = expires_days and timezone.now() + timedelta(days=expires_days)
        key, secret = ApiKey.objects.issue(user, name, expires_at)
        self.stdout.write(f"{key} of {user}; it is shown only now:")
        self.stdout.write(secret)
