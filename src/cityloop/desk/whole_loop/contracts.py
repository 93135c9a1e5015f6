"""Everything known of one fact, as the pages of the desk need it."""

from dataclasses import dataclass

from cityloop.analyse.detection.contracts import EpisodeView, RuleView
from cityloop.decide.ledger.contracts import DecisionView
from cityloop.kernel.loop.contracts import LinkView
from cityloop.sense.observations.contracts import DatastreamView
from cityloop.serve.incidents.contracts import IncidentView, StageView
from cityloop.serve.orders.contracts import OrderView
from cityloop.supervise.scores.contracts import ScoreView


@dataclass(frozen=True)
class WholeLoop:
    """One fact with everything that came of it.

    Args:
        links: The arrows, oldest first.
        decisions: Oldest first; the newest that is not superseded is `decision`.
        orders, stages: Oldest first.
        episode, rule, datastream: None when the fact did not come from them, or they are gone.
    """

    incident: IncidentView
    links: tuple[LinkView, ...]
    decisions: tuple[DecisionView, ...]
    orders: tuple[OrderView, ...]
    stages: tuple[StageView, ...]
    score: ScoreView | None
    episode: EpisodeView | None
    rule: RuleView | None
    datastream: DatastreamView | None

    @property
    def decision(self) -> DecisionView | None:
        """The decision that counts: the newest that was not superseded."""
        return next((one for one in reversed(self.decisions) if one.state != "superseded"), None)

    @property
    def verification(self) -> StageView | None:
        """The verification that closed it."""
        return next((one for one in reversed(self.stages) if one.stage == "verify"), None)

    @property
    def reports(self) -> tuple[StageView, ...]:
        """What the crews reported, oldest first."""
        return tuple(one for one in self.stages if one.stage == "report")
