"""The pages of the rules."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cityloop.analyse.detection import selectors, services, wording
from cityloop.analyse.detection.contracts import RuleView
from cityloop.analyse.detection.forms import FROM_NOW, RuleForm, WhatIfForm, initial_of
from cityloop.analyse.detection.history import preview
from cityloop.kernel import clock
from cityloop.kernel.access import person_of, requires
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.problems import Conflict, Invalid, NotFound
from cityloop.kernel.saying import said as _
from cityloop.kernel.ui.wording import is_chinese
from cityloop.sense.observations import port as observations
from cityloop.sense.observations.contracts import DatastreamView

COUNT_DAYS = 90
EPISODES_SHOWN = 20


@require_GET
@requires(Permission.VIEW_RULES)
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with what it found lately."""
    found = selectors.rules()
    counts = selectors.episode_counts(clock.now() - timedelta(days=COUNT_DAYS))
    properties = {one.name: one for one in observations.observed_properties()}
    rows = [
        {
            "rule": rule,
            "said": rule.definition,
            "property": wording.property_name(properties.get(rule.definition.property), rule.definition.property),
            "unit": properties[rule.definition.property].unit if rule.definition.property in properties else "",
            "minimum": wording.span(rule.definition.minimum_s),
            "gap": wording.span(rule.definition.gap_s),
            "class_words": wording.class_words(rule.definition),
            "episodes": counts.get(rule.id, 0),
        }
        for rule in found
    ]
    context = {
        "rows": rows,
        "days": COUNT_DAYS,
        "may_edit": _may_edit(request),
        "enabled": sum(rule.enabled for rule in found),
    }
    return render(request, "analyse_detection/rules.html", context)


@require_GET
@requires(Permission.VIEW_RULES)
def rule(request: HttpRequest, number: int) -> HttpResponse:
    """One rule: what it says, what it found, what other numbers would have found."""
    found = _rule(number)
    measured = observations.observed_property(found.definition.property)
    unit = measured.unit if measured else ""
    versions = selectors.rule_versions(number)
    actors = wording.actors(version.actor for version in versions)
    trial, status = _what_if(request, found)
    context = {
        "rule": found,
        "said": found.definition,
        "unit": unit,
        "sentence": wording.sentence(found.definition, measured),
        "levels": wording.level_sentences(found.definition, unit),
        "property": wording.property_name(measured, found.definition.property),
        "class_words": wording.class_words(found.definition),
        "minimum": wording.span(found.definition.minimum_s),
        "gap": wording.span(found.definition.gap_s),
        "streams": len(found.definition.datastream_ids),
        "count": selectors.episode_counts(clock.now() - timedelta(days=COUNT_DAYS), [number]).get(number, 0),
        "days": COUNT_DAYS,
        "versions": [{"version": one, "actor": actors[one.actor], "unit": unit} for one in versions],
        "episodes": _episode_rows(number),
        "may_edit": _may_edit(request),
        **trial,
    }
    return render(request, "analyse_detection/rule.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_RULES)
def add(request: HttpRequest) -> HttpResponse:
    """Add a rule."""
    first = {"minimum": 0, "gap": 600, "class_kind": "matter", "history": FROM_NOW}
    form = RuleForm(request.POST or None, initial=first)
    if request.method == "GET" or not form.is_valid():
        return _form_page(request, form, None)
    since = None if form.all_stored() else clock.now()
    try:
        number = services.add_rule(
            form.definition(), since=since, reason=form.cleaned_data["reason"], by=person_of(request)
        )
    except (Conflict, Invalid) as problem:
        return _refused(request, form, None, problem)
    if form.all_stored():
        messages.success(request, _("The rule is in force. It now looks through the observations that are there."))
    else:
        messages.success(request, _("The rule is in force for what is measured from now on."))
    return redirect(f"/rules/{number}")


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_RULES)
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change a rule; numbers tried on the rule's page can be taken over by the address."""
    found = _rule(number)
    if request.method == "GET":
        taken = {name: request.GET[name] for name in ("at_least", "minimum", "gap") if name in request.GET}
        return _form_page(request, RuleForm(initial=initial_of(found) | taken, rule=found), found)
    form = RuleForm(request.POST, rule=found)
    if not form.is_valid():
        return _form_page(request, form, found)
    try:
        saved = services.edit_rule(
            number,
            form.definition(),
            reason=form.cleaned_data["reason"],
            by=person_of(request),
            version=form.cleaned_data["version"],
            all_stored=form.all_stored(),
        )
    except (Conflict, Invalid) as problem:
        return _refused(request, form, found, problem)
    if form.all_stored() and not saved.examined:
        messages.success(request, _("Saved as a new version. It now looks through all stored observations."))
    else:
        messages.success(request, _("Saved as a new version. What ended before stays as the older version found it."))
    return redirect(f"/rules/{number}")


@require_POST
@requires(Permission.EDIT_RULES)
def set_enabled(request: HttpRequest, number: int) -> HttpResponse:
    """Let a rule speak, or silence it."""
    enabled = request.POST.get("enabled") == "1"
    services.set_enabled(number, enabled, reason=request.POST.get("reason", "")[:1000], by=person_of(request))
    messages.success(request, _("The rule is enabled.") if enabled else _("The rule is disabled."))
    return redirect(f"/rules/{number}")


def _rule(number: int) -> RuleView:
    found = selectors.rule(number)
    if found is None:
        raise NotFound(_("There is no rule %(number)s; /rules lists those there are.") % {"number": number})
    return found


def _may_edit(request: HttpRequest) -> bool:
    person = person_of(request)
    return person is not None and person.may(Permission.EDIT_RULES)


def _form_page(request: HttpRequest, form: RuleForm, found: RuleView | None) -> HttpResponse:
    context = {"form": form, "rule": found, "levels": [form[f"level_{level}"] for level in (4, 3, 2, 1)]}
    return render(request, "analyse_detection/rule_form.html", context, status=422 if form.errors else 200)


def _refused(request: HttpRequest, form: RuleForm, found: RuleView | None, problem: Conflict | Invalid) -> HttpResponse:
    form.add_error("name" if "name" in problem.errors else None, problem.detail)
    return _form_page(request, form, found)


def _what_if(request: HttpRequest, found: RuleView) -> tuple[dict[str, Any], int]:
    said = found.definition
    now_in_force = {"at_least": said.at_least, "minimum": said.minimum_s, "gap": said.gap_s, "days": 30}
    if "days" not in request.GET:
        return {"what_if": WhatIfForm(initial=now_in_force)}, 200
    form = WhatIfForm(request.GET, initial=now_in_force)
    if not form.is_valid():
        return {"what_if": form}, 422
    data = form.cleaned_data
    days = data["days"]
    tried = _with(found, data["at_least"], data["minimum"], data["gap"])
    found_by = [preview(one, days=days) for one in (said, tried)]
    trials = [
        {"label": label, "said": one, "minimum": wording.span(one.minimum_s), "gap": wording.span(one.gap_s),
         "result": result, "longest": wording.span(result.longest_s)}
        for label, one, result in zip((_("In force"), _("Tried")), (said, tried), found_by, strict=True)
    ]  # fmt: skip
    read_from = found_by[0].since_at
    # The trial reads what the rule itself leaves alone.
    beyond = found.since_at is not None and read_from is not None and read_from < found.since_at
    return {"what_if": form, "trials": trials, "changed": tried != said, "beyond": beyond}, 200


def _with(found: RuleView, at_least: float, minimum_s: int, gap_s: int) -> Any:
    return type(found.definition)(
        **{**vars(found.definition), "at_least": at_least, "minimum_s": minimum_s, "gap_s": gap_s}
    )


def _episode_rows(number: int) -> list[dict[str, Any]]:
    found = selectors.episodes(rule_id=number, limit=EPISODES_SHOWN)
    streams = {one.id: one for one in observations.datastreams(ids={episode.datastream_id for episode in found})}
    return [
        {
            "episode": one,
            "place": _place(streams.get(one.datastream_id)),
            "lasting": wording.span(int((one.end_at - one.start_at).total_seconds())),
        }
        for one in found
    ]


def _place(stream: DatastreamView | None) -> str:
    if stream is None:
        return "—"
    return stream.thing_name if is_chinese() or not stream.thing_name_en else stream.thing_name_en
