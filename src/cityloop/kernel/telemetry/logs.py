"""Log lines: a constant message, and its fields beside it (R27). No personal data goes in."""

import logging

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class LineFormatter(logging.Formatter):
    """`2026-07-16T10:00:00Z WARNING cityloop.sense source lost source=rain-3`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        fields = " ".join(f"{key}={value}" for key, value in vars(record).items() if key not in _STANDARD)
        if not fields:
            return line
        first, _, rest = line.partition("\n")
        return f"{first} {fields}" + (f"\n{rest}" if rest else "")
