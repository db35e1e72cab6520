"""A material keeps the version of the campaign it began with: the aspects of its form, and how long it may be."""

import json
from typing import Any

import pytest

from services.intake import store, taking
from services.spine import errors
from tests.intake.test_domain import PLAN
from tests.intake.test_kind_schemas import example

KIND = "criticism_list"
OWED = {**PLAN, "required": [{"kind": KIND, "post": "02"}, {"kind": KIND, "post": "03"}]}
SENDER = taking.Sender("member", "副局长", "2024-01-02T08:00:00.000Z", "2024-01-02")


def remember(db: Any, version: int, *aspects: str, **lengths: int) -> None:
    """The registry says what the campaign is in that version."""
    said = {"aspects": [{"code": one, "title": one} for one in aspects], "version": version, "lengths": lengths}
    store.remember_campaign(db, {"campaign": PLAN["campaign"], "sequence": version, "data": said})


def hand_in(db: Any, post: str, aspect: str) -> taking.Taken:
    """A list with one criticism, of that aspect, of the other member."""
    form = example(KIND)
    form["criticisms"][0] |= {"target": "03" if post == "02" else "02", "aspect": aspect}
    taken = taking.look(db, OWED, KIND, post, {"document": json.dumps({**form, "critic": post})}, None, SENDER)
    taking.keep(db, taken, SENDER)
    return taken


def test_a_material_begun_keeps_the_aspects_it_began_with_and_one_begun_now_has_the_new_ones(db):
    remember(db, 1, "theory", "style")
    assert hand_in(db, "02", "style").after["definition"] == 1
    remember(db, 2, "theory", "integrity")
    remember(db, 1, "theory", "style")  # told again

    assert hand_in(db, "02", "theory").after["definition"] == 1
    with pytest.raises(errors.Refusal, match="form_invalid"):
        hand_in(db, "02", "integrity")
    with pytest.raises(errors.Refusal, match="form_invalid"):
        hand_in(db, "03", "style")
    assert hand_in(db, "03", "integrity").after["definition"] == 2


def test_a_material_begun_keeps_the_length_it_began_with_and_one_begun_now_has_the_new_one(db):
    remember(db, 1, "style", **{KIND: 3000})
    begun = hand_in(db, "02", "style").after
    remember(db, 2, "style", **{KIND: 2000})

    asked = [store.known(db, OWED, post, material).lengths for post, material in (("02", begun), ("03", None))]
    assert asked == [{KIND: 3000}, {KIND: 2000}]


def test_a_campaign_remembered_before_its_versions_were_keeps_what_it_said(db):
    db.campaigns.insert_one({"_id": PLAN["campaign"], "aspects": [{"code": "style", "title": "作风"}], "facts": []})
    db.campaigns.update_one({"_id": PLAN["campaign"]}, {"$set": {"sequence": 1}})
    begun = {"campaign": PLAN["campaign"]}  # a material of that time names no version
    remember(db, 2, "integrity")
    known = store.known(db, OWED, "02", begun)
    assert [one["code"] for one in known.choices["campaign.aspects"]] == ["style"]
