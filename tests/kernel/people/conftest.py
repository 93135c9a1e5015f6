import pytest

from cityloop.kernel.organisations.port import enter_department, found_city


@pytest.fixture
def small_city(db: None) -> None:
    """A city with one department."""
    found_city(name="澜川", name_en="Lanchuan", time_zone="Asia/Shanghai")
    enter_department(code="water", name="市水利局", name_en="Water Bureau")
