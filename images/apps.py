"""Projects and pictures."""

from django.apps import AppConfig
from django.db.models.signals import post_delete


class ImagesConfig(AppConfig):
    name = "images"

    def ready(self) -> None:
        from images import intake, models  # noqa: PLC0415 - models exist only once the apps are loaded

        post_delete.connect(intake.forget_bytes, sender=models.Image, dispatch_uid="images.forget_bytes")
        post_delete.connect(models.forget_count, sender=models.Image, dispatch_uid="images.forget_count")
