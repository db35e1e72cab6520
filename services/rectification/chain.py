"""The chain of a problem: where it came from, what was promised, done and shown, what it changed, and what it repeats.

What must stay true: each link is told only to whom may see what it leads to. Of an item of an earlier year its course
in short is shown with the later one, for whoever follows a unit now has to know what it promised then. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from services.rectification import domain, effects, sources
from services.rectification.candidates import Candidate
from services.rectification.domain import Item
from services.spine.actor import Actor, lies_within

SHORT = ("item_id", "campaign", "unit", "number", "problem", "category", "responsible", "standard", "measures")
COURSE = ("due_on", "state", "closed_on")


def short(item: Item, today: str, actor: Actor) -> dict[str, Any]:
    """An item in short: the problem, what was promised, how it ended; `open`: whether this reader may open it."""
    shown, closeout = domain.shown(item, today), item["closeout"] if item["state"] == "closed" else None
    told = {key: shown[key] for key in (*SHORT, *COURSE, "late", "colour", "evidence")}
    return {**told, "result": closeout["result"] if closeout else None, "open": lies_within(item, actor.units)}


def candidate(row: Candidate, actor: Actor, met: Mapping[str, Item] = MappingProxyType({})) -> dict[str, Any]:
    """A candidate as this reader sees it; of a talk only that there was one, unless the reader may know whose.

    `met`: the item that took it up, for its number, and the one of an earlier year that it came from.
    """
    earlier = met.get(row["origin"]) if row["source"] == "last_year" else None
    number = {"item_number": met[row["item_id"]]["number"]} if row["item_id"] in met else {}
    whose = {key: row[key] for key in ("campaign", "unit", "region", "group")} | {"post": sources.parties(row)}
    hidden = {"origin": None} if row["source"] == "talk" and not actor.may("read_talk", whose) else {}
    words = {"problem": earlier["problem"]} if earlier else {}
    return {**{key: value for key, value in row.items() if key not in ("outbox", "told")}, **hidden, **words, **number}


def met_by(rows: Iterable[Candidate]) -> list[str]:
    """The items that candidates lead to: those that took them up, and those of earlier years that they came from."""
    return [
        key for row in rows for key in (row["item_id"], row["origin"] if row["source"] == "last_year" else None) if key
    ]


def alike(links: list[dict[str, Any]], met: dict[str, Item], actor: Actor, today: str) -> list[dict[str, Any]]:
    """Earlier items in short, each with how alike it is and whether it was carried over."""
    said = ("likeness", "carried")
    return [{**short(met[one["item_id"]], today, actor), **{key: one[key] for key in said}} for one in links]


def by_measure(item: Item, sharing: Iterable[Item] = ()) -> list[dict[str, Any]]:
    """The measures, each with the evidence that was put on record for it, and those that were put otherwise since
    (`stands` is false): {name, what, stands, evidence: [{title, dated_on, on}]}; of a measure that other items share,
    also what was put on record there, with that item: {.., item_id, number}."""
    names = {domain.measure_name(one): one["what"] for one in item["measures"]}
    meant: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for name, piece in _put_on_record(item):
        meant.setdefault(name, []).append(piece)
    shared = shared_keys(item)
    for other in sharing:
        there = {key: other[key] for key in ("item_id", "number")}
        for name, piece in _put_on_record(other):
            if name in shared:
                meant[name].append({**piece, **there})
    return [
        {"name": name, "what": names.get(name, name), "stands": name in names, "evidence": pieces}
        for name, pieces in meant.items()
    ]


def shared_keys(item: Item) -> list[str]:
    """By which the measures are known in every item of the unit that shares them."""
    return [one["key"] for one in item["measures"] if one.get("key")]


def _put_on_record(item: Item) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in item["progress"]:
        for name in entry.get("measures", ()):
            for one in entry["evidence"]:
                yield name, {**{key: one[key] for key in ("title", "dated_on")}, "on": entry["on"]}


def told(
    item: Item,
    sharing: list[Item],
    origins: list[Candidate],
    earlier: list[dict[str, Any]],
    later: list[Item],
    actor: Actor,
    today: str,
) -> dict[str, Any]:
    """The chain: {item_id, origins, measures, by_measure, evidence, effect, earlier, later}; `earlier` are items in
    short with how alike they are, `later` those that repeat this one, as far as this reader may open them."""
    seen = [short(one, today, actor) for one in later]
    return {
        "item_id": item["_id"],
        "state": item["state"],
        "origins": origins,
        "measures": len(item["measures"]),
        "by_measure": by_measure(item, sharing),
        "evidence": len(domain.evidence_of(item)),
        "effect": effects.line(item) if item["state"] == "closed" else None,
        "earlier": earlier,
        "later": [one for one in seen if one["open"]],
    }
