"""A meeting that is cancelled: told once, asked and reminded of no more, until it is restored."""

from typing import Any

import pytest

from services.notification import domain, letters, service_hearing, store, tips_store
from tests.meeting_said import GROUP, PLACE, UNIT, cancelled, scheduled
from tests.meeting_said import hear as heard
from tests.notification import owed
from tests.notification import test_tips as tips_said
from tests.notification.owed import hear, policy, run, told
from tests.notification.test_tips import CAMPAIGN, OFFICE, begun, have, published, signed

OTHER = "990823-CZ"


@pytest.fixture
def kept(db):
    store.prepare(db)
    policy(db)
    return db


@pytest.fixture
def doors(db) -> Any:
    """The doors, the meeting scheduled."""
    store.prepare(db)
    made: Any = service_hearing.HearingDoors()
    made.db = db
    assert heard(made, scheduled(1)) == [None]
    return made


def off(sequence: int) -> Any:
    return told("meeting_cancelled", sequence, {"because": "decided"}, "2026-03-08")


def reminded(db: Any, first: int, last: int) -> list[str]:
    return [key for number in range(first, last + 1) for key in run(db, f"2026-03-{number:02d}")]


def waiting(db: Any) -> list[str]:
    return [row["event"] for row in db.messages.find({"settled_at": None}).sort("_id", 1)]


def test_nothing_of_it_is_reminded_of_by_anybody_up_the_line_and_what_was_told_is_settled(kept):
    hear(kept, owed.scheduled(1), told("material_prechecked", 1, {"version": 1}))
    assert reminded(kept, 1, 7) and waiting(kept)
    hear(kept, off(2), off(2), today="2026-03-08")
    assert (reminded(kept, 8, 31), waiting(kept)) == ([], [])


def test_restored_it_is_reminded_of_from_then_on_and_of_no_step_twice(kept):
    hear(kept, owed.scheduled(1))
    before = reminded(kept, 1, 7)
    hear(kept, off(2), today="2026-03-08")
    hear(kept, owed.scheduled(3, because="restored"), owed.scheduled(1), off(2), today="2026-03-09")
    after = reminded(kept, 9, 20)
    assert after and not set(after) & set(before)
    assert any(key.endswith("due:0:+0") for key in after)


def test_what_else_is_said_of_it_takes_nothing_back(kept):
    hear(kept, owed.scheduled(3, because="regrouped"), off(2))
    assert reminded(kept, 1, 31) == []
    hear(kept, owed.scheduled(5, because="restored"), off(4))
    assert reminded(kept, 1, 31)


def test_its_ledger_is_reminded_of_as_before(kept):
    hear(kept, owed.scheduled(1), told("item_registered", 1, {"due_on": "2026-03-20"}), off(2))
    assert {key.split(":")[2] for key in reminded(kept, 10, 31)} == {"item"}


def test_liaison_secretary_and_group_are_told_once_and_once_more_when_it_is_restored(doors):
    heard(doors, cancelled(2), cancelled(2), scheduled(3, "restored"), scheduled(3, "restored"))
    told_ = [row for row in doors.db.messages.find().sort("sequence", 1) if row["sequence"] > 1]
    assert [(row["event"], row["sides"]) for row in told_] == [
        ("meeting_cancelled", ["secretary", "liaison", "group"]),
        ("meeting_scheduled", ["secretary", "liaison", "group"]),
    ]
    assert {(row["unit"], row["group"], row["link"]["id"]) for row in told_} == {(UNIT, GROUP, PLACE)}
    subjects = [letters.of(row, language, {})[0] for row in told_ for language in ("zh", "en")]
    assert [("取消" in one or "cancelled" in one, "恢复" in one or "after all" in one) for one in subjects] == [
        (True, False), (True, False), (False, True), (False, True),
    ]  # fmt: skip
    assert domain.LETTERS["meeting_cancelled"].page == "meeting"


def test_no_receipt_is_asked_of_it_and_what_is_acknowledged_stays(doors):
    db, tip = doors.db, begun(doors.db)
    published(db, tip)
    during = published(db, begun(db, {"campaign": CAMPAIGN, "stage": "during"}))
    signed(db, UNIT)
    store.add(db, [_letter(row) for row in db.tip_receipts.find()])
    asked, whole = {"campaign": CAMPAIGN, "unacknowledged": "1"}, {"campaign": CAMPAIGN}
    assert tips_store.receipts(db, {}, asked)["total"] == 1
    heard(doors, cancelled(2))
    assert tips_store.receipts(db, {}, asked)["total"] == 0
    assert [row["state"] for row in tips_store.receipts(db, {}, whole)["rows"]] == ["acknowledged"]
    assert tips_store.receipts(db, {}, {**whole, "unit": UNIT})["total"] == 2, "it is kept, and shown of that unit"
    assert tips_store.counts(db, {"tip_id": during["tip_id"]})["unread"] == 0
    assert tips_store.remind(db, {}, {"tip_id": during["tip_id"]}, OFFICE, 10)["reminded"] == 0
    assert db.messages.count_documents({"matter": f"{during['tip_id']}.{UNIT}", "settled_at": None}) == 0
    heard(doors, scheduled(3, "restored"))
    assert tips_store.receipts(db, {}, asked)["total"] == 1


def test_a_tip_that_goes_out_meanwhile_reaches_it_when_it_is_restored(doors):
    tips_store.remember_units(doors.db, [tips_said.scheduled(OTHER)])
    heard(doors, cancelled(2))
    assert published(doors.db, begun(doors.db))["units"] == 1 and have(doors.db) == [OTHER]
    heard(doors, scheduled(3, "restored"))
    (made,) = tips_store.unspread(doors.db)
    tips_store.spread(doors.db, made, 10)
    assert have(doors.db) == sorted([OTHER, UNIT])


def _letter(row: dict[str, Any]) -> dict[str, Any]:
    return domain.write(row["outbox"][0], "tip_published")
