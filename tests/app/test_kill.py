"""A few kill -9 of the whole tree; `make bench` does twenty, on SQLite and on PostgreSQL."""

import pytest
from benchmarks import kill


@pytest.mark.sqlite_only
@pytest.mark.xdist_group("servers")
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled() -> None:
    findings = kill.main(kills=3, database_url="", seed=7)
    assert kill.wrong(findings) == [], findings
