"""The rules of study before the meeting (会前学习): when, how long, on what, and who was there or made up for it.

What must stay true: nothing recorded is overwritten: a record is corrected by a new version with its reason or
withdrawn with one; an absence stays an absence when it was made up for. A record: {_id: campaign.unit.s.key, study_id,
campaign, unit, versions: [{version, on, hours, form, topics: [codes of the campaign], more: other
topics in words, notes, attendance: [{post, present, reason}], reason, by, by_account, at}], make_ups: [{post, on,
hours, by, by_account, at}], withdrawn}.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from services.intake import coverage
from services.spine.errors import Refusal

Record = dict[str, Any]
Plan = dict[str, Any]
WRITTEN = ("on", "hours", "form", "topics", "more", "notes", "attendance")


class Writer(NamedTuple):
    """Who writes it down, and when."""

    account: str
    name: str
    at: str
    today: str


def wanted(plan: Plan) -> dict[str, Any]:
    """What the campaign asks for: {hours, topics, due_on}; of a cancelled meeting nothing."""
    asked = {} if plan.get("cancelled_on") else plan.get("preparation", {}).get("study", {})
    return {"hours": 0, "topics": [], "due_on": None, **asked}


def begin(plan: Plan, draft: dict[str, Any], who: Writer) -> Record:
    """A session is put on record."""
    _check(plan, draft, who)
    key = f"{plan['campaign']}.{plan['unit']}.s.{draft['key']}"
    places = {name: plan[name] for name in ("campaign", "unit")}
    version = {"version": 1, **_written(draft), "reason": "", **_signed(who)}
    return {"_id": key, "study_id": key, **places, "versions": [version], "make_ups": [], "withdrawn": None}


def check_same(record: Record, draft: dict[str, Any]) -> None:
    """The same key again is the same record; another one under that key is refused."""
    if not any(_same(version, draft) for version in record["versions"]):
        raise Refusal("key_taken", key=draft["key"])


def correct(record: Record, plan: Plan, draft: dict[str, Any], who: Writer) -> Record:
    """A new version with its reason; it also takes a withdrawn record up again."""
    last = record["versions"][-1]
    if _same(last, draft) and last["reason"] == draft["reason"] and not record["withdrawn"]:
        return record
    if draft["follows"] != last["version"]:
        raise Refusal("study_changed", version=last["version"])
    _check(plan, draft, who)
    version = {"version": last["version"] + 1, **_written(draft), "reason": draft["reason"], **_signed(who)}
    return {**record, "versions": [*record["versions"], version], "withdrawn": None}


def make_up(record: Record, post: str, on: str, hours: float, who: Writer) -> Record:
    """Somebody who was away made up for it (补学), once."""
    last = _standing(record)
    away = any(one["post"] == post and not one["present"] for one in last["attendance"])
    if not away:
        raise Refusal("was_not_away", post=post)
    known = next((one for one in record["make_ups"] if one["post"] == post), None)
    if known and (known["on"], known["hours"]) == (on, hours):
        return record
    if known:
        raise Refusal("made_up_before", post=post, on=known["on"])
    if on > who.today:
        raise Refusal("day_in_future", on=on, errors=[{"pointer": "/on", "code": "day_in_future", "on": on}])
    if on < last["on"]:
        code, days = "made_up_too_early", {"on": on, "first": last["on"]}
        raise Refusal(code, errors=[{"pointer": "/on", "code": code, **days}], **days)
    return {**record, "make_ups": [*record["make_ups"], {"post": post, "on": on, "hours": hours, **_signed(who)}]}


def withdraw(record: Record, reason: str, who: Writer) -> Record:
    """A record does not count any more; it stays with the reason."""
    return record if record["withdrawn"] else {**record, "withdrawn": {"reason": reason, **_signed(who)}}


def shown(record: Record, posts: Sequence[str]) -> Record:
    """A record with the attendance of these posts only."""

    def of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for one in rows if one["post"] in posts]

    versions = [{**version, "attendance": of(version["attendance"])} for version in record["versions"]]
    return {**record, "versions": versions, "make_ups": of(record["make_ups"])}


def totals(plan: Plan, records: Sequence[Record], of: Iterable[str]) -> dict[str, Any]:
    """What each of these posts has studied and missed, and which topics the team still lacks."""
    asked, counted = wanted(plan), [record for record in records if not record["withdrawn"]]
    studied = {topic for record in counted for topic in record["versions"][-1]["topics"]}
    return {
        **asked,
        "topics_missing": [topic for topic in asked["topics"] if topic not in studied],
        "rows": [_total(post, asked, counted) for post in sorted(of)],
    }


def _total(post: str, asked: dict[str, Any], records: Sequence[Record]) -> dict[str, Any]:
    hours, missed, made_up, topics = 0.0, list[str](), 0, set[str]()
    for record in records:
        last = record["versions"][-1]
        one = next((one for one in last["attendance"] if one["post"] == post), None)
        later = next((one for one in record["make_ups"] if one["post"] == post), None)
        if one is None:
            continue
        if not one["present"] and later is None:
            missed.append(record["study_id"])
            continue
        made_up += not one["present"]
        hours += last["hours"] if one["present"] or later is None else later["hours"]
        topics |= set(last["topics"])
    lacking = [topic for topic in asked["topics"] if topic not in topics]
    short = max(0, asked["hours"] - hours)
    return {
        "post": post, "hours": hours, "short": short, "missed": missed, "made_up": made_up, "topics_missing": lacking
    }  # fmt: skip


def _check(plan: Plan, draft: dict[str, Any], who: Writer) -> None:
    """All that is wrong with a record is said at once."""
    known, topics = [post["post"] for post in coverage.posts(plan)], wanted(plan)["topics"]
    faults, seen = list[dict[str, Any]](), set[str]()
    if draft["on"] > who.today:
        faults.append({"pointer": "/on", "code": "day_in_future", "on": draft["on"]})
    for place, topic in enumerate(draft.get("topics", [])):
        if topic not in topics:
            faults.append({"pointer": f"/topics/{place}", "code": "topic_unknown", "topic": topic})
    for place, one in enumerate(draft["attendance"]):
        if one["post"] not in known or one["post"] in seen:
            code = "unknown_post" if one["post"] not in known else "post_twice"
            faults.append({"pointer": f"/attendance/{place}/post", "code": code, "post": one["post"]})
        if not one["present"] and not one.get("reason", "").strip():
            pointer = f"/attendance/{place}/reason"
            faults.append({"pointer": pointer, "code": "absence_without_reason", "post": one["post"]})
        seen.add(one["post"])
    if faults:
        raise Refusal("study_faulty", count=len(faults), errors=faults)


def _written(draft: dict[str, Any]) -> dict[str, Any]:
    attendance = [{"reason": "", **one} for one in draft["attendance"]]
    return {"topics": [], "more": "", "notes": "", **{part: draft[part] for part in WRITTEN if part in draft}} | {
        "attendance": sorted(attendance, key=lambda one: str(one["post"]))
    }


def _same(version: dict[str, Any], draft: dict[str, Any]) -> bool:
    return {part: version[part] for part in WRITTEN} == _written(draft)


def _standing(record: Record) -> dict[str, Any]:
    last: dict[str, Any] = record["versions"][-1]
    if record["withdrawn"]:
        raise Refusal("study_withdrawn", on=last["on"])
    return last


def _signed(who: Writer) -> dict[str, str]:
    return {"by": who.name, "by_account": who.account, "at": who.at}
