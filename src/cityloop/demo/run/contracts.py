"""What the composer lends to the demo, which may not look up to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class House:
    """The parts of the composer the demo needs.

    Args:
        migrate: Brings tables, texts and reference data up to date.
        check_port: Refuses a host and port that another program listens on.
        start: Starts the process tree with further processes (name → command) on a host and port, calls back when pages
            are served, and returns when a signal has stopped it.
    """

    migrate: Callable[[], None]
    check_port: Callable[[str, int], None]
    start: Callable[[Mapping[str, Sequence[str]], str, int, Callable[[], None]], None]
