"""How far a unit has come, told by events alone."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry import (
    aspects,
    cancelling,
    domain,
    planning,
    progress,
    progress_figures,
    progress_problems,
    progress_shares,
)
from services.spine.workdays import PUBLISHED
from tests.registry.histories import FIRST, told
from tests.registry.test_domain import CAMPAIGN, TODAY, UNIT, hold

SEEDS = st.integers(0, 10_000)


def numbered(*events):
    return list(enumerate(events, 1))


def as_told(fact):
    return {**dict(fact._asdict()), "type": f"rectify.{fact.name}", "time": f"{TODAY}T04:00:00.000Z"}


def fold_in(pairs, sizes):
    rows: dict[str, progress.Row] = {}
    place = 0
    for size in [*sizes, len(pairs)]:
        rows |= progress.fold(rows, pairs[place : place + size])
        place += size
    return rows


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, sizes=st.lists(st.integers(1, 60), max_size=12))
def test_rows_are_the_same_in_whatever_batches_events_come_and_however_often(seed, sizes):
    pairs = numbered(*told(seed, 4, 150))
    rows = fold_in(pairs, [])
    assert fold_in(pairs, sizes) == rows
    assert progress.fold(rows, pairs) == {}


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_a_unit_stands_at_one_stage_on_every_day_since_it_is_known(seed):
    for row in fold_in(numbered(*told(seed, 3, 200)), []).values():
        spans = row["spans"]
        assert spans[0]["from"] == FIRST.isoformat()
        assert spans[-1] == {"stage": row["stage"], "from": spans[-1]["from"], "until": progress.NEVER}
        assert all(one["until"] == two["from"] for one, two in zip(spans, spans[1:], strict=False))
        assert all(
            one["from"] < one["until"] and one["stage"] != two["stage"]
            for one, two in zip(spans, spans[1:], strict=False)
        )


def test_what_the_registry_says_of_a_meeting_is_enough_to_stand_where_it_stands():
    planned, said = domain.announce(planning.plan(CAMPAIGN, UNIT, "G4"))
    row = progress.fold({}, numbered(as_told(said[0])))[planned["_id"]]
    assert (row["stage"], row["group"], row["team"]) == ("preparing", "G4", "党组")
    assert [one["due_on"] for one in row["aspects"]] == [one["due_on"] for one in planned["aspects"]]
    facts = []
    for one in planned["required"]:
        planned, more = domain.material_moved(planned, one["kind"], one["post"], 1, "passed", TODAY)
        facts += more
    planned, more = aspects.record(planned, 4, "waived", TODAY, "免予", "office", TODAY)
    facts += more
    changed, more = hold(planned, present=6)
    facts += more
    row = progress.fold({planned["_id"]: row}, [(n + 1, as_told(fact)) for n, fact in enumerate(facts, 1)])[
        planned["_id"]
    ]
    assert row["stage"] == "held" == changed["stage"]
    assert [one["state"] for one in row["aspects"]] == [one["state"] for one in changed["aspects"]]


def test_the_day_of_a_meeting_is_the_one_its_record_was_corrected_to():
    scheduled = next(told(1, 1, 1))
    held, corrected = (
        {**scheduled, "type": f"rectify.{name}", "data": {"unit": scheduled["data"]["unit"], "held_on": on}}
        for name, on in (("meeting_held", "2024-01-09"), ("meeting_corrected", "2024-01-08"))
    )
    (row,) = progress.fold({}, numbered(scheduled, held, corrected)).values()
    assert row["held"] == {"held_on": "2024-01-08"}


def test_a_meeting_bears_the_mark_of_the_last_word_on_its_day_and_none_where_nothing_was_said():
    scheduled = next(told(1, 1, 1))

    def shown(*said):
        events = (
            {**scheduled, "type": f"rectify.{name}", "data": {**scheduled["data"], "held_on": "2024-01-09", **more}}
            for name, more in said
        )
        (row,) = progress.fold({}, numbered(scheduled, *events)).values()
        return progress_shares.short(progress_shares.finished(row)).get("outside")

    assert shown() is None and shown(("meeting_held", {})) is None
    assert shown(("meeting_held", {"outside": True})) is True
    assert shown(("meeting_held", {"outside": True}), ("meeting_corrected", {"outside": False})) is False
    assert shown(("meeting_held", {"outside": False}), ("meeting_corrected", {"outside": True})) is True


def test_it_is_the_authors_move_until_all_is_handed_in_then_the_readers():
    events = list(told(1, 1, 1))
    unit = events[0]
    place = {"kind": "speech_outline", "post": "01", "version": 1}

    def moves(*said):
        rows = progress.fold(
            {},
            numbered(
                unit,
                *(
                    {**unit, "type": f"rectify.{name}", "data": {**unit["data"], **place, **more}}
                    for name, more in said
                ),
            ),
        )
        return progress_shares.finished(next(iter(rows.values())))["moves"]

    assert moves() == ["author", "liaison"]
    assert "secretary" in moves(("material_submitted", {}))
    assert "group" in moves(("material_submitted", {}), ("reading_passed", {"level": "secretary"}))
    returned = ("verdict_issued", {"outcome": "returned", "failed": []})
    taken_back = moves(("material_submitted", {}), returned, ("verdict_withdrawn", {"level": "secretary"}))
    assert "secretary" in taken_back and "group" not in taken_back
    passed = ("reading_passed", {"level": "secretary"})
    assert "group" not in moves(("material_submitted", {}), passed, ("reading_withdrawn", {"level": "secretary"}))
    assert "group" not in moves(("material_submitted", {}), ("verdict_issued", {"outcome": "returned", "failed": []}))
    assert "office" in moves(("postponement_asked", {}))
    assert "office" not in moves(("postponement_asked", {}), ("postponement_decided", {"outcome": "refused"}))


def test_a_reading_that_was_taken_back_is_counted_nowhere():
    unit = next(told(1, 1, 1))
    place = {**unit["data"], "kind": "speech_outline", "post": "01", "version": 1}
    said = [
        ("material_submitted", {}),
        ("verdict_issued", {"outcome": "returned", "failed": ["causes"]}),
        ("verdict_withdrawn", {}),
    ]
    pairs = numbered(unit, *({**unit, "type": f"rectify.{name}", "data": {**place, **more}} for name, more in said))
    row = next(iter(progress.fold({}, pairs[:-1]).values()))
    assert progress_shares.things(row) == Counter(
        {"read:all": 1, "read:first": 1, "read:returned": 1, "failed:causes:1": 1}
    )
    row = next(iter(progress.fold({}, pairs).values()))
    assert not progress_shares.things(row)
    assert row["required"][1]["state"] == "submitted"


def test_a_cancelled_unit_counts_for_its_stage_alone_until_it_is_restored():
    planned, said = domain.announce(planning.plan(CAMPAIGN, UNIT, "G4"))
    gone, more = cancelling.cancel(planned, "decided", TODAY, "不开", "办", f"{TODAY}T04:00:00.000Z")
    back, again = cancelling.restore(gone, CAMPAIGN, [], {"reason": "误", "by": "办", "at": ""}, TODAY, PUBLISHED)
    pairs = numbered(*map(as_told, [*said, *more, *again]))
    row = progress_shares.finished(progress.fold({}, pairs[:2])[planned["_id"]])
    assert (row["stage"], row["moves"], row["marks"], row["due_on"]) == ("cancelled", [], [], progress.NEVER)
    assert {slot: {*counts} for name, slot, counts in progress_shares.shares(row) if name == "counts"} == {
        "cancelled": {"units", f"since:{TODAY}", f"late:{progress.NEVER}"},
        "any": set(),
    }
    renamed = {**pairs[0][1], "data": {**pairs[0][1]["data"], "because": "renamed"}}
    assert progress.fold({row["_id"]: row}, [(9, renamed)])[row["_id"]]["stage"] == "cancelled"
    row = progress_shares.finished(progress.fold({}, pairs)[planned["_id"]])
    assert (row["stage"], row["due_on"]) == (back["stage"], back["aspects"][0]["due_on"]) and row["moves"]


def test_an_event_of_a_unit_that_was_never_scheduled_and_one_that_means_nothing_here_change_nothing():
    scheduled, other = next(told(1, 1, 1)), {"type": "rectify.opinion_changed"}
    recorded = {**scheduled, "type": "rectify.aspect_recorded", "data": {"unit": "990000-X", "number": 1}}
    assert progress.fold({}, numbered(recorded, {**scheduled, **other})) == {}


def test_no_number_is_given_of_a_problem_that_too_few_units_have():
    cells = [
        {
            "counts": {
                "problem:theory:other": 5,
                "#problem:theory:other": 9,
                "problem:none:talk": 4,
                "#problem:none:talk": 6,
            }
        }
    ]
    assert progress_problems.figures(cells, 5, TODAY)["rows"] == [
        {"aspect": "theory", "source": "other", "units": 5, "things": 9, "lists": []},
        {"aspect": None, "source": "talk", "units": None, "things": None, "lists": []},
    ]


def test_what_is_due_today_is_not_overdue_yet():
    counts = {
        "units": 1,
        "late:2024-01-09": 1,
        "due:5:2024-01-09": 1,
        "aspect:5:open": 1,
        "move:group:2024-01-09": 1,
        "since:2024-01-01": 1,
    }
    assert progress_figures.now(counts, "2024-01-09")["late"] == 0
    found = progress_figures.now(counts, "2024-01-10")
    assert (found["late"], found["aspects"], found["moves"]) == (1, {"5": [0, 0, 1, 1]}, {"group": [1, 1]})
