"""Pages that show analyses: the gallery of a project and the page of a picture."""

from django.urls import path

from analyses.views import gallery, image, overlay

urlpatterns = [
    path("projects/<uuid:project_id>/", gallery.gallery, name="project"),
    path("images/<uuid:image_id>/", image.image_page, name="image"),
    path("analyses/<uuid:analysis_id>/overlay.svg", overlay.overlay, name="overlay"),
    path("analyses/<uuid:analysis_id>/cancel", image.cancel_analysis, name="cancel-analysis"),
]
