"""The pictures of a project, chosen by what models said about them."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from analyses.api import schema
from analyses.wanted import Wanted
from images.api import ProjectImagesViewSet
from images.models import ImageQuerySet


class ProjectPicturesViewSet(ProjectImagesViewSet):
    """As `images` has it; the list takes the filters of the gallery."""

    @schema.LIST_IMAGES
    def list_images(self, request: Request, project_id: Any) -> Response:
        return super().list_images(request, project_id)

    def chosen(self, images: ImageQuerySet) -> ImageQuerySet:
        if not settings.ML_ANALYSIS_ENABLED:
            return images
        return Wanted.read(self.request.query_params).pictures(images)
