"""Keys as the ingest process knows them: asked of the database once in a few seconds, so that revoking acts soon."""

import asyncio
import time

from django.db import close_old_connections

from cityloop.sense.keys.port import KeyView, digest, verify, well_formed

# A revoked key is taken for at most this long; the promise is 5 s.
KNOWN_S = 4.0
UNKNOWN_S = 1.0
KEPT_MAX = 4096


class KeyCache:
    """Verified keys by digest of their token. For one event loop."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[float, KeyView | None]] = {}
        self._asking: dict[bytes, asyncio.Future[KeyView | None]] = {}

    async def verify(self, token: str) -> KeyView | None:
        """The key a token belongs to, or None."""
        if not well_formed(token):
            return None
        mark = digest(token)
        found = self._known.get(mark)
        if found is not None and found[0] > time.monotonic():
            return found[1]
        waiting = self._asking.get(mark)
        if waiting is None:
            waiting = asyncio.ensure_future(asyncio.to_thread(_ask, token))
            self._asking[mark] = waiting
            waiting.add_done_callback(lambda _: self._asking.pop(mark, None))
        key = await asyncio.shield(waiting)
        if len(self._known) >= KEPT_MAX:
            self._known.clear()
        self._known[mark] = (time.monotonic() + (UNKNOWN_S if key is None else KNOWN_S), key)
        return key


def _ask(token: str) -> KeyView | None:
    try:
        return verify(token)
    finally:
        close_old_connections()
