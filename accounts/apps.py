"""Who is calling."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
