"""What is compared, and the result."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """An incident the platform opened.

    Args:
        began, opened, ended: Minutes from midnight of the made city's first day; `ended` None while the fact goes on.
    """

    number: str
    class_code: str
    longitude: float
    latitude: float
    began: float
    opened: float
    ended: float | None


@dataclass(frozen=True)
class ClassScore:
    """How well one class (or all, with an empty code) was detected.

    Args:
        true: True incidents. `found`: incidents opened. `matched`: pairs.
        repeats: Further incidents for a true one that has its match already (they count against precision).
        delay_min: Median minutes from when the rule's duration was fulfilled to the opening; None without a match.
        delay_most_min: The longest.
    """

    class_code: str
    true: int
    found: int
    matched: int
    repeats: int
    delay_min: float | None
    delay_most_min: float | None

    @property
    def precision(self) -> float | None:
        """Share of the opened incidents that are matched to a true one."""
        return self.matched / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of the true incidents that were opened."""
        return self.matched / self.true if self.true else None


@dataclass(frozen=True)
class Score:
    """The result. `missed`: device and first minute of true incidents without a match; `false`: incident numbers."""

    rule: str
    until: float
    all: ClassScore
    classes: tuple[ClassScore, ...]
    missed: tuple[tuple[str, int], ...]
    false: tuple[str, ...]
