"""Numbers people quote: AJ incidents, GD work orders, JC decisions. No Django."""

import re
from typing import Final

KINDS: Final = {"AJ": "incident", "GD": "work_order", "JC": "decision"}
_NUMBER: Final = re.compile(r"(AJ|GD|JC)-?(\d{8})-?(\d{4,})")


def quoted_number(text: str) -> tuple[str, str] | None:
    """Kind and number when the text is a whole number, however it was typed: `aj20260716 0183` too."""
    found = _NUMBER.fullmatch(re.sub(r"[\s_]+", "", text).upper().replace("—", "-").replace("－", "-"))
    if found is None:
        return None
    return KINDS[found[1]], f"{found[1]}-{found[2]}-{found[3]}"
