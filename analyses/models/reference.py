"""Marks that make analyses the reference which others are measured against."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q

from accounts.models import User
from images.models import Project
from vista.fields import new_id


class ReferenceMarkQuerySet(models.QuerySet["ReferenceMark"]):
    def on(self, analysis: Any) -> "ReferenceMarkQuerySet":
        """All marks that make this analysis a reference."""
        of_its_model = Q(project=analysis.image.project_id, analysis=None, model_name=analysis.model_name)
        of_its_model &= Q(model_version__in=["", analysis.model_version])
        return self.filter(Q(analysis=analysis) | of_its_model)

    def mark_analysis(self, analysis: Any, user: User | None) -> tuple["ReferenceMark", bool]:
        """The mark of this analysis, and whether it is new."""
        fields = {"project_id": analysis.image.project_id, "created_by": user}
        return self.get_or_create(analysis=analysis, defaults=fields)

    def mark_model(
        self, project: Project, name: str, version: str, user: User | None
    ) -> tuple["ReferenceMark", bool]:
        """The mark of this model in the project ("": of all its versions), and whether it is new."""
        return self.get_or_create(
            project=project,
            analysis=None,
            model_name=name,
            model_version=version,
            defaults={"created_by": user},
        )


class ReferenceMark(models.Model):
    """One analysis, or what a model says of every picture of a project, is the reference there.

    Of the analyses of a picture that are marked in any way, the newest completed one is its reference
    (`Analysis.objects.reference_of`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="reference_marks", db_index=False
    )
    analysis = models.OneToOneField(
        "analyses.Analysis", null=True, blank=True, on_delete=models.CASCADE, related_name="reference_mark"
    )
    model_name = models.CharField(max_length=100, blank=True, help_text="Where no analysis is named.")
    model_version = models.CharField(max_length=100, blank=True, help_text="Empty: every version.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReferenceMarkQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "id"], name="reference_by_project")]
        constraints = [
            models.CheckConstraint(
                condition=Q(analysis=None) & ~Q(model_name="")
                | Q(analysis__isnull=False, model_name="", model_version=""),
                name="reference_is_an_analysis_or_a_model",
                violation_error_message="Name either an analysis or a model.",
            ),
            models.UniqueConstraint(
                fields=["project", "model_name", "model_version"],
                condition=Q(analysis=None),
                name="reference_model_unique_in_project",
            ),
        ]

    def __str__(self) -> str:
        if self.analysis_id:
            return f"analysis {self.analysis_id}"
        return (
            f"{self.model_name} {self.model_version}"
            if self.model_version
            else f"{self.model_name}, any version"
        )

    def clean(self) -> None:
        """Raises ValidationError where the analysis is of another project (asked by the admin's form)."""
        if self.analysis and self.project_id and self.analysis.image.project_id != self.project_id:
            raise ValidationError({"analysis": "is of a picture in another project"})


def is_marked() -> ExpressionWrapper:
    """Whether a row of Analysis is marked. Two questions, for each of which there is an index."""
    of_itself = ReferenceMark.objects.filter(analysis=OuterRef("pk"))
    of_its_model = ReferenceMark.objects.filter(
        Q(model_version="") | Q(model_version=OuterRef("model_version")),
        project=OuterRef("image__project"),
        analysis=None,
        model_name=OuterRef("model_name"),
    )
    return ExpressionWrapper(Exists(of_itself) | Exists(of_its_model), output_field=models.BooleanField())
