from datetime import UTC, datetime

import pytest

from cityloop.kernel.numbers.port import next_number
from cityloop.kernel.organisations.port import found_city

pytestmark = pytest.mark.django_db


def test_numbers_run_by_prefix_and_by_the_city_s_own_day() -> None:
    found_city(name="澜川", name_en="Lanchuan", time_zone="Asia/Shanghai")
    before_midnight = datetime(2026, 7, 16, 15, 59, tzinfo=UTC)
    after_midnight = datetime(2026, 7, 16, 16, 0, tzinfo=UTC)
    assert next_number("AJ", before_midnight) == "AJ-20260716-0001"
    assert next_number("AJ", before_midnight) == "AJ-20260716-0002"
    assert next_number("GD", before_midnight) == "GD-20260716-0001"
    assert next_number("AJ", after_midnight) == "AJ-20260717-0001"
