"""Durations as people write them."""

import pytest

from cityloop.analyse.detection.durations import DurationError, parse_duration, short_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90), ("15m", 900), ("15min", 900), ("3h", 10800), ("1.5h", 5400), ("2d", 172800), (" 3H ", 10800),
        ("PT3H", 10800), ("pt1h30m", 5400), ("P1DT1S", 86401), ("P2D", 172800), ("0", 0), ("0s", 0),
    ],
)  # fmt: skip
def test_what_can_be_written(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "3", "h", "3 hours", "-3h", "PT", "P", "P1M", "1e9s", "0.5s", "nan", "３ｈｈ"])
def test_what_can_not(text: str) -> None:
    with pytest.raises(DurationError, match=r"duration .*; allowed: a number with s, m, h or d"):
        parse_duration(text)


def test_at_most_a_leap_year() -> None:
    assert parse_duration("366d") == 366 * 86400
    with pytest.raises(DurationError, match="'367d'; allowed: at most 366 days"):
        parse_duration("367d")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (90, "90s"), (900, "15m"), (10800, "3h"), (172800, "2d"), (5400, "90m")]
)
def test_the_short_form_reads_back(seconds: int, text: str) -> None:
    assert short_duration(seconds) == text
    assert parse_duration(text) == seconds
