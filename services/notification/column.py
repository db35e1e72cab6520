"""An article of the column (专栏): drafted from a held meeting, released by two people, withdrawn with its reason.

What must stay true: nothing is public that two different accounts have not released exactly as it stands, and nothing
is released in which scrubbing still finds something; what is changed after the first release needs a first one again.
A draft has the unit, the day, how many came, the order of the agenda and how many measures were planned, nothing else.
An article: {_id, article_id, campaign, region, group, unit, unit_name, region_name, state, title, text: paragraphs by
line, pictures: [{sha256, media, caption}], publisher, facts: {kind: what meeting it was, held_on, expected, present,
agenda: [{zh, en}], measures}, written: whether somebody wrote in it, removed: [{kind, words}], flagged: {number, at,
held_on, expected, present} as the record of the meeting was corrected, until somebody has looked at it, releases:
[{step, by, account, at}], released_at, withdrawn: {reason, at}, history: [{what, by, at, reason}]}.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

from services.notification import scrubbing
from services.spine import errors
from services.spine.events import Event, Fact

Article = dict[str, Any]
Picture = dict[str, str]
Changed = tuple[Article, list[Fact]]
MOST_PICTURES, MOST_REMOVED = 9, 200
MOVES = {
    "edit": {"draft": "draft", "first": "draft"},
    "first": {"draft": "first"},
    "second": {"first": "released"},
    "withdraw": {"released": "withdrawn"},
}
"""What may be done in which state, and the state it leads to."""
STATES = ("draft", "first", "released", "withdrawn")
CONTENT = ("title", "text", "pictures", "facts", "unit_name", "region_name", "publisher")


class Hand(NamedTuple):
    """Who does it, and when."""

    account: str
    by: str
    at: str


def article_id(event: Event) -> str:
    """The article of the meeting that an event tells of."""
    return f"{event['campaign']}.{event['data']['unit']}.a1"


def draft(event: Event, outline: dict[str, Any]) -> Article:
    """The draft from a meeting that was held, and what the registry lets out of it."""
    said = event["data"]
    facts = {**_numbers(event), "kind": outline["kind"], "agenda": outline["agenda"], "measures": None}
    names = {key: outline[key] for key in ("unit_name", "region_name", "publisher")}
    begun = {"what": "drafted", "by": "", "at": event["time"], "reason": ""}
    place = {key: event[key] for key in ("campaign", "region")} | {key: said[key] for key in ("unit", "group")}
    key = article_id(event)
    empty: Article = {"written": False, "removed": [], "flagged": None, "releases": [], "pictures": []}
    made = {"_id": key, "article_id": key, **place, **names, "state": "draft", "facts": facts, **empty}
    return _worded({**made, "released_at": None, "withdrawn": None, "history": [begun]})


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


def edit(article: Article, words: dict[str, Any], names: Iterable[str], hand: Hand) -> Article:
    """The title and text somebody wrote over what was read (told by its `hash`); with `scrub` what may not stand in
    them is taken out first, and listed."""
    _after(article, "edit")
    title, text, removed = _tidy(words["title"]).replace("\n", " "), _tidy(words["text"]), []
    if words.get("scrub"):
        known = list(names)
        title, first = scrubbing.scrub(title, known, _harmless(article))
        text, more = scrubbing.scrub(text, known, _harmless(article))
        title, removed = title or _title(article), [*first, *more]
    if (title, text) == (article["title"], article["text"]) and not article["flagged"]:
        return article
    if words.get("hash", hash_of(article)) != hash_of(article):
        raise errors.Refusal("changed_meanwhile")
    removed = [*article["removed"], *removed][-MOST_REMOVED:]
    changed = {"title": title, "text": text, "removed": removed, "flagged": None, "written": True}
    return _rewritten({**article, **changed}, "edited", hand)


def illustrate(article: Article, picture: Picture, hand: Hand) -> Article:
    """One more picture at its end, or another caption of one that is there."""
    others = [one for one in article["pictures"] if one["sha256"] != picture["sha256"]]
    if len(others) >= MOST_PICTURES:
        raise errors.Refusal("too_many_pictures", most=MOST_PICTURES)
    changed = [*others, {**picture, "caption": _tidy(picture["caption"]).replace("\n", " ")}]
    return _rewritten({**article, "pictures": changed}, "pictured", hand)


def remove_picture(article: Article, sha256: str, hand: Hand) -> Article:
    """Without that picture; removed twice it is removed once."""
    left = [one for one in article["pictures"] if one["sha256"] != sha256]
    return article if left == article["pictures"] else _rewritten({**article, "pictures": left}, "pictured", hand)


def release(article: Article, step: str, read: str, names: Iterable[str], hand: Hand) -> Changed:
    """The first or the second release of exactly what was read; the second, by somebody else, makes it public."""
    own = [one for one in article["releases"] if one["account"] == hand.account]
    if own and own[0]["step"] == step:
        return article, []
    state = _after(article, step)
    if own:
        raise errors.Refusal("article_second_person")
    if read != hash_of(article):
        raise errors.Refusal("article_read_otherwise")
    if found := unfit(article, names):
        raise errors.Refusal("article_unfit", count=len(found), errors=found)
    signed = {"step": step, "by": hand.by, "account": hand.account, "at": hand.at}
    changed = _noted({**article, "state": state, "releases": [*article["releases"], signed]}, f"{step}_release", hand)
    if state != "released":
        return changed, []
    return {**changed, "released_at": hand.at}, [_fact(changed, "column_released")]


def withdraw(article: Article, reason: str, hand: Hand) -> Changed:
    """It is public no more; its address says that it was withdrawn."""
    if article["state"] == "withdrawn":
        return article, []
    changed = {**article, "state": _after(article, "withdraw"), "withdrawn": {"reason": reason, "at": hand.at}}
    return _noted(changed, "withdrawn", hand, reason), [_fact(changed, "column_withdrawn")]


def unfit(article: Article, names: Iterable[str]) -> list[dict[str, Any]]:
    """The places of an article that may not be made public, each with its reason."""
    known = list(names)
    parts = [scrubbing.places(article[part], f"/{part}", known, _harmless(article)) for part in ("title", "text")]
    for number, one in enumerate(article["pictures"]):
        parts.append(scrubbing.places(one["caption"], f"/pictures/{number}", known, _harmless(article)))
    return [place for part in parts for place in part]


def hash_of(article: Article) -> str:
    """What tells the content that is released."""
    content = {key: article[key] for key in CONTENT}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _after(article: Article, deed: str) -> str:
    if article["state"] not in MOVES[deed]:
        raise errors.Refusal("article_not_so", state=article["state"])
    return MOVES[deed][article["state"]]


def _rewritten(article: Article, what: str, hand: Hand) -> Article:
    """A changed article is a draft again; a first release no longer holds."""
    what = what if article["state"] == "draft" else "release_lost"
    return _noted({**article, "state": _after(article, "edit"), "releases": []}, what, hand)


def _renewed(article: Article, numbers: dict[str, Any], what: str, at: str) -> Article:
    """The article with facts that are newer; released ones stay as they were released."""
    facts = {**article["facts"], **numbers}
    if article["state"] not in MOVES["edit"] or facts == article["facts"]:
        return article
    changed = {**article, "facts": facts, "state": MOVES["edit"][article["state"]], "releases": []}
    changed = changed if article["written"] else _worded(changed)
    return _noted(changed, what, Hand("", "", at))


def _numbers(event: Event) -> dict[str, Any]:
    return {key: event["data"][key] for key in ("held_on", "expected", "present")}


def _worded(article: Article) -> Article:
    """The title and text that the facts make, as long as nobody wrote in them."""
    facts = article["facts"]
    year, month, day = (int(part) for part in facts["held_on"].split("-"))
    came = f"班子成员应到{facts['expected']}人，实到{facts['present']}人，符合规定人数"
    begun = f"{year}年{month}月{day}日，{article['unit_name']}召开{facts['kind']}。{came}。"
    steps = "；".join(step["zh"] for step in facts["agenda"])
    lines = [begun, f"会议依次进行：{steps}。" if steps else ""]
    lines += [f"会后，列入整改方案的问题共{facts['measures']}项，逐项明确了整改措施。"] if facts["measures"] else []
    text, removed = scrubbing.scrub("\n".join(filter(None, lines)), (), _harmless(article))
    return {**article, "title": _title(article), "text": text, "removed": removed}


def _title(article: Article) -> str:
    return f"{article['unit_name']}召开{article['facts']['kind']}"


def _harmless(article: Article) -> tuple[str, ...]:
    return article["unit_name"], article["region_name"]


def _tidy(text: str) -> str:
    """Paragraphs by line, without empty ones and signs that nobody sees."""
    lines = ("".join(sign for sign in line if unicodedata.category(sign)[0] != "C") for line in text.splitlines())
    return "\n".join(line.strip() for line in lines if line.strip())


def _noted(article: Article, what: str, hand: Hand, reason: str = "") -> Article:
    return {**article, "history": [*article["history"], {"what": what, "by": hand.by, "at": hand.at, "reason": reason}]}


def _fact(article: Article, name: str) -> Fact:
    data = {"article_id": article["article_id"], "unit": article["unit"], "hash": hash_of(article)}
    return Fact(name, article["article_id"], article["campaign"], article["region"], data)
