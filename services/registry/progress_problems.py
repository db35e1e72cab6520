"""Common problems: how many units have one of an aspect, from a source, on a list of the ledger; what is told of it.

What must stay true: no number is told, and no list opens, of a problem that fewer units have than the least group; nor
one that, subtracted from a number beside it, tells of so few. So of the parts of a whole (its counties, its groups, its
teams; the lists of one problem) either none is kept back, or at least two that have as many units together as the least
group: the smallest are kept back beside the few until that is so. It is one subtraction that tells nothing; who puts
several together may still find something out. Counts: {problem:aspect:source or problem:aspect:source:list: units}.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import Any

from services.registry import progress_figures, progress_lists, progress_shares
from services.registry.progress_figures import Cell, Figures
from services.registry.progress_lines import PLACES
from services.spine import errors, mongo

Db = mongo.Db
Query = Mapping[str, str]
HEAD = "problem:"


def figures(cells: Iterable[Cell], least: int, today: str, beside: Set[str] = frozenset()) -> Figures:
    """Problems with their lists, those of most units first; what is kept back (for what is told `beside` it, or of too
    few) has no numbers and comes last."""
    sums = progress_figures.total(cells)
    units = _units(sums)
    silent = untold(units, least, beside)

    def said(key: str) -> Figures:
        return {"units": None, "things": None} if key in silent else {"units": units[key], "things": sums[f"#{key}"]}

    rows = []
    for key in sorted(units.keys() - _lists(units), key=lambda key: (-(said(key)["units"] or 0), key)):
        _, aspect, source = key.split(":")
        lists = [{"category": one.rpartition(":")[2], **said(one)} for one in sorted(_lists(units, key))]
        rows.append({"aspect": None if aspect == "none" else aspect, "source": source, **said(key), "lists": lists})
    return {"as_of": today, "least": least, "rows": rows}


def untold(units: Mapping[str, int], least: int, beside: Set[str] = frozenset()) -> set[str]:
    """The problems of which no number is told; nothing is told of the lists of such a problem either."""
    silent = {key for key, count in units.items() if count < least or key in beside}
    for key in units.keys() - _lists(units):
        own = _lists(units, key)
        silent |= own if key in silent else kept_back({one: units[one] for one in own}, silent & own, least)
    return silent


def kept_back(parts: Mapping[str, int], few: Set[str], least: int) -> set[str]:
    """The parts of a whole that are told nothing of: the few, and as many of the smallest others as hide them."""
    gone, others = set(few), sorted(parts.keys() - few, key=lambda part: (parts[part], part))
    while gone and others and (len(gone) < 2 or sum(parts[part] for part in gone) < least):
        gone.add(others.pop(0))
    return gone


def find(
    db: Db, campaign: dict[str, Any], build: str, parts: progress_lists.Reach, query: Query, today: str
) -> Figures:
    """The common problems of what is seen and asked for."""
    cells = progress_lists.cells(db, "counts", build, parts, query, "all", [progress_shares.ANY])
    least = progress_lists.least(campaign, parts, query)
    return figures(cells, least, today, _beside(db, campaign, build, parts, query))


def check(db: Db, campaign: dict[str, Any], build: str, parts: progress_lists.Reach, query: Query) -> None:
    """Refuse the list of a problem of which no number is told."""
    if "problem" not in query:
        return
    cells = progress_lists.cells(db, "counts", build, parts, query, "all", [progress_shares.ANY])
    least = progress_lists.least(campaign, parts, query)
    silent = untold(_units(progress_figures.total(cells)), least, _beside(db, campaign, build, parts, query))
    if HEAD + ":".join(query[key] for key in ("problem", "source", "category") if key in query) in silent:
        raise errors.Refusal("too_few_to_show", least=least)


def _beside(db: Db, campaign: dict[str, Any], build: str, parts: progress_lists.Reach, query: Query) -> set[str]:
    """What is kept back of a place for the sake of those beside it, in each wider place that is asked for alone."""
    found: set[str] = set()
    for kind in PLACES:
        if kind not in query:
            continue
        wider = {key: query[key] for key in PLACES if key in query and key != kind}
        grain = "cell" if kind == "team" else kind
        units: dict[str, Counter[str]] = {}
        for cell in progress_lists.cells(db, "counts", build, parts, wider, grain, [progress_shares.ANY]):
            units.setdefault(cell[kind], Counter()).update(_units(cell["counts"]))
        leasts = {place: progress_lists.least(campaign, parts, {**wider, kind: place}) for place in units}
        least = progress_lists.least(campaign, parts, wider)
        for key in units.get(query[kind], {}):
            own = {place: units[place][key] for place in units if key in units[place]}
            few = {place for place, count in own.items() if count < leasts[place]}
            found |= {key} if query[kind] in kept_back(own, few, least) else set()
    return found


def _units(sums: Mapping[str, int]) -> dict[str, int]:
    return {key: units for key, units in sums.items() if key.startswith(HEAD) and units}


def _lists(units: Mapping[str, int], key: str = "") -> set[str]:
    """The keys of lists, of all problems or of one."""
    return {one for one in units if one.count(":") == 3 and one.startswith(f"{key}:" if key else "")}
