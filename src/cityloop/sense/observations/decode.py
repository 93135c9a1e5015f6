"""The body of CreateObservations, read: JSON in; runs to be written and the places of wrong rows out. Pure.

Source: OGC 18-088, clause 13.2 (data array extension, creating Observations).
"""

from typing import Any

import msgspec

from cityloop.sense.observations.commit import Run
from cityloop.sense.observations.times import DAY_US, parse_instant

TIMES_KEPT = 20_000
SHOWN_CHARACTERS = 60
COMPONENTS = ("phenomenonTime", "result", "resultTime", "FeatureOfInterest/id")


class Reference(msgspec.Struct, gc=False):
    """The Datastream a block belongs to."""

    id: int | str = msgspec.field(name="@iot.id")


class Block(msgspec.Struct, gc=False):
    """Rows of one Datastream: names of the columns, then the rows."""

    datastream: Reference = msgspec.field(name="Datastream")
    components: list[str]
    rows: list[Any] = msgspec.field(name="dataArray")


class ShapeError(ValueError):
    """The body is not JSON, or not of the shape; the message says where and what is allowed."""


_decode = msgspec.json.Decoder(list[Block]).decode
_inf = float("inf")


class Decoder:
    """Reads bodies; remembers the texts of times it has read, for the rows of a batch share a few.

    Times kept were checked against a moment that only moves on, so they need no second check.
    """

    def __init__(self) -> None:
        self._times: dict[str, int] = {}

    def decode(self, body: bytes) -> list[Block]:
        """The blocks of a body.

        Raises:
            ShapeError: It is not JSON, or not of the shape.
        """
        try:
            return _decode(body)
        except msgspec.ValidationError as error:
            raise ShapeError(
                f"{error}; allowed: a list of objects with Datastream {{'@iot.id': number}}, components and dataArray "
                "(OGC 18-088, clause 13.2)"
            ) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ShapeError(f"not JSON: {error}") from None

    def runs(self, blocks: list[Block], known: Any, newest_us: int) -> tuple[list[Run], list[tuple[int, str]]]:
        """Rows to be written, and the wrong ones.

        Args:
            known: Holds the ids of all Datastreams there are.
            newest_us: Latest time that is allowed.

        Returns:
            Runs in the order of the rows; places of wrong rows (counted over all blocks) with the reason, in order.

        Raises:
            ShapeError: A block's components are not those of the standard.
        """
        if len(self._times) > TIMES_KEPT:
            self._times.clear()
        runs: list[Run] = []
        wrong: list[tuple[int, str]] = []
        place = 0
        for block in blocks:
            columns = block.components
            simple = columns == ["phenomenonTime", "result"]
            if not simple:
                _check_components(columns)
            stream = block.datastream.id
            rows = block.rows
            if stream not in known:
                reason = f"Datastream {_shown(stream)} does not exist"
                wrong += [(place + offset, reason) for offset in range(len(rows))]
            elif not simple or not self._simple_run(stream, rows, runs):
                runs.append(self._run(stream, columns, rows, place, wrong, newest_us))  # type: ignore[arg-type]
            place += len(rows)
        return runs, wrong

    def _simple_run(self, stream: Any, rows: list[Any], runs: list[Run]) -> bool:
        """The common case at full speed: [time, number] rows whose times were read before. False: take the long way."""
        known_times = self._times
        times: list[int] = []
        results: list[float] = []
        try:
            for text, result in rows:
                times.append(known_times[text])
                if type(result) is not float:
                    if type(result) is not int:
                        return False
                    result = float(result)
                results.append(result)
        except (TypeError, ValueError, KeyError, OverflowError):
            return False
        runs.append(Run(stream, times, results))
        return True

    def _run(
        self, stream: int, columns: list[str], rows: list[Any], place: int, wrong: list[tuple[int, str]], newest_us: int
    ) -> Run:
        run = Run(stream, [], [], [] if "resultTime" in columns else None)
        time_at, result_at = columns.index("phenomenonTime"), columns.index("result")
        result_time_at = columns.index("resultTime") if "resultTime" in columns else None
        for offset, row in enumerate(rows):
            try:
                if type(row) is not list or len(row) != len(columns):
                    raise ValueError(f"row {_shown(row)}; allowed: a list of {len(columns)}: {', '.join(columns)}")
                time_us = self._time(row[time_at], "phenomenonTime", newest_us)
                result = _number(row[result_at])
                result_time_us = None
                if result_time_at is not None and row[result_time_at] is not None:
                    result_time_us = self._time(row[result_time_at], "resultTime", newest_us)
            except ValueError as error:
                wrong.append((place + offset, str(error)))
                continue
            run.times.append(time_us)
            run.results.append(result)
            if run.result_times is not None:
                run.result_times.append(result_time_us)
        return run

    def _time(self, text: Any, name: str, newest_us: int) -> int:
        if type(text) is not str:
            raise ValueError(f"{name} {_shown(text)}; allowed: a text, ISO 8601 with a time zone")
        found = self._times.get(text)
        if found is not None:
            return found
        try:
            found = parse_instant(text)
        except ValueError as error:
            raise ValueError(f"{name} {_shown(text)}: {error}") from None
        if not 0 <= found <= newest_us:
            raise ValueError(f"{name} {_shown(text)}; allowed: 1970-01-01 to one day from now")
        self._times[text] = found
        return found


def latest_allowed_us(now_us: int) -> int:
    """A device's clock may be ahead, but not by more than a day."""
    return now_us + DAY_US


def _number(value: Any) -> float:
    # bool is an int to Python, but true is no measurement.
    if type(value) is float or type(value) is int:
        try:
            number = float(value)
        except OverflowError:
            number = _inf
        if -_inf < number < _inf:
            return number
    raise ValueError(f"result {_shown(value)}; allowed: a finite number")


def _check_components(columns: list[str]) -> None:
    wrong = [name for name in columns if name not in COMPONENTS]
    if wrong or "phenomenonTime" not in columns or "result" not in columns or len(set(columns)) != len(columns):
        raise ShapeError(
            f"components {_shown(columns)}; allowed: phenomenonTime and result, then resultTime and "
            "FeatureOfInterest/id if wanted, each once"
        )


def _shown(value: Any) -> str:
    # ASCII, for reasons travel in a response header, where space is short.
    text = ascii(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 3] + "..."
