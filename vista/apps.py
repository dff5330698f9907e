"""The project as an app: system checks and log signals are registered here."""

from django.apps import AppConfig


class VistaConfig(AppConfig):
    name = "vista"

    def ready(self) -> None:
        from vista import checks, logs  # noqa: PLC0415 - Django wants registration after the apps are loaded

        checks.register()
        logs.connect()
