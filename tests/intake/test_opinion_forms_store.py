"""Boxes: a code is spent and its answer kept in one write, once, and neither tells of the other."""

import random
import threading

import pytest
from cryptography.exceptions import InvalidTag

from services.intake import codes, opinion_forms_store, sealing, store
from services.spine import settings
from services.spine.errors import Refusal
from tests.intake.asked import form, sheet
from tests.stack import CAMPAIGN

pytestmark = pytest.mark.usefixtures("secret")


@pytest.fixture
def opened(db):
    opinion_forms_store.prepare(db)
    made = codes.make(130, random.choice)
    opinion_forms_store.fill(db, form()["_id"], made)
    return db, form()["_id"], made


def test_boxes_are_alike_in_size_and_a_code_opens_its_own(opened):
    db, form_id, made = opened
    assert sorted(len(box["unspent"]) for box in db.boxes.find()) == [65, 65]
    for code in made[::13]:
        opinion_forms_store.check(db, form_id, code)
    with pytest.raises(Refusal, match="code_unknown"):
        opinion_forms_store.check(db, form_id, "A" * 16)
    with pytest.raises(Refusal, match="code_unknown"):
        opinion_forms_store.check(db, "another form", made[0])


@pytest.mark.parametrize(("said", "least"), [({"small_group": 8}, 8), ({}, 5)])
def test_the_least_group_is_what_the_campaign_said_as_it_opened(db, said, least):
    event = {"campaign": CAMPAIGN, "data": {"aspects": [], **said}, "sequence": 1}
    assert store.small_group(db, {"campaign": CAMPAIGN}) == 5, "opened before anything was said of it"
    store.remember_campaign(db, event)
    assert store.small_group(db, {"campaign": CAMPAIGN}) == least
    assert store.small_group(db, {"campaign": CAMPAIGN, "rules": {"small_group": 20}}) == 20, "stricter for one unit"


def test_of_requests_that_race_with_one_code_one_wins(opened):
    db, form_id, made = opened
    fates: list[str] = []

    def answer(code: str) -> None:
        try:
            opinion_forms_store.put(db, form_id, code, sheet("下乡少"))
            fates.append("taken")
        except Refusal as refusal:
            fates.append(refusal.code)

    racing = [threading.Thread(target=answer, args=(code,)) for code in made[:8] * 4]
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join()
    assert sorted(fates) == ["code_used"] * 24 + ["taken"] * 8
    assert opinion_forms_store.shut(db, form_id) == [sheet("下乡少")] * 8


def test_spending_a_code_and_keeping_its_answer_is_one_write(opened):
    """So a process killed at any moment has done both or neither."""
    db, form_id, made = opened
    opinion_forms_store.put(db, form_id, made[0], sheet("下乡少"))
    box = next(box for box in db.boxes.find() if box["spent"])
    told = list(db.client.local["oplog.rs"].find({"ns": db.boxes.full_name, "op": "u"}))
    assert len(box["spent"]) == len(box["sealed"]) == 1 and len(told) == 1


def test_a_shut_box_takes_nothing_and_what_was_shown_as_open_is_told_closed(opened):
    db, form_id, made = opened
    opinion_forms_store.put(db, form_id, made[0], sheet("下乡少"))
    assert opinion_forms_store.shut(db, form_id) == opinion_forms_store.shut(db, form_id) == [sheet("下乡少")]
    with pytest.raises(Refusal, match="form_closed"):
        opinion_forms_store.put(db, form_id, made[1], sheet("迟到的"))
    with pytest.raises(Refusal, match="code_used"):
        opinion_forms_store.put(db, form_id, made[0], sheet("又一次"))


def test_codes_are_replaced_until_somebody_has_answered(opened):
    db, form_id, made = opened
    second = codes.make(30, random.choice)
    opinion_forms_store.fill(db, form_id, second)
    with pytest.raises(Refusal, match="code_unknown"):
        opinion_forms_store.put(db, form_id, made[0], sheet("旧码"))
    opinion_forms_store.put(db, form_id, second[0], sheet("新码"))
    with pytest.raises(Refusal, match="codes_in_use"):
        opinion_forms_store.fill(db, form_id, made)
    opinion_forms_store.put(db, form_id, second[1], sheet("仍可提交"))


def test_sealed_answers_are_alike_and_open_only_with_the_secret_and_their_salt(opened, tmp_path):
    db, form_id, made = opened
    for number, text in enumerate(("短", "长" * 500, '"引号"' * 80)):
        opinion_forms_store.put(db, form_id, made[number], sheet(text))
    sealed = [one for box in db.boxes.find() for one in box["sealed"]]
    assert len({len(one) for one in sealed}) == 1 and len(sealed) == 3
    with pytest.raises(Refusal, match="answer_too_long"):
        opinion_forms_store.put(db, form_id, made[9], {"02": {f"q{number}": "长" * 500 for number in range(9)}})
    with pytest.raises(InvalidTag):
        sealing.unseal(sealed[0], b"another salt")
    (tmp_path / "secret").write_text("t" * 64)
    settings.secret.cache_clear()
    with pytest.raises(Refusal, match="code_unknown"):
        opinion_forms_store.put(db, form_id, made[20], sheet("换了密钥"))
    with pytest.raises(InvalidTag):
        opinion_forms_store.shut(db, form_id)


def test_a_closing_that_was_broken_off_is_taken_up_again(db):
    opinion_forms_store.prepare(db)
    for key, more in (
        ("a", {"state": "closing"}),
        ("b", {}),
        ("c", {"closes_on": "2026-03-01"}),
        ("d", {"state": "closed"}),
    ):
        one = {**form(key=key * 8), **more}
        assert opinion_forms_store.add(db, one, "2026-03-01T00:00:00.000Z")
        opinion_forms_store.fill(db, one["_id"], codes.make(5, random.choice))
    assert {one["key"][0] for one in opinion_forms_store.due(db, "2026-03-02")} == {"a", "c"}
    (left,) = opinion_forms_store.left(db)
    opinion_forms_store.burn(db, left)
    assert left.endswith("d" * 8) and opinion_forms_store.left(db) == []


def test_a_box_tells_no_order(opened):
    """Its lists are sorted, and sealed answers are noise: where one stands says nothing of when it came."""
    db, form_id, made = opened
    order = random.sample(made, 60)
    for place, code in enumerate(order):
        opinion_forms_store.put(db, form_id, code, sheet(f"第{place}个"))
    for box in db.boxes.find():
        assert box["spent"] == sorted(box["spent"]) and box["sealed"] == sorted(box["sealed"])
        assert set(box) == {"_id", "form", "shut", "salt", "unspent", "spent", "sealed"}
