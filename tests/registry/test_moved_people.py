"""Who was of a unit and moved to an office decides nothing of it there: no other day, nothing it may do without."""

from typing import Any

import pytest

from services.registry import service
from services.spine import clock
from services.spine.actor import Actor
from services.spine.errors import Refusal
from tests.registry.test_agenda import ASKED
from tests.registry.test_domain import NOW, TODAY, meeting
from tests.registry.test_postponing import ask

DECIDED = {"outcome": "refused", "reason": "按期召开"}


@pytest.fixture
def doors(db, monkeypatch):
    service.prepare(db)
    db.campaigns.insert_one({**ASKED, "groups": [], "revision": 1, "outbox": []})
    asking, _ = ask(meeting(), "2024-01-09")
    db.meetings.insert_one({**asking, "revision": 1, "outbox": []})
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = service.RegistryService()
    made.db = db
    return made


@pytest.mark.parametrize("door", ["decide_postponement", "waive", "waive_agenda", "record_aspect"])
def test_who_came_from_a_unit_decides_nothing_of_it_at_the_office_and_somebody_else_does(doors, door):
    key, row = meeting()["meeting_id"], meeting()["required"][0]
    deeds: dict[str, tuple[str, list[Any]]] = {
        "decide_postponement": ("decide_postponement", [1, DECIDED]),
        "waive": ("waive", [{"kind": row["kind"], "post": row["post"], "reason": "停职"}]),
        "waive_agenda": ("waive", [{"reason": "断电"}]),
        "record_aspect": ("record_aspect", [1, {"state": "waived", "note": "不涉及"}]),
    }
    permission, said = deeds[door]

    def office(was: str = "") -> Actor:
        """Somebody at the office; until lately the liaison of a unit."""
        held = {"role": "office", "campaign": key.split(".")[0], "until": None}
        held["scope"] = {"kind": "campaign", "of": held["campaign"]}
        ended = {**held, "role": "liaison", "scope": {"kind": "unit", "of": was}, "until": "2023-12-01"}
        return Actor({"sub": "office", "name": "市办", "grants": [held, ended]}, permission, TODAY)

    with pytest.raises(Refusal, match="own_unit"):
        getattr(doors, door)(office(was=key.split(".")[1]), key, *said)
    getattr(doors, door)(office(was="990823-SL"), key, *said)
