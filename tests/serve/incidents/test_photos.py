"""Photos lose what they tell of their maker, and nothing else; what is no photo is refused."""

import struct
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cityloop.serve.incidents.photos import BYTES_MAX, NotAPhoto, clean

SECRET = b"31.2304 N 121.4737 E"


def jpeg(**how: object) -> bytes:
    picture = Image.effect_noise((64, 48), 80).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    held = BytesIO()
    picture.save(held, "JPEG", exif=exif, comment=b"taken by " + SECRET, **how)
    return held.getvalue()


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
    ],
)
def test_what_is_no_photo_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(NotAPhoto, match=message):
        clean(data)


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
