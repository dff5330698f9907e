"""Users, who log in by e-mail, and the API keys of their scripts."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Users by e-mail, whatever its case."""

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)

    def _create(self, email: str, password: str | None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self._create(email, password, **{"is_staff": False, "is_superuser": False} | fields)

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self._create(email, password, **fields | {"is_staff": True, "is_superuser": True})

    def named(self, email: str) -> "User":
        """The user with this e-mail, made without groups and without a password where there is none."""
        user = self.filter(email__iexact=email).first()
        if user is None:
            try:
                with transaction.atomic(using=self._db):
                    user = self.create_user(email)
            except IntegrityError:  # another request for the same newcomer was quicker
                user = self.get(email__iexact=email)
        return user


class User(AbstractUser):
    """A person, or a script acting for one. The e-mail is the login; groups open projects."""

    username = None
    email = models.EmailField(
        "e-mail address", error_messages={"unique": "A user with this e-mail exists already."}, unique=True
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_whatever_its_case",
                violation_error_message="A user with this e-mail exists already.",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def issue(self, user: User, name: str, expires_at: datetime | None = None) -> tuple["ApiKey", str]:
        """Make a key; the second value is the secret, which is shown once and not kept."""
        prefix, secret = secrets.token_hex(4), secrets.token_hex(32)
        key = self.create(
            user=user, name=name, prefix=prefix, digest=digest_of(secret), expires_at=expires_at
        )
        return key, f"vista_{prefix}_{secret}"

    def matching(self, text: str) -> "ApiKey | None":
        """The usable key that `text` is, compared in constant time, or None."""
        parts = text.split("_")
        if len(parts) != 3 or parts[0] != "vista" or not text.isascii():
            return None
        key = self.select_related("user").filter(prefix=parts[1]).first()
        expected = key.digest if key else digest_of("")
        fits = hmac.compare_digest(expected.encode(), digest_of(parts[2]).encode())
        return key if key and fits and key.state == "active" and key.user.is_active else None


def digest_of(secret: str) -> str:
    """SHA-256 as 64 hex digits; enough for 32 random bytes, which nobody can guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiKey(models.Model):
    """A key that a script sends as X-API-Key; only its prefix and its digest are kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100, help_text="What uses it, such as: nightly pipeline.")
    prefix = models.CharField(max_length=8, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} (vista_{self.prefix}_…)"

    @property
    def state(self) -> str:
        """`active`, `revoked` or `expired`."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= timezone.now() else "active"

    def revoke(self) -> None:
        """Refuse this key from now on; the row stays, so that it can be seen who used it."""
        self.revoked_at = self.revoked_at or timezone.now()
        self.save(update_fields=["revoked_at"])

    def touch(self) -> None:
        """Remember that the key was used; written at most once a minute."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at > timedelta(minutes=1):
            self.last_used_at = now
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)
