"""True incidents from true values."""

import numpy as np

from cityloop.demo.city.port import build_city
from cityloop.demo.storm.port import TruthBook, fold


def notes_of(depths: list[float]) -> list[tuple[int, int | None, float]]:
    city = build_city(1)
    book = TruthBook(city)
    place = next(number for number, device in enumerate(city.devices) if device.key == "SW-0417")
    found = []
    for minute, depth in enumerate(depths):
        truth = np.zeros(len(city.devices))
        truth[place] = depth
        found += book.note(minute, truth)
    return [(one.began, one.ended, one.peak) for one in fold(found)]


def test_a_run_counts_once_it_has_lasted_and_ends_when_the_street_stays_dry() -> None:
    assert notes_of([0, 0, *[20] * 6, 31, *[0] * 12]) == [(2, 9, 31.0)]


def test_a_short_run_is_no_incident() -> None:
    assert notes_of([0, *[40] * 5, *[0] * 12]) == []


def test_a_dip_shorter_than_the_gap_does_not_divide_it() -> None:
    assert notes_of([*[20] * 8, *[10] * 8, *[25] * 8, *[0] * 12]) == [(0, 24, 25.0)]


def test_one_that_goes_on_has_no_end() -> None:
    assert notes_of([20] * 10) == [(0, None, 20.0)]
