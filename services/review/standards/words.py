"""Words: the rooms' word lists and limits as data, and what of a text is its writer's own."""

import functools
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from services.review import facts

HERE = Path(__file__).parent
FILES = ("problems", "examples", "persuasion", "causes", "measures")
VERSION = (
    "-".join(str(json.loads((HERE / f"{name}.json").read_text("utf-8"))["version"]) for name in FILES)
    + "+"
    + (hashlib.sha256(b"".join((HERE / f"{name}.json").read_bytes() for name in FILES)).hexdigest()[:8])
)
STOP = str.maketrans(
    dict.fromkeys(
        "的了是在和与对把被我们你他这那也就都不没有上下中为以及等要个到去来说一二三四五六七八九十年月日次", " "
    )
)


@functools.cache
def rules(name: str) -> dict[str, Any]:
    """A room's words and limits."""
    loaded: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    return loaded


@functools.cache
def pattern(name: str, key: str) -> re.Pattern[str]:
    """One of a room's word lists as a pattern."""
    return re.compile(rules(name)[key])


@functools.cache
def generic() -> re.Pattern[str]:
    """The words that every such text is made of, whoever writes it: what is left without them is the writer's own."""
    return re.compile("|".join(sorted(map(re.escape, rules("problems")["generic"]), key=len, reverse=True)))


@functools.cache
def generic_grams() -> frozenset[str]:
    """Pairs of characters that say nothing about a particular matter."""
    words = [*rules("problems")["generic"], *rules("problems")["filler"]]
    return frozenset().union(*(facts.grams(word) for word in words))


@functools.lru_cache(maxsize=4096)
def specific(text: str) -> frozenset[str]:
    """The pairs of characters by which a passage can be known again."""
    return facts.grams(text.translate(STOP)) - generic_grams()


@functools.lru_cache(maxsize=4096)
def own_share(text: str) -> float:
    """How much of a text is left when the stock words are taken out, 0 to 1."""
    plain = re.sub(r"[^\u4e00-\u9fff0-9]", "", text)
    return len(generic().sub("", plain)) / len(plain) if plain else 0.0


@functools.lru_cache(maxsize=4096)
def judged_share(text: str) -> float:
    """How many of a text's clauses only pass judgement ("not deep enough") instead of telling."""
    clauses = [clause for clause in re.split(r"[，。；：、\n]", text) if len(clause) > 3]  # noqa: PLR2004
    empty = [c for c in clauses if pattern("problems", "judgement").search(c) or len(generic().sub("", c)) <= 2]  # noqa: PLR2004
    return len(empty) / len(clauses) if clauses else 0.0
