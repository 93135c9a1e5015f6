"""The loop in seven steps with today's figures, for people who have never heard of it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cityloop.desk.front.day import CityDay
from cityloop.kernel.loop.contracts import Step
from cityloop.kernel.ui.markup import number_text


@dataclass(frozen=True)
class StepFigure:
    """A step: its figure of today, and what is done in it."""

    step: int
    figure: str
    text: str


def step_figures(day: CityDay) -> tuple[StepFigure, ...]:
    """The seven steps, in order."""
    loop = day.loop

    def number(value: int) -> str:
        return number_text(value)

    held = (
        _("%(inside)s of %(judged)s held") % {"inside": number(loop.inside), "judged": number(loop.judged)}
        if loop.judged
        else _("none yet")
    )
    return (
        StepFigure(
            Step.SENSE,
            _("%(online)s of %(streams)s")
            % {"online": number(loop.online.online), "streams": number(loop.online.streams)},
            _("data streams speak: water, rain, air, noise"),
        ),
        StepFigure(
            Step.ANALYSE,
            _("%(count)s found") % {"count": number(loop.found)},
            _("today, by %(rules)s rules of detection") % {"rules": number(loop.rules)}
            if loop.rules != 1
            else _("today, by one rule of detection"),
        ),
        StepFigure(
            Step.DECIDE,
            _("%(count)s decided") % {"count": number(loop.decisions)},
            _("today, %(machine)s of them by machine where a rule allows it") % {"machine": number(loop.by_machine)},
        ),
        StepFigure(
            Step.DISPATCH, _("%(count)s orders") % {"count": number(loop.orders)}, _("are with the departments now")
        ),
        StepFigure(
            Step.HANDLE, _("%(count)s crews") % {"count": number(loop.handling)}, _("are at work on the spot now")
        ),
        StepFigure(
            Step.VERIFY,
            _("%(count)s closed") % {"count": number(loop.closed)},
            _("today, after somebody looked; %(false)s were false alarms") % {"false": number(loop.false)},
        ),
        StepFigure(Step.SCORE, held, _("of our own predictions, measured afterwards")),
    )
