"""Where a picture draws the eye: OpenCV's spectral residual saliency, as `opencv_saliency`."""

from common import run
from opencv_pipeline import Saliency

if __name__ == "__main__":
    run(Saliency())
