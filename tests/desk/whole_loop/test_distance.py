"""Distances of some metres."""

import pytest

from cityloop.desk.whole_loop.distance import METRES_A_DEGREE, distance_m


def test_a_degree_of_latitude_is_what_it_is() -> None:
    assert distance_m((121.0, 31.0), (121.0, 31.001)) == pytest.approx(METRES_A_DEGREE / 1000)


def test_a_degree_of_longitude_shrinks_to_half_at_sixty_degrees() -> None:
    assert distance_m((121.0, 60.0), (121.001, 60.0)) == pytest.approx(METRES_A_DEGREE / 2000, rel=1e-6)


def test_nobody_is_away_from_himself() -> None:
    assert distance_m((121.5, 31.5), (121.5, 31.5)) == 0
