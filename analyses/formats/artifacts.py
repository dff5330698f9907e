"""Names and content types of artifacts: what may be announced."""

from analyses.formats.checks import FormatError, shown, text

MAX_NAME = 255

ALLOWED_CONTENT_TYPES = frozenset(
    {
        "application/json",
        "application/octet-stream",  # what most clients call .npy, which has no registered type
        "application/x-npy",
        "application/x-npz",
        "application/x-numpy",
        "application/zip",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
        "text/csv",
        "text/plain",
    }
)


def check_artifact_name(name: object, field: str = "artifact_name") -> str:
    """The name itself when it is one path segment of 1..255 characters; raises FormatError for `field`."""
    segment = text(name, field, 1, MAX_NAME)
    if "/" in segment or "\\" in segment or segment in (".", ".."):
        raise FormatError(field, f"must be one path segment, got {shown(segment)}")
    if segment == "presign":
        raise FormatError(field, 'must not be "presign", which is an address of its own')
    return segment


def check_content_type(value: object) -> str:
    """The type in lower case, without the one parameter a text may have, charset=utf-8; raises FormatError."""
    if not isinstance(value, str):
        raise FormatError("content_type", f"must be a string, got {shown(value)}")
    essence, *parameters = [part.strip(" \t").lower() for part in value.split(";")]
    if essence not in ALLOWED_CONTENT_TYPES:
        kinds = "an image, JSON, CSV, plain text, NumPy or zip"
        raise FormatError("content_type", f"must be that of {kinds}, got {shown(value)}")
    if parameters and not (essence.startswith("text/") and parameters == ["charset=utf-8"]):
        raise FormatError("content_type", f"must have no parameters, got {shown(value)}")
    return essence
