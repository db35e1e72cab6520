"""Similarity: copies are found though names and figures changed; honest texts that share a stock opening are not."""

import itertools
import random

import pytest

from services.review import similarity
from tests.review import materials

PAIRS = {frozenset(pair) for pair in materials.labels()["near_duplicate_pairs"]}
NAMES = list(materials.submitted())


def test_the_two_copies_are_found_and_nothing_else():
    found = set()
    for mine, theirs in itertools.permutations(NAMES, 2):
        if similarity.compare(materials.paragraphs(mine), materials.paragraphs(theirs))["share"] >= 0.2:
            found.add(frozenset((mine, theirs)))
    assert found == PAIRS


def test_bands_lead_to_the_copies_and_to_nothing_else():
    bands = {name: set(similarity.signature(materials.paragraphs(name))["bands"]) for name in NAMES}
    met = {frozenset((a, b)) for a, b in itertools.combinations(NAMES, 2) if bands[a] & bands[b]}
    assert met == PAIRS


def test_a_signature_says_how_it_was_made():
    made = similarity.signature(materials.paragraphs("so-01.txt"))
    assert (made["algorithm"], made["seed"]) == (similarity.ALGORITHM, similarity.SEED)
    assert len(made["bands"]) == len(set(made["bands"])) == 32
    assert all(len(band) <= 12 for band in made["bands"])
    assert made == similarity.signature(materials.paragraphs("so-01.txt"))


def test_passages_stand_side_by_side_and_verbatim():
    mine, theirs = materials.paragraphs("so-09.txt"), materials.paragraphs("so-01.txt")
    found = similarity.compare(mine, theirs)
    assert found["share"] > 0.9
    assert len(found["passages"]) > 20
    for each in found["passages"]:
        assert each["quotation"] in next(p["text"] for p in mine if p["n"] == each["paragraph"])
        assert each["their_quotation"] in next(p["text"] for p in theirs if p["n"] == each["their_paragraph"])


@pytest.mark.parametrize("share", [0.5, 0.75])
def test_a_text_copied_in_part_and_in_another_order_is_found(share):
    theirs = materials.paragraphs("so-01.txt")
    mine = [each for each in materials.paragraphs("so-12.txt") if len(each["text"]) > 60]
    taken = [each for each in theirs if len(each["text"]) > 60][1:]
    size = round(len(taken) * share)
    mixed = [*taken[:size], *mine[4 : 4 + len(taken) - size]]
    random.Random(7).shuffle(mixed)
    mixed = [{**each, "n": n} for n, each in enumerate(mixed, 1)]
    assert similarity.compare(mixed, theirs)["share"] > 0.3
    if share > 0.6:
        assert set(similarity.signature(mixed)["bands"]) & set(similarity.signature(theirs)["bands"])


def test_an_empty_text_resembles_nothing():
    assert similarity.signature([])["bands"] == []
    assert similarity.compare([], materials.paragraphs("so-01.txt")) == {"share": 0.0, "passages": []}
