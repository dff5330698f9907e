"""The admin of projects and pictures."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html

from images.models import Image, Project
from vista.admin import SummarisedDeletion


@admin.register(Project)
class ProjectAdmin(SummarisedDeletion, admin.ModelAdmin):
    list_display = ["name", "group", "pictures", "created_at"]
    list_filter = ["group"]
    list_select_related = ["group"]
    search_fields = ["name", "description", "=id"]
    readonly_fields = ["id", "created_at"]
    view_on_site = False

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        Project.objects.filter(pk=obj.pk).recount()  # pictures may have come while the form was read

    @admin.display(ordering="image_count")
    def pictures(self, project: Project) -> int:
        return project.image_count


@admin.register(Image)
class ImageAdmin(SummarisedDeletion, admin.ModelAdmin):
    """Pictures come in by upload, where their bytes are read; here they are found, moved and deleted."""

    list_display = ["thumbnail", "filename", "project", "pixels", "bytes", "uploaded_by", "created_at"]
    list_display_links = ["thumbnail", "filename"]
    list_select_related = ["project", "uploaded_by"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["filename", "=id", "=project__id"]
    raw_id_fields = ["project"]
    fields = [
        "preview",
        "id",
        "filename",
        "project",
        "content_type",
        "pixels",
        "bytes",
        "uploaded_by",
        "created_at",
    ]
    readonly_fields = [
        "preview",
        "id",
        "content_type",
        "pixels",
        "bytes",
        "uploaded_by",
        "created_at",
    ]
    view_on_site = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        Project.objects.filter(pk__in=[obj.project_id, form.initial["project"]]).recount()

    @admin.display(description="")
    def thumbnail(self, image: Image) -> Any:
        return _thumbnail(image, 64)

    @admin.display(description="picture")
    def preview(self, image: Image) -> Any:
        return _thumbnail(image, 512)

    @admin.display(description="pixels")
    def pixels(self, image: Image) -> str:
        return f"{image.width} × {image.height}"

    @admin.display(description="size", ordering="size")
    def bytes(self, image: Image) -> str:
        return filesizeformat(image.size)


def _thumbnail(image: Image, pixels: int) -> Any:
    """An `img` of at most so many pixels, its sides known before it is loaded."""
    scale = min(1.0, pixels / max(image.width, image.height))
    return format_html(
        '<img src="{}?size={}" width="{}" height="{}" alt="" loading="lazy">',
        reverse("read_thumbnail", args=[image.pk]),
        pixels,
        max(1, round(image.width * scale)),
        max(1, round(image.height * scale)),
    )
