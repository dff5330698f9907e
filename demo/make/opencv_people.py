"""OpenCV's old hands, which need no network: people by HOG (`opencv_hog`), faces by a Haar cascade (`opencv_haar`)."""

import math
import time

import cv2
from common import package, pictures, upright, write, xywh

CV = package("opencv-contrib-python-headless")
LONG_SIDE = 800  # HOG looks for people at least 128 pixels tall
STRIDE, SCALE, HIT, OVERLAP = 4, 1.05, 0.0, 0.4

HOG = {
    "name": "opencv_hog",
    "version": CV,
    "parameters": {
        "long_side": LONG_SIDE,
        "win_stride": STRIDE,
        "scale": SCALE,
        "hit_threshold": HIT,
        "iou_threshold": OVERLAP,
        "confidence": "1 - exp(-margin of the support vector machine)",
    },
    "description": "OpenCV's HOG detector for standing people, a classic and a weak one: good to compare with.",
}
HAAR = {
    "name": "opencv_haar",
    "version": CV,
    "parameters": {
        "cascade": "haarcascade_frontalface_default",
        "scale_factor": 1.05,
        "min_neighbors": 4,
        "min_size": 24,
        "confidence": "1 - exp(-weight of the last stage / 4)",
    },
    "description": "Frontal faces by OpenCV's Haar cascade.",
}


def hog_people(image, hog):
    """Boxes [x, y, width, height] in the picture's pixels, with the margins."""
    factor = LONG_SIDE / max(image.shape[:2])
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), None, fx=factor, fy=factor)
    boxes, margins = hog.detectMultiScale(
        grey, hitThreshold=HIT, winStride=(STRIDE, STRIDE), padding=(16, 16), scale=SCALE, groupThreshold=0
    )
    boxes, margins = [list(map(int, b)) for b in boxes], [float(m) for m in margins]
    keep = cv2.dnn.NMSBoxes(boxes, margins, HIT, OVERLAP)
    return [([v / factor for v in boxes[i]], margins[i]) for i in keep]


def haar_faces(image, cascade):
    grey = cv2.equalizeHist(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    p = HAAR["parameters"]
    boxes, _, weights = cascade.detectMultiScale3(
        grey,
        scaleFactor=p["scale_factor"],
        minNeighbors=p["min_neighbors"],
        minSize=(p["min_size"],) * 2,
        outputRejectLevels=True,
    )
    return [(list(map(int, box)), float(weight)) for box, weight in zip(boxes, weights, strict=True)]


def annotate(found, class_name, divisor, extra):
    found = sorted(found, key=lambda one: -one[1])
    return [
        {
            "annotation_type": "bounding_box",
            "class_name": class_name,
            "confidence": round(1 - math.exp(-max(value, 0) / divisor), 4),
            "data": {**xywh(*box), extra: round(value, 4)},
        }
        for box, value in found
    ]


def main():
    hog = cv2.HOGDescriptor()
    hog.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + HAAR["parameters"]["cascade"] + ".xml")
    for picture in pictures():
        image = upright(picture)
        started = time.perf_counter()
        people = annotate(hog_people(image, hog), "person", 1, "svm_margin")
        middle = time.perf_counter()
        faces = annotate(haar_faces(image, cascade), "face", 4, "stage_weight")
        write(picture, HOG, people, middle - started)
        write(picture, HAAR, faces, time.perf_counter() - middle)


if __name__ == "__main__":
    main()
