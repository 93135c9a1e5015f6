"""Clock limits: loaded from data, looked up for a step."""

import csv
from pathlib import Path

from django.db import transaction

from cityloop.serve.orders.clocks import NoLimit, minutes_for
from cityloop.serve.orders.contracts import ClockLimitView
from cityloop.serve.orders.models import ClockLimit

DEFAULT_FILE = Path(__file__).parent / "data" / "clock_limits.csv"


@transaction.atomic
def load_clock_limits(path: Path | str | None = None) -> int:
    """Load clock limits from CSV; a limit that is there already stays as the city set it.

    Returns:
        How many limits there are.
    """
    file = Path(path) if path is not None else DEFAULT_FILE
    with file.open(encoding="utf-8-sig", newline="") as text:
        for line in list(csv.DictReader(text))[:5000]:
            level = line["level"].strip()
            ClockLimit.objects.get_or_create(
                step=line["step"],
                class_kind=line["class_kind"],
                class_code=line["class_code"],
                level=int(level) if level else None,
                defaults={"minutes": int(line["minutes"]), "source": line["source"]},
            )
    return ClockLimit.objects.count()


def clock_limits() -> list[ClockLimitView]:
    """Every limit."""
    rows = ClockLimit.objects.order_by("step", "class_kind", "class_code", "level")[:5000]
    return [
        ClockLimitView(row.step, row.class_kind, row.class_code, row.level, row.minutes, row.source) for row in rows
    ]


def limit_minutes(step: str, *, class_kind: str, class_code: str, level: int) -> int:
    """The limit of a step in minutes. A city without limits gets those that come along."""
    rows = ClockLimit.objects.filter(step=step, class_code__in=["", class_code])
    limits = [
        ClockLimitView(row.step, row.class_kind, row.class_code, row.level, row.minutes, row.source) for row in rows
    ]
    try:
        return minutes_for(limits, step=step, class_kind=class_kind, class_code=class_code, level=level)
    except NoLimit:
        load_clock_limits()
        return minutes_for(clock_limits(), step=step, class_kind=class_kind, class_code=class_code, level=level)
