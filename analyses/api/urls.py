"""The API of analyses; `vista/urls.py` puts it under /api/. Paths are the guide's: no trailing slash."""

from django.urls import path

from analyses.api.views import (
    AnalysisViewSet,
    AnnotationViewSet,
    CompareViewSet,
    ImageAnalysesViewSet,
    ImportsViewSet,
    JobViewSet,
    PayloadViewSet,
    PipelineViewSet,
    ProjectCompareViewSet,
    ProjectExportsViewSet,
    ProjectJobsViewSet,
    ProjectPicturesViewSet,
    ReferencesViewSet,
    UploadView,
)

of_project = ProjectPicturesViewSet.as_view
of_image = ImageAnalysesViewSet.as_view
of_user = AnalysisViewSet.as_view
of_viewer = PayloadViewSet.as_view
of_pipeline = PipelineViewSet.as_view

urlpatterns = [
    # pipelines, by signature; first, because they call most often
    path("analyses/<uuid:analysis_id>/status", of_pipeline({"patch": "update_status"}), name="update_status"),
    path(
        "analyses/<uuid:analysis_id>/artifacts/presign",
        of_pipeline({"post": "presign_artifacts"}),
        name="presign_artifacts",
    ),
    path(
        "analyses/<uuid:analysis_id>/annotations:bulk",
        of_pipeline({"post": "submit_annotations"}),
        name="submit_annotations",
    ),
    path(
        "analyses/<uuid:analysis_id>/finalize",
        of_pipeline({"post": "finalize_analysis"}),
        name="finalize_analysis",
    ),
    # users
    path(
        "projects/<uuid:project_id>/images",
        of_project({"get": "list_images", "post": "upload_image"}),
        name="project_images",
    ),
    path(
        "projects/<uuid:project_id>/references",
        ReferencesViewSet.as_view({"get": "list_references", "put": "mark_reference"}),
        name="references",
    ),
    path(
        "projects/<uuid:project_id>/references/<uuid:reference_id>",
        ReferencesViewSet.as_view({"delete": "unmark_reference"}),
        name="unmark_reference",
    ),
    path(
        "projects/<uuid:project_id>/imports",
        ImportsViewSet.as_view({"post": "import_coco"}),
        name="import_coco",
    ),
    path(
        "projects/<uuid:project_id>/compare",
        ProjectCompareViewSet.as_view({"get": "compare_models"}),
        name="compare_models",
    ),
    path(
        "projects/<uuid:project_id>/compare/pictures",
        ProjectCompareViewSet.as_view({"get": "list_compared_pictures"}),
        name="compared_pictures",
    ),
    path(
        "images/<uuid:image_id>/analyses",
        of_image({"get": "list_analyses", "post": "create_analysis"}),
        name="image_analyses",
    ),
    path(
        "images/<uuid:image_id>/compare",
        CompareViewSet.as_view({"get": "compare_analyses"}),
        name="compare_analyses",
    ),
    path("analyses/<uuid:analysis_id>", of_user({"get": "read_analysis"}), name="read_analysis"),
    path("analyses/<uuid:analysis_id>/cancel", of_user({"post": "cancel_analysis"}), name="cancel_analysis"),
    path(
        "analyses/<uuid:analysis_id>/annotations",
        of_user({"get": "list_annotations"}),
        name="list_annotations",
    ),
    path(
        "analyses/<uuid:analysis_id>/annotations/<uuid:annotation_id>",
        AnnotationViewSet.as_view({"get": "read_annotation"}),
        name="read_annotation",
    ),
    path("analyses/<uuid:analysis_id>/artifacts", of_user({"get": "list_artifacts"}), name="list_artifacts"),
    path("analyses/<uuid:analysis_id>/export", of_user({"get": "export_analysis"}), name="export_analysis"),
    path("analyses/<uuid:analysis_id>/payload", of_viewer({"get": "read_payload"}), name="read_payload"),
    path(
        "analyses/<uuid:analysis_id>/payload/ids",
        of_viewer({"get": "read_payload_ids"}),
        name="read_payload_ids",
    ),
    path(
        "projects/<uuid:project_id>/export",
        ProjectExportsViewSet.as_view({"get": "export_project"}),
        name="export_project",
    ),
    path(
        "projects/<uuid:project_id>/export/estimate",
        ProjectExportsViewSet.as_view({"get": "estimate_export"}),
        name="estimate_export",
    ),
    path(
        "projects/<uuid:project_id>/exports",
        ProjectExportsViewSet.as_view({"post": "start_export"}),
        name="start_export",
    ),
    # background work
    path(
        "projects/<uuid:project_id>/jobs", ProjectJobsViewSet.as_view({"get": "list_jobs"}), name="list_jobs"
    ),
    path("jobs/<uuid:job_id>", JobViewSet.as_view({"get": "read_job"}), name="read_job"),
    path("jobs/<uuid:job_id>/cancel", JobViewSet.as_view({"post": "cancel_job"}), name="cancel_job"),
    path("jobs/<uuid:job_id>/file", JobViewSet.as_view({"get": "read_job_file"}), name="read_job_file"),
    # after presign, which no artifact may be called
    path(
        "analyses/<uuid:analysis_id>/artifacts/<str:artifact_name>",
        of_user({"get": "read_artifact"}),
        name="read_artifact",
    ),
    # uploads, by the token in the address
    path("uploads/<path:token>", UploadView.as_view({"put": "upload_artifact"}), name="upload"),
]
