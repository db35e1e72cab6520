"""Texts to compare with: models and last year's materials are found like any other, and cost no more for being many."""

import json

import numpy as np
import pytest

from services.review import extraction, precheck, similarity, store, texts
from services.spine.errors import Refusal
from tests.review import materials
from tests.review.test_written import WRITTEN, read
from tests.stack import CAMPAIGN, document

HAND = texts.Kept("office", "市委主题教育办", "2026-03-01T08:00:00.000Z")
REVIEW = {"campaign": CAMPAIGN, "unit": "990823-NYNC", "post": "02", "kind": "speech_outline"}
MODEL = {"origin": "model", "kind": "speech_outline", "title": "范文", "campaign": CAMPAIGN}


@pytest.fixture
def bank(db):
    store.prepare(db)
    return db


def paragraphs(name: str):
    return extraction.extract(document(name), name)["paragraphs"]


def test_who_copies_a_model_is_shown_it_by_name(bank):
    kept = texts.keep(bank, MODEL, paragraphs("so-01.txt"), HAND)
    copy = paragraphs("so-09.txt")
    met = texts.resembling(bank, "mine", similarity.signature(copy)["bands"])
    assert list(met) == [kept["_id"]]
    text = met[kept["_id"]]
    assert texts.whose(text, REVIEW) == "model"
    found = precheck.near_copies(copy, [{"id": text["_id"], "paragraphs": text["paragraphs"], "whose": "model"}])
    assert found[0]["share"] > 0.4
    assert found[0]["passages"]


def test_who_copies_a_model_fails_for_it_and_a_source_nobody_named_is_no_accident(bank):
    """From a text that is kept to what the reader is told."""
    texts.keep(bank, MODEL, paragraphs("so-01.txt"), HAND)
    copy, review = paragraphs("so-09.txt"), {**REVIEW, "material_id": "mine", "version": 1, "submitted_at": HAND.at}
    met = texts.beside(bank, review, similarity.signature(copy)["bands"])
    others = texts.compared_with(bank, review, met)["others"]
    for named, told in (others, "copied_model"), ([{**one, "whose": "nobody's"} for one in others], "copied"):
        found = precheck.examine(copy, "speech_outline", materials.ASPECTS, others=named)
        assert "persuasion" in found["fails"]
        assert [each["rule"] for each in found["findings"] if "copied" in each["rule"]] == [f"persuasion.{told}"]


def handed_in(bank, unit: str, version: int, day: str, text):
    """A version that came in, with what its pre-check found: {material: earlier}."""
    material = f"{CAMPAIGN}.{unit}.speech_outline.02"
    places = {"campaign": CAMPAIGN, "unit": unit, "region": "990823", "group": "G4", "kind": "speech_outline"}
    ids = {"_id": f"{material}.v{version}", "review_id": f"{material}.v{version}", "material_id": material}
    review = {**places, **ids, "post": "02", "version": version, "submitted_at": f"2026-03-{day}T08:00:00.000Z"}
    signature = similarity.signature(text)
    store.remember_signature(bank, review, signature, text)
    met = texts.beside(bank, review, signature["bands"])
    asked = {**texts.compared_with(bank, review, met), **{key: review[key] for key in ("submitted_at", "unit", "post")}}
    found = precheck.examine(text, "speech_outline", materials.ASPECTS, **asked)
    return {copy["id"].split(".", 1)[1]: copy["earlier"] for copy in found["near_copies"]}, found["fails"]


def test_the_author_is_not_blamed_when_he_hands_in_again_after_his_copier(bank):
    """Whose the words are is decided by the first version that holds them; who adds another's words later copied."""
    mine, theirs = paragraphs("so-01.txt"), paragraphs("so-09.txt")
    assert handed_in(bank, "A", 1, "01", mine)[0] == {}
    assert handed_in(bank, "B", 1, "02", theirs)[0] == {"A.speech_outline.02.v1": "theirs"}
    again = [*mine, {"n": len(mine) + 1, "text": "整改以后每季度向支部汇报一次。", "heading": None, "table": False}]
    found, fails = handed_in(bank, "A", 2, "05", again)
    assert found == {"B.speech_outline.02.v1": "mine"}
    assert "persuasion" not in fails
    found, fails = handed_in(bank, "B", 2, "06", theirs)
    assert found["A.speech_outline.02.v1"] == "theirs"
    assert "persuasion" in fails, "a copy that is handed in again is one"
    assert handed_in(bank, "C", 1, "01", paragraphs("so-05.md"))[0] == {}
    found, fails = handed_in(bank, "C", 2, "07", mine)
    assert found["A.speech_outline.02.v1"] == "theirs"
    assert "persuasion" in fails, "an own text of before excuses only what stood in it"


def test_last_year_s_text_belongs_to_a_unit_and_a_post(bank):
    with pytest.raises(Refusal, match="author_needed"):
        texts.keep(bank, {**MODEL, "origin": "last_year"}, paragraphs("so-01.txt"), HAND)
    draft = {**MODEL, "origin": "last_year", "unit": "990823-NYNC", "post": "02", "written_on": "2022-12-20"}
    kept = texts.keep(bank, draft, paragraphs("so-01.txt"), HAND)
    known = texts.of_last_year(bank, REVIEW)
    assert known and known["_id"] == kept["_id"]
    assert texts.whose(kept, REVIEW) == "own"
    assert texts.of_last_year(bank, {**REVIEW, "post": "03"}) is None


def test_last_year_s_text_is_always_compared_with_also_when_no_band_leads_to_it(bank):
    draft = {**MODEL, "origin": "last_year", "unit": "990823-NYNC", "post": "02", "written_on": "2022-12-20"}
    kept = texts.keep(bank, draft, paragraphs("so-05.md"), HAND)
    review, bands = {**REVIEW, "material_id": "mine"}, similarity.signature(paragraphs("so-01.txt"))["bands"]
    assert texts.resembling(bank, "mine", bands) == {}
    assert list(texts.beside(bank, review, bands)) == [kept["_id"]]
    texts.remove(bank, kept["_id"], {"campaign": CAMPAIGN}, "收错了", HAND)
    assert texts.beside(bank, review, bands) == {}


def test_a_text_kept_twice_is_one_and_one_taken_out_is_compared_with_no_longer(bank):
    for _ in range(2):
        kept = texts.keep(bank, MODEL, paragraphs("so-01.txt"), HAND)
    assert texts.listed(bank, {}, {})["total"] == 1
    texts.remove(bank, kept["_id"], {"campaign": CAMPAIGN}, "收错了", HAND)
    assert texts.listed(bank, {}, {})["total"] == 0
    assert texts.resembling(bank, "mine", kept["bands"]) == {}
    assert bank.signatures.find_one({"_id": kept["_id"]})["removed"]["reason"] == "收错了"


def test_of_many_alike_the_most_alike_are_compared(bank):
    bands = [f"{band:02d}x" for band in range(32)]
    rows = [{"_id": f"s{n}", "material_id": f"s{n}", "bands": bands[: n % 32 + 1]} for n in range(200)]
    bank.signatures.insert_many(rows)
    met = texts.resembling(bank, "mine", bands)
    assert len(met) == texts.NEAREST
    assert min(int(key[1:]) % 32 for key in met) >= 27


def test_texts_signed_in_another_way_are_signed_again_and_found(bank):
    kept = [texts.keep(bank, {**MODEL, "title": name}, paragraphs(name), HAND) for name in ("so-01.txt", "so-05.md")]
    bank.signatures.update_many({}, {"$set": {"algorithm": "older", "bands": ["00x"]}})
    assert texts.resembling(bank, "mine", similarity.signature(paragraphs("so-01.txt"))["bands"]) == {}
    assert [texts.sign_anew(bank, 1), texts.sign_anew(bank, 5), texts.sign_anew(bank, 5)] == [1, 1, 0]
    assert list(texts.resembling(bank, "mine", similarity.signature(paragraphs("so-09.txt"))["bands"])) == [
        kept[0]["_id"]
    ]


def test_copies_that_were_reworded_and_reordered_share_a_band_with_their_source(bank):
    """Other words, other names and figures, other order: of those alike by 0.35 and more all, of weaker ones most: a
    third in common leaves three of four a band to share."""
    pairs = [
        (folder, each["near_duplicate_of"], each["file"])
        for folder in sorted(WRITTEN.iterdir())
        for each in json.loads((folder / "labels.json").read_text("utf-8"))["documents"]
        if each["near_duplicate_of"]
    ]
    found: dict[bool, list[bool]] = {True: [], False: []}
    for folder, source, copy in pairs:
        theirs, mine = read(folder, source), read(folder, copy)
        one, other = similarity.Text(theirs).threes, similarity.Text(mine).threes
        alike = len(np.intersect1d(one, other)) >= 0.35 * len(np.union1d(one, other))
        kept = texts.keep(bank, MODEL, theirs, HAND)
        found[alike].append(kept["_id"] in texts.resembling(bank, "mine", similarity.signature(mine)["bands"]))
    assert len(found[True]) >= 12 and all(found[True])
    assert sum(found[False]) >= 0.5 * len(found[False])
