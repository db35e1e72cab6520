"""A meeting that is cancelled, restored, and cancelled with its unit, as all that hear of it have it in the end.

The steps are told in order.
"""

from types import SimpleNamespace
from typing import Any

import pytest

from services.spine import clock
from tests.journeys.test_organisations import brought_in
from tests.journeys.test_organisations import opened as with_account
from tests.registry.test_organisations import HEAD, ROWS, as_csv
from tests.stack import CAMPAIGN, Refused, document, grant, problem

UNIT, OTHER, NEW = "990823-NYNC", "990881-LY", "990823-SL"
MEETING, WHY = f"/meetings/{CAMPAIGN}.{UNIT}", {"reason": "班子调整"}
READ, UNSIGNED = (f"{CAMPAIGN}.{UNIT}.speech_outline.{post}" for post in ("02", "03"))
REVIEW = f"/reviews/{READ}.v1"


@pytest.fixture(scope="module")
def people(opened):
    """One outline is read, one waits for its author, and the ledger has a problem."""
    grants = {
        "office": grant("office", "campaign", CAMPAIGN),
        "supervisor": grant("supervisor", "group", "G4"),
        "secretary": grant("secretary", "unit", UNIT),
        "liaison": grant("liaison", "unit", UNIT),
        "author": grant("member", "post", f"{UNIT}/03"),
    }
    known = SimpleNamespace(stack=opened, **{name: opened.person(name, held) for name, held in grants.items()})
    known.liaison.hand_in(READ, "提纲.txt", document("so-02.md"))
    known.liaison.upload(UNSIGNED, "提纲.txt", document("so-05.md"))
    known.liaison.post("rectification", "/items", problem(UNIT, "p01"))
    opened.settled()
    return known


def to_do(who: Any, *events: str) -> list[str]:
    """What stands in somebody's inbox and is not settled."""
    rows = who.get("notification", "/messages", unread=1)["rows"]
    return sorted(row["event"] for row in rows if row["event"] in events)


def stands(people: Any) -> tuple[Any, ...]:
    """The state of the outline's review, how many are open, and whether the author is asked."""
    counts = people.supervisor.get("review", "/reviews/counts", campaign=CAMPAIGN)
    review = people.supervisor.get("review", REVIEW)
    return review["state"], counts["free"], to_do(people.author, "signature_awaited")


def refused(ask: Any, *words: Any) -> str:
    with pytest.raises(Refused) as no:
        ask(*words)
    return no.value.code


def test_1_cancelled_nothing_goes_on_but_the_ledger(people):
    assert stands(people) == ("prechecked", 1, ["signature_awaited"])
    for _ in range(2):
        people.office.post("registry", f"{MEETING}/cancellation", WHY)
    people.stack.settled()
    assert stands(people) == ("cancelled", 0, [])
    assert refused(people.liaison.upload, READ, "提纲.txt", document("so-02.md"), 1) == "meeting_cancelled"
    assert refused(people.supervisor.post, "review", f"{REVIEW}/claim", {}) == "meeting_cancelled"
    assert [to_do(who, "meeting_cancelled") for who in (people.secretary, people.liaison, people.supervisor)] == [
        ["meeting_cancelled"]
    ] * 3
    assert people.liaison.ask("GET", "intake", f"/materials/{READ}/versions/1/file").status_code == 200
    assert people.liaison.get("rectification", "/items/counts", by="category", unit=UNIT)["total"] == 1


def test_2_restored_it_goes_on_as_it_was(people):
    people.office.post("registry", f"{MEETING}/restoration", {"reason": "误操作"})
    people.stack.settled()
    assert stands(people)[:2] == ("prechecked", 1) and "signature_awaited" in to_do(people.author, "signature_awaited")
    people.stack.sign(UNSIGNED, 1)
    people.stack.settled()
    assert people.supervisor.get("review", f"/reviews/{UNSIGNED}.v1")["state"] == "prechecked"


def test_3_a_unit_that_never_met_goes_into_another_whose_people_go_on_with_its_ledger(people):
    brought_in(people.office, as_csv(HEAD, *ROWS))
    with_account(people.stack, "successor", grant("liaison", "unit", NEW))
    merger = {"into": NEW, "on": clock.today(), "reason": "机构改革", "cancel_meetings": True}
    people.office.post("registry", f"/organisations/{UNIT}/merger", merger)
    people.stack.settled()
    assert stands(people)[:2] == ("cancelled", 0)
    held = people.stack.database("access").accounts.find_one({"_id": "successor"})["grants"]
    successor = people.stack.person("successor", *held)
    assert successor.get("rectification", "/items/counts", by="category", unit=UNIT)["total"] == 1
    successor.post("rectification", "/items", problem(UNIT, "p02"))
    assert successor.get("rectification", "/items/counts", by="category", unit=UNIT)["total"] == 2
