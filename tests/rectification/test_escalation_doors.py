"""Who may open which door of the ladder, and what the second press does."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from services.rectification import escalation, escalation_store, nightly, store
from services.rectification.service import RectificationService
from services.spine import actor as actors
from services.spine import clock, contracts
from services.spine.actor import Actor
from services.spine.doors import again
from services.spine.errors import Refusal
from tests.rectification.ladders import NAMES, POLICY, hand, item

TODAY = "2026-03-04"
PLACE = {"campaign": "c", "unit": "990823-NY", "region": "990823", "group": "G1"}
ID = "c.990823-NY.p1.e1-1-1"
SCOPES = {
    "office": ("campaign", "c"), "county_office": ("region", "990823"), "group_leader": ("group", "G1"),
    "supervisor": ("group", "G1"), "secretary": ("unit", "990823-NY"), "liaison": ("unit", "990823-NY"),
    "member": ("post", "990823-NY/1"),
}  # fmt: skip
ANSWER = {"answer": "已倒排工期", "promised_on": "2026-03-16"}


def actor(role, permission="read_item", of=None):
    """Somebody with one role, asking for one thing."""
    kind, code = SCOPES[role]
    grant = {"role": role, "campaign": "c", "scope": {"kind": kind, "of": of or code}, "until": None}
    return Actor({"sub": role, "name": role, "grants": [grant]}, permission, TODAY)


@pytest.fixture
def doors(db, monkeypatch, secret):
    store.prepare(db)
    rules = {"report_day": 25, "escalation": POLICY}
    db.campaigns.insert_one({"_id": "c", "immediate_days": 30, "rectification": rules})
    db.meetings.insert_one({"_id": "c.990823-NY", **PLACE, "rules": {}, "level": "county", "sequence": 1})
    store.add(db, item(), [], hand("2026-01-05").at)
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(clock, "now", lambda: f"{TODAY}T01:00:00.000Z")
    nightly.run(db, TODAY, "night")
    service = RectificationService()
    service.db = db
    return service


def issue(doors, role="county_office", of=None, **other):
    return sign(doors, ID, role, of, **other)


def sign(doors, key, role, of=None, **other):
    text = doors.show_escalation(actor(role, of=of), key, NAMES).get("sha256") or "0" * 64
    deed = {"purpose": "sign", "about": key, "sha256": text, "by": role, "exp": time.time() + 300}
    draft = {"names": NAMES, "proof": actors.vouch({**deed, **other})}
    return doors.issue_escalation(actor(role, "sign_escalation", of), key, draft)


def test_a_proposal_shows_the_text_as_it_would_go_out_and_the_unit_does_not_see_it(doors):
    shown = doors.show_escalation(actor("group_leader"), ID, {"issuer": "督导组", "unit": "农业农村局"})
    assert [block["text"] for block in shown["paper"][:2]] == ["督导组", "督办〔2026〕　号"]
    for role in ("secretary", "liaison", "member"):
        with pytest.raises(Refusal, match="not_found"):
            doors.show_escalation(actor(role), ID, {})
        assert doors.find_escalations(actor(role), {})["total"] == 0
        assert doors.ladder(actor(role), "c.990823-NY.p1")["documents"] == []


@pytest.mark.parametrize(
    "other", [{"by": "office"}, {"exp": 0}, {"about": "c.another"}, {"sha256": "f" * 64}, {"purpose": "read"}]
)
def test_nothing_is_signed_without_the_password_given_again_for_this_very_text(doors, other):
    with pytest.raises(Refusal, match="proof_unknown"):
        issue(doors, **other)
    assert doors.show_escalation(actor("office"), ID, {})["state"] == "proposed"


def test_who_stands_too_low_or_elsewhere_does_not_sign(doors):
    with pytest.raises(Refusal, match="signer_too_low"):
        issue(doors, "group_leader")
    with pytest.raises(Refusal, match="not_found"):
        issue(doors, "county_office", of="990881")
    for role in ("secretary", "liaison", "member", "supervisor"):
        with pytest.raises(Refusal, match="not_permitted"):
            actor(role, "sign_escalation")
    for role in ("office", "county_office", "group_leader", "liaison", "member"):
        with pytest.raises(Refusal, match="not_permitted"):
            actor(role, "acknowledge_escalation")


def test_signed_twice_it_has_one_number_and_goes_out_once(doors):
    first, second = issue(doors), issue(doors)
    assert first == second
    assert (first["state"], first["number"], first["office"]) == ("issued", 1, "c/region:990823")
    outbox = doors.db.escalations.find_one({"_id": ID})["outbox"]
    assert [event["type"] for event in outbox] == ["rectify.escalation_proposed", "rectify.escalation_issued"]
    assert doors.show_escalation(actor("secretary"), ID, {})["paper"] == first["paper"]
    assert doors.escalation_word(actor("secretary"), ID).body[:2] == b"PK"


def test_two_who_sign_at_once_give_two_numbers(doors, monkeypatch):
    """Both have read the same last number before either has written its own."""
    late = item("p2", number=5)
    store.add(doors.db, late, [], hand("2026-01-05").at)
    other = escalation.propose({**late, "told": {"round": 1}}, POLICY, 1, 1, TODAY)
    doors.db.escalations.insert_one(other | {"revision": 1})
    together, after_last, read = threading.Barrier(2), escalation_store.next_number, list[int]()

    def next_number(*asked):
        number = after_last(*asked)
        read.append(number)
        if len(read) <= 2:
            together.wait(30)
        return number

    monkeypatch.setattr(escalation_store, "next_number", next_number)
    with ThreadPoolExecutor(2) as both:
        given = list(both.map(lambda key: again(partial(sign, doors, key, "county_office")), (ID, other["_id"])))
    assert read == [1, 1, 2] and sorted(one["serial"] for one in given) == ["督办〔2026〕1号", "督办〔2026〕2号"]


def test_an_office_that_signs_for_a_county_numbers_it_as_its_own(doors):
    assert issue(doors, "office")["office"] == "c/campaign:c"


@pytest.mark.parametrize(
    ("marks", "serials"),
    [
        ({}, ["督办〔2026〕1号", "督办〔2026〕2号", "督办〔2026〕3号", "督办〔2026〕4号"]),
        (
            {"county_office": "县督", "group_leader": "组督", "G1": "一组督"},
            ["县督〔2026〕1号", "督办〔2026〕1号", "一组督〔2026〕1号", "组督〔2026〕1号"],
        ),
    ],
)
def test_no_printed_number_is_given_twice_whoever_signs(doors, marks, serials):
    signers = (
        ("a", "county_office", "G1"),
        ("b", "office", "G1"),
        ("c", "group_leader", "G1"),
        ("d", "group_leader", "G2"),
    )
    given = []
    for key, role, group in signers:
        place = {"_id": f"c.990823-NY.{key}", "item_id": f"c.990823-NY.{key}", "group": group}
        own = [{"of": of, "mark": mark} for of, mark in marks.items()]
        policy = {"marks": own, **POLICY, "steps": [{**POLICY["steps"][0], "signer": "group_leader"}]}
        proposal = escalation.propose({**item(key, told={"round": 1}), **place}, policy, 1, 1, TODAY)
        store.add(doors.db, item(key, **place), [], hand("2026-01-05").at)
        doors.db.escalations.insert_one(proposal | {"revision": 1})
        of = group if role == "group_leader" else None
        given.append(sign(doors, proposal["_id"], role, of))
    assert [one["serial"] for one in given] == serials
    for one in given:
        assert [block["text"] for block in one["paper"] if block["kind"] == "serial"] == [one["serial"]]


def test_nothing_is_sent_for_what_is_late_no_more(doors):
    doors.db.items.update_one({}, {"$set": {"state": "close_requested"}})
    assert doors.show_escalation(actor("office"), ID, {})["paper"] == []
    with pytest.raises(Refusal, match="item_not_late"):
        issue(doors)
    with pytest.raises(Refusal, match="not_found"):
        doors.escalation_word(actor("office"), ID)


def test_only_the_first_responsible_person_of_the_unit_acknowledges(doors):
    issue(doors)
    with pytest.raises(Refusal, match="not_found"):
        doors.acknowledge_escalation(actor("secretary", "acknowledge_escalation", of="990881-LY"), ID, ANSWER)
    done = doors.acknowledge_escalation(actor("secretary", "acknowledge_escalation"), ID, ANSWER)
    assert (done["state"], done["receipt"]["in_time"]) == ("acknowledged", True)
    assert doors.acknowledge_escalation(actor("secretary", "acknowledge_escalation"), ID, ANSWER) == done


def test_whoever_signs_withdraws_with_a_reason_and_the_unit_still_sees_what_it_had(doors):
    issue(doors)
    with pytest.raises(Refusal, match="signer_too_low"):
        doors.withdraw_escalation(actor("group_leader", "sign_escalation"), ID, {"reason": "已完成"})
    gone = doors.withdraw_escalation(actor("office", "sign_escalation"), ID, {"reason": "已完成"})
    assert (gone["state"], gone["number"]) == ("withdrawn", 1)
    assert doors.find_escalations(actor("liaison"), {"state": "withdrawn"})["total"] == 1


def test_what_nobody_acknowledged_in_time_is_a_list_of_its_own(doors, monkeypatch):
    issue(doors)
    assert doors.find_escalations(actor("office"), {"unreceipted": "1"})["total"] == 0
    monkeypatch.setattr(clock, "today", lambda: "2026-03-10")
    assert doors.find_escalations(actor("office"), {"unreceipted": "1"})["total"] == 1
    assert doors.find_escalations(actor("group_leader", of="G2"), {"unreceipted": "1"})["total"] == 0


def test_the_reuse_of_a_file_is_shown_with_its_day_and_the_day_it_came(doors):
    piece = {"title": "验收单", "dated_on": "2026-01-20", "sha256": "f" * 64, "file_name": "验收单.pdf"}
    entry = {
        "key": "e",
        "on": "2026-02-01",
        "text": "",
        "by": "x",
        "at": "2026-03-03T20:00:00.000Z",
        "evidence": [piece],
    }
    for key, unit in (("a", "990823-NY"), ("b", "990823-NY"), ("c", "990881-LY")):
        one = item(key, unit=unit, progress=[entry], _id=f"c.{unit}.{key}", item_id=f"c.{unit}.{key}")
        doors.db.items.insert_one({**one, "group": "G1" if unit == "990823-NY" else "G2"})
    for role, elsewhere in (("group_leader", 1), ("secretary", 0)):
        row = doors.evidence(actor(role), "c.990823-NY.a")["rows"][0]
        assert (row["dated_on"], row["uploaded_on"]) == ("2026-01-20", "2026-03-04")
        assert ([one["item_id"] for one in row["items"]], row["elsewhere"]) == (["c.990823-NY.b"], elsewhere)


def test_reports_are_seen_within_the_scope_and_counted_when_an_item_was_told_of(doors):
    doors._recount([{"campaign": "c", "data": {"unit": "990823-NY"}}])
    asked = {"campaign": "c"}
    assert doors.reports(actor("secretary"), asked)["states"]["waiting"] == 1
    assert doors.reports(actor("group_leader", of="G2"), asked)["total"] == 0


def test_what_comes_in_late_after_the_night_is_looked_at_when_the_operator_says_so(doors):
    late = {**item(), "_id": "c.990823-NY.p2", "item_id": "c.990823-NY.p2", "number": 2}
    store.add(doors.db, late, [], hand("2026-01-05").at)
    assert doors.work_the_night_off.__wrapped__(doors) is None
    assert doors.find_escalations(actor("office"), {})["total"] == 1, "the night is through"
    grant = {"role": "system_admin", "campaign": None, "scope": {"kind": "system", "of": "*"}, "until": None}
    operator = Actor({"sub": "system", "name": "system", "grants": [grant]}, "operate", TODAY)
    for _ in range(2):
        assert doors.look_again(operator, {})["state"] == "done"
        assert doors.find_escalations(actor("office"), {})["total"] == 2
    with pytest.raises(Refusal, match="not_permitted"):
        actor("office", "operate")


def test_every_door_answers_as_its_schema_says(doors):
    def fits(name, answer):
        known = contracts.validator(f"documents/{name}")
        # the campaign, region and unit of these tests are shorter than any real one
        return [e.instance_path for e in known.iter_errors(answer) if e.kind.name != "pattern"]

    proposed, office = doors.show_escalation(actor("office"), ID, {}), actor("office")
    assert fits("escalation", proposed) == fits("escalation", issue(doors)) == []
    doors.acknowledge_escalation(actor("secretary", "acknowledge_escalation"), ID, ANSWER)
    assert fits("escalation_list", doors.find_escalations(office, {})) == []
    assert fits("night", doors.look_again(office, {})) == []
    assert fits("ladder", doors.ladder(office, "c.990823-NY.p1")) == []
    assert fits("report_list", doors.reports(office, {"campaign": "c"})) == []
