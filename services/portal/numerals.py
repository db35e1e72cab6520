"""Whole numbers as they are written into a page's fields."""

import re
import unicodedata
from typing import Any

_WHOLE = re.compile(r"-?[0-9]{1,9}")


def read(text: str | None, empty: int | None = None) -> Any:
    """The number that was written, or what an empty field means; what is none stays, to be refused in its place."""
    said = unicodedata.normalize("NFKC", (text or "").strip()).replace("−", "-")
    return int(said) if _WHOLE.fullmatch(said) else text or empty
