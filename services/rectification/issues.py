"""Issues of the effectiveness list: numbered within a unit or a region, published once, never changed.

What must stay true: an issue holds exactly the lines its publisher saw; a line whose closure no longer stands is marked
as withdrawn beside it, with the reason, by itself; nothing in an issue is edited. An issue: {_id: campaign.of.iN,
issue_id, campaign, kind: unit|region, of, region, unit and group: whose it is or, for a region, all it is shown to,
number, title, names, lines, hash, count, by, by_account, at, on, withdrawn: [{item_id, because, reason, by, at}]}.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from services.rectification.domain import Changed, Hand, Item, fingerprint
from services.spine.errors import Refusal
from services.spine.events import Fact

Issue = dict[str, Any]
Line = dict[str, Any]
MOST_LINES = 500
"""So many lines in one issue at most; the rest waits for the next."""
UNDONE = ("reopened", "rebounded")


def unpublished(lines: Iterable[Line], issues: Sequence[Issue]) -> list[Line]:
    """The lines no issue of the place shows, the same order for the same lines."""
    shown = {one["item_id"] for issue in issues for one in standing(issue)}
    left = [one for one in lines if one["item_id"] not in shown]
    return sorted(left, key=lambda one: (one["unit"], one["number"], one["item_id"]))[:MOST_LINES]


def standing(issue: Issue) -> list[Line]:
    """The lines of an issue that were not withdrawn."""
    gone = {one["item_id"] for one in issue["withdrawn"]}
    return [one for one in issue["lines"] if one["item_id"] not in gone]


def drafted(place: dict[str, Any], lines: Sequence[Line], issues: Sequence[Issue], waiting: int) -> dict[str, Any]:
    """What would be published now."""
    new = unpublished(lines, issues)
    number = 1 + max((one["number"] for one in issues), default=0)
    issue_id = f"{place['campaign']}.{place['of']}.i{number}"
    where = {key: place[key] for key in ("campaign", "kind", "of", "region")}
    return {**where, "issue_id": issue_id, "number": number, "hash": fingerprint(new), "lines": new, "waiting": waiting}


def publish(
    draft: dict[str, Any], asked: dict[str, Any], place: dict[str, Any], hand: Hand, own_units: bool
) -> tuple[Issue, list[Fact]]:
    """The office publishes exactly what it saw; nobody what is of own units alone."""
    if not draft["lines"]:
        raise Refusal("nothing_to_publish")
    if own_units:
        raise Refusal("own_unit")
    if draft["hash"] != asked["hash"]:
        raise Refusal("effects_changed")
    units = {one["unit"] for one in draft["lines"]}
    issue = {
        "_id": draft["issue_id"],
        **{key: value for key, value in draft.items() if key != "waiting"},
        **{key: place[key] for key in ("unit", "group")},
        "title": asked["title"],
        "names": {unit: name for unit, name in asked["names"].items() if unit in units},
        "count": len(draft["lines"]),
        "by": hand.name,
        "by_account": hand.account,
        "at": hand.at,
        "on": hand.today,
        "withdrawn": [],
    }
    said = {key: issue[key] for key in ("issue_id", "kind", "of", "number", "hash")} | {"lines": issue["count"]}
    said |= {key: issue[key] for key in ("unit", "group")} if issue["kind"] == "unit" else {}
    return issue, [Fact("effects_published", issue["_id"], issue["campaign"], issue["region"], said)]


def withdraw(issue: Issue, items: Sequence[Item], at: str) -> Changed:
    """The lines whose closure no longer stands are marked; heard again nothing changes."""
    stands = {one["item_id"]: one for one in standing(issue)}
    gone, facts = [], []
    for item in items:
        line, closeout = stands.get(item["_id"]), item.get("closeout") or {}
        if line is None or (item["state"] == "closed" and closeout.get("at") == line["closure"]):
            continue
        last = next(one for one in reversed(item["history"]) if one["what"] in UNDONE)
        gone.append(
            {"item_id": item["_id"], "because": last["what"], "reason": last["reason"], "by": last["by"], "at": at}
        )
        said = {key: item[key] for key in ("item_id", "unit", "group", "category")}
        said |= {"issue_id": issue["_id"], "because": last["what"]}
        facts.append(Fact("effect_withdrawn", issue["_id"], item["campaign"], item["region"], said))
    return ({**issue, "withdrawn": [*issue["withdrawn"], *gone]} if gone else issue), facts


def shown(issue: Issue) -> Issue:
    """An issue as people see it."""
    hidden = ("_id", "outbox", "revision", "by_account", "unit", "group")
    return {key: value for key, value in issue.items() if key not in hidden}
