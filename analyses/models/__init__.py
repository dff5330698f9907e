"""What models said about pictures: allowed models, analyses, their annotations, artifacts, marks, jobs."""

from analyses.models.allowed import AllowedModel
from analyses.models.analysis import (
    FINAL,
    MAY_FOLLOW,
    Analysis,
    AnalysisIsFinal,
    ArtifactsMissing,
    IllegalTransition,
    Status,
)
from analyses.models.annotation import Annotation, Receipt
from analyses.models.artifact import Artifact, ArtifactStatus
from analyses.models.job import Job, JobIsOver, JobStatus
from analyses.models.reference import ReferenceMark
from analyses.models.tally import Tally

__all__ = [
    "FINAL",
    "MAY_FOLLOW",
    "AllowedModel",
    "Analysis",
    "AnalysisIsFinal",
    "Annotation",
    "Artifact",
    "ArtifactStatus",
    "ArtifactsMissing",
    "IllegalTransition",
    "Job",
    "JobIsOver",
    "JobStatus",
    "Receipt",
    "ReferenceMark",
    "Status",
    "Tally",
]
