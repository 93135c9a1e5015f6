"""Keys of options in words for people."""

from cityloop.decide.ledger.contracts import key_in_english
from cityloop.kernel.saying import Said
from cityloop.kernel.ui.wording import is_chinese


def key_words(key: str) -> Said:
    """The key of an option as the reader knows it, 甲 or A; programs get it as it is kept."""
    return Said(key if is_chinese() else key_in_english(key), key)
