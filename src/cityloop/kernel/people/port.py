"""What other features may call."""

from cityloop.kernel.people.selectors import people, person, person_by_staff_number, staff_numbers
from cityloop.kernel.people.services import enter_person, give_post, set_active, set_password

__all__ = [
    "enter_person",
    "give_post",
    "people",
    "person",
    "person_by_staff_number",
    "set_active",
    "set_password",
    "staff_numbers",
]
