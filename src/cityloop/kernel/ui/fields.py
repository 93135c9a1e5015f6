"""Fields of forms and what is wrong with them, as templates need it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.forms import BaseForm, BoundField
from django.utils.translation import gettext

from cityloop.kernel.ui.contracts import FieldError


def errors_of(errors: Any) -> Iterator[FieldError]:
    """What is wrong with a form.

    Args:
        errors: A Django form; a mapping of field to message; or a list of things with `field` and `message`.
    """
    if isinstance(errors, BaseForm):
        for name, messages in errors.errors.items():
            target = (errors[name].id_for_label or f"{errors[name].auto_id}_0") if name in errors.fields else "main"
            missing = name in errors.fields and errors.has_error(name, "required")
            for message in messages:
                # Read away from its field, “this field is required” says nothing.
                said = gettext("“%(field)s” is required.") % {"field": errors[name].label} if missing else str(message)
                yield FieldError(target, said)
    elif isinstance(errors, Mapping):
        for name, message in errors.items():
            yield FieldError(str(name), str(message))
    else:
        for error in errors or ():
            yield FieldError(str(part(error, "field")), str(part(error, "message") or part(error, "detail")))


def part(thing: Any, name: str) -> Any:
    """An attribute of a thing, or an entry of a mapping; None when there is none."""
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


def bound_field(bound: BoundField, *, hint: str, label: str) -> dict[str, Any]:
    """What `ui/parts/bound_field.html` needs to draw a field of a Django form."""
    control_id = bound.id_for_label or bound.auto_id
    errors = [str(message) for message in bound.errors]
    described = [f"{control_id}-h"] * bool(hint) + [f"{control_id}-e"] * bool(errors)
    group = bound.use_fieldset
    attributes: dict[str, Any] = {} if group else {"class": "input"}
    if described and not group:
        attributes["aria-describedby"] = " ".join(described)
    if errors and not group:
        attributes["aria-invalid"] = "true"
    return {
        "field": bound,
        "id": control_id,
        "label": label,
        "optional": "" if bound.field.required else gettext("(optional)"),
        "hint": hint,
        "errors": errors,
        "described": " ".join(described),
        "group": group,
        "control": bound.as_widget(attrs=attributes) if not group else "",
        "options": list(bound) if group else [],
    }
