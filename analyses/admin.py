"""The admin of analyses: allow models, find and cancel runs; no page loads annotations."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from analyses.models import AllowedModel, Analysis, Artifact, IllegalTransition, ReferenceMark, Status
from vista.admin import SummarisedDeletion


@admin.register(AllowedModel)
class AllowedModelAdmin(admin.ModelAdmin):
    """Rows win over ML_ALLOWED_MODELS; the list shows both."""

    list_display = ["name", "is_active", "in_environment", "note", "created_at"]
    list_editable = ["is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "note"]

    @admin.display(boolean=True, description="named by ML_ALLOWED_MODELS")
    def in_environment(self, row: AllowedModel) -> bool:
        return row.name in settings.ML_ALLOWED_MODELS

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        names = settings.ML_ALLOWED_MODELS
        rows = {row.name: row for row in AllowedModel.objects.filter(name__in=names)}
        context = {"from_environment": [(name, rows.get(name)) for name in names]}
        return super().changelist_view(request, (extra_context or {}) | context)


class ArtifactInline(admin.TabularInline):
    """The artifacts of one analysis, at most a few hundred; to look at only."""

    model = Artifact
    fields = readonly_fields = ["artifact_name", "content_type", "status", "size", "checksum"]
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Analysis)
class AnalysisAdmin(SummarisedDeletion, admin.ModelAdmin):
    """What pipelines posted; it can be cancelled or deleted, not rewritten."""

    list_display = [
        "id",
        "model_name",
        "model_version",
        "status",
        "picture",
        "annotation_count",
        "created_at",
    ]
    list_filter = ["status", "model_name", "created_at"]
    list_select_related = ["image__project"]
    search_fields = ["id", "model_name", "model_version", "image__filename", "image__project__name"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    actions = ["cancel"]
    inlines = [ArtifactInline]
    exclude = ["idempotency_key", "request_digest", "last_annotation_id"]

    @admin.display(description="picture")
    def picture(self, analysis: Analysis) -> str:
        return f"{analysis.image.filename} ({analysis.image.project.name})"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [f.name for f in Analysis._meta.fields if f.name not in self.exclude]

    @admin.action(description="Cancel the selected analyses", permissions=["change"])
    def cancel(self, request: HttpRequest, analyses: QuerySet[Analysis]) -> None:
        refused = []
        for analysis in analyses:
            try:
                analysis.move_to(Status.CANCELLED)
            except IllegalTransition as error:
                refused.append(f"{analysis.pk}: {error.detail}")
        done = len(analyses) - len(refused)
        self.message_user(request, f"{done} analyses are cancelled.")
        for sentence in refused[:10]:
            self.message_user(request, sentence, messages.WARNING)


@admin.register(ReferenceMark)
class ReferenceMarkAdmin(admin.ModelAdmin):
    """What others are measured against: one analysis, or a model in a whole project."""

    list_display = ["what", "project", "created_by", "created_at"]
    list_select_related = ["project", "created_by"]
    list_filter = ["created_at"]
    search_fields = ["model_name", "model_version", "project__name"]
    raw_id_fields = ["analysis"]
    autocomplete_fields = ["project"]
    readonly_fields = ["created_by", "created_at"]

    @admin.display(description="reference")
    def what(self, mark: ReferenceMark) -> str:
        return str(mark)

    def save_model(self, request: HttpRequest, obj: ReferenceMark, form: Any, change: bool) -> None:
        obj.created_by = obj.created_by or request.user
        super().save_model(request, obj, form, change)
