"""Runs YOLOv8 (or another network of ultralytics) over the pictures of a VISTA project; README_YOLOV8.md says how.

Boxes, outlines, poses or turned boxes, as the weights give them, and a heatmap of what its class heads said.
"""

# ruff: noqa: E402 - ultralytics reads these when it is imported

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("VISTA_YOLO_DIR") or Path.cwd() / "yolo")  # its settings, and weights it fetched
os.environ.update(
    {
        "YOLO_CONFIG_DIR": str(FOLDER),
        "YOLO_OFFLINE": "true",  # no reports to its makers, no look for new versions
        "YOLO_AUTOINSTALL": "false",
        "YOLO_VERBOSE": "false",
    }
)
os.environ.setdefault(
    "ULTRALYTICS_SAFE_LOAD", "true"
)  # weights are a pickle: they may hold numbers, not code

try:
    import torch
    import ultralytics
    from ultralytics.utils.downloads import attempt_download_asset
except ImportError as missing:
    sys.exit(f"{missing}. Install what YOLO needs: scripts/run_yolov8_pipeline.sh PROJECT --install-deps")

from PIL import Image
from vista_client import JSON
from vista_pipeline import Found, Model, box, grey_png, heatmap, options, run

TASKS = ("detect", "segment", "pose", "obb")
# The order and the limbs of COCO's 17 points, which pose weights are trained on.
POINTS = [
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
]
LIMBS = [(0, 1), (0, 2), (1, 3), (2, 4), (5, 6), (5, 7), (7, 9), (6, 8), (8, 10)]
LIMBS += [(5, 11), (6, 12), (11, 12), (11, 13), (13, 15), (12, 14), (14, 16)]


class Yolo(Model):
    """A network of ultralytics on the processor, or on the device that is named."""

    description = "Objects by a YOLO network of ultralytics, and a heatmap: the highest score of any class."

    def __init__(
        self, weights: Path, name: str, confidence: float, iou: float, size: int, device: str
    ) -> None:
        self.yolo = ultralytics.YOLO(str(weights), verbose=False)
        if self.yolo.task not in TASKS:
            raise ValueError(
                f"{weights} is for the task {self.yolo.task!r}; this pipeline does {', '.join(TASKS)}"
            )
        self.name = name
        self.version = f"{weights.stem}, ultralytics {ultralytics.__version__}"
        self.parameters = {
            "weights": weights.name,
            "weights_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
            "task": self.yolo.task,
            "confidence_threshold": confidence,
            "iou_threshold": iou,
            "input_size": size,
        }
        self._predict = {"conf": confidence, "iou": iou, "imgsz": size, "device": device, "save": False}
        self._maps = ClassMaps(self.yolo.model.model[-1])
        self.yolo.add_callback("on_predict_start", leave_out_the_warm_up)

    def find(self, picture: Image.Image) -> Found:
        self._maps.levels.clear()
        result = self.yolo.predict(picture, verbose=False, **self._predict)[0].cpu()
        annotations = [a for a in to_annotations(result, self.yolo.task) if a is not None]
        values = self._maps.over_the_picture(picture.size)
        peak = float(values.max())
        file = grey_png(values / peak if peak else values)  # the scores of one picture may all be low
        return Found([*annotations, heatmap("any class", file.name, (0, round(peak, 6)), "score")], [file])


def leave_out_the_warm_up(predictor: Any) -> None:
    """It loads torchvision, whose builds for graphics cards do not load beside a torch for processors.

    It would only be used to drop overlapping boxes, which ultralytics can do without it.
    """
    predictor.done_warmup = True


class ClassMaps:
    """Remembers the scores that the class heads of a network gave in its last run, one map a level."""

    def __init__(self, head: Any) -> None:
        self.levels: list[
            torch.Tensor
        ] = []  # classes x rows x columns, from the finest level to the coarsest
        self.stride = int(head.stride.min())
        levels = self.levels

        # No method: ultralytics runs a deep copy of the network, and with a method it would copy this object as well.
        def keep(_module: Any, _inputs: Any, scores: torch.Tensor) -> None:
            levels.append(scores[0].detach().float().sigmoid())

        for level in head.one2one_cv3 if head.end2end else head.cv3:
            level.register_forward_hook(keep)

    def over_the_picture(self, size: tuple[int, int]) -> Any:
        """The highest score of any class at each place: an array that covers the picture, at the network's scale.

        `size` is the picture's width and height. The network saw it shrunk and with a margin, which is cut off.
        """
        rows, columns = (side * self.stride for side in self.levels[0].shape[1:])
        best = torch.stack([fitted(level, rows, columns) for level in self.levels]).amax(0)
        factor = min(columns / size[0], rows / size[1])
        width, height = round(size[0] * factor), round(size[1] * factor)
        left, top = (columns - width) // 2, (rows - height) // 2
        return best[top : top + height, left : left + width].cpu().numpy()


def fitted(level: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    best = level.amax(0)[None, None]
    return torch.nn.functional.interpolate(best, (rows, columns), mode="bilinear", align_corners=False)[0, 0]


# --- what ultralytics found, as VISTA takes it ------------------------------------------------------------------------
def to_annotations(result: Any, task: str) -> list[JSON | None]:
    """One annotation an object, None for what has no area."""
    if task == "obb":
        return [
            outline(result.names[int(kind)], confidence, corners)
            for kind, confidence, corners in zip(
                result.obb.cls, result.obb.conf, result.obb.xyxyxyxy.tolist(), strict=True
            )
        ]
    found = []
    for index, (kind, confidence, corners) in enumerate(
        zip(result.boxes.cls, result.boxes.conf, result.boxes.xyxy.tolist(), strict=True)
    ):
        name, one = result.names[int(kind)], None
        if task == "segment" and result.masks is not None:
            one = outline(name, confidence, result.masks.xy[index].tolist())
        elif task == "pose" and result.keypoints is not None:
            one = pose(name, confidence, result.keypoints.data[index].tolist())
        found.append(one or boxed(name, confidence, corners))
    return found


def boxed(name: str, confidence: Any, corners: list[float]) -> JSON | None:
    left, top, right, bottom = corners
    annotation = box(name, confidence, (left, top, right - left, bottom - top))
    return annotation if min(annotation["data"]["bbox"][2:]) > 0 else None


def outline(name: str, confidence: Any, points: list[list[float]]) -> JSON | None:
    """None where a mask is too small to have an outline."""
    if len(points) < 3:
        return None
    rounded = [[round(x, 2), round(y, 2)] for x, y in points]
    return {
        "annotation_type": "segmentation",
        "class_name": name,
        "confidence": round(float(confidence), 6),
        "data": {"points": rounded, "format": "polygon"},
    }


def pose(name: str, confidence: Any, points: list[list[float]]) -> JSON | None:
    """The points that were seen: ultralytics puts the others to 0, 0. None where there is no such point."""
    seen = [index for index, (x, y, *_) in enumerate(points) if x or y]
    if not seen:
        return None
    names = POINTS if len(points) == len(POINTS) else [f"point {index}" for index in range(len(points))]
    keypoints = [
        {"name": names[index], "x": round(points[index][0], 2), "y": round(points[index][1], 2)}
        | ({"confidence": round(points[index][2], 6)} if len(points[index]) > 2 else {})
        for index in seen
    ]
    place = {index: position for position, index in enumerate(seen)}
    limbs = LIMBS if names is POINTS else []
    skeleton = [[place[a], place[b]] for a, b in limbs if a in place and b in place]
    return {
        "annotation_type": "keypoint",
        "class_name": name,
        "confidence": round(float(confidence), 6),
        "data": {"keypoints": keypoints, "skeleton": skeleton},
    }


# --- the command ------------------------------------------------------------------------------------------------------
def weights_file(named: str, download: bool) -> Path:
    """The file of the weights; leaves with a sentence where it is not there."""
    for path in (Path(named), FOLDER / named):
        if path.is_file():
            return path
    if not download or Path(named).name != named:
        sys.exit(
            f"There are no weights at {named}. Give a file with --weights FILE.pt, or let ultralytics fetch its own "
            "by name with --download (needs a network): --weights yolov8n.pt --download."
        )
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        path = Path(attempt_download_asset(FOLDER / named))
    except Exception:  # of many kinds; each of them means that it is not there
        path = FOLDER / named
    if not path.is_file():
        sys.exit(
            f"{named} could not be fetched. Get it on a machine with a network, copy it here, and name it: "
            f"--weights /path/to/{named}; or put it into {FOLDER}."
        )
    return path


def main() -> None:
    parser = options(__doc__.partition("\n")[0])
    parser.add_argument("--weights", default="yolov8n.pt", metavar="FILE", help="default: %(default)s")
    parser.add_argument(
        "--download", action="store_true", help="fetch weights of ultralytics that are not here"
    )
    parser.add_argument("--model-name", default="yolo_v8", help="as VISTA allows it (default: %(default)s)")
    parser.add_argument("--confidence", type=share, default=0.25, help="least score (default: %(default)s)")
    parser.add_argument(
        "--iou", type=share, default=0.45, help="most overlap of a class (default: %(default)s)"
    )
    parser.add_argument(
        "--size", type=int, default=640, help="longer side for the network (default: %(default)s)"
    )
    parser.add_argument(
        "--device", default="cpu", help="cpu, 0 for the first graphics card (default: %(default)s)"
    )
    given = parser.parse_args()
    ultralytics.settings.update({"sync": False})  # reports nothing, also where somebody lets it on line
    path = weights_file(given.weights, given.download)
    try:
        model = Yolo(path, given.model_name, given.confidence, given.iou, given.size, given.device)
    except Exception as error:
        sys.exit(f"{path} cannot be loaded: {error}")
    run(model, given=given)


def share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError
    return value


if __name__ == "__main__":
    main()
