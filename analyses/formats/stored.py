"""What can be told of a stored form without reading all of it."""

import msgspec


class Size(msgspec.Struct):
    size: tuple[int, int]  # height, width


class Sized(msgspec.Struct):
    """Of a segmentation only its grid: the run lengths are not even read."""

    rle: Size | msgspec.UnsetType = msgspec.UNSET


_read_size = msgspec.json.Decoder(Sized).decode


def grid_scale(segmentation: str, width: int, height: int) -> tuple[float, float, float, float]:
    """What takes the bounds of a segmentation to pixels of its picture, which has this width and height.

    A mask has a grid of its own, stretched over the picture.
    """
    rle = _read_size(segmentation).rle
    if isinstance(rle, msgspec.UnsetType):
        return 1, 1, 1, 1
    across, down = width / rle.size[1], height / rle.size[0]
    return across, down, across, down
