"""Runs three old hands of OpenCV over the pictures of a VISTA project: faces, people, and what stands out.

Their models come inside the package. Each is an analysis of its own, so they can be compared.
"""

import io
import math
from importlib.metadata import version
from typing import Any

import cv2
import numpy as np
from PIL import Image
from vista_client import JSON
from vista_pipeline import File, Found, Model, box, grey_png, heatmap, run

VERSION = f"opencv-contrib-python-headless {version('opencv-contrib-python-headless')}"
OVERLAP = 0.4  # of two people


class Faces(Model):
    """Frontal faces by a Haar cascade."""

    name = "opencv_haar"
    version = VERSION
    description = "Frontal faces by OpenCV's Haar cascade."
    parameters = {
        "cascade": "haarcascade_frontalface_default",
        "scale_factor": 1.05,
        "min_neighbors": 4,
        "min_size": 24,
        "confidence": "1 - exp(-weight of the last stage / 4)",
    }

    def __init__(self) -> None:
        self._cascade = cv2.CascadeClassifier(f"{cv2.data.haarcascades}{self.parameters['cascade']}.xml")

    def find(self, picture: Image.Image) -> Found:
        grey = cv2.equalizeHist(cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2GRAY))
        boxes, _, weights = self._cascade.detectMultiScale3(
            grey,
            scaleFactor=self.parameters["scale_factor"],
            minNeighbors=self.parameters["min_neighbors"],
            minSize=(self.parameters["min_size"],) * 2,
            outputRejectLevels=True,
        )
        return Found(boxed("face", zip(boxes, weights, strict=True), 4, "stage_weight"))


class People(Model):
    """Standing people by histograms of oriented gradients."""

    name = "opencv_hog"
    version = VERSION
    description = "OpenCV's HOG detector for standing people, a classic and a weak one: good to compare with."
    parameters = {
        "long_side": 800,  # it looks for people at least 128 pixels tall
        "win_stride": 4,
        "scale": 1.05,
        "hit_threshold": 0.0,
        "iou_threshold": OVERLAP,
        "confidence": "1 - exp(-margin of the support vector machine)",
    }

    def __init__(self) -> None:
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())

    def find(self, picture: Image.Image) -> Found:
        factor = self.parameters["long_side"] / max(picture.size)
        grey = cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2GRAY)
        boxes, margins = self._hog.detectMultiScale(
            cv2.resize(grey, None, fx=factor, fy=factor),
            hitThreshold=self.parameters["hit_threshold"],
            winStride=(self.parameters["win_stride"],) * 2,
            padding=(16, 16),
            scale=self.parameters["scale"],
            groupThreshold=0,
        )
        boxes, margins = [list(map(int, b)) for b in boxes], [float(m) for m in margins]
        keep = cv2.dnn.NMSBoxes(boxes, margins, self.parameters["hit_threshold"], OVERLAP)
        found = [([side / factor for side in boxes[i]], margins[i]) for i in keep]
        return Found(boxed("person", found, 1, "svm_margin"))


class Saliency(Model):
    """Where a picture draws the eye, as a PNG and as an array of numbers."""

    name = "opencv_saliency"
    version = VERSION
    description = (
        "Static saliency by spectral residual, a heatmap of what stands out; also as an array of numbers."
    )
    parameters = {
        "method": "StaticSaliencySpectralResidual",
        "normalised": "to the picture's own maximum",
    }
    long_side, small = 512, 96  # of the PNG, of the array

    def __init__(self) -> None:
        self._method = cv2.saliency.StaticSaliencySpectralResidual_create()

    def find(self, picture: Image.Image) -> Found:
        done, values = self._method.computeSaliency(cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR))
        if not done:
            raise ValueError("OpenCV computed no saliency")
        values = (values / (values.max() or 1)).astype("float32")  # a picture of one colour is 0 everywhere
        return Found(
            [
                heatmap("saliency", "heatmap.png", (0, 1), "saliency"),
                heatmap("saliency (array)", "saliency.npy", (0, 1), "saliency"),
            ],
            [grey_png(shrunk(values, self.long_side)), npy("saliency.npy", shrunk(values, self.small))],
        )


def shrunk(values: Any, long_side: int) -> Any:
    factor = min(1, long_side / max(values.shape))
    return cv2.resize(values, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def npy(name: str, values: Any) -> File:
    out = io.BytesIO()
    np.save(out, values)
    return File(name, "application/x-npy", out.getvalue())


def boxed(class_name: str, found: Any, divisor: float, extra: str) -> list[JSON]:
    """Boxes, the strongest first; the raw number stays in the data as `extra`."""
    return [
        box(class_name, round(1 - math.exp(-max(value, 0) / divisor), 4), place, **{extra: round(value, 4)})
        for place, value in sorted(((b, float(v)) for b, v in found), key=lambda one: -one[1])
    ]


if __name__ == "__main__":
    run(Faces(), People(), Saliency())
