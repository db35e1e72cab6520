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
    assert len(made["bands"]) == len(set(made["bands"])) == similarity.BANDS
    assert all(len(band) <= 12 for band in made["bands"])
    assert made == similarity.signature(materials.paragraphs("so-01.txt"))


def test_only_an_opening_is_left_out_never_most_of_a_text():
    """A text whose problems stand under no heading is compared whole, not from its first heading on."""
    told = [{"n": n, "text": f"第{n}件事我没有办好，" * 8} for n in range(6)]
    causes = [{"n": 6, "text": "二、原因剖析"}, {"n": 7, "text": "想得浅，放不下面子。" * 8}]
    assert similarity.body([*told, *causes]) == [*told, *causes]
    opening = {"n": 0, "text": "按照会议安排，我作如下发言。"}
    assert similarity.body([opening, *causes]) == causes


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


def test_every_one_of_two_hundred_half_copied_texts_shares_a_band_with_its_source():
    """Three quarters of the paragraphs of both are the same, in another order: a Jaccard likeness of about 0.62."""
    pool = [each for name in NAMES for each in materials.paragraphs(name) if len(each["text"]) > 60]
    chance = random.Random(20231204)
    likeness: list[float] = []
    missed = 0
    while len(likeness) < 200:
        drawn = chance.sample(pool, 20)
        source, copy = drawn[:16], drawn[4:]
        chance.shuffle(copy)
        first, second = (set(similarity.Text(text).threes.tolist()) for text in (source, copy))
        share = len(first & second) / len(first | second)
        if 0.57 <= share <= 0.67:
            likeness.append(share)
            bands = [set(similarity.signature(text)["bands"]) for text in (source, copy)]
            missed += not bands[0] & bands[1]
    assert missed == 0


PARAPHRASED = [
    ("8月查办岭后村会计挪用集体资金，银行流水四百多页，我带着两名干部翻了十二天没看出门道。",
     "9月查丘头村报账员挪用集体资金，三百多页银行流水，我和两位同志翻了十天也没找出门道。"),
    ("全年办结信访件26件，我抽出来重看，有15件的答复第二段一个字不差。",
     "一年下来共办结信访件22件，回头抽看，13件的答复第二段一字不差。"),
    ("镇纪委一名干部开公车接孩子，我口头说了他一句就过去了，没有登记没有处理。",
     "乡纪委一位同志开公车去接小孩，我当面口头说了他一句便过去了，既没有登记也没有处理。"),
]  # fmt: skip


def test_reworded_sentences_are_laid_side_by_side():
    """Synonyms, clause order, names and figures changed: few threes stay, the sentence is still known."""
    theirs, mine = (
        [{"n": n, "text": pair[side], "heading": None, "table": False} for n, pair in enumerate(PARAPHRASED, 1)]
        for side in (0, 1)
    )
    found = similarity.compare(mine[::-1], theirs)
    assert found["share"] > 0.8
    assert {(each["quotation"], each["their_quotation"]) for each in found["passages"]} == {
        (reworded, source) for source, reworded in PARAPHRASED
    }


def test_an_empty_text_resembles_nothing():
    assert similarity.signature([])["bands"] == []
    assert similarity.compare([], materials.paragraphs("so-01.txt")) == {"share": 0.0, "passages": []}
