"""A work tip as it is seen: as an official paper for the page, for Word and for print, and what is told of it.

What must stay true: whoever sees a version, in whichever form, sees the same paper. A block: see spine's official_word.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notification import tip_text, tips
from services.notification.tips import Receipt, Tip, Version

Block = dict[str, Any]


def nodes(version: Version, unit: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A unit's own days of the aspects a tip is about, as they stand now."""
    titles = {one["number"]: one["title"] for one in version["aspects"]}
    return [{**one, "title": titles[one["number"]]} for one in unit.get("due", ()) if one["number"] in titles]


def paper(version: Mapping[str, Any], nodes: Sequence[Mapping[str, Any]] = ()) -> list[Block]:
    """A version (or what is to become one) as an official paper, block by block; a unit's own days stand behind it."""
    text = version["text"]
    blocks: list[Block] = [
        {"kind": "issuer", "text": text["issuer"]},
        {"kind": "serial", "text": text["serial"]},
        {"kind": "title", "text": text["title"]},
        {"kind": "addressee", "text": f"{text['addressee']}："},
    ]
    for place, section in enumerate(text["sections"]):
        blocks.append({"kind": "heading", "text": f"{tip_text.numeral(place + 1)}、{section['heading']}"})
        lines = (line.strip() for line in section["text"].splitlines())
        blocks += [{"kind": "paragraph", "text": line} for line in lines if line]
    issued_on = version.get("issued_on")
    signed = [text["issuer"], *([tip_text.day(issued_on)] if issued_on else [])]
    blocks += [{"kind": "signature", "text": line} for line in signed]
    if nodes:
        rows = [
            ["序号", "事项", "本单位时限"],
            *([str(one["number"]), one["title"]["zh"], tip_text.day(one["due_on"])] for one in nodes),
        ]
        blocks.append({"kind": "table", "text": "附：本单位时间节点", "rows": rows})
    return blocks


def shown(tip: Tip, last: Version | None, counted: Mapping[str, int]) -> dict[str, Any]:
    """A tip as its office sees it: as it is being written, and how far its units are with the last version."""
    keys = ("tip_id", "campaign", "region", "county", "stage", "level", "text", "definition", "by", "at", "revision")
    told = {key: tip[key] for key in keys}
    differs = last is None or last["text"] != tip["text"]
    brief = {key: value for key, value in shown_version(last).items() if key != "paper"} if last else None
    return {**told, "paper": paper(tip), "last": brief, "differs": differs, "counts": dict(counted)}


def shown_version(version: Version, nodes: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A version that went out, as a paper."""
    keys = ("tip_id", "version", "issued_on", "sha256", "to", "units", "reason", "by", "at")
    return {**{key: version[key] for key in keys}, "paper": paper(version, nodes)}


def shown_receipt(row: Receipt) -> dict[str, Any]:
    """What one unit has, with who of it read it and who acknowledged it when."""
    keys = ("receipt_id", "tip_id", "campaign", "region", "group", "unit", "level", "stage", *tips.OF_A_VERSION)
    earlier = [
        {"version": one["version"], "state": one["state"], "issued_at": one["issued_at"]} for one in row["earlier"]
    ]
    return {**{key: row[key] for key in keys}, "earlier": earlier, "latest": row.get("latest", row["version"])}
