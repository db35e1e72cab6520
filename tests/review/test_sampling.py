"""The sample that is read again: drawn by chance that can be repeated, read blind by others, counted."""

import random
from typing import Any

import pytest

from services.review import domain, holding, sampling, sampling_store, store
from services.review.service import ReviewService
from services.spine import actor, errors
from tests.stack import grant

CAMPAIGN, AT = "c", "2026-03-01T08:00:00.000Z"
PASSED: dict[str, dict[str, Any]] = {code: {"passed": True} for code in domain.STANDARDS}
FAILED = {**PASSED, "causes": {"passed": False, "reason": "只讲客观"}}
NOBODY_BARRED = holding.Barred(frozenset(), frozenset(), frozenset())
READER = domain.Reader("r2", "二组督导员", AT, "2026-03-01")


def chance(seed):
    return lambda one: random.Random(f"{seed}/{one}").random()


def review(number, group="G1", outcome="passed", by="r1", level="group"):
    standards = PASSED if outcome == "passed" else FAILED
    key = f"c.99082{number % 10}-U{number}.speech_outline.02.v1"
    event = {
        "campaign": CAMPAIGN,
        "region": "990823",
        "time": AT,
        "data": {
            "material_id": key.removesuffix(".v1"),
            "unit": key.split(".")[1],
            "group": group,
            "kind": "speech_outline",
            "post": "02",
            "version": 1,
            "sha256": "0" * 64,
            "media": "text/plain",
        },
    }
    verdict = {"level": level, "outcome": outcome, "by": "一组督导员", "by_account": by, "at": AT}
    verdict |= {"standards": standards, "comments": []}
    text = [{"n": 1, "text": "我在学习上不够系统。", "heading": None, "table": False}]
    return {**domain.begin(event), "state": "judged", "verdict": verdict, "paragraphs": text}


def reread(one=None, group="G2"):
    (drawn,) = sampling.hand_out([one or review(1)], ["G1", group], {}, "s", AT)
    return drawn


def test_a_share_of_each_group_is_drawn_and_of_the_smallest_still_one():
    decided = [(f"a{n}", "G1") for n in range(100)] + [("b1", "G2"), ("b2", "G2")]
    drawn = sampling.draw(decided, 10, chance("s"))
    assert (sum(one[0] == "a" for one in drawn), sum(one[0] == "b" for one in drawn)) == (10, 1)
    assert len(sampling.draw(decided, 100, chance("s"))) == 102


def test_the_same_seed_draws_the_same_and_another_seed_another_sample():
    decided = [(f"a{n}", "G1") for n in range(100)]
    assert sampling.draw(decided, 10, chance("s")) == sampling.draw(decided[::-1], 10, chance("s"))
    assert sampling.draw(decided, 10, chance("s")) != sampling.draw(decided, 10, chance("t"))


def test_what_was_drawn_stays_drawn_when_more_has_been_decided():
    """So a seed that is pressed again adds to its sample what is missing to the share."""
    decided = [(f"a{n}", "G1") for n in range(200)]
    before, after = (set(sampling.draw(decided[:many], 50, chance("s"))) for many in (199, 200))
    assert len(before - after) <= 1


def test_each_goes_to_another_group_and_all_groups_get_as_many():
    reviews = [review(n, f"G{n % 3 + 1}") for n in range(30)]
    given = sampling.hand_out(reviews, ["G1", "G2", "G3"], {"G1": 5}, "s", AT)
    assert all(one["group"] != one["first"]["group"] for one in given)
    loads = [sum(one["group"] == group for one in given) for group in ("G1", "G2", "G3")]
    assert max(loads) - min(loads) <= 6 and loads[0] < loads[1]
    assert sampling.hand_out(reviews[:1], ["G1"], {}, "s", AT)[0]["group"] is None


def test_who_judged_first_or_belongs_to_that_group_or_is_barred_does_not_read_again():
    drawn, groups = reread(), frozenset(["G2"])
    for who in (
        sampling.Second("r1", groups, NOBODY_BARRED),
        sampling.Second("r9", frozenset(["G1", "G2"]), NOBODY_BARRED),
    ):
        with pytest.raises(errors.Refusal, match="judged_first"):
            sampling.check_may_read(drawn, who)
    barred = holding.Barred(frozenset(), frozenset([drawn["unit"]]), frozenset())
    with pytest.raises(errors.Refusal, match="own_former_unit"):
        sampling.check_may_read(drawn, sampling.Second("r2", groups, barred))
    sampling.check_may_read(drawn, sampling.Second("r2", groups, NOBODY_BARRED))


def test_nothing_that_is_shown_tells_of_the_first_verdict_or_of_the_unit():
    one = review(1, outcome="returned")
    drawn = reread(one)
    told = str([sampling.text(drawn, one), sampling.row(drawn, office=True), sampling.row(drawn, office=False)])
    for word in (
        "r1",
        "一组督导员",
        "只讲客观",
        "returned",
        one["unit"],
        one["review_id"],
        "'G1'",
        "verdict",
        "version",
    ):
        assert word not in told.replace("'version': '0'", "")


def test_a_second_verdict_needs_its_reasons_and_is_given_once():
    one = review(1, outcome="returned")
    drawn = reread(one)
    with pytest.raises(errors.Refusal, match="verdict_without_reason"):
        sampling.judge(drawn, one, {**PASSED, "causes": {"passed": False}}, READER)
    missing = {**PASSED, "causes": {"passed": False, "reason": "x", "quotation": "文中没有"}}
    with pytest.raises(errors.Refusal, match="quotation_not_in_text") as no:
        sampling.judge(drawn, one, missing, READER)
    assert "version" not in no.value.params, "the round is not told"

    judged = sampling.judge(drawn, one, PASSED, READER)
    assert judged["agreed"] == {**dict.fromkeys(domain.STANDARDS, 1), "passed": 0, "causes": 0}
    assert sampling.judge(judged, one, PASSED, READER) == judged
    for standards, reader in ((FAILED, READER), (PASSED, READER._replace(account="r3"))):
        with pytest.raises(errors.Refusal, match="already_reread"):
            sampling.judge(judged, one, standards, reader)
    assert "agreed" not in sampling.row(judged, office=False)
    assert sampling.row(judged, office=True)["agreed"] is False


def test_kappa_is_cohens_and_none_where_it_would_say_nothing():
    """The textbook's example: 50 pairs, 20 and 15 alike; kappa 0.4."""
    cells = {(True, True): 20, (True, False): 5, (False, True): 10, (False, False): 15}
    assert sampling.kappa(cells) == 0.4
    assert sampling.kappa({(True, True): sampling.FEWEST - 1}) is None
    assert sampling.kappa({(True, True): 50}) is None
    assert sampling.kappa({(True, False): 10, (False, True): 10}) == -1.0


def test_calibration_of_nothing_is_empty_and_not_an_accident():
    found = sampling.calibration({"G10": (0, 0), "G2": (4, 1)}, [])
    assert [row["group"] for row in found["groups"]] == ["G2", "G10"]
    assert (found["overall"]["judged"], found["overall"]["passed_share"], found["overall"]["kappa"]) == (4, 0.25, None)


@pytest.fixture
def drawn(db):
    """Ten decided by each of two groups, all drawn."""
    store.prepare(db)
    reviews = [review(n, f"G{n % 2 + 1}", "passed" if n % 4 < 2 else "returned") for n in range(20)]
    reviews += [review(31, level="office"), {**review(32), "verdict": None}, {**review(33), "refusal": {"code": "x"}}]
    store.open_reviews(db, reviews, AT)
    db.meetings.insert_many(
        [{"_id": "c.a", "group": "G1"}, {"_id": "c.b", "group": "G2"}, {"_id": "c2.a", "group": "G9"}]
    )
    assert draw(db, "s", 100) == 20
    return db


def draw(db, seed, percent, at=AT):
    chosen = sampling.draw(sampling_store.decided(db, CAMPAIGN, seed), percent, chance(seed))
    groups, given = sampling_store.groups(db, CAMPAIGN), sampling_store.given(db, CAMPAIGN)
    return sampling_store.keep(db, sampling.hand_out(sampling_store.undrawn(db, chosen), groups, given, seed, at))


def test_only_what_a_group_decided_and_can_be_read_is_drawn_and_nothing_twice(drawn):
    later = "2026-03-02T08:00:00.000Z"
    assert draw(drawn, "s", 100, later) == 0
    assert draw(drawn, "another", 100, later) == 0
    assert sampling_store.given(drawn, CAMPAIGN) == {"G1": 10, "G2": 10}


def test_a_work_secret_is_read_again_by_the_office_alone_also_when_it_becomes_one_after_the_draw(drawn):
    """No other group is of those who read it; what was left in a group's hands is shut at the door as well."""
    secret = {**review(41), "secrecy": "work_secret"}
    assert reread(secret)["group"] is None
    store.open_reviews(drawn, [secret], AT)
    draw(drawn, "s", 100)
    assert drawn.rereadings.find_one({"review_id": secret["_id"]})["group"] is None

    service = ReviewService()
    service.db = drawn
    group, office = asking("supervisor", "group", "G1"), asking("office", "campaign", CAMPAIGN)
    kept = drawn.rereadings.find_one({"group": "G1"})
    key = kept["_id"]
    assert service.rereading(group, key)["paragraphs"]
    newer = review(int(kept["unit"].partition("U")[2]), kept["first"]["group"])
    newer |= {"_id": f"{newer['material_id']}.v2", "version": 2, "secrecy": "work_secret"}
    store.open_reviews(drawn, [newer], AT)

    assert drawn.rereadings.find_one({"_id": key})["group"] is None
    drawn.rereadings.update_one({"_id": key}, {"$set": {"group": "G1"}})
    with pytest.raises(errors.Refusal, match="not_found"):
        service.rereading(group, key)
    with pytest.raises(errors.Refusal, match="not_found"):
        service.give_second_verdict(group, key, {"standards": PASSED})
    assert service.rereading(office, key)["paragraphs"]


def asking(role, kind, of):
    who = {"sub": "r5", "name": "r5", "grants": [grant(role, kind, of, CAMPAIGN)]}
    return actor.Actor(who, "reread", "2026-03-01")


def test_two_draws_at_once_draw_nothing_twice(drawn):
    """Each found the same review undrawn; the second one written gives way."""
    drawn.rereadings.delete_many({})
    both = [sampling.hand_out([review(1)], ["G1", "G2"], {}, seed, AT) for seed in ("s", "t")]
    assert [sampling_store.keep(drawn, one) for one in both] == [1, 0]


def test_a_reader_lists_what_is_his_and_not_what_he_must_not_read(drawn):
    scope, query = {"campaign": CAMPAIGN, "group": "G1"}, {"campaign": CAMPAIGN, "size": "500"}
    unit = drawn.rereadings.find_one({"group": "G1"})["unit"]

    def listed(who, within=scope, **more):
        return sampling_store.page(drawn, within, who, {**query, **more})["total"]

    assert listed(None, {"campaign": CAMPAIGN}) == 20
    assert listed(sampling.Second("r5", frozenset(["G1"]), NOBODY_BARRED)) == 10
    barred = NOBODY_BARRED._replace(recused=frozenset([unit]))
    assert listed(sampling.Second("r5", frozenset(["G1"]), barred)) == 9
    assert listed(sampling.Second("r1", frozenset(["G1"]), NOBODY_BARRED)) == 0
    assert listed(sampling.Second("r5", frozenset(["G1"]), NOBODY_BARRED), state="judged") == 0


def test_the_counts_are_those_of_the_verdicts(drawn):
    """Every second reader passes all: agreed where the first passed."""
    for one in drawn.rereadings.find():
        full = store.get(drawn, one["review_id"])
        sampling_store.save(drawn, one, sampling.judge(one, full, PASSED, READER), AT)
    found = sampling.calibration(sampling_store.counted(drawn, CAMPAIGN), sampling_store.pairs(drawn, CAMPAIGN))

    overall = found["overall"]
    assert (overall["judged"], overall["reread"], overall["agreed_share"], overall["kappa"]) == (21, 20, 0.5, 0.0)
    assert overall["by_standard"] == {**dict.fromkeys(domain.STANDARDS, 1.0), "causes": 0.5}
    assert [(row["group"], row["reread"]) for row in found["groups"]] == [("G1", 10), ("G2", 10)]
