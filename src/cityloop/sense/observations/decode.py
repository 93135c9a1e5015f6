"""The body of CreateObservations, read: JSON in; rows to be written and the places of wrong rows out. Pure.

Source: OGC 18-088, clause 13.2 (data array extension, creating Observations).
"""

from collections.abc import Container
from typing import Any

import msgspec

from cityloop.kernel.times import DAY_US, TimeReader
from cityloop.sense.observations.commit import Extra, Rows
from cityloop.sense.observations.contracts import Detail

SHOWN_CHARACTERS = 60
COMPONENTS = (
    "phenomenonTime",
    "result",
    "resultTime",
    "validTime",
    "resultQuality",
    "parameters",
    "FeatureOfInterest/id",
)
SIMPLE = ["phenomenonTime", "result"]


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
    """Reads bodies, and remembers what it has learnt of reading times."""

    def __init__(self) -> None:
        self._times = TimeReader()

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

    def rows(
        self, blocks: list[Block], known: Container[Any], newest_us: int, free: Container[int] = ()
    ) -> tuple[Rows, list[tuple[int, str]]]:
        """Rows to be written, and the wrong ones.

        Args:
            known: Holds the ids of all Datastreams there are.
            newest_us: Latest time that is allowed.
            free: Holds the ids of Datastreams whose results may be no numbers.

        Returns:
            The rows in their order; places of wrong rows (counted over all blocks) with the reason, in order.

        Raises:
            ShapeError: A block's components are not those of the standard.
        """
        self._times.allow(newest_us)
        found = Rows([], [], [])
        wrong: list[tuple[int, str]] = []
        place = 0
        for block in blocks:
            columns = block.components
            simple = columns == SIMPLE
            if not simple:
                _check_components(columns)
            stream = block.datastream.id
            rows = block.rows
            if stream not in known:
                reason = f"Datastream {_shown(stream)} does not exist"
                wrong += [(place + offset, reason) for offset in range(len(rows))]
            elif not simple or not self._simple(stream, rows, found):
                self._careful(stream, columns, rows, found, place, wrong, stream in free)  # type: ignore[arg-type]
            place += len(rows)
        return found, wrong

    def _simple(self, stream: Any, rows: list[Any], found: Rows) -> bool:
        """The common case at full speed: [time, number] rows. False: take the long way, nothing was taken."""
        tails, read = self._times.tails, self._times.read
        times, results = found.times, found.results
        before = len(times)
        try:
            for text, result in rows:
                tail = tails.get(text[17:])
                start = None if tail is None else tail[0].get(text[:17])
                times.append(read(text) if start is None or tail is None else start + tail[1])
                if type(result) is not float:
                    if type(result) is not int:
                        raise TypeError
                    result = float(result)
                results.append(result)
        except (TypeError, ValueError, OverflowError):
            del times[before:], results[before:]
            return False
        if len(rows) == 1:
            found.streams.append(stream)
        else:
            found.streams += [stream] * len(rows)
        return True

    def _careful(
        self,
        stream: int,
        columns: list[str],
        rows: list[Any],
        found: Rows,
        place: int,
        wrong: list[tuple[int, str]],
        free: bool,
    ) -> None:
        for offset, row in enumerate(rows):
            try:
                if type(row) is not list or len(row) != len(columns):
                    raise ValueError(f"row {_shown(row)}; allowed: a list of {len(columns)}: {', '.join(columns)}")
                time_us, result, extra = self._row(dict(zip(columns, row, strict=True)), free)
            except ValueError as error:
                wrong.append((place + offset, str(error)))
                continue
            if extra is not None:
                found.extras[len(found)] = extra
            found.streams.append(stream)
            found.times.append(time_us)
            found.results.append(result)

    def _row(self, row: dict[str, Any], free: bool) -> tuple[int, float | None, Extra | None]:
        time_us, end_us = self._span(row["phenomenonTime"], "phenomenonTime")
        result = row["result"]
        text = None
        if free and not is_number(result):
            text, result = json_text(result), None
        else:
            result = finite(result)
        result_time_us = None
        if row.get("resultTime") is not None:
            result_time_us = self._time(row["resultTime"], "resultTime")
        valid_us = None
        if row.get("validTime") is not None:
            start, end = self._span(row["validTime"], "validTime")
            valid_us = start, start if end is None else end
        feature_id = row.get("FeatureOfInterest/id")
        if feature_id is not None and (type(feature_id) is not int or not 0 < feature_id < 2**63):
            raise ValueError(f"FeatureOfInterest/id {_shown(feature_id)}; allowed: a whole number above 0, or null")
        quality, parameters = row.get("resultQuality"), row.get("parameters")
        detail = Detail(
            end_us, text, valid_us, None if quality is None else json_text(quality),
            None if parameters is None else json_text(parameters),
        )  # fmt: skip
        if detail == Detail():
            if result_time_us is None and feature_id is None:
                return time_us, result, None
            return time_us, result, Extra(result_time_us, feature_id)
        return time_us, result, Extra(result_time_us, feature_id, detail)

    def _span(self, text: Any, name: str) -> tuple[int, int | None]:
        """Start and end of an interval, or one instant and None."""
        if type(text) is str and "/" in text:
            first, _, last = text.partition("/")
            start, end = self._time(first, name), self._time(last, name)
            if end < start:
                raise ValueError(f"{name} {_shown(text)}; allowed: an interval that ends after it begins")
            return start, end
        return self._time(text, name), None

    def _time(self, text: Any, name: str) -> int:
        if type(text) is not str:
            raise ValueError(f"{name} {_shown(text)}; allowed: a text, ISO 8601 with a time zone")
        try:
            return self._times.read(text)
        except ValueError as error:
            raise ValueError(f"{name} {_shown(text)}: {error}") from None


def latest_allowed_us(now_us: int) -> int:
    """A device's clock may be ahead, but not by more than a day."""
    return now_us + DAY_US


def is_number(value: Any) -> bool:
    """Whether a result is a number a float can keep exactly enough; bool is an int to Python, but no measurement."""
    return type(value) is float or (type(value) is int and abs(value) <= 2**53)


def number_of(value: Any) -> float | None:
    """A result as a float where it is a number that a float keeps; None when it must be kept as JSON."""
    return float(value) if is_number(value) and abs(value) < _inf else None


def finite(value: Any) -> float:
    """A result as a float.

    Raises:
        ValueError: It is no finite number.
    """
    if type(value) is float or type(value) is int:
        try:
            number = float(value)
        except OverflowError:
            number = _inf
        if -_inf < number < _inf:
            return number
    raise ValueError(f"result {_shown(value)}; allowed: a finite number")


def json_text(value: Any) -> str:
    """A value as the store keeps JSON."""
    return msgspec.json.encode(value).decode()


def _check_components(columns: list[str]) -> None:
    wrong = [name for name in columns if name not in COMPONENTS]
    if wrong or "phenomenonTime" not in columns or "result" not in columns or len(set(columns)) != len(columns):
        raise ShapeError(
            f"components {_shown(columns)}; allowed: phenomenonTime and result, then {', '.join(COMPONENTS[2:])} "
            "if wanted, each once"
        )


def _shown(value: Any) -> str:
    # ASCII, for reasons travel in a response header, where space is short.
    text = ascii(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 3] + "..."
