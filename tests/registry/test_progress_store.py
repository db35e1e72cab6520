"""The read model as it is kept: counted once whatever happens, rebuilt equal, every number the length of a list."""

import itertools

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.collection import Collection

from services.registry import (
    aspects,
    progress,
    progress_figures,
    progress_lists,
    progress_problems,
    progress_shares,
    progress_store,
    progressing,
    rosters,
)
from services.spine import clock, contracts, feed
from services.spine.errors import Refusal
from tests.registry.histories import FIRST, told
from tests.registry.test_domain import CAMPAIGN as DEFINED
from tests.registry.test_domain import meeting

CODE, OTHER = "a-campaign", "b-campaign"
TODAY = "2024-01-08"
NUMBERS = itertools.count()
WHOLE: progress_lists.Reach = [{}]
CAMPAIGN = {**DEFINED, "groups": [{"group_code": "G1", "name": "第一督导组"}]}


@pytest.fixture(autouse=True)
def on_a_day(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def said(db, events):
    """Put events into a feed as they were told."""
    start = feed.last(db)
    rows = [
        {"_id": f"e{n}", "n": n, "name": "", "region": event["region"], "event": event}
        for n, event in enumerate(events, start + 1)
    ]
    db.events.insert_many(rows)


def followed(db, feed_db, *sizes):
    """Take in all that was told, in batches of these sizes."""
    progress_store.prepare(db)
    for size in itertools.chain(sizes, itertools.repeat(500)):
        if not progressing.step(db, feed_db, size):
            return


def model(db, campaign=CODE):
    """The living model of a campaign without what it bears of when it was made."""
    build = progress_store.build_of(progress_store.cursor(db), campaign)
    rows = {}
    for kept in db.progress_units.find({"build": build}):
        row = rows[kept["_id"].partition("|")[2]] = orjson.loads(kept["row"])
        assert orjson.loads(kept["short"]) == progress_shares.short(progress_shares.finished(row))
    lines = {}
    for shelf in progress_store.shelves(db, build, None, marks=True):
        names = {str(number): mark for mark, number in shelf.marks["names"].items()}
        for unit, line in shelf.lines.items():
            marks, *rest = shelf.marks["of"].pop(unit).split("|")
            marked = {names[mark]: count for mark, count in (one.split("=") for one in marks.split())}
            lines[shelf.region, unit] = (line, marked, rest)
        assert not shelf.marks["of"]
    assert {unit for _, unit in lines} == {row["unit"] for row in rows.values()}
    sums = {}
    for name in ("counts", "days"):
        for row in db[f"progress_{name}"].find({"build": build}):
            for cell, slots in orjson.loads(row.get("now") or row["counts"]).items():
                for slot, counts in slots.items():
                    if counts.get("total", counts):
                        sums[name, row["grain"], row["of"], cell, slot] = counts
    return rows, lines, sums


def board(db, query=(), parts=WHOLE):
    return progress_lists.board(db, CAMPAIGN, f"{CODE}@1", parts, dict(query), TODAY)


def listed(db, parts=WHOLE, **query):
    return progress_lists.units(db, f"{CODE}@1", parts, query, 1, TODAY)


def named(db):
    """The units' names, as a loaded campaign has them."""
    rows = [{**row, "unit_name": f"单位{row['unit']}"} for row in model(db)[0].values()]
    rosters.put(db, rows)


@pytest.fixture(scope="module")
def filled(store):
    """A model of twelve units in three counties, some way on."""
    db, feed_db = store.client["filled"], store.client["filledfeed"]
    feed.prepare(feed_db)
    said(feed_db, told(2, 12, 400))
    followed(db, feed_db)
    named(db)
    for name in ("units", "lines", "counts", "days"):
        rows = [
            {**row, "_id": row["_id"].replace(f"{CODE}@1", "elsewhere@1"), "build": "elsewhere@1"}
            for row in db[f"progress_{name}"].find()
        ]
        db[f"progress_{name}"].insert_many(rows)
    return db


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(1, 70), max_size=8))
def test_a_rebuilt_model_equals_the_living_one_however_it_came_about(store, seed, sizes):
    number = next(NUMBERS)
    db, feed_db = store.client[f"rebuilt{number}"], store.client[f"rebuilt{number}feed"]
    feed.prepare(feed_db)
    said(feed_db, told(seed, 4, 130))
    followed(db, feed_db, *sizes)
    living = model(db)
    assert progressing.rebuild(db, feed_db) == 4
    assert model(db) == living
    assert progress_store.builds(db) == {f"{CODE}@2"}


class Killed(Exception):
    pass


def test_each_event_is_counted_once_wherever_the_process_dies(db, store, monkeypatch):
    feed_db = store.client[f"{db.name}feed"]
    feed.prepare(feed_db)
    events = list(told(3, 5, 90))
    said(feed_db, events[:60])
    followed(db, feed_db)
    said(feed_db, events[60:])
    write = progress_store.replace
    for left in range(0, 400, 7):

        def die(collection, rows, key, upto, left=[left]):  # noqa: B006  (how many writes are left is remembered)
            write(collection, rows[: left[0]], key, upto)
            left[0] -= len(rows)
            if left[0] < 0:
                raise Killed

        monkeypatch.setattr(progress_store, "replace", die)
        try:
            while progressing.step(db, feed_db, 13):
                pass
        except Killed:
            continue
        break
    else:
        raise AssertionError("never came through")
    living = model(db)
    monkeypatch.setattr(progress_store, "replace", write)
    progressing.rebuild(db, feed_db)
    assert model(db) == living


def test_two_who_follow_the_feed_at_once_count_nothing_twice(db, store, monkeypatch):
    feed_db = store.client[f"{db.name}feed"]
    feed.prepare(feed_db)
    said(feed_db, told(4, 5, 90))
    progress_store.prepare(db)
    take = progress_store.take

    def overtaken(*batch):
        take(*batch)  # somebody else takes the same batch in meanwhile, and goes on to the next
        progress_store.end(db, progress_store.cursor(db)["n"], batch[3])
        monkeypatch.setattr(progress_store, "take", take)
        progressing.step(db, feed_db, 20)
        take(*batch)

    monkeypatch.setattr(progress_store, "take", overtaken)
    followed(db, feed_db, 30)
    living = model(db)
    progressing.rebuild(db, feed_db)
    assert model(db) == living


def test_a_rebuilding_of_one_campaign_leaves_the_other_alone_and_catches_up_with_what_is_told_meanwhile(db, store):
    feed_db = store.client[f"{db.name}feed"]
    feed.prepare(feed_db)
    events = list(told(6, 4, 300, (CODE, OTHER)))
    said(feed_db, events[:200])
    followed(db, feed_db, 40)
    before = model(db, OTHER)
    db.progress_counts.update_many({"build": f"{CODE}@1"}, {"$set": {"counts": '{"":{"any":{"units":99}}}'}})
    more = [events[200:]]

    def meanwhile(report):
        if report["state"] == "writing" and more:
            said(feed_db, more.pop())
            followed(db, feed_db, 33)

    progressing.rebuild(db, feed_db, CODE, meanwhile)
    assert progress_store.builds(db) == {f"{CODE}@2", f"{OTHER}@1"}
    assert before != model(db, OTHER)
    mended = [model(db), model(db, OTHER)]
    progressing.rebuild(db, feed_db)
    assert [model(db), model(db, OTHER)] == mended
    assert progress_store.builds(db) == {f"{CODE}@3", f"{OTHER}@3"}


def test_a_model_that_has_fallen_behind_is_overtaken_by_a_new_one(db, store):
    feed_db = store.client[f"{db.name}feed"]
    feed.prepare(feed_db)
    events = list(told(8, 3, 90))
    said(feed_db, events[:80])
    progress_store.prepare(db)
    progressing.step(db, feed_db, 20)
    assert progressing.rebuild(db, feed_db) == 3
    assert progressing.state(db, feed_db)["behind"] == 0
    overtaken = model(db)
    said(feed_db, events[80:])
    followed(db, feed_db)
    assert overtaken != model(db)
    living = model(db)
    progressing.rebuild(db, feed_db)
    assert model(db) == living


def test_while_one_rebuilds_nobody_else_begins(db, store):
    feed_db = store.client[f"{db.name}feed"]
    feed.prepare(feed_db)
    said(feed_db, told(2, 3, 20))
    progress_store.prepare(db)
    refused: list[str] = []

    def another(report):
        if not refused:
            refused.append(report["state"])
            with pytest.raises(Refusal) as no:
                progressing.rebuild(db, feed_db)
            refused.append(no.value.code)

    progressing.rebuild(db, feed_db, tell=another)
    assert refused == ["reading", "rebuild_running"]
    progressing.rebuild(db, feed_db)


def test_what_a_rebuilding_that_died_left_behind_is_seen_by_nobody_and_goes_with_the_next(db, store):
    feed_db = store.client[f"{db.name}feed"]
    feed.prepare(feed_db)
    said(feed_db, told(2, 3, 40))
    followed(db, feed_db)
    living = model(db)
    progress_store.insert(db, [{"_id": "x", "build": f"{CODE}@2", "n": 1}], [], {}, 1, TODAY)
    assert model(db) == living
    progressing.rebuild(db, feed_db)
    assert model(db) == living


FILTERS = [
    {},
    {"region": "990001"},
    {"group": "G1"},
    {"team": "党组", "region": "990000"},
    {"stage": "rectifying"},
    {"stage": "held", "group": "G2"},
    {"stage": "cancelled", "region": "990000"},
    {"overdue": "1"},
    {"overdue": "1", "stage": "writing", "region": "990002"},
]
REACHES = [
    WHOLE,
    [{"region": "990001"}],
    [{"group": "G2"}],
    [{"unit": "990001-U4"}],
    [{"region": "990000"}, {"group": "G2"}],
]


@pytest.mark.parametrize("parts", REACHES, ids=str)
def test_every_number_of_the_board_is_the_total_of_its_list(filled, parts):
    seen = 0
    for query in FILTERS:
        found = board(filled, query, parts)
        contracts.check("documents/progress_board", {**found, "heard": {"number": 1, "behind": 0}})
        assert found["overdue"] == listed(filled, parts, **{**query, "overdue": "1"})["total"]
        for one in found["stages"]:
            if query.get("stage", one["stage"]) == one["stage"]:
                assert one["units"] == listed(filled, parts, **{**query, "stage": one["stage"]})["total"]
        lines = [(found, {}), *((line, {"region": line["region"]}) for line in found["regions"])]
        for line, place in [*lines, *((line, {"group": line["group"]}) for line in found["groups"])]:
            same = {**query, **place}
            assert line["total"] == listed(filled, parts, **same)["total"]
            seen += line["total"]
            for aspect in line["aspects"][:: 4 if parts == WHOLE else 11]:
                for state in progress_figures.STATES:
                    asked = {**same, "aspect": str(aspect["number"]), "state": state}
                    assert aspect[state] == listed(filled, parts, **asked)["total"], asked
            for move in line["moves"]:
                assert move["units"] == listed(filled, parts, **same, move=move["move"])["total"]
    assert seen


def days_at_stage(events, today):
    """A plain model: for how many days each unit has been at the stage at which the last evening found it."""
    rows: dict[str, progress.Row] = {}
    reached: dict[str, tuple[str, str]] = {}
    for day, meanwhile in itertools.groupby(enumerate(events, 1), key=lambda one: one[1]["time"][:10]):
        rows |= progress.fold(rows, list(meanwhile))
        for row in rows.values():
            stage = aspects.stage(row)
            if reached.get(row["unit"], ("", ""))[0] != stage:
                reached[row["unit"]] = (stage, day)
    return {unit: (clock.day(today) - clock.day(day)).days for unit, (_, day) in reached.items()}


@pytest.mark.parametrize("query", FILTERS, ids=str)
def test_days_at_a_stage_are_those_since_the_day_on_which_it_was_reached(filled, query):
    """Of each unit in the list and the grid; the mean and the longest are those of the units listed."""
    today = "2024-03-01"
    days = days_at_stage(told(2, 12, 400), today)

    def shown(**asked):
        rows = progress_lists.units(filled, f"{CODE}@1", WHOLE, {**query, **asked}, 1, today)["rows"]
        assert [row["days"] for row in rows] == [days[row["unit"]] for row in rows]
        return [row["days"] for row in rows]

    found = progress_lists.board(filled, CAMPAIGN, f"{CODE}@1", WHOLE, query, today)
    stages = [one for one in found["stages"] if query.get("stage", one["stage"]) == one["stage"]]
    lines = [(one, shown(stage=one["stage"])) for one in stages]
    for kind in ("region", "group"):
        lines += [(line, shown(**{kind: line[kind]})) for line in found[f"{kind}s"]]
    for line, spent in lines:
        told_of = spent if "overdue" not in query else []
        mean = round(sum(told_of) / len(told_of), 1) if told_of else None
        assert (line["mean_days"], line["longest_days"]) == (mean, max(told_of, default=None))
    grid = progress_lists.grid(filled, f"{CODE}@1", WHOLE, query, today)["rows"]
    assert [row["days"] for row in grid] == [days[row["unit"]] for row in grid]
    assert len(set(days.values())) > 3


def test_units_whose_meeting_was_cancelled_are_their_stages_number_and_part_of_no_other(filled):
    found, gone = board(filled), listed(filled, stage="cancelled")["rows"]
    last = found["stages"][-1]
    assert gone and (last["stage"], last["units"], last["overdue"]) == ("cancelled", len(gone), 0)
    assert found["total"] + len(gone) == 12 == sum(one["units"] for one in found["stages"])
    assert all((row["overdue"], row["moves"], row["due_on"]) == ([], [], None) for row in gone)
    assert {row["unit"] for row in gone}.isdisjoint(row["unit"] for row in listed(filled)["rows"])
    cells = progress_lists.cells(filled, "counts", f"{CODE}@1", WHOLE, {}, "group", [progress_shares.ANY])
    groups = progress_figures.groups(cells, CAMPAIGN, TODAY)["groups"]
    assert sum(one["units"] for one in groups) == found["total"]


def test_what_is_seen_of_single_units_adds_up_to_what_is_kept_for_all(filled):
    every = [{"unit": row["unit"]} for row in model(filled)[0].values()]
    assert board(filled, parts=every) == board(filled)


def test_the_lines_of_a_board_begin_with_those_that_have_most_overdue(filled):
    found = board(filled)
    assert [line["overdue"] for line in found["regions"]] == sorted(
        (line["overdue"] for line in found["regions"]), reverse=True
    )
    rows = listed(filled)["rows"]
    assert [row["due_on"] or "9999" for row in rows] == sorted(row["due_on"] or "9999" for row in rows)
    assert all(row["overdue"] for row in rows[: found["overdue"]])
    assert not any(row["overdue"] for row in rows[found["overdue"] :])


def test_every_day_of_the_trend_is_the_total_of_its_list(filled):
    cells = progress_lists.cells(filled, "days", f"{CODE}@1", WHOLE, {}, "all")
    found = progress_figures.trend(cells, {}, TODAY)
    contracts.check("documents/progress_trend", found)
    assert found["days"][0]["day"] == FIRST.isoformat()
    assert {stage: one["units"] for stage, one in zip(aspects.STAGES, board(filled)["stages"], strict=True)} == found[
        "days"
    ][-1]["stages"]
    for day in found["days"][::6]:
        for stage, count in day["stages"].items():
            assert count == listed(filled, day=day["day"], stage=stage)["total"]
        for what in ("passed", "registered", "closed"):
            behind = listed(filled, day=day["day"], what=what)
            assert day[what] == {"units": behind["total"], "things": behind["things"]}
    narrow = progress_figures.trend(cells, {"from": "2024-01-10", "until": "2024-01-11"}, TODAY)
    assert narrow["days"] == found["days"][8:10]


@pytest.mark.parametrize("query", FILTERS[:4], ids=str)
def test_failed_standards_readings_and_problems_open_their_lists(filled, query):
    regions, groups = (
        progress_lists.cells(filled, "counts", f"{CODE}@1", WHOLE, query, by, [progress_shares.ANY])
        for by in ("region", "group")
    )
    found = progress_figures.standards(regions, groups, CAMPAIGN, TODAY)
    contracts.check("documents/progress_standards", found)
    for line, place in [
        (found["total"], {}),
        *((one["failed"], {"region": one["region"]}) for one in found["regions"]),
    ]:
        for one in line:
            behind = listed(filled, **{**query, **place}, failed=one["standard"], round=str(one["round"]))
            assert (one["units"], one["things"]) == (behind["total"], behind["things"])
    compared = progress_figures.groups(groups, CAMPAIGN, TODAY)
    contracts.check("documents/progress_groups", compared)
    for one in compared["groups"]:
        for reading in progress_figures.READINGS:
            behind = listed(filled, **{**query, "group": one["group"]}, reading=reading)
            assert one[reading] == {"units": behind["total"], "things": behind["things"]}
        assert sum(behind["things"] for behind in behind["rows"]) == behind["things"]
    common = progress_problems.figures(groups, 1, TODAY)
    contracts.check("documents/progress_problems", common)
    for one in common["rows"]:
        asked = {**query, "problem": one["aspect"] or "none", "source": one["source"]}
        for own, number in (({}, one), *(({"category": part["category"]}, part) for part in one["lists"])):
            behind = listed(filled, **asked, **own)
            assert (number["units"], number["things"]) == (behind["total"], behind["things"]) != (0, 0)
        assert sum(part["things"] for part in one["lists"]) == one["things"]


def test_of_a_problem_that_too_few_units_have_no_list_opens(filled):
    with pytest.raises(Refusal) as refused:
        progress_lists.units(filled, f"{CODE}@1", WHOLE, {"problem": "theory", "source": "other"}, 13, TODAY)
    assert refused.value.code == "too_few_to_show"


def test_how_few_units_are_too_few_goes_by_the_strictest_rule_of_the_regions_asked_for():
    asked = [{"kind": "region", "of": "990001", "policy": {"small_group": 10}, "offsets": {}},
             {"kind": "region", "of": "990002", "policy": {}, "offsets": {}}]  # fmt: skip
    campaign = {**CAMPAIGN, "policy": {"small_group": 5}, "policy_overrides": asked}
    county, other = [{"region": "990001"}], [{"region": "990002"}]
    assert progress_lists.least(campaign, county, {}) == 10
    assert progress_lists.least(campaign, other, {}) == 5
    assert progress_lists.least(campaign, WHOLE, {}) == progress_lists.least(campaign, [{"group": "G1"}], {}) == 10
    assert progress_lists.least(campaign, WHOLE, {"region": "990002"}) == 5
    assert progress_lists.least({**campaign, "policy": {}}, other, {}) == 5


def test_the_grid_has_a_cell_for_each_unit_and_both_lists_keep_their_contract(filled):
    grid = progress_lists.grid(filled, f"{CODE}@1", WHOLE, {}, TODAY)
    contracts.check("documents/progress_grid", grid)
    assert grid["total"] == len(grid["rows"]) == listed(filled)["total"] > 5
    assert sum(bool(cell["overdue"]) for cell in grid["rows"]) == board(filled)["overdue"]
    part = progress_lists.grid(filled, f"{CODE}@1", WHOLE, {"size": "3", "page": "2"}, TODAY)
    assert {one["region"] for one in part["regions"]} == {cell["region"] for cell in part["rows"]}
    for one in part["regions"]:
        assert one["units"] == listed(filled, region=one["region"])["total"] > 2
    contracts.check("documents/progress_unit_list", listed(filled))
    assert len(listed(filled, page="2", size="5")["rows"]) == 5


def test_a_list_marks_the_meetings_that_were_held_otherwise_than_planned(filled):
    rows = listed(filled)["rows"]
    marked = {row["unit"] for row in rows if row["outside"]}
    held = {row["unit"] for row in rows if row["held_on"]}
    assert marked == {unit for unit in held if int(unit.rpartition("U")[2]) % 3 == 0} and marked < held


def test_on_a_new_day_the_board_is_right_at_once_and_cheap_again_when_the_day_was_rolled(filled):
    later = "2024-02-20"
    before = progress_lists.board(filled, CAMPAIGN, f"{CODE}@1", WHOLE, {}, later)
    assert before["overdue"] > board(filled)["overdue"]
    progress_store.roll(filled, later)
    assert {row["on"] for row in filled.progress_counts.find({"on": {"$exists": True}})} == {later}
    assert progress_lists.board(filled, CAMPAIGN, f"{CODE}@1", WHOLE, {}, later) == before


def test_a_unit_is_listed_under_its_newest_name_and_one_that_no_roster_has_is_looked_up(db):
    first = {**meeting(), "campaign": CODE, "unit": "u1", "region": "990001", "unit_name": "a"}
    rosters.put(db, [first, {**first, "unit": "u2", "unit_name": "b"}])
    rosters.put(db, [{**first, "unit_name": "c", "revision": 2}])
    db.meetings.insert_one({**first, "_id": f"{CODE}.u3", "unit": "u3", "unit_name": "d"})
    asked = [{**first, "unit": unit} for unit in ("u1", "u2", "u3")]
    assert rosters.names(db, CODE, asked) == {"u1": "c", "u2": "b", "u3": "d"}


QUERIES = [
    ([{}], {}),
    ([{}], {"overdue": "1"}),
    ([{}], {"region": "990001", "stage": "writing"}),
    ([{"region": "990001"}], {"region": "990001"}),
    ([{"group": "G1"}], {"aspect": "5", "state": "overdue"}),
    ([{"unit": "990001-U4"}], {}),
    ([{}], {"move": "group"}),
    ([{}], {"failed": "causes", "round": "1"}),
    ([{}], {"what": "passed", "day": "2024-01-10"}),
    ([{}], {"aspect": "5", "state": "done", "move": "group"}),
]


def read(monkeypatch, ask):
    """What was asked of the store meanwhile, by collection, with how each was found."""
    find, made = Collection.find, []

    def noted(collection, *asked, **how):
        made.append((collection, asked))
        return find(collection, *asked, **how)

    monkeypatch.setattr(Collection, "find", noted)
    ask()
    monkeypatch.setattr(Collection, "find", find)
    return [(collection.name, collection.find(*asked).explain()) for collection, asked in made]


@pytest.mark.parametrize(("parts", "query"), QUERIES, ids=str)
def test_a_list_reads_the_lines_of_its_regions_and_the_units_it_shows_and_nothing_else(
    filled, parts, query, monkeypatch
):
    plans = read(monkeypatch, lambda: listed(filled, parts, size="2", **query))
    assert [name for name, _ in plans][-2:] in (["progress_units", "rosters"], ["progress_lines", "rosters"])
    regions = 1 if "region" in {**parts[0], **query} else 3
    most = {"progress_lines": regions, "progress_units": 2, "rosters": 2}
    for name, plan in plans:
        assert plan["executionStats"]["totalDocsExamined"] <= most[name]
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])


@pytest.mark.parametrize(
    ("parts", "query"), [(WHOLE, {}), (WHOLE, {"region": "990001"}), ([{"group": "G2"}], {})], ids=str
)
def test_a_board_costs_the_same_however_much_else_is_kept(filled, parts, query, monkeypatch):
    progress_store.roll(filled, TODAY)

    def ask():
        board(filled, query, parts)
        progress_lists.cells(filled, "days", f"{CODE}@1", parts, query, "all")

    plans = read(monkeypatch, ask)
    assert len(plans) == 3
    for _, plan in plans:
        assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])
        assert plan["executionStats"]["totalDocsExamined"] == plan["executionStats"]["nReturned"] > 0


@pytest.mark.parametrize(("parts", "query"), [(WHOLE, {}), (WHOLE, {"region": "990001"}), ([{"region": "990002"}], {})])
def test_a_board_reads_as_much_after_three_times_the_history_of_its_campaign(store, parts, query, monkeypatch):
    """Of the same units, 400 events of 14 days and 1,200 of 40: neither an event nor a day has a record of its own."""
    number = next(NUMBERS)
    db, feed_db = store.client[f"longer{number}"], store.client[f"longer{number}feed"]
    feed.prepare(feed_db)
    history = list(told(2, 12, 1200))

    def ask():
        board(db, query, parts)
        progress_lists.cells(db, "days", f"{CODE}@1", parts, query, "all")
        progress_lists.grid(db, f"{CODE}@1", parts, query, TODAY)
        listed(db, parts, size="5", **query)

    costs = []
    for some in (history[:400], history[400:]):
        said(feed_db, some)
        followed(db, feed_db)
        progress_store.roll(db, TODAY)
        plans = [(name, plan["executionStats"]) for name, plan in read(monkeypatch, ask)]
        costs.append([(name, cost["totalDocsExamined"], cost["nReturned"]) for name, cost in plans])
    assert costs[0] == costs[1] and sum(examined for _, examined, _ in costs[0]) > 0


def test_of_a_feed_that_was_made_small_only_a_campaign_that_began_later_is_made_anew(store):
    """A compacted feed keeps of each record the last event at least, so a campaign's first one tells."""
    db, feed_db = store.client["small"], store.client["smallfeed"]
    feed.prepare(feed_db)
    said(feed_db, [{**event, "campaign": OTHER} for event in told(3, 4, 60)])
    through = feed.last(feed_db)
    said(feed_db, told(4, 6, 120))
    followed(db, feed_db)
    feed_db.checkpoints.insert_one({"_id": "compacted", "through": through})
    before = model(db)
    for campaign in ("", OTHER):
        with pytest.raises(Refusal, match="feed_compacted"):
            progressing.rebuild(db, feed_db, campaign)
    assert progressing.rebuild(db, feed_db, CODE) == 6
    assert model(db) == before
    assert progressing.rebuild(db, feed_db, "nowhere") == 0


def test_a_list_reads_of_a_unit_what_it_shows_and_of_one_that_an_earlier_version_wrote_the_whole(filled, monkeypatch):
    before, read, real = listed(filled), [], progress_store.rows

    def rows(db, keys):
        read.append(list(keys))
        return real(db, keys)

    monkeypatch.setattr(progress_store, "rows", rows)
    assert listed(filled) == before and read == [[]]
    first = filled.progress_units.find_one({"_id": f"{CODE}@1|{before['rows'][0]['meeting_id']}"})
    filled.progress_units.update_one({"_id": first["_id"]}, {"$unset": {"short": 1}})
    assert listed(filled) == before and read[-1] == [first["_id"]]
    filled.progress_units.replace_one({"_id": first["_id"]}, first)
