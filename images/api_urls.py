"""The API of projects and pictures; `vista/urls.py` puts it under /api/.

The list of a project's pictures can be narrowed by what models said, so analyses/api/urls.py has it.
"""

from django.urls import path

from images.api import ImageViewSet, ProjectViewSet
from images.api_colours import ProjectColoursViewSet

of_projects = ProjectViewSet.as_view
of_image = ImageViewSet.as_view

urlpatterns = [
    path("projects", of_projects({"get": "list_projects", "post": "create_project"}), name="api_projects"),
    path("projects/<uuid:project_id>", of_projects({"get": "read_project"}), name="read_project"),
    path(
        "projects/<uuid:project_id>/class-colours",
        ProjectColoursViewSet.as_view({"patch": "update_class_colours"}),
        name="class_colours",
    ),
    path("images/<uuid:image_id>", of_image({"get": "read_image"}), name="read_image"),
    path(
        "images/<uuid:image_id>/content",
        of_image({"get": "read_image_content"}),
        name="read_image_content",
    ),
    path("images/<uuid:image_id>/thumbnail", of_image({"get": "read_thumbnail"}), name="read_thumbnail"),
    path(
        "images/<uuid:image_id>/tiles/<int:level>/<int:column>_<int:row>",
        of_image({"get": "read_tile"}),
        name="read_tile",
    ),
]
