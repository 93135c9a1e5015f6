"""Which moves of an order to offer whom: what the services would refuse is not shown."""

from cityloop.kernel.people.contracts import PersonView
from cityloop.serve.incidents.contracts import moves_from
from cityloop.serve.orders.contracts import OrderView
from cityloop.serve.orders.lifecycle import ORDER_MOVES
from cityloop.serve.orders.selectors import departments_of, in_other_hands

# Closing goes with verifying the incident.
HIDDEN = frozenset({"close"})


def moves_for(person: PersonView, order: OrderView) -> frozenset[str]:
    """The moves this person may make of this order now."""
    found = set()
    for name in moves_from(ORDER_MOVES, order.state):
        permission = ORDER_MOVES[name].permission
        if name in HIDDEN or (permission is not None and not person.may(permission)):
            continue
        if name == "dispatch_again" and (order.replaced_by or departments_of(person) is not None):
            continue
        if name == "void" and order.replaced_by:
            continue
        if name in ("report", "return") and in_other_hands(person, order.state, order.assignee_id):
            continue
        found.add(name)
    return frozenset(found)
