"""The address that VISTA's own storage signs: whoever holds it may upload one artifact."""

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from analyses import artifacts
from analyses.api import schema
from analyses.api.views.shared import AnalysesViewSet


class UploadView(AnalysesViewSet):
    """One PUT; the token in the path is the only permission."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @schema.UPLOAD_ARTIFACT
    def upload_artifact(self, request: Request, token: str) -> Response:
        meta = request._request.META  # the body goes to disk as it comes, past DRF's parsers
        artifact = artifacts.receive(
            token, meta.get("CONTENT_TYPE", ""), meta.get("CONTENT_LENGTH", ""), request._request
        )
        body = {
            "artifact_name": artifact.artifact_name,
            "size": artifact.size,
            "checksum": artifact.checksum,
        }
        return Response(body, headers={"ETag": f'"{artifact.checksum.rpartition(":")[2]}"'})
