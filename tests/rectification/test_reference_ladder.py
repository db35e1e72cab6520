"""The ladder as the reference campaign has it, climbed night by night through all its five steps."""

import pytest

from services.rectification import lists, nightly, store
from services.rectification.service import RectificationService
from services.registry import definition
from services.spine import clock
from services.spine.errors import Refusal
from tests.rectification.ladders import DUE, hand, item
from tests.rectification.test_escalation_doors import ANSWER, PLACE, actor, sign

RULES = definition.REFERENCE["policy"]["rectification"]
LATE = "c.990823-NY.p1"
BELOW = {"county_office": "group_leader", "office": "county_office"}
CLIMBED = [
    ("2026-03-03", "supervision_notice", "county_office", "县整改督〔2026〕1号", "督办通知书"),
    ("2026-03-12", "interim_guidance", "group_leader", "组整改督〔2026〕1号", "阶段性指导意见书"),
    ("2026-03-22", "reminder", "county_office", "县整改督〔2026〕2号", "提醒函"),
    ("2026-04-01", "admonition", "office", "整改督〔2026〕1号", "约谈诫勉通知书"),
    ("2026-04-16", "accountability", "office", "整改督〔2026〕2号", "问责建议书"),
]


@pytest.fixture
def doors(db, secret):
    """A problem that is due on DUE, and a long-term one without a day."""
    store.prepare(db)
    db.campaigns.insert_one({"_id": "c", "immediate_days": 30, "rectification": RULES})
    db.meetings.insert_one({"_id": "c.990823-NY", **PLACE, "rules": {}, "level": "county", "sequence": 1})
    for one in (item(), item("endless", due_on=None, category="long_term")):
        store.add(db, one, [], hand("2026-01-05").at)
    service = RectificationService()
    service.db = db
    return service


def nights(doors, monkeypatch):
    """Each day from DUE on, after its night."""
    for days in range(75):
        today = lists.after(DUE, days)
        monkeypatch.setattr(clock, "today", lambda today=today: today)
        monkeypatch.setattr(clock, "now", lambda today=today: f"{today}T01:00:00.000Z")
        nightly.run(doors.db, today, "night")
        yield today


def papers(doors, **query):
    return doors.find_escalations(actor("office"), query)["rows"]


def test_all_five_steps_are_climbed_while_nobody_acknowledges_each_signed_at_its_level(doors, monkeypatch):
    climbed = []
    for today in nights(doors, monkeypatch):
        for one in papers(doors, state="proposed"):
            if one["signer"] in BELOW:
                with pytest.raises(Refusal, match="signer_too_low"):
                    sign(doors, one["escalation_id"], BELOW[one["signer"]])
            signed = sign(doors, one["escalation_id"], one["signer"])
            text = {block["kind"]: block.get("text") for block in signed["paper"]}
            assert (signed["item_id"], signed["serial"]) == (LATE, text["serial"])
            title = text["title"].removeprefix("关于“灌渠水毁半年未修复”整改逾期的")
            climbed.append((today, signed["step"], signed["signer"], text["serial"], title))
    assert climbed == CLIMBED


def test_the_climb_ends_with_the_receipt_that_comes_in_time(doors, monkeypatch):
    for today in nights(doors, monkeypatch):
        for one in papers(doors, state="proposed"):
            sign(doors, one["escalation_id"], one["signer"])
            if one["step"] == "interim_guidance":
                answer = {**ANSWER, "promised_on": today}
                doors.acknowledge_escalation(actor("secretary", "acknowledge_escalation"), one["escalation_id"], answer)
    assert sorted(one["step"] for one in papers(doors)) == ["interim_guidance", "supervision_notice"]
