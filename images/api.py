"""Endpoints for projects and pictures: find, allow, read, answer."""

from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from images import api_schema as schema
from images import tiles
from images.files import THUMBNAIL_TYPE
from images.intake import add_picture
from images.models import Image, ImageQuerySet, Project, ProjectQuerySet
from images.serializers import ImageSerializer, ProjectRequestSerializer, ProjectSerializer
from images.thumbnails import nearest_size, thumbnail_of
from vista.errors import Invalid, LengthRequired, Refusal, TooLarge

FORM_BYTES = 2**20  # what a multipart form may have around its file


class NotMultipart(Refusal):
    """An upload that is not a multipart form."""

    status_code = 415


class ProjectViewSet(GenericViewSet):
    """The caller's projects."""

    serializer_class = ProjectSerializer

    def visible(self) -> ProjectQuerySet:
        return Project.objects.visible_to(self.request.user).select_related("group")

    @schema.LIST_PROJECTS
    def list_projects(self, request: Request) -> Response:
        page = self.paginate_queryset(self.visible())
        return self.get_paginated_response(ProjectSerializer(page, many=True).data)

    @schema.CREATE_PROJECT
    def create_project(self, request: Request) -> Response:
        if not request.user.is_staff:
            raise PermissionDenied("Only staff make projects.")
        serializer = ProjectRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        project = Project.objects.create(**serializer.validated_data)
        headers = {"Location": reverse("read_project", args=[project.pk])}
        return Response(ProjectSerializer(project).data, status=201, headers=headers)

    @schema.READ_PROJECT
    def read_project(self, request: Request, project_id: Any) -> Response:
        return Response(ProjectSerializer(get_object_or_404(self.visible(), pk=project_id)).data)


class ProjectImagesViewSet(GenericViewSet):
    """The pictures of one project; analyses/api/views/pictures.py chooses among them and serves the list."""

    serializer_class = ImageSerializer
    parser_classes = [MultiPartParser]

    def find_project(self, project_id: Any) -> Project:
        return get_object_or_404(Project.objects.visible_to(self.request.user), pk=project_id)

    def chosen(self, images: ImageQuerySet) -> ImageQuerySet:
        """Those that the parameters ask for; here all."""
        return images

    def list_images(self, request: Request, project_id: Any) -> Response:
        page = self.paginate_queryset(self.chosen(self.find_project(project_id).images.all()))
        return self.get_paginated_response(ImageSerializer(page, many=True).data)

    @schema.UPLOAD_IMAGE
    def upload_image(self, request: Request, project_id: Any) -> Response:
        project = self.find_project(project_id)
        upload = the_one_file(request)
        image = add_picture(project, upload, upload.name, request.user)
        headers = {"Location": reverse("read_image", args=[image.pk])}
        return Response(ImageSerializer(image).data, status=201, headers=headers)


class ImageViewSet(GenericViewSet):
    """One picture: its data, its bytes, its thumbnails."""

    serializer_class = ImageSerializer

    def find(self, image_id: Any) -> Image:
        return get_object_or_404(Image.objects.visible_to(self.request.user), pk=image_id)

    @schema.READ_IMAGE
    def read_image(self, request: Request, image_id: Any) -> Response:
        return Response(ImageSerializer(self.find(image_id)).data)

    @schema.READ_IMAGE_CONTENT
    def read_image_content(self, request: Request, image_id: Any) -> HttpResponseBase:
        image = self.find(image_id)
        known = unless_changed(request, etag := f'"{image.pk}"')
        return known or for_ever(
            FileResponse(
                _kept(lambda: default_storage.open(image.file.name)),
                content_type=image.content_type,
                filename=image.filename,
            ),
            etag,
        )

    @schema.READ_THUMBNAIL
    def read_thumbnail(self, request: Request, image_id: Any) -> HttpResponseBase:
        image = self.find(image_id)
        size = nearest_size(request.query_params.get("size"))
        known = unless_changed(request, etag := f'"{image.pk}-{size}"')
        return known or for_ever(
            FileResponse(_kept(lambda: thumbnail_of(image, size)), content_type=THUMBNAIL_TYPE), etag
        )

    @schema.READ_TILE
    def read_tile(
        self, request: Request, image_id: Any, level: int, column: int, row: int
    ) -> HttpResponseBase:
        image, place = self.find(image_id), tiles.Place(level, column, row)
        tiles.Pyramid(image.width, image.height).number(place)
        etag = f'"{image.pk}-{level}-{column}_{row}-{tiles.FORMAT}"'
        known = unless_changed(request, etag)
        return known or tile_of(image, place, etag)


def tile_of(image: Image, place: tiles.Place, etag: str) -> HttpResponseBase:
    """The tile; a 202 while the picture is being cut, which begins when somebody first asks."""
    folder, name = tiles.folder(), str(image.pk)
    tile = folder.read(name, place)
    if tile is None:
        is_quick = image.width * image.height <= tiles.AT_ONCE
        folder.make(name, lambda: _kept(lambda: default_storage.open(image.file.name)), wait=is_quick)
        tile = folder.read(name, place) if is_quick else None
    if tile is not None:
        return for_ever(HttpResponse(tile.content, content_type=tile.content_type), etag)
    sentence = "The picture is being cut into tiles; ask again in a moment."
    headers = {"Retry-After": str(tiles.ASK_AGAIN), "Cache-Control": "no-store"}
    return Response({"detail": sentence}, status=202, headers=headers)


def the_one_file(request: Request) -> UploadedFile:
    """The file of an upload; what can be refused by header is refused before the body is read."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        raise LengthRequired("Send a Content-Length; chunked bodies are not accepted.")
    if int(length) > settings.MAX_IMAGE_BYTES + FORM_BYTES:
        raise TooLarge(
            f"The upload has {int(length):,} bytes; a picture may have at most {settings.MAX_IMAGE_BYTES:,}."
        )
    if not (request.content_type or "").lower().startswith("multipart/form-data"):
        raise NotMultipart('Send the picture as multipart/form-data, in the field "file".')
    files = request.FILES.getlist("file")
    if len(files) == 1:
        return files[0]
    if files:
        raise Invalid("Send one file a request.", [("file", f"expected one file, got {len(files)}")])
    sent = ", ".join(sorted({*request.FILES, *request.data}))[:100] or "nothing"
    raise Invalid(
        'Send the picture as a file in the multipart field "file".', [("file", f"is missing; got {sent}")]
    )


def _kept(open_file: Any) -> File:
    """The opened file; a 404 where the storage has lost what the row promises."""
    try:
        return open_file()
    except FileNotFoundError as error:
        raise Http404 from error


def unless_changed(request: Request, etag: str) -> HttpResponseBase | None:
    """The 304 for a caller who has this already (or a 412), before storage is asked; else None."""
    response = get_conditional_response(request._request, etag=etag)
    return for_ever(response, etag) if response and response.status_code == 304 else response


def for_ever(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    """A picture's bytes never change, so browsers may keep them; what they are is said by us, not guessed."""
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
