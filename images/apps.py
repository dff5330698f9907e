"""Projects and pictures."""

from django.apps import AppConfig


class ImagesConfig(AppConfig):
    name = "images"
