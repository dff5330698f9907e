"""Draw what CenterNet found into small JPEGs, so that some analyses carry a picture as an artifact.

Run it last: it adds `detections.jpg` to outputs that exist.
"""

import json

from common import OUTPUTS, PICTURES, upright
from PIL import Image, ImageDraw, ImageFont

STEMS = ("astronaut", "chessboard", "dog_and_bicycle", "horses", "two_dogs", "walker")
LONG_SIDE = 640
NAME = "detections.jpg"
COLOURS = ("#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#008080")


def main():
    font = ImageFont.load_default(13)
    for stem in STEMS:
        file = OUTPUTS / "centernet" / f"{stem}.json"
        result = json.loads(file.read_text(encoding="utf-8"))
        picture = Image.fromarray(upright(PICTURES / result["picture"]))
        factor = min(1, LONG_SIDE / max(picture.size))
        picture = picture.resize((round(picture.width * factor), round(picture.height * factor)))
        draw = ImageDraw.Draw(picture)
        boxes = [a for a in result["annotations"] if a["annotation_type"] == "bounding_box"]
        for index, box in reversed(list(enumerate(boxes))):  # the most certain on top
            x, y, width, height = (value * factor for value in box["data"]["bbox"])
            colour = COLOURS[index % len(COLOURS)]
            draw.rectangle((x, y, x + width, y + height), outline=colour, width=2)
            caption = f"{box['class_name']} {box['confidence']:.2f}"
            place = (max(x, 0) + 3, max(y, 0) + 2)
            draw.rectangle(draw.textbbox(place, caption, font=font), fill=colour)
            draw.text(place, caption, fill="white", font=font)
        picture.save(file.with_name(f"{stem}.{NAME}"), quality=80, optimize=True)
        artifact = {"artifact_name": NAME, "content_type": "image/jpeg", "file": f"{stem}.{NAME}"}
        result["artifacts"] = [a for a in result["artifacts"] if a["artifact_name"] != NAME] + [artifact]
        file.write_text(
            json.dumps(result, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
        )
        print(file.with_name(f"{stem}.{NAME}").name)


if __name__ == "__main__":
    main()
