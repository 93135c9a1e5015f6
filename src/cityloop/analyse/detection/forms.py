"""The forms of the rules' pages. What is allowed is said by `definitions.faults`; here it gets words and fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.analyse.detection.contracts import Level, RuleDefinition, RuleView
from cityloop.analyse.detection.definitions import faults
from cityloop.analyse.detection.durations import DurationError, parse_duration, short_duration
from cityloop.analyse.detection.history import PREVIEW_DAYS_MAX
from cityloop.analyse.detection.wording import CLASS_KINDS
from cityloop.kernel.ui.wording import is_chinese, unit_name
from cityloop.sense.observations import port as observations

LEVELS = (4, 3, 2, 1)
FROM_NOW, ALL_STORED = "now", "stored"


class DurationField(forms.CharField):
    """Seconds, typed as `15m` or `3h`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, **options)

    def prepare_value(self, value: Any) -> Any:
        """Seconds as people write them."""
        return short_duration(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """The seconds."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_duration(text)
        except DurationError:
            raise forms.ValidationError(
                _(
                    "“%(given)s” is no duration; allowed: a number with s, m, h or d, "
                    "such as 90s, 15m, 3h, 2d, at most 366 days."
                )
                % {"given": text}
            ) from None


class WhatIfForm(forms.Form):
    """Other numbers for a rule, to try on history."""

    at_least = forms.FloatField(label=gettext_lazy("Threshold"))
    minimum = DurationField(label=gettext_lazy("Least duration"))
    gap = DurationField(label=gettext_lazy("Largest gap"))
    days = forms.IntegerField(label=gettext_lazy("Days of history"), min_value=1, max_value=PREVIEW_DAYS_MAX)


class RuleForm(forms.Form):
    """A rule."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=160, required=False)
    property = forms.ChoiceField(label=gettext_lazy("Property"))
    at_least = forms.FloatField(label=gettext_lazy("Threshold"))
    minimum = DurationField(label=gettext_lazy("Least duration"))
    gap = DurationField(label=gettext_lazy("Largest gap"))
    level_4 = forms.FloatField(required=False)
    level_3 = forms.FloatField(required=False)
    level_2 = forms.FloatField(required=False)
    level_1 = forms.FloatField(required=False)
    class_kind = forms.ChoiceField(label=gettext_lazy("Kind of incident"), choices=list(CLASS_KINDS.items()))
    class_code = forms.CharField(label=gettext_lazy("Class code"), max_length=5)
    title = forms.CharField(label=gettext_lazy("Title of the incident"), max_length=120)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=160, required=False)
    history = forms.ChoiceField(
        label=gettext_lazy("What the rule judges"),
        choices=[
            (FROM_NOW, gettext_lazy("What is measured from now on")),
            (ALL_STORED, gettext_lazy("All stored observations too, however old")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why the rule changes"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, rule: RuleView | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.rule = rule
        self._properties = {one.name: one for one in observations.observed_properties()}
        choice = self.fields["property"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
            (one.name, f"{one.label if is_chinese() or not one.label_en else one.label_en} ({unit_name(one.unit)})")
            for one in self._properties.values()
        ]
        numerals = {4: "Ⅳ", 3: "Ⅲ", 2: "Ⅱ", 1: "Ⅰ"}
        for level in LEVELS:
            self.fields[f"level_{level}"].label = _("Level %(numeral)s from a peak of") % {"numeral": numerals[level]}
        self.fields["reason"].required = rule is not None

    def clean(self) -> dict[str, Any]:
        """Check what one field alone can't say."""
        data = super().clean() or {}
        if not self.errors:
            definition = self.definition()
            measured = self._properties[definition.property]
            valid = (measured.valid_least, measured.valid_most)
            words = self._fault_words(valid)
            for name in faults(definition, unit=measured.unit, valid=valid):
                target = {"minimum_s": "minimum", "gap_s": "gap", "levels": "level_4"}.get(name, name)
                self.add_error(
                    target if target in self.fields else None, words.get(name, _("This value is not allowed."))
                )
        return data

    def definition(self) -> RuleDefinition:
        """The rule as typed; what the form does not show stays as it was."""
        data = self.cleaned_data
        typed = [(level, data.get(f"level_{level}")) for level in LEVELS]
        return RuleDefinition(
            name=data["name"].strip(),
            name_en=data["name_en"].strip(),
            property=data["property"],
            at_least=data["at_least"],
            minimum_s=data["minimum"],
            gap_s=data["gap"],
            levels=tuple(Level(level, least) for level, least in typed if least is not None),
            datastream_ids=self._kept_streams(data["property"]),
            class_kind=data["class_kind"],
            class_code=data["class_code"],
            title=data["title"].strip(),
            title_en=data["title_en"].strip(),
        )

    def all_stored(self) -> bool:
        """Whether the stored history is judged, too."""
        return bool(self.cleaned_data["history"] == ALL_STORED)

    def _kept_streams(self, property: str) -> tuple[int, ...]:
        before = self.rule.definition if self.rule else None
        return before.datastream_ids if before is not None and before.property == property else ()

    def _fault_words(self, valid: tuple[float | None, float | None]) -> dict[str, str]:
        return {
            "at_least": _("Outside the valid range of the property, %(least)s to %(most)s.")
            % {"least": valid[0], "most": valid[1]},
            "gap_s": _("At least one second."),
            "class_code": _("Five digits, as in GB/T 47678.5."),
            "levels": _("A graver level has to begin higher than a milder one."),
        }


def initial_of(rule: RuleView) -> dict[str, Any]:
    """What a rule's form shows first."""
    said = rule.definition
    return {
        "name": said.name,
        "name_en": said.name_en,
        "property": said.property,
        "at_least": _plain(said.at_least),
        "minimum": said.minimum_s,
        "gap": said.gap_s,
        **{f"level_{one.level}": _plain(one.at_least) for one in said.levels},
        "class_kind": said.class_kind,
        "class_code": said.class_code,
        "title": said.title,
        "title_en": said.title_en,
        "history": FROM_NOW,
        "version": rule.version,
    }


def _plain(value: float) -> float | int:
    return int(value) if value.is_integer() else value
