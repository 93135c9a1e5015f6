"""Reading both sides for the comparison: the truth beside the platform's data, and the incidents it opened."""

from cityloop.demo.run.port import minute_of, read_truth
from cityloop.demo.score.contracts import ClassScore, Found, Score
from cityloop.demo.score.match import compare
from cityloop.sense.observations import port as observations
from cityloop.sense.observations.contracts import to_datetime
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import IncidentFilter

PAGE = 500
INCIDENTS_MAX = 50_000


def current_score(now: float | None = None) -> Score:
    """Compare everything up to a minute of the city; None: its newest observation, for a command has no city clock."""
    newest_us = observations.store().newest_time_us()
    moment = now if now is not None else minute_of(to_datetime(newest_us)) if newest_us is not None else 0.0
    return compare(read_truth(), found_incidents(), now=moment)


def found_incidents() -> list[Found]:
    """Every incident opened so far that has a place, oldest first; what is not from a sensor has none of our truth."""
    found: list[Found] = []
    for offset in range(0, INCIDENTS_MAX, PAGE):
        page = incidents.incidents(IncidentFilter(), sort="opened_at", offset=offset, limit=PAGE)
        found += [
            Found(
                number=one.number,
                class_code=one.class_code,
                longitude=one.longitude,
                latitude=one.latitude,
                began=minute_of(one.began_at),
                opened=minute_of(one.opened_at),
                ended=None if one.fact_ended_at is None else minute_of(one.fact_ended_at),
            )
            for one in page
            if one.longitude is not None and one.latitude is not None
        ]
        if len(page) < PAGE:
            break
    return found


def as_text(score: Score) -> str:
    """The comparison for people who read English on a terminal."""
    lines = [
        f"{'class':<8}{'true':>6}{'found':>7}{'matched':>9}{'repeats':>9}"
        f"{'precision':>11}{'recall':>8}{'delay min':>11}{'most':>7}"
    ]
    lines += [_line(one) for one in (*score.classes, score.all)]
    return "\n".join([*lines, "", score.rule])


def as_plain(score: Score) -> dict[str, object]:
    """The comparison as JSON values."""
    return {
        "rule": score.rule,
        "until_minute": round(score.until, 1),
        "all": _plain(score.all),
        "classes": [_plain(one) for one in score.classes],
        "missed": [{"device": key, "began_minute": began} for key, began in score.missed],
        "false": list(score.false),
    }


def _plain(one: ClassScore) -> dict[str, object]:
    return {
        "class": one.class_code or "all",
        "true": one.true,
        "found": one.found,
        "matched": one.matched,
        "repeats": one.repeats,
        "precision": None if one.precision is None else round(one.precision, 4),
        "recall": None if one.recall is None else round(one.recall, 4),
        "delay_min": one.delay_min,
        "delay_most_min": one.delay_most_min,
    }


def _line(one: ClassScore) -> str:
    def share(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f}"

    def minutes(value: float | None) -> str:
        return "–" if value is None else f"{value:.1f}"

    return (
        f"{one.class_code or 'all':<8}{one.true:>6}{one.found:>7}{one.matched:>9}{one.repeats:>9}"
        f"{share(one.precision):>11}{share(one.recall):>8}{minutes(one.delay_min):>11}{minutes(one.delay_most_min):>7}"
    )
