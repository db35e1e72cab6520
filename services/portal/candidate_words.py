"""The words of candidates, and the way back to where they were said: each asked for where it stands, as this reader.

What must stay true: what a reader may not read there is not shown here either; only that it waits is.
"""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext

from services.portal import asking, clients, reference

Row = dict[str, Any]
UNREAD: dict[str, Any] = {"text": "", "aspect": None, "secret": False, "note": "", "withdrawn": None}


def of(rows: Sequence[Row]) -> dict[str, Row]:
    """What candidates say: {candidate_id: {text, aspect, secret, note, withdrawn: of an opinion by whom and why}};
    what this reader may not read is left out."""
    here = {row["candidate_id"]: {**UNREAD, "text": row["problem"]} for row in rows if row["problem"]}
    collected, criticised = _collected(_from(rows, "opinion")), _criticised(_from(rows, "criticism"))
    return {**here, **_commented(_from(rows, "supervision")), **_named(rows), **collected, **criticised}


def came(campaign: str, unit: str, **wanted: str) -> list[Row]:
    """The problems that came of something a reader has before him, with their words, as far as he sees the ledger."""
    if not asking.viewer().may("read_item"):
        return []
    return worded(asking.rows("rectification", "/candidates", campaign=campaign, unit=unit, size=500, **wanted))


def worded(rows: Sequence[Row]) -> list[Row]:
    """Candidates, each with its words as `text`."""
    words = of(rows)
    return [{**row, "text": words.get(row["candidate_id"], UNREAD)["text"]} for row in rows]


def where(row: Row) -> str | None:
    """The page a candidate's words stand on, if this reader has one."""
    viewer, meeting_id = asking.viewer(), f"{row['campaign']}.{row['unit']}"
    if row["source"] == "supervision":
        return url_for("supervision.show", meeting_id=meeting_id, _anchor=row["candidate_id"])
    if row["source"] == "opinion" and viewer.may("read_form"):
        return url_for("collected.show", unit=row["unit"], _anchor=f"o-{row['candidate_id']}")
    if row["source"] in ("self_criticism", "criticism") and row["origin"] and not row["entered"]:
        page = ("reading.read", "review_id") if row["source"] == "self_criticism" else ("materials.show", "material_id")
        return url_for(page[0], **{page[1]: row["origin"]}, _anchor="came")
    if row["source"] == "talk" and row["origin"]:
        return url_for("talks.show", meeting_id=meeting_id, _anchor=row["origin"])
    if row["source"] == "last_year" and row["origin"].split(".")[0] in viewer.campaigns:
        return url_for("items.show", item_id=row["origin"], _anchor="chain")
    return None


def _from(rows: Sequence[Row], source: str) -> list[Row]:
    return [row for row in rows if row["source"] == source]


def _commented(rows: Sequence[Row]) -> dict[str, Row]:
    """From the comments of the group."""
    comments = dict.fromkeys(str(row["candidate_id"]).rpartition(".")[0] for row in rows)
    found = asking.many("review", [f"/supervision-comments/{clients.quoted(one)}" for one in comments])
    parts = [part for comment in found if comment for part in (comment, *comment["addenda"])]
    return {one["id"]: {**UNREAD, **one} for part in parts for one in part["problems"]}


def _named(rows: Sequence[Row]) -> dict[str, Row]:
    """From the materials that passed."""
    versions = dict.fromkeys(row["origin"] for row in _from(rows, "self_criticism") if row["origin"])
    found = asking.many("review", [f"/reviews/{clients.quoted(one)}/problems" for one in versions])
    return {
        one["id"]: {**UNREAD, **one, "secret": version["secrecy"] == "work_secret"}
        for version in found
        if version
        for one in version["rows"]
    }


def _criticised(rows: Sequence[Row]) -> dict[str, Row]:
    """From the criticism lists, with a note whom each is about; a list without its form is one candidate."""
    lists = dict.fromkeys(row["origin"] for row in rows if row["origin"] and not row["entered"])
    found = asking.many("intake", [f"/materials/{clients.quoted(one)}/criticisms" for one in lists])
    return {
        one["id"]: {
            **UNREAD,
            "text": one["problem"],
            "aspect": one["aspect"],
            "secret": kept["secrecy"] == "work_secret",
            "note": _about(kept, one),
        }
        for kept in found
        if kept
        for one in kept["rows"]
    }


def _about(kept: Row, one: Row) -> str:
    if not one["problem"]:
        return str(gettext("整份批评意见清单（没有填表，逐条内容见原件）"))
    unit = str(kept["material_id"]).split(".")[1]
    return str(gettext("对 %(title)s", title=reference.post_name(unit, one["target"])))


def _collected(rows: Sequence[Row]) -> dict[str, Row]:
    """From the opinions, as they are shown to this reader."""
    about = dict.fromkeys((row["campaign"], row["unit"], str(row["candidate_id"]).split(".")[2]) for row in rows)
    paths = [f"/opinions?campaign={campaign}&unit={unit}&post={post}&size=500" for campaign, unit, post in about]
    found = [one for answer in asking.many("intake", paths) if answer for one in answer["rows"]]
    return {
        one["opinion_id"]: {
            **UNREAD,
            "text": one["text"],
            "aspect": (one["filed"] or {}).get("aspect"),
            "withdrawn": one["withdrawn"],
        }
        for one in found
    }
