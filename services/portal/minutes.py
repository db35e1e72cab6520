"""Minutes begun from the day of the meeting: who came, when it began and ended, who hosted, who criticised whom.

What must stay true: what somebody wrote is never written over; what was said is for the recorder to write. Posts stand
for names, as they do on the day's page.
"""

from typing import Any

from flask_babel import gettext

from services.portal import days

Document = dict[str, Any]


def drafted(day: Document, meeting: Document) -> Document:
    """What is known of a meeting, as the minutes' form has it: from its record, else from its day."""
    titles = {post["post"]: post["title"] for post in day["posts"]}
    held = meeting.get("held") or {}
    away = held.get("absences") or [row for row in day["attendance"] if row["present"] is False]
    present = held.get("present") or [row["post"] for row in day["attendance"] if row["present"]]
    began = [step["began_at"] for step in day["agenda"] if step["began_at"] and step["code"] != "end"]
    ended = [step["began_at"] for step in day["agenda"] if step["began_at"] and step["code"] == "end"]
    first = next((post["title"] for post in day["posts"] if post["role"] == "secretary"), "")
    written = {row["post"] for row in away if row.get("written")}
    spoke = [post for post in titles if post in present or post in written]
    outlines = {
        need["post"]: need["version"]
        for need in meeting.get("required", ())
        if need["kind"] == "speech_outline" and need["version"]
    }
    given = [one for one in day["criticism"]["given"] if one["done"]]
    return {
        "meeting": {
            "held_on": held.get("held_on") or "",
            "starts_at": days.hour(began[0]) if began else "",
            "ends_at": days.hour(ended[0]) if ended else "",
            **{key: day["setting"][key] for key in ("place", "host", "recorder")},
        },
        "attendance": {
            "expected": len(titles),
            "present": [titles.get(post, post) for post in present],
            "absences": [
                {
                    "name": titles.get(row["post"], row["post"]),
                    "reason": row["reason"],
                    "written_speech": bool(row.get("written")),
                }
                for row in away
            ],
        },
        "self_criticisms": [
            {"who": day["team"]},
            *({"who": titles[post], **(_by_letter(outlines.get(post)) if post in written else {})} for post in spoke),
        ],
        "criticisms": [{"critic": titles[one["critic"]], "target": titles[one["target"]]} for one in given],
        "summing_up": {"by": first if day["statement"]["text"] else "", "text": day["statement"]["text"]},
    }


def _by_letter(version: int | None) -> Document:
    """What an absent member said in writing stands in the own outline, where one was handed in."""
    known = {"text": gettext("书面发言，见本人发言提纲（第 %(n)s 版）。", n=version)} if version else {}
    return {"written": True, **known}


def filled(written: Any, known: Any) -> Any:
    """What was written, with what is known where nothing stands; a list with anything in it stays as it is."""
    if isinstance(known, dict) and isinstance(written, dict | None):
        own = written or {}
        return {**own, **{key: filled(own.get(key), value) for key, value in known.items()}}
    return known if _blank(written) else written


def _blank(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_blank(part) for part in value.values())
    if isinstance(value, list):
        return all(_blank(part) for part in value)
    return value in (None, "", False)
