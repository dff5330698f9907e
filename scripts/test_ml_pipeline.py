"""Walks the six steps of an analysis on a picture of a running VISTA and reads everything back.

    python scripts/test_ml_pipeline.py --image-id <uuid> [--base-url http://localhost:8000]

The settings API_KEY, ML_CALLBACK_HMAC_SECRET and BASE_URL come from the environment, else from `.env`.
Exit code 0: everything works; 1: something does not, and the last line says what.
"""

from __future__ import annotations

import argparse
import struct
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

from vista_client import ENV_FILE, MLPipelineClient, VistaError, settings_from_env

HEATMAP = "heatmap.png"
CONTENT_TYPE = "image/png"


class CheckFailed(Exception):
    """VISTA answered, and the answer is not what was sent; the text says which."""


def main() -> int:
    options = parse_options()
    settings = settings_from_env()
    base_url = options.base_url or settings["BASE_URL"]
    missing = [name for name in ("API_KEY", "ML_CALLBACK_HMAC_SECRET") if not settings[name]]
    if missing:
        return failed(f"{' and '.join(missing)} must be set, in the environment or in {ENV_FILE}.")
    client = MLPipelineClient(
        base_url,
        settings["ML_CALLBACK_HMAC_SECRET"],
        settings["API_KEY"],
        scheme=options.scheme,
        retries=2,
    )
    try:
        walk(client, options.image_id, options.model_name, options.model_version)
    except (CheckFailed, VistaError, ValueError) as error:
        return failed(str(error))
    except KeyError as error:
        return failed(f"An answer of {base_url} lacks {error}; is that VISTA, and of this version?")
    print("Everything works.")
    return 0


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Walk the six steps of an analysis on a picture of a running VISTA and read everything back.",
        epilog="API_KEY, ML_CALLBACK_HMAC_SECRET and BASE_URL come from the environment, else from .env.",
    )
    parser.add_argument("--image-id", required=True, help="the picture; its id is in the address of its page")
    parser.add_argument("--base-url", help="where VISTA runs; instead of BASE_URL")
    parser.add_argument(
        "--model-name", default="test_model", help="a model that is allowed (default: %(default)s)"
    )
    parser.add_argument("--model-version", default="1.0.0", help="any text (default: %(default)s)")
    parser.add_argument(
        "--scheme",
        choices=["timestamped", "body"],
        default="timestamped",
        help="how callbacks are signed (default: %(default)s)",
    )
    return parser.parse_args()


def walk(client: MLPipelineClient, image_id: str, model_name: str, model_version: str) -> None:
    """The six steps, one line each, then the checks; raises CheckFailed and VistaError."""
    image = client.read(f"/api/images/{image_id}")
    width, height = image["width"], image["height"]
    print(f"Picture: {image['filename']}, {width} x {height} pixels")

    analysis = client.create_analysis(
        image_id,
        model_name,
        model_version,
        {"confidence_threshold": 0.5},
        description="A test of the pipeline",
    )
    analysis_id = analysis["id"]
    print(f"1. Created analysis {analysis_id}, {analysis['status']}")

    status = client.update_status(analysis_id, "processing")["status"]
    print(f"2. Its status is {status}")

    presigned = client.request_presigned_urls(
        analysis_id, [{"artifact_name": HEATMAP, "content_type": CONTENT_TYPE}]
    )["presigned_urls"][0]
    print(f"3. Got an upload URL for {HEATMAP}, good for {presigned['expires_in']} seconds")

    heatmap = grey_png(16, 16)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / HEATMAP
        path.write_bytes(heatmap)
        client.upload_artifact(presigned["upload_url"], path, CONTENT_TYPE, headers=presigned.get("headers"))
    print(f"4. Uploaded {len(heatmap)} bytes")

    annotations = one_of_each_kind(width, height)
    created = client.submit_annotations(analysis_id, annotations)["created_count"]
    print(f"5. Submitted {created} annotations")

    end = client.finalize_analysis(analysis_id, summary={"total_detections": created})
    print(f"6. Finalized: {end['status']}")

    read_back(client, analysis_id, annotations, heatmap)


def one_of_each_kind(width: int, height: int) -> list[dict[str, Any]]:
    """Annotations of every type and form, laid over a picture of this size."""
    x, y, right, bottom = width / 4, height / 4, width / 2, height / 2
    mask = {"size": [4, 4], "counts": [5, 2, 2, 2, 5]}  # the middle of a grid of 4 by 4
    nose, eye = {"name": "nose", "x": x, "y": y, "confidence": 0.95}, {"name": "left_eye", "x": right, "y": y}
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("bounding_box", {"bbox": [x, y, right - x, bottom - y], "format": "xywh"}),
        ("bounding_box", {"bbox": [x, y, right, bottom], "format": "xyxy"}),
        ("segmentation", {"points": [[x, y], [right, y], [right, bottom]], "format": "polygon"}),
        ("segmentation", {"rle": mask, "format": "rle"}),
        ("keypoint", {"keypoints": [nose, eye], "skeleton": [[0, 1]]}),
        ("classification", {"scores": {"cat": 0.03, "dog": 0.96}}),
        ("heatmap", {"artifact_name": HEATMAP, "value_range": [0, 1]}),
    ]
    return [
        {"annotation_type": kind, "class_name": f"test {kind}", "confidence": 0.9, "data": data}
        for kind, data in kinds
    ]


def read_back(
    client: MLPipelineClient, analysis_id: str, annotations: list[dict[str, Any]], heatmap: bytes
) -> None:
    """Compare what VISTA shows with what was sent; raises CheckFailed."""
    path = f"/api/analyses/{analysis_id}"
    analysis = client.read(path)
    expect("the status", analysis["status"], "completed")
    expect("the number of annotations", analysis["annotation_count"], len(annotations))
    expect("the summary", analysis["summary"], {"total_detections": len(annotations)})

    stored = list(client.read_all(f"{path}/annotations"))
    for name in ("annotation_type", "class_name", "confidence"):
        expect(f"{name} of the annotations", [a[name] for a in stored], [a[name] for a in annotations])
    # A box given by its corners is stored by its size, so both boxes read alike.
    expect("the two boxes", stored[1]["data"]["bbox"], stored[0]["data"]["bbox"])
    expect("the best class", next(iter(stored[5]["data"]["scores"])), "dog")

    artifacts = {a["artifact_name"]: a["status"] for a in client.read_all(f"{path}/artifacts")}
    expect("the artifacts", artifacts, {HEATMAP: "stored"})
    expect("the bytes of the artifact", client.download(f"{path}/artifacts/{HEATMAP}"), heatmap)
    print(f"Read back {len(stored)} annotations and {HEATMAP}")


def expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise CheckFailed(f"Read back, {what} should be {wanted!r:.200}, but is {found!r:.200}.")


def grey_png(width: int, height: int) -> bytes:
    """A grey PNG of 8 bits that brightens from the top left to the bottom right."""
    steps = width + height - 2
    rows = b"".join(
        b"\0" + bytes((column + row) * 255 // steps for column in range(width)) for row in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def failed(sentence: str) -> int:
    print(f"Failed: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
