"""Writes of people, posts and passwords."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from cityloop.kernel import clock
from cityloop.kernel.audit.port import record
from cityloop.kernel.organisations.models import Organization
from cityloop.kernel.people.contracts import Permission, PersonView, Role
from cityloop.kernel.people.models import Person, Post
from cityloop.kernel.problems import Conflict, Forbidden, Invalid, NotFound
from cityloop.kernel.saying import said as _

SYSTEM = "machine:cityloop"


@transaction.atomic
def enter_person(
    *,
    staff_number: str,
    password: str,
    role: Role,
    organization_code: str,
    by: PersonView | None = None,
    must_change_password: bool = True,
    check_password: bool = True,
    password_hash: str = "",
) -> int:
    """Enter a person with a first post.

    Args:
        by: Who does it; None for the installation itself (init, demo).
        must_change_password: The first password was set by somebody else.
        password_hash: The password, hashed already (a made city gives all its people one password and hashes it once).

    Returns:
        The person's id.

    Raises:
        Forbidden: `by` may not manage people.
        Conflict: The staff number is taken.
        Invalid: The password is too weak, or the organisation is not known.
    """
    _may_manage(by)
    staff_number = staff_number.strip()
    if not staff_number or len(staff_number) > 40 or not staff_number.replace("-", "").replace("_", "").isalnum():
        message = _("Staff number “%(number)s”; allowed: 1 to 40 letters, digits, - or _.") % {
            "number": staff_number[:40]
        }
        raise Invalid(message, errors={"staff_number": message})
    if Person.objects.filter(staff_number=staff_number).exists():
        message = _("Staff number %(number)s is taken. Give the existing person another post instead.") % {
            "number": staff_number
        }
        raise Conflict(message, errors={"staff_number": message})
    row = Person(staff_number=staff_number, created_at=clock.now(), must_change_password=must_change_password)
    if check_password:
        _check_password(password, row)
    if password_hash:
        row.password = password_hash
    else:
        row.set_password(password)
    row.save()
    Post.objects.create(person=row, role=role, organization=_organization(organization_code))
    record(
        "person.entered",
        about=("person", str(row.id)),
        actor=by.actor if by else SYSTEM,
        after={"role": role, "organization": organization_code},
    )
    return row.id


@transaction.atomic
def set_active(*, person_id: int, active: bool, by: PersonView) -> None:
    """End or restore a person's access. A leaver's rights end at once: the sessions end too (R26)."""
    _may_manage(by)
    if by.id == person_id and not active:
        raise Conflict(_("You can't end your own access; ask another administrator."))
    row = Person.objects.filter(id=person_id).first()
    if row is None:
        raise NotFound(_("There is no person %(number)s.") % {"number": person_id})
    row.is_active = active
    row.session_epoch += 1
    row.save(update_fields=["is_active", "session_epoch"])
    record("person.restored" if active else "person.ended", about=("person", str(row.id)), actor=by.actor)


@transaction.atomic
def give_post(*, person_id: int, role: Role, organization_code: str, by: PersonView) -> None:
    """Give a person another post."""
    _may_manage(by)
    Post.objects.get_or_create(person_id=person_id, role=role, organization=_organization(organization_code))
    record(
        "post.given",
        about=("person", str(person_id)),
        actor=by.actor,
        after={"role": role, "organization": organization_code},
    )


@transaction.atomic
def set_password(*, person_id: int, new: str, by: PersonView, must_change: bool = False) -> None:
    """Set a new password: one's own, or (as an administrator) another's, who then has to change it.

    Raises:
        Invalid: The password is too weak; the message says why.
    """
    if by.id != person_id:
        _may_manage(by)
        must_change = True
    row = Person.objects.get(id=person_id)
    _check_password(new, row)
    row.set_password(new)
    row.must_change_password = must_change
    row.save(update_fields=["password", "must_change_password"])
    record("person.password_set", about=("person", str(row.id)), actor=by.actor)


def _may_manage(by: PersonView | None) -> None:
    if by is not None and not by.may(Permission.MANAGE_PEOPLE):
        raise Forbidden(_("Managing people needs an administrator's post."))


def _organization(code: str) -> Organization:
    found = Organization.objects.filter(code=code).first()
    if found is None:
        message = _("Organisation “%(code)s” is not known; enter it first.") % {"code": code[:40]}
        raise Invalid(message, errors={"organization": message})
    return found


def _check_password(new: str, row: Person) -> None:
    try:
        validate_password(new, row)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), errors={"password": " ".join(error.messages)}) from None
