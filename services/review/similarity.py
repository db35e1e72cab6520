"""Similarity: whether a text was copied, though names and figures were changed and paragraphs moved.

A text is seen as its overlapping threes of characters after figures, names of places and punctuation have been
taken out. A signature (MinHash, in bands) finds candidates among any number of texts by equality of short strings;
`compare` then looks exactly. What many honest texts share, their stock opening and leave-taking, is left out: only
the body counts. Algorithm and seed travel with a signature, for signatures of two kinds must never be compared.
"""

import base64
import functools
import re
import struct
from collections import Counter
from collections.abc import Sequence
from typing import Any

import rensa

from . import facts, headings
from .glance import Glance
from .rules import present

ALGORITHM = "rensa-rminhash-128/char3/1"
SEED = 20_231_204
BANDS, ROWS, SHINGLE = 32, 4, 3
ALIKE, LEAST, FINE, OFTEN = 0.45, 12, 0.30, 200
NUMERAL = re.compile(
    r"(?<![\d.])\d[\d.,]*+|(?<![零〇一二三四五六七八九十百千万两半])[零〇一二三四五六七八九十百千万两半]++"
    r"(?=[个次名户家天月年日条份处亩公里小时分位件场篇批届点成倍只])"
)
NAME = re.compile(r"[\u4e00-\u9fff]{2}(?=(?:县|市|区|镇|乡|村|片|街道|社区|小区|路|局|委))")
MIDDLE = ("problem", "cause", "measure", "last_year")
OTHER = re.compile(r"[^\u4e00-\u9fffA-Za-z#@]")


def normalise(text: str) -> str:
    """A text without what a copyist changes first: figures become #, names of places @, punctuation goes."""
    return OTHER.sub("", NAME.sub("@", NUMERAL.sub("#", headings.numbered(text)[1])))


@functools.lru_cache(maxsize=8192)
def shingles(text: str) -> frozenset[str]:
    """The overlapping threes of a normalised text."""
    plain = normalise(text)
    return frozenset(plain[i : i + SHINGLE] for i in range(len(plain) - SHINGLE + 1))


def body(paragraphs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The paragraphs between the stock opening and the leave-taking; all of them where no section can be told."""
    bare = [(each, *headings.numbered(each["text"])) for each in paragraphs]
    titles = [
        i
        for i, (each, depth, rest) in enumerate(bare)
        if len(each["text"]) <= headings.SHORT and _titles(depth, rest, each)
    ]
    first = titles[0] if titles else 0
    kept = [each for each in paragraphs[first:] if not _takes_leave(each["text"])]
    return kept or list(paragraphs)


def _takes_leave(text: str) -> bool:
    leave = present().pattern("headings", "closing").search(text) is not None
    return leave and Glance(present()).of(text).weight < 1


def _titles(depth: int, rest: str, paragraph: dict[str, Any]) -> bool:
    named = any(present().pattern("headings", f"section_{role}").search(rest) for role in MIDDLE)
    return named and (depth == 1 or bool(paragraph.get("heading")) and depth > 0 or (depth == 0 and len(rest) <= LEAST))


def _all(paragraphs: Sequence[dict[str, Any]]) -> set[str]:
    return set().union(*(shingles(each["text"]) for each in paragraphs)) if paragraphs else set()


def signature(paragraphs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What to keep of a text so that its copies are found: 32 short strings; a copy shares at least one of them."""
    mine = sorted(_all(body(paragraphs)))
    sketch = rensa.RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    sketch.update(mine)
    digest = sketch.digest()
    bands = []
    for band in range(BANDS):
        packed = struct.pack(f"<{ROWS}I", *(value & 0xFFFFFFFF for value in digest[band * ROWS : (band + 1) * ROWS]))
        bands.append(f"{band:02d}" + base64.b85encode(_folded(packed)).decode("ascii"))
    return {"algorithm": ALGORITHM, "seed": SEED, "bands": bands if mine else [], "shingles": len(mine)}


def _folded(packed: bytes) -> bytes:
    """Sixteen bytes as eight: equal stays equal, and two bands in four thousand million million meet by chance."""
    low, high = struct.unpack("<QQ", packed)
    return struct.pack("<Q", (low * 0x9E3779B97F4A7C15 + high) & 0xFFFFFFFFFFFFFFFF)


def compare(mine: Sequence[dict[str, Any]], theirs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How much of my body stands in theirs (0..1), and the passages side by side, both verbatim."""
    my_body, their_body = body(mine), body(theirs)
    mine_all, theirs_all = _all(my_body), _all(their_body)
    share = len(mine_all & theirs_all) / len(mine_all) if mine_all else 0.0
    passages = _passages(my_body, their_body, theirs_all) if share >= FINE / 3 else []
    return {"share": round(share, 3), "passages": passages}


def _passages(
    my_body: Sequence[dict[str, Any]], their_body: Sequence[dict[str, Any]], theirs_all: set[str]
) -> list[dict[str, Any]]:
    pool = [(each["n"], sentence) for each in their_body for sentence in facts.sentences(each["text"])]
    places: dict[str, list[int]] = {}
    for place, (_, sentence) in enumerate(pool):
        for shingle in shingles(sentence):
            places.setdefault(shingle, []).append(place)
    found = []
    for each in my_body:
        for sentence in facts.sentences(each["text"]):
            mine = shingles(sentence)
            if len(mine) < LEAST or len(mine & theirs_all) < ALIKE * len(mine):
                continue
            met = Counter(place for shingle in mine for place in places.get(shingle, ())[:OFTEN])
            best = min(met, key=lambda place: (-met[place], place))
            n, text = pool[best]
            other = shingles(text)
            if len(mine & other) >= ALIKE * len(mine | other):
                found.append(
                    {"paragraph": each["n"], "quotation": sentence, "their_paragraph": n, "their_quotation": text}
                )
    return found
