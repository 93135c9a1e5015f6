"""The water balance: nothing is lost, and the closed forms come out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.demo.storm.contracts import Basin
from cityloop.demo.storm.drainage import Basins, Water

basin_of = st.builds(
    Basin,
    catchment_m2=st.floats(500, 50_000),
    runoff=st.floats(0.1, 1.0),
    drains_m3min=st.floats(0.0, 40.0),
    delay_min=st.floats(1.0, 40.0),
    spread=st.floats(20, 5000),
    shaft=st.booleans(),
    depth_max_m=st.floats(0.1, 4.0),
)


@given(
    st.lists(basin_of, min_size=1, max_size=5),
    st.lists(st.tuples(st.floats(0, 250), st.floats(0, 20)), min_size=1, max_size=120),
)
def test_every_cubic_metre_is_accounted_for(grounds: list[Basin], minutes: list[tuple[float, float]]) -> None:
    basins = Basins(grounds)
    water = Water.dry(basins.count)
    for rain, pumps in minutes:
        basins.advance(water, np.full(basins.count, rain), np.full(basins.count, pumps))
        assert (water.standing >= 0).all()
        assert (water.on_its_way >= -1e-9).all()
    left = water.on_its_way + water.standing + water.drained + water.pumped + water.spilled
    assert left == pytest.approx(water.rained, rel=1e-9, abs=1e-9)
    assert (basins.depth(water) * 100 <= np.array([one.depth_max_m for one in grounds]) * 100 + 1e-6).all()


def ground(**changes: object) -> Basin:
    values: dict[str, object] = {
        "catchment_m2": 10_000.0, "runoff": 0.9, "drains_m3min": 3.0, "delay_min": 8.0,
        "spread": 1500.0, "shaft": False, "depth_max_m": 3.0,
    }  # fmt: skip
    return Basin(**{**values, **changes})  # type: ignore[arg-type]


def test_in_steady_rain_the_arriving_water_is_the_rational_method() -> None:
    basins = Basins([ground(drains_m3min=0.0)])
    water = Water.dry(1)
    for _ in range(300):
        basins.advance(water, np.array([40.0]), np.zeros(1))
    before = water.standing.copy()
    basins.advance(water, np.array([40.0]), np.zeros(1))
    # Q = c · i · A = 0.9 · 40 mm/h · 10 000 m² = 6 m³/min
    assert (water.standing + water.spilled - before)[0] == pytest.approx(6.0, rel=1e-6)


def test_the_delay_is_a_linear_reservoir() -> None:
    basins = Basins([ground(drains_m3min=0.0, delay_min=50.0)])
    water = Water.dry(1)
    basins.advance(water, np.array([60.0]), np.zeros(1))
    start = water.on_its_way[0]
    for _ in range(50):
        basins.advance(water, np.zeros(1), np.zeros(1))
    # One minute steps of dW/dt = −W/k: (1 − 1/50)^50, near to 1/e.
    assert water.on_its_way[0] == pytest.approx(start * (1 - 1 / 50) ** 50)
    assert water.on_its_way[0] == pytest.approx(start / np.e, rel=0.02)


def test_rain_within_the_drains_capacity_leaves_the_street_dry() -> None:
    basins = Basins([ground(drains_m3min=6.1)])
    water = Water.dry(1)
    for _ in range(200):
        basins.advance(water, np.array([40.0]), np.zeros(1))
    assert basins.depth(water)[0] == 0.0


def test_pumps_lower_the_water_by_what_they_take() -> None:
    basins = Basins([ground(drains_m3min=0.0, shaft=True, spread=100.0)])
    water = Water.dry(1)
    water.standing[:] = 200.0
    for _ in range(10):
        basins.advance(water, np.zeros(1), np.array([6.0]))
    assert basins.depth(water)[0] == pytest.approx((200.0 - 60.0) / 100.0)
