"""How an article of the column is shown: to an office with all that stands in its way, to everybody as it was released.

What must stay true: what everybody reads names no account and nobody who wrote or released it, and an article in any
other state than released is not there; one that was withdrawn says so.
"""

from typing import Any

from services.notification import column
from services.spine import errors

PUBLIC = ("article_id", "title", "region", "region_name", "unit_name", "publisher", "released_at")


def shown(article: column.Article, found: list[dict[str, Any]], followed_by: str | None = None) -> column.Article:
    """An article as an office sees it, with what stands in the way of its release, and the draft made after it."""
    releases = [{key: one[key] for key in ("step", "by", "at")} for one in article["releases"]]
    hidden = ("written", "corrected", "known", "releases")
    kept = {key: value for key, value in article.items() if key not in hidden}
    return {**kept, "releases": releases, "hash": column.hash_of(article), "unfit": found, "followed_by": followed_by}


def row(article: column.Article) -> column.Article:
    """An article as a line of the office's list."""
    kept = {key: article[key] for key in ("state", "unit", "flagged", "campaign")}
    return {**public_row(article), **kept, "number": article.get("number", 1)}


def public_row(article: column.Article) -> column.Article:
    """A released article as a line of the public list."""
    return {**{key: article[key] for key in PUBLIC}, "held_on": article["facts"]["held_on"]}


def public(article: column.Article) -> column.Article:
    """A released article as everybody reads it: no account, no name, no earlier state."""
    if article["state"] == "withdrawn":
        raise errors.Refusal("article_gone")
    if article["state"] != "released":
        raise errors.Refusal("not_found", id=article["article_id"])
    return {
        **public_row(article),
        "paragraphs": article["text"].split("\n"),
        **{key: article[key] for key in ("facts", "pictures")},
    }


def picture_of(article: column.Article, sha256: str) -> column.Picture:
    """One of its pictures."""
    for one in article["pictures"]:
        if one["sha256"] == sha256:
            return dict(one)
    raise errors.Refusal("not_found", id=sha256)
