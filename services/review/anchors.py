"""Anchors: where the comments on one version stand in the next.

A comment's place is its words. They stand where they stood (kept), elsewhere (moved), in other words (changed: the
sentence most like them), or nowhere any more (lost). Nothing is guessed below a fair likeness. The node is the
smallest of the new structure that holds them. Pure.
"""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

from services.review import facts

ALIKE, SAME_PLACE = 0.4, 0.6
Paragraph = dict[str, Any]


def carry(
    comments: Iterable[dict[str, Any]],
    old: Sequence[Paragraph],
    new: Sequence[Paragraph],
    nodes: Sequence[dict[str, Any]] = (),
) -> list[dict[str, Any]]:
    """The comments, each with `now`: {state: kept|moved|changed|lost, paragraph, quotation, node}."""
    places = _places(old, new)
    texts = {paragraph["n"]: paragraph["text"] for paragraph in old}
    found = ((comment, _now(comment["anchor"], texts, new, places)) for comment in comments)
    return [{**comment, "now": {**now, "node": node(now, nodes)}} for comment, now in found]


def node(now: dict[str, Any], nodes: Sequence[dict[str, Any]]) -> str | None:
    """The id of the smallest node that holds a passage ({paragraph, quotation}); None when none does."""
    met = [
        one
        for one in nodes
        if now["paragraph"] in one["paragraphs"] and (not now["quotation"] or now["quotation"] in one["text"])
    ]
    return str(min(met, key=lambda one: len(one["text"]))["id"]) if met else None


def likeness(first: str, second: str) -> float:
    """How much two passages share, 0 to 1: twice their common pairs of characters over all."""
    mine, theirs = _pairs(first), _pairs(second)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else float(first == second)


def _follows(before: str, after: str) -> float:
    """How well a sentence follows another: likeness, where what was added counts half."""
    mine = _pairs(before)
    return (likeness(before, after) + len(mine & _pairs(after)) / max(len(mine), 1)) / 2


def _now(
    anchor: dict[str, Any], texts: dict[int, str], new: Sequence[Paragraph], places: dict[int, int]
) -> dict[str, Any]:
    quotation, number = (anchor.get("quotation") or "").strip(), anchor.get("paragraph")
    if not quotation and number is None:
        return {"state": "kept", "paragraph": None, "quotation": None}
    here = places.get(number) if number is not None else None
    if not quotation:
        return _paragraph(texts.get(number or 0, ""), here, new)
    found = [paragraph["n"] for paragraph in new if quotation in paragraph["text"]]
    if found:
        kept = here in found or (number is None and len(found) == 1)
        return {
            "state": "kept" if kept else "moved",
            "paragraph": here if here in found else found[0],
            "quotation": quotation,
        }
    sentences = [(paragraph["n"], each) for paragraph in new for each in facts.sentences(paragraph["text"])]
    best = max(sentences, key=lambda one: (_follows(quotation, one[1]), one[0] == here), default=None)
    if best and _follows(quotation, best[1]) >= ALIKE:
        return {"state": "changed", "paragraph": best[0], "quotation": best[1]}
    return {"state": "lost", "paragraph": None, "quotation": None}


def _paragraph(text: str, here: int | None, new: Sequence[Paragraph]) -> dict[str, Any]:
    by_number = {paragraph["n"]: paragraph["text"] for paragraph in new}
    if here is not None and by_number.get(here) == text:
        return {"state": "kept", "paragraph": here, "quotation": None}
    best = max(new, key=lambda paragraph: likeness(text, paragraph["text"]), default=None)
    if best is not None and best["text"] == text:
        return {"state": "moved", "paragraph": best["n"], "quotation": None}
    if best is not None and likeness(text, best["text"]) >= ALIKE:
        return {"state": "changed", "paragraph": best["n"], "quotation": None}
    return {"state": "lost", "paragraph": None, "quotation": None}


def _places(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> dict[int, int]:
    """Which new paragraph stands where an old one stood."""
    matcher = SequenceMatcher(None, [one["text"] for one in old], [one["text"] for one in new], autojunk=False)
    places: dict[int, int] = {}
    for op, a, b, c, d in matcher.get_opcodes():
        if op == "equal":
            places |= {old[a + i]["n"]: new[c + i]["n"] for i in range(b - a)}
        elif op == "replace":
            for one in old[a:b]:
                best = max(new[c:d], key=lambda other: likeness(one["text"], other["text"]))
                if likeness(one["text"], best["text"]) >= SAME_PLACE or (b - a, d - c) == (1, 1):
                    places[one["n"]] = best["n"]
    return places


def _pairs(text: str) -> frozenset[str]:
    plain = "".join(sign for sign in text if sign.isalnum())
    return frozenset(plain[i : i + 2] for i in range(len(plain) - 1))
