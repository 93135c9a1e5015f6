"""The pure core: which option is proposed, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from cityloop.decide.ledger.contracts import Option, OptionDraft
from cityloop.decide.responses.contracts import ResponseView

# The order in which Chinese documents number options; their code points have another.
KEYS = ("甲", "乙", "丙", "丁", "戊")
FALLBACK_KEY = KEYS[0]
# A look on the spot: half an hour to get there and look, as long again to settle what was found.
FALLBACK_MINUTES = 60


class NoOption(ValueError):
    """There is nothing to choose from."""


@dataclass(frozen=True)
class Choice:
    """The proposed option and the reason for it in both languages."""

    key: str
    reason: str
    reason_en: str


def place(key: str) -> tuple[int, str]:
    """Where an option stands among others: 甲 before 乙; keys of another kind behind, by their text."""
    return (KEYS.index(key) if key in KEYS else len(KEYS), key)


def allowed(rows: Sequence[ResponseView], level: int) -> list[ResponseView]:
    """The rows of the table that are in force at this level (1 gravest to 4)."""
    return [row for row in rows if row.enabled and row.level_from <= level <= row.level_to]


def draft(row: ResponseView) -> OptionDraft:
    """A row of the table as an option whose effect is still to be predicted."""
    return OptionDraft(row.key, row.name, row.name_en, row.automatic, row.actions, float(row.expected_minutes))


def choose(options: Sequence[Option]) -> Choice:
    """Propose the option that is expected to end the fact soonest; of equals, the one that ties up fewest crews.

    Args:
        options: Options the level allows, with their predicted effect.

    Raises:
        NoOption: The list is empty.
    """
    if not options:
        raise NoOption("no option to choose from; give at least one, such as a check on the spot.")
    ranked = sorted(options, key=lambda option: (option.prediction.minutes, option.crews, place(option.key)))
    best = ranked[0]
    minutes = f"{best.prediction.minutes:g}"
    source, source_en = _source(best)
    if len(ranked) == 1:
        why = f"该等级只有方案{best.key}，预计 {minutes} 分钟结束（{source}）。"
        why_en = f"Only option {best.key_en} is open at this level: {minutes} min expected ({source_en})."
        return Choice(best.key, why, why_en)
    second = ranked[1]
    if second.prediction.minutes > best.prediction.minutes:
        other = f"{second.prediction.minutes:g}"
        why = f"方案{best.key}预计最快：{minutes} 分钟（{source}），其次方案{second.key} {other} 分钟。"
        why_en = f"Option {best.key_en} is expected to be fastest: {minutes} min ({source_en}); "
        return Choice(best.key, why, why_en + f"next is {second.key_en} with {other} min.")
    why = f"方案{best.key}与方案{second.key}预计都是 {minutes} 分钟（{source}），"
    why_en = f"Options {best.key_en} and {second.key_en} both take {minutes} min ({source_en}); "
    if second.crews == best.crews:
        why, why_en = f"{why}动用队伍也相同，取排在前面的。", f"{why_en}they tie up as many crews: the first is taken."
    else:
        why = f"{why}方案{best.key}动用队伍较少：{best.crews} 支。"
        why_en = f"{why_en}{best.key_en} ties up fewer crews: {best.crews}."
    return Choice(best.key, why, why_en)


def _source(option: Option) -> tuple[str, str]:
    if option.prediction.source == "history":
        count = option.prediction.n
        return f"依据本市 {count} 次同类处置", f"from {count} earlier cases of this city"
    return "依据处置预案", "from the response table"
