"""Small pictures a crew sends with its report: a gauge with the level read on the spot. No faces, no plates."""

import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 320, 240
PALETTE: Final = (
    (206, 214, 219),  # sky
    (168, 178, 184),  # wall
    (120, 130, 138),  # ground
    (92, 128, 152),  # water
    (132, 164, 184),  # light on the water
    (245, 245, 240),  # gauge, white field
    (178, 40, 40),  # gauge, red field
    (40, 48, 56),  # edges and marks
)
SKY, WALL, GROUND, WATER, LIGHT, WHITE, RED, EDGE = range(8)
FIELD_SHARE: Final = 0.1


def gauge_png(value: float, full_scale: float, *, seed: int = 0) -> bytes:
    """A picture of a staff gauge standing in the street.

    Args:
        value: What is read, in the unit of the gauge.
        full_scale: The value at the gauge's top, in the same unit, above 0.
        seed: Changes the light on the water, so that two pictures differ.

    Returns:
        A PNG file.
    """
    share = min(max(value / full_scale, 0.0), 1.0)
    image = np.full((HEIGHT, WIDTH), SKY, dtype=np.uint8)
    image[70:] = WALL
    image[196:] = GROUND
    foot, top = 210, 40
    level = int(foot - share * (foot - top))
    if share > 0:
        image[level:] = WATER
        dice = np.random.default_rng(seed)
        for y in dice.integers(level, HEIGHT, 14):
            start = int(dice.integers(0, WIDTH - 40))
            image[y, start : start + int(dice.integers(12, 40))] = LIGHT
    _staff(image, foot, top)
    if share > 0:
        # The part of the gauge under water is seen through it.
        sunk = image[level : foot + 1, 146:174]
        sunk[sunk == WHITE] = LIGHT
        image[level : level + 2] = EDGE
    return encode_png(image)


def _staff(image: NDArray[np.uint8], foot: int, top: int) -> None:
    image[top - 3 : foot + 4, 143:177] = EDGE
    image[top : foot + 1, 146:174] = WHITE
    fields = int(1 / FIELD_SHARE)
    tall = (foot - top) / fields
    for number in range(fields):
        upper = int(foot - (number + 1) * tall)
        left, right = (146, 160) if number % 2 else (160, 174)
        image[upper : upper + int(tall / 2), left:right] = RED
        image[upper, 146:174] = EDGE


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """A PNG of 8-bit palette indices (ISO/IEC 15948).

    Args:
        image: Rows × columns of indices into `PALETTE`.
    """
    height, width = image.shape
    rows = b"".join(b"\x00" + row.tobytes() for row in image)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = b"".join(bytes(colour) for colour in PALETTE)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
