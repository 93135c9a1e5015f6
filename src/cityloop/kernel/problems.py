"""Errors a caller can mend, in the one shape of RFC 9457 (Problem Details for HTTP APIs).

    Problem
      ├ BadRequest 400      the request can't be read
      ├ Unauthorized 401    no key, or nobody signed in
      ├ Forbidden 403       known, but not allowed
      ├ NotFound 404
      ├ Conflict 409        somebody was faster, or the move isn't allowed from this state
      ├ TooLarge 413
      ├ Invalid 422         a payload that can be read but breaks a rule; `errors` names the fields
      └ Unavailable 503     come back later

A message says what was received, what is allowed and what to do next. One made by `saying.said` is read in the reader's
language on a page; programs and the command line get its English.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from cityloop.kernel.saying import english_of


class Problem(Exception):
    """An error with an HTTP status, a title that never changes and a detail for this case.

    Args:
        detail: What was received, what is allowed, what to do next.
        errors: Field name → message, for forms and payloads.
    """

    status = 500
    title = "Internal error"

    def __init__(self, detail: str, *, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = dict(errors or {})

    def document(self) -> dict[str, object]:
        """The members of the problem document."""
        found: dict[str, object] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": english_of(self.detail),
        }
        if self.errors:
            found["errors"] = [
                {"field": field, "detail": english_of(message)} for field, message in self.errors.items()
            ]
        return found

    def body(self) -> bytes:
        """The problem document as JSON."""
        return json.dumps(self.document(), ensure_ascii=False).encode()


CONTENT_TYPE = "application/problem+json"


class BadRequest(Problem):
    """The request can't be read."""

    status, title = 400, "Bad request"


class Unauthorized(Problem):
    """No key was shown, or nobody is signed in."""

    status, title = 401, "Not signed in"


class Forbidden(Problem):
    """The caller is known, but may not do this."""

    status, title = 403, "Not allowed"


class NotFound(Problem):
    """There is no such thing, or the caller may not know of it."""

    status, title = 404, "Not found"


class Conflict(Problem):
    """Somebody else was faster, or the move isn't allowed from this state."""

    status, title = 409, "Conflict"


class TooLarge(Problem):
    """The body is larger than the server takes."""

    status, title = 413, "Too large"


class Invalid(Problem):
    """The payload can be read, but breaks a rule."""

    status, title = 422, "Invalid"


class Unavailable(Problem):
    """A part the answer needs can't be reached just now."""

    status, title = 503, "Not available"


async def answer_problem(send: Callable[[MutableMapping[str, Any]], Awaitable[None]], problem: Problem) -> None:
    """Answer a raw ASGI request with a problem document."""
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"cache-control", b"no-store"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": problem.body()})
