"""Roles, permissions and what other features see of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """One thing a person may be allowed to do."""

    VIEW_OPERATIONS = "operations.view"
    VIEW_DATA = "data.view"
    EDIT_DATA = "data.edit"
    VIEW_ORDERS = "orders.view"
    VIEW_SCORES = "scores.view"
    VIEW_RULES = "rules.view"
    DECIDE = "decisions.decide"
    DISPATCH = "orders.dispatch"
    HANDLE = "orders.handle"
    VERIFY = "incidents.verify"
    VOID = "incidents.void"
    EDIT_RULES = "rules.edit"
    EDIT_RESPONSES = "responses.edit"
    MANAGE_PEOPLE = "people.manage"


class Role(StrEnum):
    """What a post is for."""

    ADMINISTRATOR = "administrator"
    DUTY_OFFICER = "duty_officer"
    DEPARTMENT_HEAD = "department_head"
    CLERK = "clerk"
    WORKER = "worker"
    GRID_WORKER = "grid_worker"
    STEWARD = "steward"
    VIEWER = "viewer"


_VIEW = frozenset({Permission.VIEW_OPERATIONS, Permission.VIEW_DATA, Permission.VIEW_ORDERS, Permission.VIEW_SCORES})

# Least privilege: a post holds what its work needs. An administrator runs the platform and decides no case.
GRANTS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.ADMINISTRATOR: _VIEW | {Permission.VIEW_RULES, Permission.MANAGE_PEOPLE},
    Role.DUTY_OFFICER: _VIEW
    | {Permission.VIEW_RULES, Permission.DECIDE, Permission.DISPATCH, Permission.VERIFY, Permission.VOID},
    Role.DEPARTMENT_HEAD: _VIEW | {Permission.VIEW_RULES, Permission.DISPATCH, Permission.HANDLE},
    Role.CLERK: _VIEW | {Permission.DISPATCH, Permission.HANDLE},
    Role.WORKER: frozenset({Permission.VIEW_ORDERS, Permission.HANDLE}),
    Role.GRID_WORKER: frozenset({Permission.VIEW_ORDERS, Permission.HANDLE, Permission.VERIFY}),
    Role.STEWARD: _VIEW
    | {Permission.EDIT_DATA, Permission.VIEW_RULES, Permission.EDIT_RULES, Permission.EDIT_RESPONSES},
    Role.VIEWER: _VIEW,
}


@dataclass(frozen=True)
class PersonView:
    """A person at work. `organization_id` is the department of the post held; a city-wide post has the city's."""

    id: int
    staff_number: str
    roles: frozenset[Role]
    organization_id: int | None
    organization_ids: frozenset[int]
    permissions: frozenset[Permission]
    active: bool

    @property
    def actor(self) -> str:
        """The person as an actor of the audit trail."""
        return f"person:{self.id}"

    def may(self, permission: Permission) -> bool:
        """Whether one of the person's posts grants this."""
        return permission in self.permissions
