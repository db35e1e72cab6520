"""A meeting that is cancelled: the unit's ledger and what waits for it go on, and nothing else is asked of the unit."""

from typing import Any

import pytest

from services.rectification import candidate_store, domain, evaluation_store, nightly, sources, store
from services.rectification.service import RectificationService
from services.spine.actor import Actor
from tests.meeting_said import ON, PLACE, UNIT, cancelled, hear, scheduled
from tests.rectification.test_sources import event
from tests.stack import CAMPAIGN, grant

DRAFT = {
    "campaign": CAMPAIGN, "unit": UNIT, "key": "p01", "problem": "1.2公里灌渠水毁半年未修复", "source": "supervision",
    "category": "phased", "responsible": "副局长", "standard": "通水验收", "due_on": "2099-03-31",
    "measures": [{"what": "完成灌渠修复", "who": "副局长", "due_on": "2099-02-28"}],
}  # fmt: skip
HERE = {"campaign": CAMPAIGN}
AT = "2024-01-10T08:00:00.000Z"


def liaison(permission: str) -> Actor:
    return Actor({"sub": "a", "name": "联络员", "grants": [grant("liaison", "unit", UNIT)]}, permission, "2024-01-10")


@pytest.fixture
def service(db) -> Any:
    """The doors, the campaign opened and the meeting scheduled."""
    store.prepare(db)
    store.remember_campaign(db, event("campaign_opened"))
    made: Any = RectificationService()
    made.db = db
    assert hear(made, scheduled(1)) == [None]
    return made


def evaluated(db: Any) -> list[str]:
    return [row["unit"] for row in evaluation_store.listed(db, {}, HERE, lambda *_: {}, "2024-02-01")["rows"]]


def test_what_is_on_the_ledger_goes_on_and_what_waits_still_comes_onto_it(service):
    db = service.db
    candidate_store.tell(db, sources.of_opinion(event("opinion_changed"), "G4"), event("opinion_changed"), AT)
    assert service.register(liaison("register_item"), DRAFT)[0] == 201
    before = [db[name].find_one({}, {"outbox": 0}) for name in ("items", "candidates")]
    hear(service, cancelled(2), cancelled(2))
    assert [db[name].find_one({}, {"outbox": 0}) for name in ("items", "candidates")] == before
    item = domain.item_id(store.plan(db, CAMPAIGN, UNIT), "p01")
    told = service.record_progress(
        liaison("progress_item"), item, {"key": "e1", "on": "2024-01-09", "text": "已通水", "evidence": []}
    )
    assert told["progress"] and told["responsible"] == "副局长"
    assert service.register(liaison("register_item"), {**DRAFT, "key": "p02", "problem": "别的"})[0] == 201


def test_a_unit_without_a_ledger_is_asked_for_no_report_and_no_evaluation(service):
    db = service.db
    assert evaluated(db) == [UNIT]
    hear(service, cancelled(2))
    assert evaluated(db) == [] and store.plan(db, CAMPAIGN, UNIT)["cancelled_on"] == ON
    assert nightly.run(db, "2024-01-26", "night")["state"] == "done"
    assert (db.reports.count_documents({}), db.plans.count_documents({})) == (0, 0)
    hear(service, scheduled(3, "restored"), cancelled(2), scheduled(1))
    assert evaluated(db) == [UNIT]


def test_a_unit_whose_ledger_goes_on_is_evaluated(service):
    service.register(liaison("register_item"), DRAFT)
    hear(service, cancelled(2))
    assert evaluated(service.db) == [UNIT]


def test_another_group_or_name_takes_nothing_back(service):
    hear(service, scheduled(3, "regrouped", group="G5"), cancelled(2))
    place = service.db.meetings.find_one({"_id": PLACE})
    assert (place["cancelled_on"], place["group"], place["moved_to"]) == (ON, "G5", "G5")
