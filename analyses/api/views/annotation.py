"""One annotation in its stored form, which the viewer shows when it is selected."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from analyses.api import schema
from analyses.api.serializers import AnnotationSerializer
from analyses.api.views.shared import AnalysesViewSet
from analyses.models import Analysis


class AnnotationViewSet(AnalysesViewSet):
    """One annotation of one analysis."""

    serializer_class = AnnotationSerializer

    @schema.READ_ANNOTATION
    def read_annotation(self, request: Request, analysis_id: Any, annotation_id: Any) -> Response:
        analysis = get_object_or_404(Analysis.objects.visible_to(request.user), pk=analysis_id)
        return Response(AnnotationSerializer(get_object_or_404(analysis.annotations, pk=annotation_id)).data)
