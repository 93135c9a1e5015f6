"""What other features may call."""

from cityloop.serve.orders.dispatching import dispatch_again
from cityloop.serve.orders.limits import clock_limits, limit_minutes, load_clock_limits
from cityloop.serve.orders.selectors import (
    departments_of,
    live_orders,
    may_see,
    order,
    orders_by_incident,
    orders_by_number,
    orders_of,
    overdue,
    returned_orders,
)
from cityloop.serve.orders.services import accept, accept_many, assign, assign_many, mark_alarmed, report, return_order
from cityloop.serve.orders.verifying import (
    moves_open_to,
    rework,
    rework_incident,
    verify_and_close,
    void_incident,
    void_order,
)

__all__ = [
    "accept",
    "accept_many",
    "assign",
    "assign_many",
    "clock_limits",
    "departments_of",
    "dispatch_again",
    "limit_minutes",
    "live_orders",
    "load_clock_limits",
    "mark_alarmed",
    "may_see",
    "moves_open_to",
    "order",
    "orders_by_incident",
    "orders_by_number",
    "orders_of",
    "overdue",
    "report",
    "return_order",
    "returned_orders",
    "rework",
    "rework_incident",
    "verify_and_close",
    "void_incident",
    "void_order",
]
