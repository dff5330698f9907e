"""Where a picture draws the eye: OpenCV's spectral residual saliency, as `opencv_saliency`."""

import time

import cv2
import numpy as np
from common import OUTPUTS, package, pictures, upright, write

LONG_SIDE = 512  # of the PNG
SMALL = 96  # of the array

MODEL = {
    "name": "opencv_saliency",
    "version": package("opencv-contrib-python-headless"),
    "parameters": {"method": "StaticSaliencySpectralResidual", "normalised": "to the picture's own maximum"},
    "description": "Static saliency by spectral residual, a heatmap of what stands out; also as an array of numbers.",
}


def shrunk(values, long_side):
    factor = min(1, long_side / max(values.shape))
    return cv2.resize(values, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def main():
    folder = OUTPUTS / MODEL["name"]
    folder.mkdir(parents=True, exist_ok=True)
    method = cv2.saliency.StaticSaliencySpectralResidual_create()
    for picture in pictures():
        image = upright(picture)
        started = time.perf_counter()
        done, values = method.computeSaliency(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        seconds = time.perf_counter() - started
        if not done:
            raise RuntimeError(f"no saliency for {picture.name}")
        values = (values / values.max()).astype("float32")
        cv2.imwrite(
            str(folder / f"{picture.stem}.heatmap.png"),
            np.rint(shrunk(values, LONG_SIDE) * 255).astype("uint8"),
            [cv2.IMWRITE_PNG_COMPRESSION, 9],
        )
        np.save(folder / f"{picture.stem}.saliency.npy", shrunk(values, SMALL))
        heatmaps = [
            {
                "annotation_type": "heatmap",
                "class_name": class_name,
                "confidence": None,
                "data": {"artifact_name": name, "value_range": [0, 1], "unit": "saliency"},
            }
            for class_name, name in (("saliency", "heatmap.png"), ("saliency (array)", "saliency.npy"))
        ]
        artifacts = [("heatmap.png", "image/png"), ("saliency.npy", "application/x-npy")]
        write(picture, MODEL, heatmaps, seconds, artifacts)


if __name__ == "__main__":
    main()
