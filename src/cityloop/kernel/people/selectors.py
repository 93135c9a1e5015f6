"""Reads of people."""

from collections.abc import Iterable

from cityloop.kernel.people.contracts import GRANTS, Permission, PersonView, Role
from cityloop.kernel.people.models import Person


def person(number: int) -> PersonView | None:
    """A person by id."""
    row = Person.objects.prefetch_related("posts").filter(id=number).first()
    return view(row) if row else None


def person_by_staff_number(staff_number: str) -> PersonView | None:
    """A person by staff number 工号."""
    row = Person.objects.prefetch_related("posts").filter(staff_number=staff_number).first()
    return view(row) if row else None


def people(role: Role | None = None, organization_id: int | None = None) -> list[PersonView]:
    """People, by staff number (at most 5,000), of one role or one organisation when asked."""
    rows = Person.objects.prefetch_related("posts").order_by("staff_number")
    if role is not None:
        rows = rows.filter(posts__role=role)
    if organization_id is not None:
        rows = rows.filter(posts__organization_id=organization_id)
    return [view(row) for row in rows.distinct()[:5000]]


def staff_numbers(ids: Iterable[int]) -> dict[int, str]:
    """Staff numbers by id, for pages that show who acted."""
    return dict(Person.objects.filter(id__in=set(ids)).values_list("id", "staff_number"))


def view(row: Person) -> PersonView:
    """A person's row as other features see it."""
    posts = list(row.posts.all())
    roles = frozenset(Role(post.role) for post in posts)
    granted: frozenset[Permission] = (
        frozenset().union(*(GRANTS[role] for role in roles)) if row.is_active else frozenset()
    )
    return PersonView(
        id=row.id,
        staff_number=row.staff_number,
        roles=roles,
        organization_id=posts[0].organization_id if posts else None,
        organization_ids=frozenset(post.organization_id for post in posts),
        permissions=granted,
        active=row.is_active,
    )
