"""Lines of text as polygons: the PP-OCR networks inside the rapidocr package, as `rapidocr`."""

import time

import cv2
from common import package, pictures, upright, write
from rapidocr import RapidOCR

MIN_SCORE = 0.3

MODEL = {
    "name": "rapidocr",
    "version": package("rapidocr"),
    "parameters": {"confidence_threshold": MIN_SCORE, "engine": package("onnxruntime")},
    "description": "Lines of text found and read by PP-OCR: a polygon each, with what was read beside it.",
}


def main():
    engine = RapidOCR(params={"Global.text_score": MIN_SCORE, "Global.log_level": "error"})
    for picture in pictures():
        image = cv2.cvtColor(upright(picture), cv2.COLOR_RGB2BGR)
        started = time.perf_counter()
        found = engine(image)
        seconds = time.perf_counter() - started
        lines = [] if found.boxes is None else zip(found.boxes, found.txts, found.scores, strict=True)
        annotations = [
            {
                "annotation_type": "segmentation",
                "class_name": "text",
                "confidence": round(float(score), 4),
                "data": {
                    "points": [[round(float(x), 2), round(float(y), 2)] for x, y in box],
                    "format": "polygon",
                    "text": text,
                },
            }
            for box, text, score in lines
        ]
        write(picture, MODEL, annotations, seconds)


if __name__ == "__main__":
    main()
