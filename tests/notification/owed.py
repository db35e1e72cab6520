"""Made events about days, as their owners say them, and what a run of reminders writes of them."""

from typing import Any

from services.notification import nodes, reminders, reminders_store, reminding
from services.spine import contracts

CAMPAIGN, UNIT = "c", "990823-NYNC"
PLACE, MATERIAL, ITEM = f"{CAMPAIGN}.{UNIT}", f"{CAMPAIGN}.{UNIT}.speech_outline.02", f"{CAMPAIGN}.{UNIT}.p01"
OUTLINE = {"kind": "speech_outline", "post": "02", "due_on": "2026-03-10", "gate": True}
POSTS = [{"post": "01", "role": "secretary"}, {"post": "02", "role": "member"}]
DAYS: list[dict[str, Any]] = [
    {"days": -7, "unit": "natural", "to": ["owner"]},
    {"days": -3, "unit": "natural", "to": ["owner"]},
    {"days": -1, "unit": "working", "to": ["owner", "leader"]},
    {"days": 0, "unit": "natural", "to": ["owner"]},
    {"days": 1, "unit": "natural", "to": ["owner"]},
    {"days": 3, "unit": "natural", "to": ["leader", "group", "office"]},
]
POLICY = dict.fromkeys(reminders.default(), DAYS)


def told(name: str, sequence: int, said: dict[str, Any], day: str = "2026-03-01") -> nodes.Told:
    """An event as it is read here; what is not named is as in its schema's example."""
    about = {"unit": UNIT, "group": "G4", "material_id": MATERIAL, "item_id": ITEM}
    about |= {"review_id": f"{MATERIAL}.v{said.get('version', 1)}", "kind": "speech_outline", "post": "02"}
    known = contracts.documents()[f"events/{name}"]
    data = {**known["examples"][0], **{key: about[key] for key in about if key in known["properties"]}, **said}
    contracts.check(f"events/{name}", data)
    event = {"type": f"rectify.{name}", "campaign": CAMPAIGN, "region": "990823", "sequence": sequence, "data": data}
    return nodes.read(event, day)


def scheduled(sequence: int, meeting_on: str = "2026-03-17", due_on: str = "2026-03-10", **more: Any) -> nodes.Told:
    """A unit's meeting with one outline of a member's, and nothing else."""
    row = {**OUTLINE, "due_on": due_on, **more.pop("row", {})}
    said = {"meeting_on": meeting_on, "required": [row], "posts": POSTS, "preparation": {}, "aspects": [], **more}
    return told("meeting_scheduled", sequence, said)


def policy(db: Any, steps: Any = POLICY, sequence: int = 1) -> None:
    """The campaign says of what it reminds."""
    data = {**contracts.documents()["events/campaign_opened"]["examples"][0], "reminders": steps}
    contracts.check("events/campaign_opened", data)
    reminders_store.remember_policy(db, {"campaign": CAMPAIGN, "sequence": sequence, "data": data})


def hear(db: Any, *said: nodes.Told, today: str = "2026-03-01") -> None:
    """The service hears what was said."""
    reminders_store.hear(db, said, today, f"{today}T00:00:00.000Z")


def run(db: Any, today: str) -> list[str]:
    """The keys of the messages that a day's run writes, in their order."""
    before = {row["_id"] for row in db.messages.find({}, {"_id": 1})}
    reminding.run(db, today)
    return sorted(row["_id"] for row in db.messages.find({}, {"_id": 1}) if row["_id"] not in before)


def steps(found: list[str]) -> list[str]:
    """The steps of reminders, by their ids: `due:-3`."""
    parts = [key.split(":") for key in found]
    return sorted(f"{part[2]}:{part[4]}" for part in parts)
