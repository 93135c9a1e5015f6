"""Making tokens and the form they are kept in."""

import hashlib
import re
import secrets

PREFIX = "cl_"
_SHAPE = re.compile(r"cl_[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """A fresh token: `cl_` and 32 random bytes, URL-safe."""
    return PREFIX + secrets.token_urlsafe(32)


def well_formed(token: str) -> bool:
    """Whether a text can be a token at all."""
    return _SHAPE.fullmatch(token) is not None


def digest(token: str) -> bytes:
    """What is kept of a token: its SHA-256.

    A slow password hash would add nothing: 256 random bits can't be guessed, however fast the hash; and the hot path
    computes it for every request. The lookup goes by digest, so its timing tells nothing about the token.
    """
    return hashlib.sha256(token.encode()).digest()
