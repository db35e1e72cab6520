"""Drafts of the column: one from each meeting that was held, another after one was withdrawn, and what they hear later.

What must stay true: a draft has the unit, the day, how many came, the order of the agenda and how many measures were
planned, nothing else; what was released stays as it was; what was withdrawn stays withdrawn, and the draft that follows
it is another article.
"""

from typing import Any

from services.notification import column
from services.notification.column import Article, Hand
from services.spine import errors
from services.spine.events import Event


def draft(event: Event, outline: dict[str, Any]) -> Article:
    """The draft from a meeting that was held, and what the registry lets out of it."""
    said = event["data"]
    facts = {**_numbers(event), "kind": outline["kind"], "agenda": outline["agenda"], "measures": None}
    place = {key: event[key] for key in ("campaign", "region")} | {key: said[key] for key in ("unit", "group")}
    place |= {key: outline[key] for key in column.NAMED}
    return _begun(place, facts, 1, None, {"what": "drafted", "by": "", "at": event["time"], "reason": ""})


def redraft(article: Article, hand: Hand) -> Article:
    """Another draft of the same meeting after one that was withdrawn, with the numbers that hold now."""
    if article["state"] != "withdrawn":
        raise errors.Refusal("article_not_so", state=article["state"])
    place = {key: article[key] for key in ("campaign", "region", "unit", "group", *column.NAMED)}
    facts = {**article["facts"], **article.get("known", {})}
    begun = {"what": "redrafted", "by": hand.by, "at": hand.at, "reason": ""}
    made = _begun(place, facts, _number(article) + 1, article["article_id"], begun)
    return {**made, "corrected": article.get("corrected", 0)}


def following(article: Article) -> str:
    """The id of the draft that follows an article that was withdrawn, whether it was made or not."""
    return _key(article, _number(article) + 1)


def correct(article: Article, event: Event) -> Article:
    """The record of the meeting was corrected: an unreleased article has the numbers that hold now, and is flagged."""
    number = event["data"]["number"]
    if number <= article.get("corrected", 0):
        return article
    numbers = _numbers(event)
    noted = {**article, "corrected": number, "flagged": {"number": number, "at": event["time"], **numbers}}
    return _renewed(noted, numbers, "corrected", event["time"])


def plan(article: Article, event: Event) -> Article:
    """The unit's plan was approved: an unreleased article says how many measures it has."""
    return _renewed(article, {"measures": event["data"]["items"]}, "planned", event["time"])


def _begun(place: dict[str, Any], facts: dict[str, Any], number: int, follows: str | None, deed: Any) -> Article:
    key = _key(place, number)
    empty: Article = {"state": "draft", "written": False, "flagged": None, "releases": [], "pictures": []}
    empty |= {"released_at": None, "withdrawn": None, "number": number, "follows": follows}
    return _worded({"_id": key, "article_id": key, **place, **empty, "facts": facts, "history": [deed]})


def _key(place: dict[str, Any], number: int) -> str:
    return f"{place['campaign']}.{place['unit']}.a{number}"


def _number(article: Article) -> int:
    return int(article["article_id"].rpartition(".a")[2])


def _renewed(article: Article, numbers: dict[str, Any], what: str, at: str) -> Article:
    """The article with facts that are newer; what was released stays as it was, what is drafted after it has them."""
    facts = {**article["facts"], **numbers}
    noted = {**article, "known": {**article.get("known", {}), **numbers}}
    if article["state"] not in column.MOVES["edit"] or facts == article["facts"]:
        return noted
    changed = {**noted, "facts": facts, "state": column.MOVES["edit"][article["state"]], "releases": []}
    changed = changed if article["written"] else _worded(changed)
    return column.noted(changed, what, Hand("", "", at))


def _numbers(event: Event) -> dict[str, Any]:
    return {key: event["data"][key] for key in ("held_on", "expected", "present")}


def _worded(article: Article) -> Article:
    """The title and text that the facts make, as long as nobody wrote in them."""
    fit = column.scrubbed({"removed": [], **article, "title": "", "text": ""})
    facts = fit["facts"]
    year, month, day = (int(part) for part in facts["held_on"].split("-"))
    came = f"班子成员应到{facts['expected']}人，实到{facts['present']}人，符合规定人数"
    begun = f"{year}年{month}月{day}日，{article['unit_name']}召开{facts['kind']}。{came}。"
    steps = "；".join(step["zh"] for step in facts["agenda"])
    lines = [begun, f"会议依次进行：{steps}。" if steps else ""]
    lines += [f"会后，列入整改方案的问题共{facts['measures']}项，逐项明确了整改措施。"] if facts["measures"] else []
    return column.scrubbed({**fit, "title": column.usual_title(fit), "text": "\n".join(filter(None, lines))})
