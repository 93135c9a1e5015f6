"""The worker follows the observation store."""

import time

from cityloop.analyse.detection import online
from cityloop.kernel.jobs.port import every

CLOSE_EVERY_S = 1.0
_closed_at = [float("-inf")]


@every(seconds=0.2)
def advance() -> bool:
    """Judge what is new; true while more waits. About once a second, end the episodes nothing came for."""
    done = online.advance()
    if done >= online.CHUNK or online.waits():
        return True
    if time.monotonic() - _closed_at[0] >= CLOSE_EVERY_S:
        _closed_at[0] = time.monotonic()
        online.close_stale()
    return False
