"""The mark of a state secret (机密★ and its like): no service takes in words that bear it, at any door."""

import re
from collections.abc import Iterator
from typing import Any

from services.spine.errors import Refusal

STARS = "★☆"
MARKED = re.compile(
    r"(绝\s*密|絕\s*密|机\s*密|機\s*密|秘\s*密)\s*[★☆]|[★☆]\s*(绝\s*密|絕\s*密|机\s*密|機\s*密|秘\s*密)"
)


def mark(text: str) -> str:
    """The mark a text bears; empty when it bears none."""
    marked = MARKED.search(text) if any(star in text for star in STARS) else None
    return marked.group(0) if marked else ""


def check(draft: Any) -> None:
    """Refuse whatever comes in with such a mark in any of its words, naming each place."""
    if faults := list(_marked(draft, "")):
        raise Refusal("secrecy_mark_in_words", mark=faults[0]["mark"], errors=faults)


def _marked(part: Any, pointer: str) -> Iterator[dict[str, str]]:
    if isinstance(part, dict | list):
        for key, one in part.items() if isinstance(part, dict) else enumerate(part):
            yield from _marked(one, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(part, str) and (found := mark(part)):
        yield {"pointer": pointer, "code": "secrecy_mark_in_words", "mark": found}
