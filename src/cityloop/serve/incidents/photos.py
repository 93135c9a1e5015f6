"""The pure core of photos: what kind of picture the bytes are, and the picture without what it tells of its maker.

Both formats are copied by what is known to be harmless: a part that is not named here does not pass, whoever made it.
"""

import re
import struct
import zlib
from typing import Final

PHOTO_MB_MAX: Final = 8
BYTES_MAX: Final = PHOTO_MB_MAX * 1024 * 1024
PIXELS_A_SIDE_MAX: Final = 20_000
SEGMENTS_MAX: Final = 2_000
"""Segments of a JPEG. A progressive picture with a colour profile has some hundreds at most."""
CHUNKS_MAX: Final = 10_000
"""Chunks of a PNG. Writers of 4 kB pieces make about 2,000 out of 8 MB."""

START_OF_SCAN: Final = 0xDA
END_OF_IMAGE: Final = 0xD9
APP0, APP2, APP14 = 0xE0, 0xE2, 0xEE
# Markers without a length: TEM and the restarts; outside a scan they mean nothing. ISO/IEC 10918-1 table B.1.
JPEG_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
JPEG_FRAMES: Final = frozenset(set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC})
# What draws the picture: quantisation and Huffman tables, restart interval, frames and scans.
JPEG_DRAWS: Final = JPEG_FRAMES | {0xDB, 0xC4, 0xDD, START_OF_SCAN}
FILL: Final = re.compile(rb"\xff+")
# Inside a scan 0xFF is followed by 0x00 or a restart marker; anything else ends it.
MARKER_AFTER_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n"
# Chunks that draw the picture, and the bytes each has to have; None where the number varies. W3C PNG 3rd ed. §11.
PNG_KEPT: Final = {
    b"IHDR": 13, b"PLTE": None, b"IDAT": None, b"IEND": 0, b"tRNS": None, b"gAMA": 4, b"sRGB": 1, b"cHRM": 32,
    b"iCCP": None, b"pHYs": 9,
}  # fmt: skip

TORN: Final = "the photo is torn: it ends in the middle. Take or send it again."
DAMAGED: Final = "the photo is damaged. Take or send it again."
EMPTY: Final = "the file holds no picture. Take or send it again."


class NotAPhoto(ValueError):
    """The bytes are no JPEG or PNG, are torn or damaged, or are too large."""


def clean(data: bytes) -> tuple[str, bytes]:
    """The kind of a picture (`jpg` or `png`) and its bytes with nothing but what draws it. The pixels stay as they are.

    EXIF, XMP, IPTC, makers' own segments, comments, previews, second pictures and whatever hangs behind are left out;
    the colour profile stays.

    Raises:
        NotAPhoto: Another format, a torn or damaged file, too many parts, or more than 8 MB.
    """
    if len(data) > BYTES_MAX:
        raise NotAPhoto(f"photo of {len(data) / 1048576:.1f} MB; allowed: at most {PHOTO_MB_MAX} MB. Take it smaller.")
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return "jpg", _clean_jpeg(data)
        if data.startswith(PNG_HEAD):
            return "png", _clean_png(data)
    except (struct.error, IndexError):
        raise NotAPhoto(TORN) from None
    raise NotAPhoto("the file is neither JPEG nor PNG. Send a photo in one of these formats.")


def _clean_jpeg(data: bytes) -> bytes:
    kept = [data[:2]]
    at, framed, scanned = 2, False, False
    for _ in range(SEGMENTS_MAX):
        fill = FILL.match(data, at)  # fill bytes may stand before a marker
        if fill is None:
            raise NotAPhoto(TORN if at >= len(data) else DAMAGED)
        marker = data[fill.end()]
        at = fill.end() + 1
        if marker == END_OF_IMAGE:
            break  # what hangs behind (a film, a second picture with its own EXIF) is left out
        if marker in JPEG_BARE:
            continue
        (length,) = struct.unpack_from(">H", data, at)
        end = at + length
        if length < 2 or end > len(data):
            raise NotAPhoto(TORN)
        body = _kept_segment(marker, data[at + 2 : end])
        if body is not None:
            kept.append(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body)
        framed = framed or marker in JPEG_FRAMES
        if marker == START_OF_SCAN:
            after = MARKER_AFTER_SCAN.search(data, end)
            if after is None:
                raise NotAPhoto(TORN)
            kept.append(data[end : after.start()])
            end, scanned = after.start(), True
        at = end
    else:
        raise NotAPhoto(f"JPEG of more than {SEGMENTS_MAX} segments; allowed: at most so many. Take it again.")
    if not (framed and scanned):
        raise NotAPhoto(EMPTY)
    kept.append(bytes((0xFF, END_OF_IMAGE)))
    return b"".join(kept)


def _kept_segment(marker: int, body: bytes) -> bytes | None:
    """What of a segment's bytes may stay; None for nothing."""
    if marker in JPEG_DRAWS:
        _check_draws(marker, body)
        return body
    if marker == APP0 and body.startswith(b"JFIF\0"):
        # Version, unit and density. The preview that may follow is a picture nobody has looked at. JFIF 1.02 p. 5.
        return body[:12] + b"\0\0" if len(body) >= 14 else None
    if marker == APP2 and body.startswith(b"ICC_PROFILE\0"):
        return body
    if marker == APP14 and body.startswith(b"Adobe"):
        return body[:12] if len(body) >= 12 else None  # the colour transform, without which the colours are wrong
    return None


def _check_draws(marker: int, body: bytes) -> None:
    """Refuse a frame or a scan whose length is not what its number of components says: text could hang there."""
    if marker in JPEG_FRAMES:
        height, width, components = struct.unpack_from(">HHB", body, 1)
        _check_size(width, height)
        wanted = 6 + 3 * components
    elif marker == START_OF_SCAN:
        wanted = 4 + 2 * body[0]
    else:
        return
    if len(body) != wanted:
        raise NotAPhoto(DAMAGED)


def _clean_png(data: bytes) -> bytes:
    kept = [PNG_HEAD]
    at, pixels = len(PNG_HEAD), 0
    for place in range(CHUNKS_MAX):
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise NotAPhoto(TORN)
        if (name == b"IHDR") != (place == 0):
            raise NotAPhoto(DAMAGED)
        if place == 0:
            _check_size(*struct.unpack_from(">II", data, at + 8))
        if struct.unpack_from(">I", data, end - 4)[0] != zlib.crc32(memoryview(data)[at + 4 : end - 4]):
            raise NotAPhoto(DAMAGED)
        if PNG_KEPT.get(name) not in (None, length):
            raise NotAPhoto(DAMAGED)
        if name in PNG_KEPT:
            kept.append(data[at:end])
        pixels += length if name == b"IDAT" else 0
        at = end
        if name == b"IEND":
            break  # what hangs behind is left out
    else:
        raise NotAPhoto(f"PNG of more than {CHUNKS_MAX} chunks; allowed: at most so many. Take it again.")
    if not pixels:
        raise NotAPhoto(EMPTY)
    return b"".join(kept)


def _check_size(width: int, height: int) -> None:
    if not (1 <= width <= PIXELS_A_SIDE_MAX and 1 <= height <= PIXELS_A_SIDE_MAX):
        raise NotAPhoto(
            f"photo of {width} × {height} pixels; allowed: 1 to {PIXELS_A_SIDE_MAX} a side. Take it smaller."
        )
