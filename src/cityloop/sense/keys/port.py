"""What other features may call."""

from cityloop.sense.keys.contracts import KeyView
from cityloop.sense.keys.selectors import all_keys, verify
from cityloop.sense.keys.services import create_key, revoke_key
from cityloop.sense.keys.tokens import digest, well_formed

__all__ = ["KeyView", "all_keys", "create_key", "digest", "revoke_key", "verify", "well_formed"]
