"""Make ../pictures from the packages named in ../CREDITS.md.

    python pictures.py SOURCES

SOURCES is a folder with the unpacked Debian packages and wheels; see README.md.
"""

import bz2
import pickle
import sys
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image, ImageOps
from sklearn.datasets import load_sample_image

TARGET = Path(__file__).resolve().parent.parent / "pictures"
LONG_SIDE = 1600
ORIENTATION = 0x0112

SCIPY = "scipy/scipy/misc"
OPENCV = "opencv-doc/usr/share/doc/opencv-doc/examples/data"
DARKNET = "darknet/usr/share/darknet/data"
PALAPELI = "palapeli-data/usr/share/palapeli/collection"
LOMIRI = "lomiri-wallpapers-16.04/usr/share/backgrounds"


def scipy_ascent(file):
    return np.array(pickle.loads(file.read_bytes()), "uint8")  # noqa: S301 - SciPy's own file


def scipy_face(file):
    return np.frombuffer(bz2.decompress(file.read_bytes()), "uint8").reshape(768, 1024, 3)


# target name -> what opens it: a path below SOURCES, or a function of SOURCES
PICTURES = {
    "astronaut.jpg": lambda s: skimage.data.astronaut(),
    "photographer.jpg": lambda s: skimage.data.camera(),
    "cat.jpg": lambda s: skimage.data.chelsea(),
    "coffee.jpg": lambda s: skimage.data.coffee(),
    "coins.png": lambda s: skimage.data.coins(),
    "deep_field.jpg": lambda s: skimage.data.hubble_deep_field(),
    "page.png": lambda s: skimage.data.page(),
    "summer_palace.jpg": lambda s: load_sample_image("china.jpg"),
    "admiral.jpg": "matplotlib/matplotlib/mpl-data/sample_data/grace_hopper.jpg",
    "stairs.jpg": lambda s: scipy_ascent(s / f"{SCIPY}/ascent.dat"),
    "raccoon.jpg": lambda s: scipy_face(s / f"{SCIPY}/face.dat"),
    "dog_and_bicycle.jpg": f"{DARKNET}/dog.jpg",
    "walker.jpg": f"{DARKNET}/person.jpg",
    "horses.jpg": f"{DARKNET}/horses.jpg",
    "chessboard.jpg": f"{OPENCV}/left06.jpg",
    "bridge.jpg": f"{PALAPELI}/cincinnati-bridge.jpg",
    "citrus.jpg": f"{PALAPELI}/citrus-fruits.jpg",
    "two_dogs.jpg": f"{LOMIRI}/friends_by_Aitzol_Berasategi.jpg",
    "drum_and_wine.jpg": f"{LOMIRI}/Wine_by_Jakkub_Mede.jpg",
    "fig.jpg": f"{LOMIRI}/Picture_0B_by_freespace.jpg",
}

# Stored turned, with the EXIF tag that turns it back: 6 = "rotate 90 degrees clockwise to view".
STORED_TURNED = {"two_dogs.jpg": (Image.Transpose.ROTATE_90, 6)}


def main(sources):
    TARGET.mkdir(exist_ok=True)
    for name, origin in PICTURES.items():
        if callable(origin):
            picture = Image.fromarray(origin(sources))
        else:
            picture = ImageOps.exif_transpose(Image.open(sources / origin))
        if picture.mode not in ("L", "RGB"):
            picture = picture.convert("RGB")
        picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
        clean = Image.frombytes(picture.mode, picture.size, picture.tobytes())  # drops all metadata
        options = {"optimize": True} if name.endswith(".png") else {"quality": 85, "optimize": True}
        if name in STORED_TURNED:
            turn, tag = STORED_TURNED[name]
            clean = clean.transpose(turn)
            exif = Image.Exif()
            exif[ORIENTATION] = tag
            options["exif"] = exif
        clean.save(TARGET / name, **options)
        print(f"{name:22} {picture.width} x {picture.height}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
