"""What the Python scripts share: the upright picture in, one JSON file a picture out."""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

DEMO = Path(__file__).resolve().parent.parent
PICTURES = DEMO / "pictures"
OUTPUTS = DEMO / "outputs"
sys.path.append(str(DEMO.parent / "scripts"))  # models that the pipelines there run as well


def pictures():
    return sorted(p for p in PICTURES.iterdir() if p.suffix in (".jpg", ".png"))


def upright(path):
    """The picture as people see it (EXIF orientation applied), 8-bit RGB."""
    return np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))


def package(name):
    return f"{name} {version(name)}"


def run(*models):
    """Every picture through models of scripts/vista_pipeline.py."""
    for picture in pictures():
        image = Image.fromarray(upright(picture))
        for model in models:
            started = time.perf_counter()
            found = model.find(image)
            seconds = time.perf_counter() - started
            folder = OUTPUTS / model.name
            folder.mkdir(parents=True, exist_ok=True)
            for file in found.files:
                (folder / f"{picture.stem}.{file.name}").write_bytes(file.content)
            about = {key: getattr(model, key) for key in ("name", "version", "parameters", "description")}
            write(picture, about, found.annotations, seconds, [(f.name, f.content_type) for f in found.files])


def write(picture, model, annotations, seconds, artifacts=()):
    """`model` has name, version, parameters and description; `artifacts` are (name, content type) pairs whose
    files already lie beside the JSON file as <stem>.<name>."""
    stem = picture.stem
    folder = OUTPUTS / model["name"]
    folder.mkdir(parents=True, exist_ok=True)
    result = {
        "picture": picture.name,
        "model_name": model["name"],
        "model_version": model["version"],
        "parameters": model["parameters"],
        "description": model["description"],
        "annotations": annotations,
        "artifacts": [
            {"artifact_name": name, "content_type": kind, "file": f"{stem}.{name}"}
            for name, kind in artifacts
        ],
        "summary": {
            "total_detections": sum(a["annotation_type"] != "heatmap" for a in annotations),
            "processing_time_seconds": round(seconds, 3),
            "classes_detected": sorted({a["class_name"] for a in annotations if a.get("class_name")}),
        },
    }
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    (folder / f"{stem}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{model['name']:16} {picture.name:22} {len(annotations):4} annotations  {seconds:6.2f} s")
