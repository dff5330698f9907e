"""The twin as an app; its tables are made without migrations."""

from django.apps import AppConfig


class TextbookConfig(AppConfig):
    name = "benchmarks.textbook"
    label = "textbook"
    default_auto_field = "django.db.models.BigAutoField"
