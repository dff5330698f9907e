"""The endpoints of analyses, cut by who calls: users, pipelines, holders of an upload address."""

from analyses.api.views.annotation import AnnotationViewSet
from analyses.api.views.compare import CompareViewSet
from analyses.api.views.exports import ProjectExportsViewSet
from analyses.api.views.jobs import JobViewSet, ProjectJobsViewSet
from analyses.api.views.payload import PayloadViewSet
from analyses.api.views.pictures import ProjectPicturesViewSet
from analyses.api.views.pipelines import PipelineViewSet
from analyses.api.views.references import ImportsViewSet, ReferencesViewSet
from analyses.api.views.reports import ProjectCompareViewSet
from analyses.api.views.uploads import UploadView
from analyses.api.views.users import AnalysisViewSet, ImageAnalysesViewSet

__all__ = [
    "AnalysisViewSet",
    "AnnotationViewSet",
    "CompareViewSet",
    "ImageAnalysesViewSet",
    "ImportsViewSet",
    "JobViewSet",
    "PayloadViewSet",
    "PipelineViewSet",
    "ProjectCompareViewSet",
    "ProjectExportsViewSet",
    "ProjectJobsViewSet",
    "ProjectPicturesViewSet",
    "ReferencesViewSet",
    "UploadView",
]
