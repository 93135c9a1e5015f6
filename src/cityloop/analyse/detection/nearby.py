"""Whether an episode is near a time: all that a low observation coming late can change is an episode there."""

from datetime import timedelta

from cityloop.analyse.detection.contracts import RuleView
from cityloop.analyse.detection.models import Episode
from cityloop.sense.observations.contracts import to_datetime, to_us


class EpisodesNear:
    """Answers for one batch of observations.

    Args:
        first_us, last_us: Times of its first and last observation.
        ahead: Read the episodes of a rule once for all streams (a backlog) instead of asking for each stream.
    """

    def __init__(self, first_us: int, last_us: int, *, ahead: bool) -> None:
        self._first_us, self._last_us, self._ahead = first_us, last_us, ahead
        self._spans: dict[int, dict[int, list[tuple[int, int]]]] = {}

    def any(self, rule: RuleView, datastream_id: int, first_us: int, last_us: int) -> bool:
        """Whether an episode of the stream touches this time, or ended less than the gap before it."""
        gap = timedelta(seconds=rule.definition.gap_s)
        if not self._ahead:
            return Episode.objects.filter(
                rule_id=rule.id,
                datastream_id=datastream_id,
                withdrawn=False,
                start_at__lte=to_datetime(last_us),
                end_at__gte=to_datetime(first_us) - gap,
            ).exists()
        if rule.id not in self._spans:
            self._spans[rule.id] = self._read(rule, gap)
        reach = rule.definition.gap_us
        spans = self._spans[rule.id].get(datastream_id, ())
        return any(start_us <= last_us and end_us >= first_us - reach for start_us, end_us in spans)

    def _read(self, rule: RuleView, gap: timedelta) -> dict[int, list[tuple[int, int]]]:
        spans: dict[int, list[tuple[int, int]]] = {}
        found = Episode.objects.filter(
            rule_id=rule.id,
            withdrawn=False,
            start_at__lte=to_datetime(self._last_us),
            end_at__gte=to_datetime(self._first_us) - gap,
        )
        for stream, start_at, end_at in found.values_list("datastream_id", "start_at", "end_at"):
            spans.setdefault(stream, []).append((to_us(start_at), to_us(end_at)))
        return spans
