"""Who was of a unit and moved to an office decides nothing of it there: no other day, nothing it may do without, not
whether it meets."""

from typing import Any

import pytest

from services.registry import attendance, cancelling, service
from services.spine import clock, http, topology
from services.spine.actor import MAY, UNIT_SIDE, Actor
from services.spine.errors import Refusal
from tests.registry.test_agenda import ASKED
from tests.registry.test_domain import NOW, TODAY, hold, meeting, passed
from tests.registry.test_postponing import ask

LATER, WHY = "2024-01-12", {"reason": "停职"}
KEY, ROW = meeting()["meeting_id"], meeting()["required"][0]
ASKING = ask(meeting(), "2024-01-09")[0]
CANCELLED = cancelling.cancel(meeting(), cancelling.DECIDED, TODAY, "班子调整", "市办", NOW)[0]
AWAY = attendance.tell(hold(passed(), present=4, absent=2)[0], "05", {"on": TODAY, "told_by": "书记"}, "", NOW, LATER)
DOORS: dict[str, tuple[str, Any, list[Any]]] = {
    "decide_postponement": ("decide_postponement", ASKING, [1, {"outcome": "refused", "reason": "按期召开"}]),
    "waive": ("waive", ASKING, [{"kind": ROW["kind"], "post": ROW["post"], **WHY}]),
    "waive_agenda": ("waive", ASKING, [WHY]),
    "record_aspect": ("record_aspect", ASKING, [1, {"state": "waived", "note": "不涉及"}]),
    "cancel_meeting": ("cancel_meeting", ASKING, [WHY]),
    "restore_meeting": ("restore_meeting", CANCELLED, [WHY]),
    "close_relay": ("close_relay", AWAY, ["05", WHY]),
}
"""Each door of a decision about a meeting: what opens it, how the meeting stands, and what is right to say there."""


@pytest.fixture
def doors(db, monkeypatch):
    service.prepare(db)
    db.campaigns.insert_one({**ASKED, "groups": [], "revision": 1, "outbox": []})
    left = {"post": "05", "title": "副局长", "role": "member", "from": None, "until": TODAY}
    db.teams.insert_one({"_id": meeting()["unit"], "posts": [left], "history": []})
    monkeypatch.setattr(clock, "today", lambda: LATER)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = service.RegistryService()
    made.db = db
    return made


@pytest.mark.parametrize("door", DOORS)
def test_who_came_from_a_unit_decides_nothing_of_it_at_the_office_and_somebody_else_does(doors, door):
    permission, stands, said = DOORS[door]
    doors.db.meetings.insert_one({**stands, "revision": 1, "outbox": []})

    def office(was: str) -> Actor:
        """Somebody at the office; until lately the liaison of a unit."""
        held = {"role": "office", "campaign": KEY.split(".")[0], "until": None}
        held["scope"] = {"kind": "campaign", "of": held["campaign"]}
        ended = {**held, "role": "liaison", "scope": {"kind": "unit", "of": was}, "until": "2023-12-01"}
        return Actor({"sub": "office", "name": "市办", "grants": [held, ended]}, permission, TODAY)

    with pytest.raises(Refusal, match="own_unit"):
        getattr(doors, door)(office(was=KEY.split(".")[1]), KEY, *said)
    getattr(doors, door)(office(was="990823-SL"), KEY, *said)


def test_whatever_is_done_to_a_meeting_by_others_than_the_unit_only_is_among_these_doors():
    others = {
        name
        for name, door in topology.entrypoints("registry")
        if isinstance(door, http.Route)
        and door.method == "POST"
        and door.url.startswith("/meetings/")
        and not {*UNIT_SIDE, "member"} & set(MAY[door.may])
    }
    assert others | {"record_aspect"} == set(DOORS), "an aspect is the unit's to record, and an office's to waive"
