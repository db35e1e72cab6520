"""What was collected about a unit, post by post, with what became of each opinion: where it is answered, which problem
it became, when it was fed back and read. The summary of opinions (M03) is the same as a workbook.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from services.portal import asking, opinions, wording

KIND_OF = {"team": "team_inspection"}


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
    rows = asking.everything("intake", "/opinions", campaign=campaign, unit=unit)
    items = asking.rows("rectification", "/items", unit=unit, source="opinion", size=500)
    became: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        became.setdefault(str(item.get("opinion_id")), []).append(item)
    posts = sorted({row["post"] for row in rows}, key=lambda post: (post != "team", post))
    reviews = _reviews(campaign, unit, posts)
    found = []
    for post in posts:
        review = reviews.get(post) or {}
        said = opinions.merged([row for row in rows if row["post"] == post], review.get("answers") or [])
        shown = [{**one, "items": became.get(one["opinion_id"], [])} for one in said]
        found.append(About(post, shown, str(review.get("review_id", ""))))
    return found


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


def _reviews(campaign: str, unit: str, posts: list[str]) -> dict[str, dict[str, Any]]:
    """By post, the review of the newest version that has to answer opinions about it."""
    materials = {row["material_id"]: row for row in asking.rows("intake", "/materials", unit=unit, size=500)}
    ids = {post: f"{campaign}.{unit}.{KIND_OF.get(post, 'speech_outline')}.{post}" for post in posts}
    known = {post: materials[key] for post, key in ids.items() if key in materials}
    paths = [f"/reviews/{row['material_id']}.v{row['version']}" for row in known.values()]
    return {post: review for post, review in zip(known, asking.many("review", paths), strict=True) if review}
