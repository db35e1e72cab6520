"""Rectification's doors over a fresh store, opened by anybody with one role, on the days the states' tests tell of."""

from typing import Any

from services.rectification import lists, places_store, store
from services.rectification.service import RectificationService
from services.spine import clock, contracts
from services.spine.actor import Actor
from tests.rectification.test_states import PLACE, RULES

CAMPAIGN, UNIT, REGION = PLACE["campaign"], PLACE["unit"], PLACE["region"]
OTHER = "990823-LY"
SCOPES = {
    "office": ("campaign", CAMPAIGN), "county_office": ("region", REGION), "group_leader": ("group", "G4"),
    "supervisor": ("group", "G4"), "secretary": ("unit", UNIT), "liaison": ("unit", UNIT),
    "member": ("post", f"{UNIT}/02"), "elsewhere": ("group", "G5"), "stranger": ("unit", OTHER),
    "next_county": ("region", "990881"),
}  # fmt: skip
ROLES = {"elsewhere": "supervisor", "stranger": "liaison", "next_county": "county_office"}


def actor(who: str, permission: str = "read_item", today: str = "2024-01-20", was: str = "") -> Actor:
    """Somebody with one role, asking for one thing; with the other role until the day before."""
    grants = [granted(who), *([granted(was, lists.after(today, -1))] if was else [])]
    return Actor({"sub": who, "name": who, "grants": grants}, permission, today)


def granted(who: str, until: str | None = None) -> dict[str, Any]:
    """A role where these tests have it."""
    kind, code = SCOPES[who]
    return {"role": ROLES.get(who, who), "campaign": CAMPAIGN, "scope": {"kind": kind, "of": code}, "until": until}


def doors(
    db: Any, monkeypatch: Any, rules: Any = RULES, today: str = "2024-01-20", level: str = "county"
) -> RectificationService:
    """The service with two planned units of a rank; its clock stands on a day."""
    store.prepare(db)
    told = {"immediate_days": 30, "rectification": rules, "small_group": 5}
    db.campaigns.insert_one({"_id": CAMPAIGN, **told, "sequence": 1})
    for unit, group in ((UNIT, "G4"), (OTHER, "G5")):
        place = {"unit": unit, "group": group, "level": level}
        places_store.remember(db, {"campaign": CAMPAIGN, "region": REGION, "sequence": 1, "data": place})
    set_day(monkeypatch, today)
    service = RectificationService()
    service.db = db
    return service


def set_day(monkeypatch: Any, today: str) -> None:
    """The clock stands on a day."""
    monkeypatch.setattr(clock, "today", lambda: today)
    monkeypatch.setattr(clock, "now", lambda: f"{today}T08:00:00.000Z")


def said(db: Any, kept: str) -> list[dict[str, Any]]:
    """What documents of a kind have to tell, each event checked against its schema."""
    told = [event | {"source": "/rectify/rectification"} for one in db[kept].find() for event in one.get("outbox", ())]
    for event in told:
        contracts.check(f"events/{event['type'].removeprefix('rectify.')}", event["data"])
    return told


def answered(name: str, answer: Any) -> Any:
    """An answer that is what its contract says."""
    body = answer[1] if isinstance(answer, tuple) else answer
    contracts.check(f"documents/{name}", {k: v for k, v in body.items() if k not in ("outbox", "revision")})
    return body
