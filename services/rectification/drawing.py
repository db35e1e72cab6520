"""Which units and items an evaluation looks at: drawn by a stated seed, so that anybody can draw the same again.

A unit's (and an item's) lot is the hash of seed and code; the lowest are drawn. What must stay true: the same seed over
the same units draws the same; nothing is drawn by hand. A sample: {_id, sample_id, campaign, within: region or
None, seed, rules, population, population_hash, units: [{unit, region, group, items}], region, group and unit: all of
those that were drawn, by, by_account, at}.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from services.rectification.domain import Hand, fingerprint

Sample = dict[str, Any]


def sample_id(campaign: str, region: str | None, seed: str) -> str:
    """One sample for a campaign, region and seed."""
    return hashlib.sha256(f"{campaign}/{region or ''}/{seed}".encode()).hexdigest()[:16]


def units(seed: str, population: Sequence[str], rules: Mapping[str, int]) -> list[str]:
    """The units that are drawn: a share of all, rounded up, and no fewer than the least."""
    count = max(rules["least"], -(-len(population) * rules["percent"] // 100))
    return _lots(seed, population)[:count]


def items(seed: str, closed: Sequence[str], rest: Sequence[str], rules: Mapping[str, int]) -> list[str]:
    """The items of a unit that are looked at: closed ones before those still worked on."""
    return [*_lots(seed, closed), *_lots(seed, rest)][: rules["items"]]


def begin(
    asked: dict[str, str], population: Sequence[str], drawn: list[dict[str, Any]], rules: dict[str, int], hand: Hand
) -> Sample:
    """A sample as it is kept, with what it was drawn from."""
    key = sample_id(asked["campaign"], asked.get("region"), asked["seed"])
    drawn_from = {"population": len(population), "population_hash": fingerprint(sorted(population))}
    who = {"by": hand.name, "by_account": hand.account, "at": hand.at}
    said = {"campaign": asked["campaign"], "within": asked.get("region"), "seed": asked["seed"], "rules": rules}
    places = {name: sorted({one[name] for one in drawn}) for name in ("region", "group", "unit")}
    return {"_id": key, "sample_id": key, **said, **drawn_from, "units": drawn, **places, **who}


def shown(sample: Sample, units: list[dict[str, Any]]) -> Sample:
    """A sample as whoever asks sees it: with those of its units that lie in the scope."""
    keys = ("sample_id", "campaign", "seed", "rules", "population", "population_hash", "by", "at")
    return {**{key: sample[key] for key in keys}, "region": sample["within"], "units": units}


def _lots(seed: str, codes: Sequence[str]) -> list[str]:
    return sorted(codes, key=lambda code: (hashlib.sha256(f"{seed}/{code}".encode()).hexdigest(), code))
