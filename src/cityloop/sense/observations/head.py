"""The one row that says where a store stands: newest id and time, how many rows, and the open span. Pure.

A *span* is a stretch of ids with the least and the most phenomenon time among them. Ids follow commits and devices send
what they have just measured, so a question about a time touches few spans, without an index on time that every insert
would pay for. The open span lies in the head; a full one moves into the table of spans.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cityloop.sense.observations.store import SPAN_ROWS

HEAD_COLUMNS = "newest_id, newest_time, total, span_first, span_least, span_most"


@dataclass(frozen=True)
class Head:
    """Where a store stands; columns in the order of `HEAD_COLUMNS`."""

    newest_id: int
    newest_us: int | None
    total: int
    span_first: int
    span_least: int | None
    span_most: int | None

    def values(self) -> tuple[int | None, ...]:
        """In the order of `HEAD_COLUMNS`."""
        return (self.newest_id, self.newest_us, self.total, self.span_first, self.span_least, self.span_most)

    def grown(self, newest_id: int, rows: int, times_us: Iterable[int]) -> "Head":
        """The head after rows with these times were inserted."""
        times = list(times_us)
        least, most = min(times), max(times)
        return Head(
            newest_id=newest_id,
            newest_us=most if self.newest_us is None else max(self.newest_us, most),
            total=self.total + rows,
            span_first=self.span_first,
            span_least=least if self.span_least is None else min(self.span_least, least),
            span_most=most if self.span_most is None else max(self.span_most, most),
        )

    def full(self) -> bool:
        """Whether the open span is to be closed."""
        return self.newest_id - self.span_first + 1 >= SPAN_ROWS

    def span(self) -> tuple[int, int, int, int]:
        """The open span as a row: first id, last id, least and most time."""
        assert self.span_least is not None
        assert self.span_most is not None
        return self.span_first, self.newest_id, self.span_least, self.span_most

    def opened(self) -> "Head":
        """The head with a new, empty span."""
        return replace(self, span_first=self.newest_id + 1, span_least=None, span_most=None)
