"""OpenCV's old hands, which need no network: people by HOG (`opencv_hog`), faces by a Haar cascade (`opencv_haar`)."""

from common import run
from opencv_pipeline import Faces, People

if __name__ == "__main__":
    run(People(), Faces())
