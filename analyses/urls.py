"""Pages that show analyses: the gallery of a project and the page of a picture."""

from django.urls import path

from analyses.views import exports, gallery, image, overlay, reference
from analyses.views.comparison import pages as comparison

urlpatterns = [
    path("projects/<uuid:project_id>/", gallery.gallery, name="project"),
    path("projects/<uuid:project_id>/reference", reference.reference_page, name="reference"),
    path(
        "projects/<uuid:project_id>/reference/<uuid:reference_id>/unmark",
        reference.unmark,
        name="unmark",
    ),
    path("projects/<uuid:project_id>/imports", reference.import_file, name="import-file"),
    path("projects/<uuid:project_id>/imports/<uuid:job_id>", reference.import_page, name="import"),
    path("analyses/<uuid:analysis_id>/reference", reference.mark_analysis, name="mark-analysis"),
    path("projects/<uuid:project_id>/export", exports.export, name="export"),
    path("projects/<uuid:project_id>/compare/", comparison.comparison, name="compare"),
    path("projects/<uuid:project_id>/compare/pictures/", comparison.pictures, name="compare-pictures"),
    path("images/<uuid:image_id>/", image.image_page, name="image"),
    path("analyses/<uuid:analysis_id>/overlay.svg", overlay.overlay, name="overlay"),
    path("analyses/<uuid:analysis_id>/cancel", image.cancel_analysis, name="cancel-analysis"),
]
