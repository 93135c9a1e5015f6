"""Photos lose what they tell of their maker, and nothing else; what is no photo is refused."""

import struct
import time
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cityloop.serve.incidents.photos import BYTES_MAX, CHUNKS_MAX, PNG_HEAD, SEGMENTS_MAX, NotAPhoto, clean

SECRET = b"31.2304 N 121.4737 E"


def jpeg(**how: object) -> bytes:
    picture = Image.effect_noise((64, 48), 80).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    held = BytesIO()
    picture.save(held, "JPEG", exif=exif, comment=b"taken by " + SECRET, **how)
    return held.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def chunk(name: bytes, body: bytes = b"", crc: int | None = None) -> bytes:
    right = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", right if crc is None else crc)


HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
PICTURE = chunk(b"IDAT", zlib.compress(b"\0\x80"))
END = chunk(b"IEND")


def pixels(data: bytes) -> bytes:
    return Image.open(BytesIO(data)).convert("RGB").tobytes()


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"quality": 95, "subsampling": 0}])
def test_a_jpeg_keeps_its_pixels_and_loses_its_exif(how: dict) -> None:
    given_bytes = jpeg(**how)
    assert SECRET in given_bytes
    kind, cleaned = clean(given_bytes)
    assert kind == "jpg"
    assert SECRET not in cleaned
    assert not Image.open(BytesIO(cleaned)).getexif()
    assert pixels(cleaned) == pixels(given_bytes)


def test_what_hangs_behind_a_jpeg_is_left_out() -> None:
    first = jpeg()
    _, cleaned = clean(first + jpeg() + SECRET)
    assert SECRET not in cleaned
    assert cleaned == clean(first)[1]


def test_cleaning_again_changes_nothing() -> None:
    _, once = clean(jpeg(progressive=True))
    assert clean(once) == ("jpg", once)


def test_a_png_loses_its_texts() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Place", SECRET.decode())
    held = BytesIO()
    Image.new("RGB", (9, 9), "red").save(held, "PNG", pnginfo=info)
    kind, cleaned = clean(held.getvalue() + SECRET)
    assert kind == "png"
    assert SECRET not in cleaned
    assert pixels(cleaned) == pixels(held.getvalue())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "neither JPEG nor PNG"),
        (b"GIF89a", "neither JPEG nor PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither JPEG nor PNG"),
        (b"\xff\xd8\xff\xd9", "holds no picture"),
        (b"\xff\xd8\xff", "torn"),
        (b"\x89PNG\r\n\x1a\n", "torn"),
        (jpeg()[:-200], "torn"),
        (b"\xff\xd8\xff" + bytes(BYTES_MAX), "allowed: at most 8 MB"),
        (jpeg()[:2] + segment(0xC0, b"\x08\0\x01\0\x01\x01\x01\x11\0" + SECRET) + jpeg()[2:], "damaged"),
        (jpeg()[:2] + segment(0xDA, b"\x01\x01\0\0\x3f\0" + SECRET) + jpeg()[2:], "damaged"),
        (PNG_HEAD + HEADER + PICTURE, "torn"),
        (PNG_HEAD + HEADER + END, "holds no picture"),
        (PNG_HEAD + HEADER + chunk(b"IDAT") + END, "holds no picture"),
        (PNG_HEAD + PICTURE + HEADER + END, "damaged"),
        (PNG_HEAD + HEADER + HEADER + PICTURE + END, "damaged"),
        (PNG_HEAD + HEADER + chunk(b"IDAT", b"x", crc=1) + END, "damaged"),
        (PNG_HEAD + HEADER + chunk(b"teXt", SECRET, crc=1) + PICTURE + END, "damaged"),
        (PNG_HEAD + HEADER + PICTURE + chunk(b"IEND", SECRET), "damaged"),
        (PNG_HEAD + HEADER + chunk(b"pHYs", SECRET) + PICTURE + END, "damaged"),
    ],
)
def test_what_is_no_photo_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(NotAPhoto, match=message):
        clean(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xd8\xff" + b"\xd0\xff" * (BYTES_MAX // 2 - 2), f"more than {SEGMENTS_MAX} segments"),
        (b"\xff\xd8" + segment(0xFE, b"") * (BYTES_MAX // 4 - 1), f"more than {SEGMENTS_MAX} segments"),
        (b"\xff\xd8" + b"\xff" * (BYTES_MAX - 2), "torn"),
        (PNG_HEAD + HEADER + chunk(b"teXt") * (BYTES_MAX // 12 - 9), f"more than {CHUNKS_MAX} chunks"),
    ],
    ids=["restarts", "comments", "fill", "chunks"],
)
def test_eight_megabytes_of_nothing_are_refused_quickly(data: bytes, message: str) -> None:
    began = time.monotonic()
    with pytest.raises(NotAPhoto, match=message):
        clean(data)
    assert time.monotonic() - began < 0.5


@pytest.mark.parametrize(
    "planted",
    [
        segment(0xE0, b"JFXX\0\x13" + SECRET),
        segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x03\x03" + SECRET),
        segment(0xE0, b"JFIF\0" + SECRET[:8]),
        segment(0xE1, b"Exif\0\0" + SECRET),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
        segment(0xE2, b"MPF\0" + SECRET),
        segment(0xE2, b"FPXR\0" + SECRET),
        segment(0xED, b"Photoshop 3.0\0" + SECRET),
        segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01" + SECRET),
        segment(0xEE, b"Maker" + SECRET),
        segment(0xFE, SECRET),
        segment(0xCC, SECRET),
        segment(0xDC, SECRET),
        *(segment(0xE0 + number, b"VENDOR\0" + SECRET) for number in range(16)),
        *(segment(0xF0 + number, SECRET) for number in range(14)),
    ],
)
def test_no_segment_of_a_maker_survives(planted: bytes) -> None:
    plain = jpeg()
    _, cleaned = clean(plain[:2] + planted + plain[2:])
    assert SECRET[:8] not in cleaned
    assert pixels(cleaned) == pixels(plain)


@pytest.mark.parametrize("name", [b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME", b"vpAg", b"caBX", b"acTL", b"ABCD"])
def test_no_chunk_of_a_maker_survives(name: bytes) -> None:
    plain = PNG_HEAD + HEADER + PICTURE + END
    planted = chunk(name, SECRET)
    assert clean(PNG_HEAD + HEADER + planted + PICTURE + planted + END + planted) == ("png", plain)


def test_a_colour_profile_stays() -> None:
    profile = b"a profile of colours" * 10
    kept = clean(jpeg(icc_profile=profile))[1]
    assert Image.open(BytesIO(kept)).info["icc_profile"] == profile
    held = BytesIO()
    picture = Image.new("P", (9, 9), 1)
    picture.save(held, "PNG", icc_profile=profile, transparency=0, dpi=(72, 72))
    found = Image.open(BytesIO(clean(held.getvalue())[1])).info
    assert found["icc_profile"] == profile
    assert found["transparency"] == 0
    assert "dpi" in found


def test_a_cmyk_photo_keeps_its_colours() -> None:
    held = BytesIO()
    Image.effect_noise((32, 32), 80).convert("CMYK").save(held, "JPEG")
    assert pixels(clean(held.getvalue())[1]) == pixels(held.getvalue())


def test_a_picture_too_large_to_draw_is_refused() -> None:
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII5s", 13, b"IHDR", 60_000, 60_000, b"\x08\x02\0\0\0") + b"\0\0\0\0"
    with pytest.raises(NotAPhoto, match="60000 × 60000 pixels; allowed: 1 to 20000 a side"):
        clean(bomb)


@given(st.binary(max_size=300), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_any_bytes_are_cleaned_or_refused(data: bytes, head: bytes) -> None:
    try:
        _, cleaned = clean(head + data)
    except NotAPhoto:
        return
    assert len(cleaned) <= len(head + data) + 2
