"""The callbacks and the reads, one view each."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.textbook.models import Analysis
from benchmarks.textbook.permissions import IsSigned
from benchmarks.textbook.serializers import (
    TextbookAnnotationSerializer,
    TextbookCreatedSerializer,
    TextbookStatusSerializer,
)


class TextbookView(APIView):
    """DRF's own defaults instead of VISTA's."""

    authentication_classes = []
    permission_classes = [AllowAny]
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]
    throttle_classes = []
    content_negotiation_class = DefaultContentNegotiation


class StatusView(TextbookView):
    """PATCH a new status."""

    permission_classes = [IsSigned]

    @transaction.atomic
    def patch(self, request: Request, analysis_id: Any) -> Response:
        analysis = get_object_or_404(Analysis.objects.select_for_update(), pk=analysis_id)
        serializer = TextbookStatusSerializer(analysis, data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)


class SubmitView(TextbookView):
    """POST a batch of annotations, all or nothing."""

    permission_classes = [IsSigned]

    @transaction.atomic
    def post(self, request: Request, analysis_id: Any) -> Response:
        analysis = get_object_or_404(Analysis.objects.select_for_update(), pk=analysis_id)
        if analysis.status not in Analysis.MAY_FOLLOW:
            return Response({"detail": f"The analysis is {analysis.status}."}, status=409)
        serializer = TextbookAnnotationSerializer(data=request.data["annotations"], many=True)
        serializer.is_valid(raise_exception=True)
        annotations = serializer.save(analysis=analysis)
        created = TextbookCreatedSerializer(annotations, many=True).data
        return Response({"created_count": len(created), "annotations": created}, status=201)


class AnnotationsView(TextbookView):
    """GET all annotations of an analysis as one list."""

    def get(self, request: Request, analysis_id: Any) -> Response:
        annotations = get_object_or_404(Analysis, pk=analysis_id).annotations.all()
        return Response(TextbookAnnotationSerializer(annotations, many=True).data)


class ExportView(TextbookView):
    """GET all annotations of an analysis as CSV, streamed."""

    def get(self, request: Request, analysis_id: Any) -> StreamingHttpResponse:
        analysis = get_object_or_404(Analysis, pk=analysis_id)
        return StreamingHttpResponse(csv_lines(analysis), content_type="text/csv; charset=utf-8")


class Echo:
    """The pseudo-buffer of Django's own documentation."""

    def write(self, value: str) -> str:
        return value


def csv_lines(analysis: Analysis) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(["annotation_id", "annotation_type", "class_name", "confidence", "data"])
    for a in analysis.annotations.iterator():
        yield writer.writerow([a.id, a.annotation_type, a.class_name, a.confidence, json.dumps(a.data)])
