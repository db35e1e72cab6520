"""Recurrence: whether a problem was there in an earlier year, though it is worded otherwise now.

What must stay true: nothing is decided here, it is shown; what is found does not depend on the order in which problems
came. A problem is seen as its pairs of neighbouring characters, without figures, punctuation and the words every
problem is told with. Its traces, a few short strings that begin with its ledger, find the problems of another ledger
that may be alike by equality, however many there are; `likeness` then looks exactly. Pure.
"""

import functools
import hashlib
import re
import unicodedata
from typing import Any

ALIKE, SAME, LEAST, TRACES = 0.42, 0.85, 4, 32
STOCK = re.compile(r"问题|存在|仍然|仍旧|依然|没有|未能|不够|不足|方面|工作|进行|还有|有的|一些|部分|个别|较为|比较|仍")
LETTERS = re.compile(r"[\u3400-\u9fffA-Za-z]+")


@functools.lru_cache(2048)
def pairs(problem: str) -> frozenset[str]:
    """The pairs of neighbouring characters a problem is told by."""
    plain = STOCK.sub(" ", unicodedata.normalize("NFKC", problem).lower())
    return frozenset(run[at : at + 2] for run in LETTERS.findall(plain) for at in range(len(run) - 1))


def traces(campaign: str, unit: str, problem: str) -> list[str]:
    """What is kept of a ledger's problem so that those like it are found: at most 32 short strings."""
    marks = sorted(hashlib.blake2b(pair.encode(), digest_size=5).hexdigest() for pair in pairs(problem))
    return [f"{campaign}.{unit}|{mark}" for mark in marks[:TRACES]]


def likeness(first: str, second: str) -> float:
    """How much two problems share, 0 to 1: of both together, and of the shorter one, in the middle between the two."""
    mine, theirs = pairs(first), pairs(second)
    if min(len(mine), len(theirs)) < LEAST:
        return float(bool(mine) and mine == theirs)
    met = len(mine & theirs)
    return round((2 * met / (len(mine) + len(theirs)) + met / min(len(mine), len(theirs))) / 2, 2)


def link(item: dict[str, Any], earlier: dict[str, Any], *, carried: bool) -> dict[str, Any]:
    """An earlier item as it is kept beside the one that came later."""
    share = likeness(item["problem"], earlier["problem"])
    return {"item_id": earlier["_id"], "campaign": earlier["campaign"], "likeness": share, "carried": carried}


def years(campaign: str, links: list[dict[str, Any]]) -> int:
    """In how many campaigns a problem stands, this one included."""
    return len({campaign, *(one["campaign"] for one in links)})
