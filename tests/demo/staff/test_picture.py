"""The picture of a report, read by a library that did not write it."""

import io

import pytest
from PIL import Image

from cityloop.demo.staff.picture import PALETTE, WATER, gauge_png


@pytest.mark.parametrize("value", [0.0, 12.0, 31.0, 60.0, 400.0])
def test_it_is_a_png_of_the_size_promised(value: float) -> None:
    image = Image.open(io.BytesIO(gauge_png(value, 60.0)))
    image.verify()
    assert (image.format, image.size) == ("PNG", (320, 240))


def test_more_water_covers_more_of_the_picture() -> None:
    def blue(value: float) -> int:
        return sum(
            pixel == PALETTE[WATER]
            for pixel in Image.open(io.BytesIO(gauge_png(value, 60.0))).convert("RGB").get_flattened_data()
        )

    assert blue(0.0) == 0 < blue(10.0) < blue(30.0) < blue(55.0)


def test_the_same_reading_gives_the_same_picture_and_another_seed_another_light() -> None:
    assert gauge_png(20.0, 60.0, seed=1) == gauge_png(20.0, 60.0, seed=1) != gauge_png(20.0, 60.0, seed=2)
