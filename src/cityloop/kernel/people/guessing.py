"""How many wrong passwords are too many: for one staff number from one address, and from one address for all numbers.

The second bound is for one password tried on many numbers. It is wide, because a whole office may share an address.
"""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final

from axes.handlers.database import AxesDatabaseHandler
from django.http import HttpRequest

from cityloop.kernel import settings

FAILURES_OF_A_NUMBER_MAX: Final = 10
FAILURES_OF_AN_ADDRESS_MAX: Final = 60
IPV6_NETWORK_BITS: Final = 64


class GuessingHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """Counts both kinds of failures; django-axes knows one limit, so those of an address are scaled to it."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The failures that count, against `FAILURES_OF_A_NUMBER_MAX`."""
        of_the_number, of_the_address = (
            sum(attempts.values_list("failures_since_start", flat=True))
            for attempts in self.get_user_attempts(request, credentials)
        )
        return int(max(of_the_number, of_the_address * FAILURES_OF_A_NUMBER_MAX // FAILURES_OF_AN_ADDRESS_MAX))


def client_address(request: HttpRequest) -> str | None:
    """Where a request comes from.

    Behind a proxy (`CITYLOOP_HTTPS`) it is what that proxy has added to X-Forwarded-For: the last entry, for whatever
    stands before it was written by the client. An IPv6 client has a network to itself, so the network is what counts.
    """
    given = request.META.get("REMOTE_ADDR", "")
    if settings.switch("CITYLOOP_HTTPS"):
        given = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or given
    try:
        address = ip_address(given)
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, IPV6_NETWORK_BITS), strict=False).network_address)
