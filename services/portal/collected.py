"""What was collected about a unit, post by post, with what became of each opinion: where it is answered, which problem
it became, when it was fed back and read. The summary of opinions (M03) is the same as a workbook, or as a form.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from services.portal import asking, opinions, wording
from services.spine import clock

KIND_OF = {"team": "team_inspection"}
LONGEST = 5000
"""Of a text in the form of the summary."""


@dataclass(frozen=True)
class About:
    """The opinions about one post, as `opinions.merged` gives them, with the review they were looked for in."""

    post: str
    rows: list[dict[str, Any]]
    review: str

    @property
    def standing(self) -> list[dict[str, Any]]:
        """Those that must be answered."""
        return [one for one in self.rows if one["state"] not in ("merged", "withdrawn")]


def of(campaign: str, unit: str) -> list[About]:
    """Every post of a unit about which something was collected; each opinion with `items`, the problems it became."""
    rows = list(asking.everything("intake", "/opinions", campaign=campaign, unit=unit))
    became = _became(campaign, unit)
    posts = sorted({row["post"] for row in rows}, key=lambda post: (post != "team", post))
    reviews = _reviews(campaign, unit, posts)
    found = []
    for post in posts:
        review = reviews.get(post) or {}
        said = opinions.merged([row for row in rows if row["post"] == post], review.get("answers") or [])
        shown = [{**one, "items": became.get(one["opinion_id"], [])} for one in said]
        found.append(About(post, shown, str(review.get("review_id", ""))))
    return found


def _became(campaign: str, unit: str) -> dict[str, list[dict[str, Any]]]:
    """The problems that opinions became or were joined to, by opinion."""
    items = {
        one["item_id"]: one for one in asking.rows("rectification", "/ledger", campaign=campaign, unit=unit, size=500)
    }
    place = {"campaign": campaign, "unit": unit, "source": "opinion", "state": "adopted"}
    taken_up = [
        (one["candidate_id"], one["item_id"]) for one in asking.rows("rectification", "/candidates", **place, size=500)
    ]
    pairs = {*taken_up, *((one["opinion_id"], one["item_id"]) for one in items.values() if one.get("opinion_id"))}
    became: dict[str, list[dict[str, Any]]] = {}
    for opinion_id, item_id in sorted(pairs):
        if item_id in items:
            became.setdefault(opinion_id, []).append(items[item_id])
    return became


def heads() -> list[str]:
    """The columns of the summary of opinions."""
    return [
        gettext("征求方式"), gettext("对象"), gettext("类别"), gettext("方面"), gettext("意见原话"), gettext("回应"),
        gettext("回应的原文"), gettext("列入台账"), gettext("反馈日期"), gettext("已阅"),
    ]  # fmt: skip


def lines(found: list[About], titles: dict[str, str], aspects: dict[str, str]) -> list[list[str]]:
    """The summary of opinions: a merged one in place of its parts, whose words follow it."""
    told = []
    for about in found:
        words = {one["opinion_id"]: one["text"] for one in about.rows}
        for one in about.standing:
            filed, anchor = one["filed"] or {}, one["anchor"] or {}
            parts = [f"· {words[part]}" for part in one["merges"] if part in words]
            told.append([
                wording.word("opinion_source", one["source"]), titles.get(about.post, about.post),
                filed.get("category") or "", aspects.get(filed.get("aspect") or "", ""),
                "\n".join([one["text"], *parts]), wording.word("opinion", one["state"]),
                anchor.get("quotation") or "", "\n".join(str(item["problem"]) for item in one["items"]),
                one["fed_back_on"] or "", one["read_on"] or "",
            ])  # fmt: skip
    return told


def channels(found: list[About], forms: list[dict[str, Any]]) -> dict[str, dict[str, int | None]]:
    """In which ways opinions were collected: {channel: {opinions, people}}; how many people is known of forms only."""
    said, told = Counter(one["source"] for one in _originals(found)), Counter[str]()
    for form in forms:
        if form["answered"]:
            told[form["source"]] += form["answered"]
    return {source: {"opinions": said[source], "people": told.get(source)} for source in sorted({*said, *told})}


def document(found: list[About], people: Mapping[str, Any]) -> dict[str, Any]:
    """The form of the summary, with how many people were asked in each way."""
    originals = _originals(found)
    days, said = [_day(one["entered"]) for one in originals], Counter(one["source"] for one in originals)
    counts = [{"channel": source, "people": number, "opinions": said[source]} for source, number in people.items()]
    rows = [_row(about, one) for about in found for one in about.standing]
    return {"collected_from": min(days), "collected_to": max(days), "counts": counts, "opinions": rows} if days else {}


def _day(entered: dict[str, str]) -> str:
    """The day an opinion was entered; of an anonymous one no more than that is kept."""
    return entered.get("on") or clock.local_day(entered["at"])


def _originals(found: list[About]) -> list[dict[str, Any]]:
    """The opinions as they were said, not those in place of several, nor those withdrawn."""
    rows = (one for about in found for one in about.rows)
    return [one for one in rows if one["source"] != "merged" and one["state"] != "withdrawn"]


def _row(about: About, one: dict[str, Any]) -> dict[str, Any]:
    known = {row["opinion_id"]: row for row in about.rows}
    parts = [known[part] for part in one["merges"] if part in known]
    sources = {part["source"] for part in parts or [one]}
    words = "\n".join([one["text"], *(f"· {part['text']}" for part in parts)])
    answers = [(one["anchor"] or {}).get("quotation"), *(f"列入台账：{item['problem']}" for item in one["items"])]
    row = {
        "channel": sources.pop() if len(sources) == 1 else "other", "target": about.post, "words": words[:LONGEST],
        "aspect": (one["filed"] or {}).get("aspect"), "answer": "\n".join(filter(None, answers))[:LONGEST],
        "fed_back_on": one["fed_back_on"],
    }  # fmt: skip
    return {key: value for key, value in row.items() if value}


def _reviews(campaign: str, unit: str, posts: list[str]) -> dict[str, dict[str, Any]]:
    """By post, the review of the newest version that has to answer opinions about it."""
    materials = {row["material_id"]: row for row in asking.rows("intake", "/materials", unit=unit, size=500)}
    ids = {post: f"{campaign}.{unit}.{KIND_OF.get(post, 'speech_outline')}.{post}" for post in posts}
    known = {post: materials[key] for post, key in ids.items() if key in materials}
    paths = [f"/reviews/{row['material_id']}.v{row['version']}" for row in known.values()]
    return {post: review for post, review in zip(known, asking.many("review", paths), strict=True) if review}
