"""Endpoints for users: queue, look, cancel, download."""

import hashlib
import json
from typing import Any

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from rest_framework.request import Request
from rest_framework.response import Response

from analyses import artifacts, exports
from analyses.api import schema
from analyses.api.filters import filter_annotations
from analyses.api.serializers import (
    AnalysisRequestSerializer,
    AnalysisSerializer,
    AnnotationSerializer,
    ArtifactSerializer,
)
from analyses.api.views.downloads import DOWNLOAD_SECONDS, streamed
from analyses.api.views.shared import REPLAYED, AnalysesViewSet, idempotency_key
from analyses.models import Analysis, Status
from images.models import Image
from vista.api import json_body
from vista.errors import Invalid

CHOOSES_ANNOTATIONS = ("annotation_type", "class_name", "min_confidence")


class ImageAnalysesViewSet(AnalysesViewSet):
    """The analyses of one picture."""

    serializer_class = AnalysisSerializer

    def find_image(self, image_id: Any) -> Image:
        return get_object_or_404(Image.objects.visible_to(self.request.user), pk=image_id)

    @schema.LIST_ANALYSES
    def list_analyses(self, request: Request, image_id: Any) -> Response:
        image = self.find_image(image_id)
        page = self.paginate_queryset(image.analyses.with_mark())
        return self.get_paginated_response(AnalysisSerializer(page, many=True).data)

    @schema.CREATE_ANALYSIS
    def create_analysis(self, request: Request, image_id: Any) -> Response:
        image = self.find_image(image_id)
        serializer = AnalysisRequestSerializer(data=json_body(request))
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        if fields.pop("image_id", image.pk) != image.pk:
            raise Invalid(
                "image_id names another picture than the path.", [("image_id", f"expected {image.pk}")]
            )
        said = json.dumps([str(image.pk), fields], sort_keys=True)
        digest = hashlib.sha256(said.encode()).hexdigest()
        analysis, replayed = Analysis.objects.open(
            image, request.user, fields, idempotency_key(request), digest
        )
        headers = {"Location": reverse("read_analysis", args=[analysis.pk])} | (REPLAYED if replayed else {})
        return Response(AnalysisSerializer(analysis).data, status=201, headers=headers)


class AnalysisViewSet(AnalysesViewSet):
    """One analysis and what belongs to it."""

    serializer_class = AnalysisSerializer

    def find(self, analysis_id: Any) -> Analysis:
        return get_object_or_404(Analysis.objects.visible_to(self.request.user).with_mark(), pk=analysis_id)

    @schema.READ_ANALYSIS
    def read_analysis(self, request: Request, analysis_id: Any) -> Response:
        return Response(AnalysisSerializer(self.find(analysis_id)).data)

    @schema.CANCEL_ANALYSIS
    def cancel_analysis(self, request: Request, analysis_id: Any) -> Response:
        analysis = self.find(analysis_id).move_to(Status.CANCELLED)
        return Response(AnalysisSerializer(analysis).data)

    @schema.LIST_ANNOTATIONS
    def list_annotations(self, request: Request, analysis_id: Any) -> Response:
        analysis = self.find(analysis_id)
        self.ordering = "id"  # the order in which they were sent; all other lists are newest first
        page = self.paginate_queryset(filter_annotations(analysis.annotations.all(), request.query_params))
        return self.get_paginated_response(AnnotationSerializer(page, many=True).data)

    @schema.LIST_ARTIFACTS
    def list_artifacts(self, request: Request, analysis_id: Any) -> Response:
        page = self.paginate_queryset(self.find(analysis_id).artifacts.all())
        return self.get_paginated_response(ArtifactSerializer(page, many=True).data)

    @schema.READ_ARTIFACT
    def read_artifact(self, request: Request, analysis_id: Any, artifact_name: str) -> HttpResponseBase:
        if "\x00" in artifact_name:  # PostgreSQL cannot even be asked
            raise Http404
        artifact = get_object_or_404(self.find(analysis_id).artifacts, artifact_name=artifact_name)
        path = artifact.final_path or artifact.storage_path
        if not artifact.is_drawn:
            url = default_storage.signed_download(
                path, artifact.artifact_name, artifact.content_type, DOWNLOAD_SECONDS
            )
            if url:
                return HttpResponseRedirect(url)
        try:
            content = artifact.open()
        except FileNotFoundError as error:
            raise Http404 from error
        inline = artifacts.may_show_inline(artifact, content.read(16))
        content.seek(0)
        etag = (
            f'"{artifact.pk}"' if artifact.analysis.is_final else None
        )  # until then it may be uploaded again
        name, content_type = artifact.artifact_name, artifact.content_type
        return streamed(request, content, name, content_type, etag=etag, inline=inline)

    @schema.EXPORT_ANALYSIS
    def export_analysis(self, request: Request, analysis_id: Any) -> HttpResponseBase:
        analysis = self.find(analysis_id)
        kind = request.query_params.get("format", "json")
        if kind not in exports.FORMATS:
            raise Invalid(f"Unknown format {kind!r:.40}; the formats are {', '.join(exports.FORMATS)}.")
        form = exports.FORMATS[kind]
        chosen = {name: request.query_params.getlist(name) for name in CHOOSES_ANNOTATIONS}
        pieces = form.pieces(exports.Selection.read(chosen, analysis=analysis.pk))
        response = StreamingHttpResponse(pieces, content_type=form.content_type)
        filename = f"{analysis.model_name}-{analysis.pk}.{form.suffix}"
        response["Content-Disposition"] = content_disposition_header(True, filename)
        return response
