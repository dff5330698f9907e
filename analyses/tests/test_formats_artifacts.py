"""Names and content types of artifacts: what may be announced and what may not."""

from typing import Any

import pytest

from analyses.formats import ALLOWED_CONTENT_TYPES, FormatError, check_artifact_name, check_content_type


class TestArtifactNames:
    @pytest.mark.parametrize(
        "name",
        ["a", "bounding_boxes.png", "...", ".hidden", "größe 1.png", "x" * 255, "Presign", "\U0001f600.png"],
    )
    def test_accepted(self, name: str) -> None:
        assert check_artifact_name(name) == name

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            (None, "artifact_name must be a string, got null"),
            (7, "artifact_name must be a string, got 7"),
            ("", "artifact_name must have 1 to 255 characters, got 0"),
            ("x" * 256, "artifact_name must have 1 to 255 characters, got 256"),
            ("a/b", 'artifact_name must be one path segment, got "a/b"'),
            ("a\\b", 'artifact_name must be one path segment, got "a\\\\b"'),
            (".", 'artifact_name must be one path segment, got "."'),
            ("..", 'artifact_name must be one path segment, got ".."'),
            ("a\0b", 'artifact_name must have no control characters, got "a\\u0000b"'),
            ("a\r\nb", 'artifact_name must have no control characters, got "a\\r\\nb"'),
            ("a\x7f", 'artifact_name must have no control characters, got "a\\u007f"'),
            ("a\x85", 'artifact_name must have no control characters, got "a\\u0085"'),
            ("a\u2028", 'artifact_name must have no control characters, got "a\\u2028"'),
            ("a\ud800", 'artifact_name must have no control characters, got "a\\ud800"'),
            ("presign", 'artifact_name must not be "presign", which is an address of its own'),
        ],
        ids=ascii,
    )
    def test_refused(self, name: Any, message: str) -> None:
        with pytest.raises(FormatError) as caught:
            check_artifact_name(name)
        assert (caught.value.field, caught.value.message) == ("artifact_name", message)


class TestContentTypes:
    @pytest.mark.parametrize("value", sorted(ALLOWED_CONTENT_TYPES))
    def test_accepted(self, value: str) -> None:
        assert check_content_type(value) == value

    @pytest.mark.parametrize(
        ("value", "essence"),
        [
            ("Image/PNG", "image/png"),
            (" image/png ", "image/png"),
            ("text/csv; charset=utf-8", "text/csv"),
            ("text/plain;charset=UTF-8", "text/plain"),
        ],
    )
    def test_written_otherwise(self, value: str, essence: str) -> None:
        assert check_content_type(value) == essence

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "png",
            "image/*",
            "image/svg+xml",
            "text/html",
            "application/xhtml+xml",
            "text/javascript",
            "application/javascript",
            "text/xml",
            "application/pdf",
            "image/png, text/html",
            "image/png\n",
            "image/png\r\nX: y",
        ],
    )
    def test_types_not_in_the_list(self, value: str) -> None:
        with pytest.raises(
            FormatError, match="must be that of an image, JSON, CSV, plain text, NumPy or zip"
        ):
            check_content_type(value)

    @pytest.mark.parametrize(
        "value",
        [
            "image/png; charset=utf-8",
            "image/png;",
            "text/csv; charset=utf-16",
            "text/csv; charset=utf-8; header=present",
            "text/plain; charset=utf-8\r\nX: y",
        ],
    )
    def test_parameters(self, value: str) -> None:
        with pytest.raises(FormatError, match="content_type must have no parameters"):
            check_content_type(value)

    @pytest.mark.parametrize("value", [None, 7, ["image/png"]])
    def test_what_is_no_string(self, value: Any) -> None:
        with pytest.raises(FormatError, match="content_type must be a string"):
            check_content_type(value)
