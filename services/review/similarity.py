"""Similarity: whether a text was copied, though names and figures were changed, paragraphs moved, sentences reworded.

A text is seen as its overlapping threes of characters after figures, names of places and punctuation have been
taken out. A signature (one-permutation MinHash, in bands) finds candidates among any number of texts by equality of
short strings; `compare` then looks exactly: how much of the text stands in the other, by threes of characters and,
since a reworded sentence keeps few of those, by sentences that share most of their pairs. What many honest texts
share, their stock opening and leave-taking, is left out: only the body counts. Algorithm and seed travel with a
signature, for signatures of two kinds must never be compared.
"""

import functools
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import facts, headings

ALGORITHM = "oph-512/char3/4/body2"
SEED = 20_231_204
BINS, BANDS, ROWS = 512, 128, 4
SHIFT = 64 - (BINS - 1).bit_length()
ALIKE, LEAST, FINE, OFTEN = 0.25, 10, 0.06, 200
NUMERALS = "0123456789０１２３４５６７８９.零〇一二三四五六七八九十百千万两半"
AFTER_NAME = "县市区镇乡村片路局委街社"
DROPPED, NUMERAL, NAME = 0, ord("#"), ord("@")
TITLE = re.compile(r"问题|不足|查摆|检视|原因|根源|剖析|措施|努力方向|整改|打算")
LEAVE = re.compile(
    r"^(?:以上|总之|最后|上述).{0,40}(?:批评|指正|监督|不当|汇报|发言)|(?:恳请|敬请|请).{0,12}(?:批评|指正|监督|帮助)"
)
SHORT_TITLE, LONG_LEAVE = 12, 80
OPENING = 0.4
Numbers = np.ndarray[Any, np.dtype[np.uint64]]
MIX = [np.uint64(each) for each in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)]


def _table() -> Numbers:
    """For each character what is kept of it: itself, # for a numeral, nothing for punctuation."""
    table = np.zeros(1 << 16, dtype=np.uint64)
    kept = [*range(0x4E00, 0xA000), *range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1), ord("\n")]
    table[kept] = kept
    table[[ord(each) for each in NUMERALS]] = NUMERAL
    return table


TABLE = _table()
NAMES = np.zeros(1 << 16, dtype=bool)
NAMES[[ord(each) for each in AFTER_NAME]] = True


def normalise(text: str) -> Numbers:
    """A text without what a copyist changes first: numerals become #, names of places @, punctuation goes."""
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32), 0xFFFF)
    letters = TABLE[codes]
    if len(letters) > 2:  # noqa: PLR2004
        named = np.flatnonzero(NAMES[codes[2:]] & (letters[:-2] > 0xFF) & (letters[1:-1] > 0xFF))  # noqa: PLR2004
        letters[named] = letters[named + 1] = NAME
    kept = letters != DROPPED
    kept[1:] &= ~((letters[1:] == letters[:-1]) & ((letters[1:] == NUMERAL) | (letters[1:] == NAME)))
    found: Numbers = letters[kept]
    return found


def body(paragraphs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The paragraphs between the stock opening and the leave-taking; from the first where no section can be told, or
    where what stands before it is too long for an opening."""
    first = 0
    for i, each in enumerate(paragraphs):
        text = each["text"]
        if len(text) <= headings.SHORT:
            depth, rest = headings.numbered(text)
            if TITLE.search(rest) and (
                depth == 1 or (depth and each.get("heading")) or (not depth and len(rest) <= SHORT_TITLE)
            ):
                first = i
                break
    before, whole = (sum(len(each["text"]) for each in part) for part in (paragraphs[:first], paragraphs))
    start = first if before <= OPENING * whole else 0
    kept = [each for each in paragraphs[start:] if len(each["text"]) > LONG_LEAVE or not LEAVE.search(each["text"])]
    return kept or list(paragraphs)


class Text:
    """A text prepared for comparison."""

    def __init__(self, paragraphs: Sequence[dict[str, Any]]) -> None:
        self.body = body(paragraphs)

    @functools.cached_property
    def numbers(self) -> Numbers:
        """Its overlapping threes of characters, each as one well mixed number."""
        letters = normalise("\n".join(headings.numbered(each["text"])[1] for each in self.body))
        if len(letters) < 3:  # noqa: PLR2004
            return np.zeros(0, dtype=np.uint64)
        whole = letters != ord("\n")
        packed = (letters[:-2] << np.uint64(42)) | (letters[1:-1] << np.uint64(21)) | letters[2:]
        mixed = (packed[whole[:-2] & whole[1:-1] & whole[2:]] ^ np.uint64(SEED)) * MIX[0]
        mixed = (mixed ^ (mixed >> np.uint64(29))) * MIX[1]
        found: Numbers = mixed ^ (mixed >> np.uint64(32))
        return found

    @functools.cached_property
    def threes(self) -> Numbers:
        """The same, each once and sorted."""
        found: Numbers = np.unique(self.numbers)
        return found

    @functools.cached_property
    def sentences(self) -> list[tuple[int, str, frozenset[int]]]:
        """Its sentences with their paragraph and their pairs of characters."""
        found = []
        for each in self.body:
            for sentence in facts.sentences(each["text"]):
                letters = normalise(headings.numbered(sentence)[1])
                pairs = frozenset(((letters[:-1] << np.uint64(21)) | letters[1:]).tolist())
                found.append((each["n"], sentence, pairs))
        return found


def signature(paragraphs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What to keep of a text so that its copies are found: 128 short strings; a copy shares at least one of them."""
    numbers = Text(paragraphs).numbers
    made = {"algorithm": ALGORITHM, "seed": SEED, "bands": [], "shingles": len(numbers)}
    if not len(numbers):
        return made
    least = np.full(BINS, np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(least, (numbers >> np.uint64(SHIFT)).astype(np.intp), numbers & np.uint64((1 << SHIFT) - 1))
    filled = np.flatnonzero(least != np.iinfo(np.uint64).max)
    lender = filled[np.searchsorted(filled, np.arange(BINS)) % len(filled)]
    values = least[lender] + (lender != np.arange(BINS)) * MIX[2] * ((np.arange(BINS) - lender) % BINS).astype(
        np.uint64
    )
    rows = values.reshape(BANDS, ROWS)
    folded = np.zeros(BANDS, dtype=np.uint64)
    for row in range(ROWS):
        folded = (folded ^ rows[:, row]) * MIX[3]
        folded ^= folded >> np.uint64(31)
    made["bands"] = [f"{band:03d}{value >> 28:09x}" for band, value in enumerate(folded.tolist())]
    return made


def compare(mine: "Text | Sequence[dict[str, Any]]", theirs: "Text | Sequence[dict[str, Any]]") -> dict[str, Any]:
    """How much of my body stands in theirs (0..1), and the passages side by side, both verbatim."""
    me, them = (each if isinstance(each, Text) else Text(each) for each in (mine, theirs))
    if not len(me.threes) or not len(them.threes):
        return {"share": 0.0, "passages": []}
    same = float(np.isin(me.threes, them.threes, assume_unique=True).mean())
    if same < FINE:
        return {"share": round(same, 3), "passages": []}
    passages = _passages(me, them)
    size = sum(len(sentence) for _, sentence, _ in me.sentences)
    met = sum(len(each["quotation"]) for each in passages)
    return {"share": round(max(same, met / size if size else 0.0), 3), "passages": passages}


def _passages(me: Text, them: Text) -> list[dict[str, Any]]:
    places: dict[int, list[int]] = {}
    for place, (_, _, pairs) in enumerate(them.sentences):
        for pair in pairs:
            places.setdefault(pair, []).append(place)
    found = []
    for n, sentence, pairs in me.sentences:
        if len(pairs) < LEAST:
            continue
        met = Counter(place for pair in pairs for place in places.get(pair, ())[:OFTEN])
        if not met:
            continue
        best = max(met, key=lambda place: (met[place] / len(pairs | them.sentences[place][2]), -place))
        their_n, text, other = them.sentences[best]
        if met[best] >= ALIKE * len(pairs | other):
            found.append({"paragraph": n, "quotation": sentence, "their_paragraph": their_n, "their_quotation": text})
    return found
