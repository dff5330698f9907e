"""Endpoints for pipelines; nothing but a signature opens them."""

from typing import Any

import msgspec
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from analyses import artifacts, ingest
from analyses.api import schema
from analyses.api.authentication import HMACAuthentication
from analyses.api.serializers import (
    FinalizeRequestSerializer,
    PresignRequestSerializer,
    StatusRequestSerializer,
)
from analyses.api.views.shared import REPLAYED, AnalysesViewSet, idempotency_key
from analyses.models import Analysis, ArtifactStatus, Status
from vista.api import iso, parse_json


class PipelineViewSet(AnalysesViewSet):
    """The four callbacks. Each finds the analysis, reads the signed body, tells the model, answers."""

    authentication_classes = [HMACAuthentication]
    for_callbacks = True  # vista/middleware.py sends them here by the shortest way

    def find(self, analysis_id: Any) -> Analysis:
        return get_object_or_404(Analysis, pk=analysis_id)

    def payload(self, serializer_class: Any) -> dict[str, Any]:
        """The signed body, checked by a serializer; the parsed object is the one that was verified."""
        serializer = serializer_class(data=parse_json(self.request.auth.raw))
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    @schema.UPDATE_STATUS
    def update_status(self, request: Request, analysis_id: Any) -> HttpResponse:
        said = parse_json(request.auth.raw)
        if said.keys() != {"status"} or said["status"] not in Status.values:  # nothing to say against most
            said = self.payload(StatusRequestSerializer)
        status, error_message = said["status"], said.get("error_message", "")
        moment = Analysis.advance(analysis_id, status, error_message)
        if moment is None:  # unknown, the status that it has, or one that may not follow
            moment = self.find(analysis_id).move_to(status, error_message).updated_at
        answer = {"id": analysis_id, "status": status, "updated_at": iso(moment)}
        return HttpResponse(msgspec.json.encode(answer), "application/json")

    @schema.PRESIGN_ARTIFACTS
    def presign_artifacts(self, request: Request, analysis_id: Any) -> Response:
        analysis = self.find(analysis_id)
        wanted = self.payload(PresignRequestSerializer)["artifacts"]
        signed = artifacts.presign(analysis, wanted, request.build_absolute_uri("/"))
        urls = [
            {
                "artifact_name": artifact.artifact_name,
                "upload_url": upload.url,
                "expires_in": upload.expires_in,
                "storage_path": artifact.storage_path,
                "method": upload.method,
                "headers": upload.headers,
            }
            for artifact, upload in signed
        ]
        return Response({"presigned_urls": urls}, headers={"Cache-Control": "no-store"})

    @schema.SUBMIT_ANNOTATIONS
    def submit_annotations(self, request: Request, analysis_id: Any) -> HttpResponse:
        analysis = Analysis(pk=analysis_id)  # ingest locks the row, or says that there is none
        accepted = ingest.submit(analysis, request.auth.raw, idempotency_key(request))
        headers = REPLAYED if accepted.replayed else {}
        return HttpResponse(accepted.answer, "application/json", status=201, headers=headers)

    @schema.FINALIZE_ANALYSIS
    def finalize_analysis(self, request: Request, analysis_id: Any) -> Response:
        analysis = self.find(analysis_id)
        said = self.payload(FinalizeRequestSerializer)
        analysis.require_may_end(said["status"])
        seen = {} if analysis.finalized_at else artifacts.look(analysis)  # outside the transaction
        analysis = analysis.finalize(said["status"], said["summary"], said["error_message"], seen)
        missing = analysis.artifacts.filter(status=ArtifactStatus.MISSING)
        return Response(
            {
                "id": analysis.pk,
                "status": analysis.status,
                "completed_at": iso(analysis.completed_at),
                "updated_at": iso(analysis.updated_at),
                "annotation_count": analysis.annotation_count,
                "missing_artifacts": list(missing.values_list("artifact_name", flat=True)),
            }
        )
