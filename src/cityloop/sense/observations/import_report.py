"""What an import did: for people, for programs, and for the file of rejected rows."""

from collections import Counter
from dataclasses import dataclass, field

from cityloop.sense.screening.port import Quality, Reason, quality_of


@dataclass
class Report:
    """What an import did. Counts are of observations, but for `rows`; a rejected row counts once."""

    files: list[str] = field(default_factory=list)
    rows: int = 0
    read: int = 0
    accepted: int = 0
    already_there: int = 0
    missing: int = 0
    rejected: int = 0
    quality: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    datastreams: set[int] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    interrupted: bool = False
    seconds: float = 0.0

    def count(self, reasons: int) -> None:
        """Count a row that was stored, with its mask of reasons."""
        self.accepted += 1
        if not reasons:
            return
        self.quality[Quality(quality_of(reasons)).name.lower()] += 1
        for one in Reason:
            if one & reasons and one.name:
                self.reasons[one.name.lower()] += 1

    def document(self) -> dict[str, object]:
        """The report as JSON has it."""
        return {
            "files": self.files,
            "rows": self.rows,
            "read": self.read,
            "accepted": self.accepted,
            "flagged": {
                **{one.name.lower(): self.quality[one.name.lower()] for one in Quality if one is not Quality.GOOD},
                "reasons": {one.name.lower(): self.reasons[one.name.lower()] for one in Reason if one.name},
            },
            "already_there": self.already_there,
            "missing": self.missing,
            "rejected": self.rejected,
            "datastreams": len(self.datastreams),
            "warnings": self.warnings,
            "interrupted": self.interrupted,
            "seconds": round(self.seconds, 2),
        }


@dataclass(frozen=True)
class Rejected:
    """A row or cell that was not stored."""

    file: str
    line: int
    column: str
    value: str
    reason: str
