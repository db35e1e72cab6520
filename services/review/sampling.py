"""A sample read again, blind: what is drawn, who reads it, and how far the groups agree.

Drawn is from what groups decided (and a person can read here), a share of each group's and at least one. Each reading
goes to another group, the one that has been given least; any reader of that group may do it, or the office. What must
stay true: nothing is drawn twice; nobody who judged first, or is of the group that did, or must not read the unit,
reads again; a work secret is read again by the office alone; and whoever reads learns nothing of the first verdict,
not even afterwards. Pure: chance comes in.

A rereading: {_id, rereading_id, campaign, unit, kind, review_id, group: who reads again (None: the office alone),
first: {group, by_account, passed, standards: {code: bool}}, seed, drawn_at, state: open|judged, second: None or {by,
by_account, at, outcome, standards}, agreed: None or {passed: 0|1, and each standard: 0|1}}.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from services.review import domain, holding, reading
from services.spine import errors

Rereading = dict[str, Any]
Chance = Callable[[str], float]
FEWEST = 10
"""Below so many, agreement beyond chance says nothing."""
ALL = ("passed", *domain.STANDARDS)


class Second(NamedTuple):
    """Who reads again: account, the groups of which he is, the units he must not read."""

    account: str
    groups: frozenset[str]
    barred: holding.Barred


def draw(decided: Iterable[tuple[str, str]], percent: int, chance: Chance) -> list[str]:
    """That share of each group's reviews, at least one: those with the lowest chance, so that the same draws the same.

    decided: (review_id, group).
    """
    by_group: dict[str, list[str]] = {}
    for review_id, group in decided:
        by_group.setdefault(group, []).append(review_id)
    drawn = []
    for group in sorted(by_group):
        ranked = sorted(by_group[group], key=lambda one: (chance(one), one))
        drawn += ranked[: max(1, (len(ranked) * percent + 50) // 100)]
    return drawn


def hand_out(
    reviews: Iterable[domain.Review], groups: Sequence[str], given: Mapping[str, int], seed: str, at: str
) -> list[Rereading]:
    """Rereadings of drawn reviews, each for the other group that has been given least; a work secret is for none."""
    load = {group: given.get(group, 0) for group in groups}
    rereadings = []
    for review in reviews:
        others = [] if reading.is_work_secret(review) else [group for group in load if group != review["group"]]
        group = min(others, key=lambda one: (load[one], one), default=None)
        if group:
            load[group] += 1
        rereadings.append(_begin(review, group, seed, at))
    return rereadings


def _begin(review: domain.Review, group: str | None, seed: str, at: str) -> Rereading:
    verdict, key = review["verdict"], hashlib.sha256(f"{seed}/{review['_id']}".encode()).hexdigest()[:20]
    passed = {code: verdict["standards"][code]["passed"] for code in domain.STANDARDS}
    first = {"group": review["group"], "by_account": verdict["by_account"], "standards": passed}
    return {
        "_id": key,
        "rereading_id": key,
        **{name: review[name] for name in ("campaign", "unit", "kind", "review_id")},
        "group": group,
        "first": {**first, "passed": verdict["outcome"] == "passed"},
        "seed": seed,
        "drawn_at": at,
        "state": "open",
        "second": None,
        "agreed": None,
    }


def check_may_read(rereading: Rereading, who: Second) -> None:
    """Refuse whoever judged first, or with whom, and who must not read this unit's materials."""
    if rereading["first"]["by_account"] == who.account or rereading["first"]["group"] in who.groups:
        raise errors.Refusal("judged_first")
    holding.check_not_barred(rereading["unit"], who.barred)


def judge(
    rereading: Rereading, review: domain.Review, standards: dict[str, dict[str, Any]], reader: domain.Reader
) -> Rereading:
    """The second verdict, once; said again by the same person it changes nothing."""
    second = rereading["second"]
    if second:
        if (second["by_account"], second["standards"]) != (reader.account, standards):
            raise errors.Refusal("already_reread", by=second["by"], at=second["at"])
        return rereading
    domain.check_goes_on(rereading)
    domain.check_standards(review, standards)
    second = {"by": reader.name, "by_account": reader.account, "at": reader.at, "outcome": domain.judge(standards)}
    passed = {code: standards[code]["passed"] for code in domain.STANDARDS}
    mine = {"passed": second["outcome"] == "passed", **passed}
    theirs = {"passed": rereading["first"]["passed"], **rereading["first"]["standards"]}
    agreed = {one: int(mine[one] == theirs[one]) for one in ALL}
    return {**rereading, "state": "judged", "second": {**second, "standards": standards}, "agreed": agreed}


def row(rereading: Rereading, *, office: bool) -> dict[str, Any]:
    """A rereading as a line of the list: blind; once it is judged the office sees what it was about."""
    keys = ("rereading_id", "kind", "group", "state", "drawn_at")
    shown = {**{key: rereading[key] for key in keys}, "judged_at": (rereading["second"] or {}).get("at")}
    if office and rereading["second"]:
        first = {"review_id": rereading["review_id"], "first_group": rereading["first"]["group"]}
        shown |= {**first, "agreed": bool(rereading["agreed"]["passed"])}
    return shown


def text(rereading: Rereading, review: domain.Review) -> dict[str, Any]:
    """What is read again: the text with what programs found in it, and nothing that was said or decided about it."""
    shown = {key: rereading[key] for key in ("rereading_id", "campaign", "kind", "state")}
    shown |= {key: review[key] for key in ("paragraphs", "structure", "findings", "form")}
    flags = [{key: one[key] for key in ("source", "version", "findings")} for one in review["flags"]]
    return {**shown, "flags": flags}


def calibration(decided: Mapping[str, tuple[int, int]], pairs: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """{groups: [row], overall: row}, a row {group, judged, passed_share, reread, agreed_share, kappa, by_standard}.

    decided: (judged, passed) by group. pairs: {group, first, second: passed or not, count, and each standard: how often
    both said the same of it}.
    """
    by_group: dict[str, list[Mapping[str, Any]]] = {group: [] for group in decided}
    for pair in pairs:
        by_group.setdefault(pair["group"], []).append(pair)
    rows = [_row(group, *decided.get(group, (0, 0)), by_group[group]) for group in sorted(by_group, key=_place)]
    judged, passed = (sum(one[place] for one in decided.values()) for place in (0, 1))
    return {
        "groups": rows,
        "overall": _row(None, judged, passed, [one for pairs in by_group.values() for one in pairs]),
    }


def _place(group: str) -> tuple[int, str]:
    return len(group), group


def _row(group: str | None, judged: int, passed: int, pairs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    cells: Counter[tuple[bool, bool]] = Counter()
    for pair in pairs:
        cells[pair["first"], pair["second"]] += pair["count"]
    reread, same = cells.total(), cells[True, True] + cells[False, False]
    by_standard = {code: _share(sum(pair[code] for pair in pairs), reread) for code in domain.STANDARDS}
    shares = {"passed_share": _share(passed, judged), "reread": reread, "agreed_share": _share(same, reread)}
    return {"group": group, "judged": judged, **shares, "kappa": kappa(cells), "by_standard": by_standard}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def kappa(cells: Mapping[tuple[bool, bool], int]) -> float | None:
    """Cohen's kappa of (first passed, second passed): 1 full agreement, 0 no more than by chance.

    None below FEWEST pairs, and where both always said the same one thing. (J. Cohen, 1960.)
    """
    total = sum(cells.values())
    if total < FEWEST:
        return None
    firsts, seconds = (sum(count for pair, count in cells.items() if pair[place]) for place in (0, 1))
    same = sum(count for (first, second), count in cells.items() if first == second)
    by_chance = firsts * seconds + (total - firsts) * (total - seconds)
    if by_chance == total * total:
        return None
    return round((same * total - by_chance) / (total * total - by_chance), 4)
