"""Two analyses of one picture, object by object."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from analyses import comparison
from analyses.api.comparison_schema import COMPARE_ANALYSES
from analyses.api.filters import number
from analyses.api.selection import bad, read_score
from analyses.api.serializers import ComparisonSerializer
from analyses.api.views.shared import AnalysesViewSet
from analyses.models import Analysis
from analyses.sides import Objects, objects_of
from images.models import Image
from vista.errors import Invalid


class CompareViewSet(AnalysesViewSet):
    """Where two analyses of a picture agree, and where they do not."""

    serializer_class = ComparisonSerializer

    @COMPARE_ANALYSES
    def compare_analyses(self, request: Request, image_id: Any) -> Response:
        image = get_object_or_404(Image.objects.visible_to(request.user), pk=image_id)
        params = request.query_params
        wanted = [read_id(params, name) for name in ("a", "b")]
        options = {
            "iou": read_iou(params.get("iou", str(comparison.DEFAULT_IOU))),
            **{name: read_score(params.get(name, "0"), name) for name in ("min_a", "min_b")},
        }
        known = {analysis.pk: analysis for analysis in image.analyses.filter(pk__in=wanted)}
        if not known.keys() >= set(wanted):
            raise Http404
        analyses = [known[pk] for pk in wanted]
        (a, b), classes = objects_of(image, analyses)
        try:
            matching = comparison.match(a.side, b.side, **options)
        except comparison.TooDense as error:
            raise Invalid(f"Here {error}. Ask for a higher iou, min_a or min_b.") from error
        return Response(
            {
                "image_id": image.pk,
                "a": named(analyses[0]),
                "b": named(analyses[1]),
                **options,
                "agreement": asdict(comparison.Agreement.of(a.side, b.side, matching)),
                "classes": [asdict(c) for c in comparison.counts_by_class(a.side, b.side, matching, classes)],
                "pairs": pairs_of(a, b, matching, classes),
                "a_only": [a.ids[row] for row in matching.only_a().tolist()],
                "b_only": [b.ids[row] for row in matching.only_b().tolist()],
            }
        )


def named(analysis: Analysis) -> dict[str, Any]:
    return {
        "id": analysis.pk,
        "model_name": analysis.model_name,
        "model_version": analysis.model_version,
        "status": analysis.status,
    }


def pairs_of(
    a: Objects, b: Objects, matching: comparison.Matching, classes: list[str]
) -> list[dict[str, Any]]:
    """Pairs by the score that A gives them, the highest first."""
    rows = zip(matching.rows_a.tolist(), matching.rows_b.tolist(), matching.ious.tolist(), strict=True)
    class_a, class_b = a.side.class_of.tolist(), b.side.class_of.tolist()
    return [
        {
            "a": a.ids[row],
            "b": b.ids[other],
            "iou": iou,
            "verdict": "agree" if class_a[row] == class_b[other] else "class_differs",
            "class_a": classes[class_a[row]],
            "class_b": classes[class_b[other]],
        }
        for row, other, iou in rows
    ]


# --- query parameters -----------------------------------------------------------------------------------------
def read_id(params: Mapping[str, str], name: str) -> uuid.UUID:
    try:
        return uuid.UUID(params[name])
    except (LookupError, ValueError):
        raise bad(name, "must be the id of an analysis of this picture") from None


def read_iou(text: str) -> float:
    iou = number(text)
    if iou is None or not 0 < iou <= 1:
        raise bad("iou", "must be a number above 0, at most 1")
    return iou
