"""The pure core of photos: what kind of picture the bytes are, and the picture without what it tells of its maker."""

import re
import struct
from typing import Final

PHOTO_MB_MAX: Final = 8
BYTES_MAX: Final = PHOTO_MB_MAX * 1024 * 1024
PIXELS_A_SIDE_MAX: Final = 20_000
PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n"
# APP1 holds EXIF (place, time, device) and XMP; APP13 IPTC; comments are free text. ISO/IEC 10918-1, Exif 2.32 §4.7.
JPEG_DROPPED: Final = frozenset({0xE1, 0xED, 0xFE})
PNG_DROPPED: Final = frozenset({b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"})
JPEG_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
JPEG_FRAMES: Final = frozenset(set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC})
START_OF_SCAN: Final = 0xDA
END_OF_IMAGE: Final = 0xD9
# Inside a scan 0xFF is followed by 0x00 or a restart marker; anything else ends it.
MARKER_AFTER_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
TORN: Final = "the photo is torn: it ends in the middle. Take or send it again."


class NotAPhoto(ValueError):
    """The bytes are no JPEG or PNG, are torn, or are too large."""


def clean(data: bytes) -> tuple[str, bytes]:
    """The kind of a picture (`jpg` or `png`) and its bytes without EXIF, XMP, IPTC and comments. The pixels stay as
    they are.

    Raises:
        NotAPhoto: Another format, a torn file, or more than 8 MB.
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
    while True:
        if data[at] != 0xFF:
            raise NotAPhoto("the JPEG is damaged. Take or send it again.")
        while data[at] == 0xFF:  # fill bytes before a marker
            at += 1
        marker = data[at]
        at += 1
        if marker in JPEG_BARE:
            kept.append(bytes((0xFF, marker)))
            continue
        if marker == END_OF_IMAGE:
            break  # what hangs behind (a film, a second picture with its own EXIF) is left out
        (length,) = struct.unpack_from(">H", data, at)
        end = at + length
        if length < 2 or end > len(data):
            raise NotAPhoto(TORN)
        if marker in JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 3)
            _check_size(width, height)
            framed = True
        if marker == START_OF_SCAN:
            after = MARKER_AFTER_SCAN.search(data, end)
            if after is None:
                raise NotAPhoto(TORN)
            end, scanned = after.start(), True
        if marker not in JPEG_DROPPED:
            kept.append(bytes((0xFF, marker)) + data[at:end])
        at = end
    if not (framed and scanned):
        raise NotAPhoto("the JPEG holds no picture. Take or send it again.")
    kept.append(bytes((0xFF, END_OF_IMAGE)))
    return b"".join(kept)


def _clean_png(data: bytes) -> bytes:
    kept = [PNG_HEAD]
    at = len(PNG_HEAD)
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise NotAPhoto(TORN)
        if at == len(PNG_HEAD):
            if name != b"IHDR":
                raise NotAPhoto("the PNG is damaged. Take or send it again.")
            _check_size(*struct.unpack_from(">II", data, at + 8))
        if name not in PNG_DROPPED:
            kept.append(data[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end


def _check_size(width: int, height: int) -> None:
    if not (1 <= width <= PIXELS_A_SIDE_MAX and 1 <= height <= PIXELS_A_SIDE_MAX):
        raise NotAPhoto(
            f"photo of {width} × {height} pixels; allowed: 1 to {PIXELS_A_SIDE_MAX} a side. Take it smaller."
        )
