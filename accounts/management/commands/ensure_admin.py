"""Make the first admin with a generated password, once; starting VISTA calls this each time."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from accounts.models import User


class Command(BaseCommand):
    help = (
        "Make a superuser with a generated password, which is printed once; does nothing when there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default="admin@example.com", help="default: %(default)s")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first() or self._make(email)
        if user is None:
            return
        if not user.is_superuser:
            raise CommandError(f"{email} exists and is no superuser; choose another --email.")
        self.stdout.write(f"The admin {email} exists already.")

    def _make(self, email: str) -> User | None:
        """None when made here; the admin whom another process made at the same moment otherwise."""
        password = secrets.token_hex(10)
        try:
            with transaction.atomic():
                User.objects.create_superuser(email, password)
        except IntegrityError:
            return User.objects.get_by_natural_key(email)
        self.stdout.write(f"The admin is {email} with the password {password} (shown only now).")
        return None
