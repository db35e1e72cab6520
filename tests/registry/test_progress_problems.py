"""Common problems: what is told of them, so that nobody reads a unit or two off a number or off two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry import progress, progress_lists, progress_problems, progress_shares
from services.spine import clock, feed
from services.spine.errors import Refusal
from tests.registry.histories import told
from tests.registry.test_progress_store import CAMPAIGN, CODE, TODAY, WHOLE, followed, named, said

BUILD = f"{CODE}@1"
PLACES = {"region": ("990000", "990001", "990002"), "group": ("G1", "G2"), "team": ("党组", "党委")}
WIDER = [
    (kind, query)
    for kind in PLACES
    for query in ({}, {"region": "990001"}, {"group": "G2"}, {"team": "党委"})
    if kind not in query
]


@pytest.fixture(scope="module")
def filled(store):
    """A model of forty units in three counties, some way on."""
    db, feed_db = store.client["problems"], store.client["problemsfeed"]
    feed.prepare(feed_db)
    said(feed_db, told(2, 40, 1600))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "today", lambda: TODAY)
        followed(db, feed_db)
    named(db)
    return db


@pytest.fixture(params=[3, 5, 8])
def campaign(request):
    """With the least group that a campaign may have, the usual one, and a strict one."""
    return {**CAMPAIGN, "policy": {**CAMPAIGN["policy"], "small_group": request.param}}


def found(db, campaign, query):
    """Units and things of each problem and of each of its lists, by what its list is asked for with."""
    numbers = {}
    for row in progress_problems.find(db, campaign, BUILD, WHOLE, query, TODAY)["rows"]:
        own = {"problem": row["aspect"] or "none", "source": row["source"]}
        for one in (row, *row["lists"]):
            asked = {**own, **({"category": one["category"]} if "category" in one else {})}
            numbers[tuple(asked.items())] = one["units"], one["things"]
    return numbers


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(1, 20), max_size=6), st.integers(3, 8))
def test_of_parts_none_is_kept_back_or_two_at_least_that_hide_each_other(parts, least):
    few = {part for part, units in parts.items() if units < least}
    gone = progress_problems.kept_back(parts, few, least)
    assert few <= gone
    if not few:
        assert not gone
    elif gone != parts.keys():
        assert len(gone) > 1 and sum(parts[part] for part in gone) >= least


@pytest.mark.parametrize(("kind", "query"), WIDER, ids=str)
def test_a_total_without_the_places_that_are_told_leaves_nothing_or_enough(filled, campaign, kind, query):
    """Seven of the city's units less six of one county's would have told of the other's one."""
    least, whole = campaign["policy"]["small_group"], found(filled, campaign, query)
    parts = [found(filled, campaign, {**query, kind: place}) for place in PLACES[kind]]
    left = 0
    for problem, (units, _) in whole.items():
        own = [part[problem][0] for part in parts if problem in part]
        shown = [one for one in own if one is not None]
        assert all(one >= least for one in shown)
        if units is not None and len(shown) < len(own):
            assert units - sum(shown) >= least, problem
            left += 1
    assert left or least == 8


def test_a_problem_without_the_lists_that_are_told_leaves_no_single_one(filled, campaign):
    hidden = 0
    for query in ({}, {"region": "990001"}, {"group": "G2", "region": "990002"}):
        for row in progress_problems.find(filled, campaign, BUILD, WHOLE, query, TODAY)["rows"]:
            kept = sum(one["units"] is None for one in row["lists"])
            assert kept != 1 or len(row["lists"]) == 1
            assert row["units"] is not None or kept == len(row["lists"])
            hidden += 0 < kept < 3
    assert hidden


@pytest.mark.parametrize("query", [{}, {"region": "990001"}, {"group": "G2", "team": "党组"}], ids=str)
def test_a_number_that_is_told_opens_its_list_and_one_that_is_kept_back_opens_none(filled, campaign, query):
    least, refused = campaign["policy"]["small_group"], 0
    for problem, (units, things) in found(filled, campaign, query).items():
        asked = {**query, **dict(problem)}
        if units is None:
            with pytest.raises(Refusal, match="too_few_to_show"):
                progress_problems.check(filled, campaign, BUILD, WHOLE, asked)
            refused += 1
        else:
            progress_problems.check(filled, campaign, BUILD, WHOLE, asked)
            behind = progress_lists.units(filled, BUILD, WHOLE, asked, least, TODAY)
            assert (behind["total"], behind["things"]) == (units, things)
    assert refused


def test_who_sees_one_county_is_told_of_it_whatever_the_others_are(filled, campaign):
    parts = [{"region": "990001"}]
    own = progress_problems.find(filled, campaign, BUILD, parts, {}, TODAY)
    assert own == progress_problems.find(filled, campaign, BUILD, parts, {"region": "990001"}, TODAY)
    least = campaign["policy"]["small_group"]
    assert all(row["units"] >= least for row in own["rows"] if row["units"] is not None)


def test_a_problem_counts_on_the_list_it_is_on_now():
    first = next(told(1, 1, 1))
    item = {"unit": first["data"]["unit"], "item_id": f"{CODE}.{first['data']['unit']}.p01"}

    def marks(*named_events):
        events = [
            first,
            *({**first, "type": f"rectify.{name}", "data": {**item, **more}} for name, more in named_events),
        ]
        (row,) = progress.fold({}, list(enumerate(events, 1))).values()
        return {mark for mark in progress_shares.things(row) if mark.startswith("problem:")}

    registered = ("item_registered", {"source": "other", "aspect": "theory", "category": "phased"})
    assert marks(registered) == {"problem:theory:other", "problem:theory:other:phased"}
    for name in ("item_planned", "item_revised", "retype_decided"):
        moved = (name, {"category": "long_term", "outcome": "granted"})
        assert marks(registered, moved) == {"problem:theory:other", "problem:theory:other:long_term"}
