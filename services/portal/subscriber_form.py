"""What the forms about a subscriber say to the service: its part, and what is sent to it once more.

What must stay true: a time that is written is a time where the campaign lives.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from services.portal import languages, wording
from services.spine import clock, contracts

SPAN = ("since", "until", "type", "region")
_BETWEEN = re.compile(r"[\s,，、;；]+")


def kinds() -> list[str]:
    """The ways in which another system can be told."""
    return list(contracts.documents()["requests/make_subscriber"]["properties"]["kind"]["enum"])


def events() -> list[tuple[str, str]]:
    """All events by name with their titles, in the reader's language."""
    found = {name.removeprefix("events/"): schema["title"] for name, schema in contracts.documents().items()
             if name.startswith("events/") and name != "events/envelope"}  # fmt: skip
    return [(name, _titled(title)) for name, title in sorted(found.items())]


def part(form: MultiDict[str, str]) -> dict[str, Any]:
    """Of what it is told: its title, events, regions, secrecy and last day."""
    return {
        "title": form.get("title", "").strip(),
        "types": form.getlist("types"),
        "regions": [word for word in _BETWEEN.split(form.get("regions", "")) if word],
        "secrecy": form.get("secrecy", "internal"),
        "until": form.get("until") or None,
    }


def span(given: Mapping[str, str], begins: str = "r_") -> dict[str, str]:
    """What is to be sent once more: between two moments, of an event, in a region."""
    found = {key: given.get(f"{begins}{key}", "").strip() for key in SPAN}
    return {key: _moment(text) if key in ("since", "until") else text for key, text in found.items() if text}


def said(change: Mapping[str, str]) -> str:
    """What was changed of it, in words."""
    what, _, rest = change["what"].partition(" ")
    if what == "replay" and rest:
        return _replayed(rest)
    if what == "skipped":
        return str(gettext("跳过第 %(n)s 号", n=rest))
    return languages.listed(wording.word("subscriber_change", one) for one in what.split(","))


def told(subscriber: Mapping[str, Any]) -> str:
    """Of how many events, and where, in one line."""
    events = gettext("%(n)s 种事件", n=len(subscriber["types"])) if subscriber["types"] else gettext("全部事件")
    where = languages.listed(subscriber["regions"][:3]) if subscriber["regions"] else gettext("全部地区")
    return f"{events} · {where}{'…' if len(subscriber['regions']) > 3 else ''}"


def _replayed(rest: str) -> str:
    if rest == "stopped":
        return str(gettext("停止重放"))
    if rest.startswith("of "):
        return str(gettext("重放 %(n)s 个事件", n=rest[3:]))
    return str(gettext("重发第 %(n)s 号", n=rest))


def _moment(text: str) -> str:
    try:
        return clock.stamp(datetime.fromisoformat(text).replace(tzinfo=clock.ZONE))
    except ValueError:
        return text


def _titled(title: str) -> str:
    english, _, chinese = title.rpartition(" ")
    return english if languages.current() == "en" and english else chinese


def lines(rows: Iterable[Mapping[str, Any]], moment: Any) -> list[list[Any]]:
    """Subscribers as lines of a workbook."""
    return [
        [
            row["title"], row["code"], wording.word("subscriber_kind", row["kind"]),
            row["campaign"] or gettext("全部活动"), told(row), wording.word("secrecy", row["secrecy"]),
            row["until"] or "", wording.word("subscriber", row["state"]), row["reason"], row["lag"],
            moment(row.get("behind_since")), moment(row["read_at"]), moment(row.get("failed_at")),
            row.get("failed_because") or "",
        ]
        for row in rows
    ]  # fmt: skip
