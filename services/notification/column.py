"""An article of the column (专栏): written, released by two people, withdrawn with its reason.

What must stay true: nothing is public that two different accounts have not released exactly as it stands, and nothing
is released in which scrubbing still finds something; what is changed after the first release needs a first one again.
An article: {_id, article_id, number: which draft of its meeting, follows: the one withdrawn before it, campaign,
region, group, unit, unit_name, region_name, state, title, text: paragraphs by line, pictures: [{sha256, media,
caption}], publisher, facts: {kind: what meeting it was, held_on, expected, present, agenda: [{zh, en}], measures},
known: {what was heard of the facts since it was drafted}, written: whether somebody wrote in it, removed: [{kind,
words}], flagged: {number, at, held_on, expected, present} as the record of the meeting was corrected, until somebody
has looked at it, releases: [{step, by, account, at}], released_at, withdrawn: {reason, at}, history: [{what, by, at,
reason}]}.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

from services.notification import scrubbing
from services.spine import errors
from services.spine.events import Fact

Article = dict[str, Any]
Picture = dict[str, str]
Changed = tuple[Article, list[Fact]]
MOST_PICTURES, MOST_REMOVED = 9, 200
USUAL_KIND = "民主生活会"
MOVES = {
    "edit": {"draft": "draft", "first": "draft"},
    "first": {"draft": "first"},
    "second": {"first": "released"},
    "withdraw": {"released": "withdrawn"},
}
"""What may be done in which state, and the state it leads to."""
STATES = ("draft", "first", "released", "withdrawn")
NAMED = ("unit_name", "region_name", "publisher")
CONTENT = ("title", "text", "pictures", "facts", *NAMED)


class Hand(NamedTuple):
    """Who does it, and when."""

    account: str
    by: str
    at: str


def edit(article: Article, words: dict[str, Any], names: Iterable[str], hand: Hand) -> Article:
    """The title and text somebody wrote over what was read (told by its `hash`); with `scrub` what may not stand in
    them is taken out first, and listed."""
    _after(article, "edit")
    changed = {**article, "title": _tidy(words["title"]).replace("\n", " "), "text": _tidy(words["text"])}
    if words.get("scrub"):
        changed = scrubbed(changed, names)
    if all(changed[part] == article[part] for part in CONTENT) and not article["flagged"]:
        return article
    if words.get("hash", hash_of(article)) != hash_of(article):
        raise errors.Refusal("changed_meanwhile")
    return _rewritten({**changed, "flagged": None, "written": True}, "edited", hand)


def scrubbed(article: Article, names: Iterable[str] = ()) -> Article:
    """The article with what may not be public taken out of its words, its publisher and its facts, and listed; a step
    of the agenda in which there is such a thing is left out in both languages."""
    known, safe, facts = list(names), harmless(article), article["facts"]
    agenda, removed = _fit_steps(facts["agenda"], known, safe)
    kind, found = scrubbing.scrub(facts["kind"], known, safe)
    kept = {**article, "facts": {**facts, "kind": kind or USUAL_KIND, "agenda": agenda}}
    for part, otherwise in (("publisher", article["region_name"]), ("title", usual_title(kept)), ("text", "")):
        words, more = scrubbing.scrub(article[part], known, safe)
        kept[part], found = words or otherwise, [*found, *more]
    new = [one for one in [*found, *removed] if one not in article["removed"]]
    return {**kept, "removed": [*article["removed"], *new][-MOST_REMOVED:]}


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
    changed = noted({**article, "state": state, "releases": [*article["releases"], signed]}, f"{step}_release", hand)
    if state != "released":
        return changed, []
    return {**changed, "released_at": hand.at}, [_fact(changed, "column_released")]


def withdraw(article: Article, reason: str, hand: Hand) -> Changed:
    """It is public no more; its address says that it was withdrawn."""
    if article["state"] == "withdrawn":
        return article, []
    changed = {**article, "state": _after(article, "withdraw"), "withdrawn": {"reason": reason, "at": hand.at}}
    return noted(changed, "withdrawn", hand, reason), [_fact(changed, "column_withdrawn")]


def unfit(article: Article, names: Iterable[str]) -> list[dict[str, Any]]:
    """The places of an article that may not be made public, each with its reason."""
    known, parts = list(names), {f"/{part}": article[part] for part in ("title", "text", "publisher")}
    parts |= {"/facts/kind": article["facts"]["kind"], "/facts/agenda": _agenda(article["facts"]["agenda"])}
    parts |= {f"/pictures/{number}": one["caption"] for number, one in enumerate(article["pictures"])}
    found = (scrubbing.places(text, pointer, known, harmless(article)) for pointer, text in parts.items())
    return [place for places in found for place in places]


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
    return noted({**article, "state": _after(article, "edit"), "releases": []}, what, hand)


def usual_title(article: Article) -> str:
    """What an article is called as long as nobody called it otherwise."""
    return f"{article['unit_name']}召开{article['facts']['kind']}"


def harmless(article: Article) -> tuple[str, ...]:
    """Words in which scrubbing looks for nobody."""
    return article["unit_name"], article["region_name"]


def _agenda(steps: Iterable[dict[str, str]]) -> str:
    """The steps of an agenda in both languages, one a line."""
    return "\n".join(" ".join(f"{step['zh']}；{step['en']}".split()) for step in steps)


def _fit_steps(
    steps: list[dict[str, str]], names: list[str], safe: tuple[str, ...]
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The steps in which nothing is found that may not be public, and what was found in the others."""
    removed: list[dict[str, str]] = []
    while found := scrubbing.finds(_agenda(steps), names, safe):
        removed += [{"kind": one.kind, "words": one.words[:200]} for one in found]
        lines = {one.paragraph for one in found}
        steps = [step for line, step in enumerate(steps, 1) if line not in lines]
    return steps, removed


def _tidy(text: str) -> str:
    """Paragraphs by line, without empty ones and signs that nobody sees."""
    lines = ("".join(sign for sign in line if unicodedata.category(sign)[0] != "C") for line in text.splitlines())
    return "\n".join(line.strip() for line in lines if line.strip())


def noted(article: Article, what: str, hand: Hand, reason: str = "") -> Article:
    """The article with one more line of its history."""
    return {**article, "history": [*article["history"], {"what": what, "by": hand.by, "at": hand.at, "reason": reason}]}


def _fact(article: Article, name: str) -> Fact:
    data = {"article_id": article["article_id"], "unit": article["unit"], "hash": hash_of(article)}
    return Fact(name, article["article_id"], article["campaign"], article["region"], data)
