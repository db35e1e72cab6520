"""What is written down on the day of a meeting, and who sees it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry import day, day_readers, telling
from services.spine import contracts
from tests.registry.test_domain import CAMPAIGN, NOW, hold, meeting, passed

AT = "2024-01-09T01:00:00.000Z"
POSTS = [f"{number:02d}" for number in range(1, 7)]
STEPS = ["last_rectification", "opinions", "team_examination", "criticism", "group_comments", "summing_up", "end"]


def attended(id: str, post: str = "02", present: bool = True, **more: object) -> dict:
    return {"id": id, "what": "attendance", "at": AT, "post": post, "present": present, **more}


def step(code: str, id: str = "", **more: object) -> dict:
    return {"id": id or f"step-{code}", "what": "step", "at": AT, "step": code, **more}


def criticised(critic: str, target: str, *, done: bool = True, id: str = "") -> dict:
    found = {"what": "criticism", "at": AT, "critic": critic, "target": target, "done": done}
    return {"id": id or f"c-{critic}-{target}-{done}", **found}


def write(*entries: dict, before: day.Day | None = None, at: telling.Meeting | None = None) -> tuple[day.Day, list]:
    """The day after these entries, and what became of each: its state, or the code of the reason."""
    planned = at or passed()
    written, fates = day.write(before or day.begin(planned), planned, CAMPAIGN, entries, "联络员", NOW)
    contracts.check("documents/day_written", {"rows": fates})
    return written, [fate["code"] or fate["state"] for fate in fates]


def seen(written: day.Day, posts: tuple = (), roles: tuple = (), at: telling.Meeting | None = None) -> dict:
    reader = day_readers.Reader(frozenset(posts), frozenset(roles))
    found = day_readers.shown(written, at or passed(), CAMPAIGN, reader)
    contracts.check("documents/meeting_day", found)
    return found


def test_the_same_entry_sent_again_is_one_even_when_the_day_is_locked():
    once, _ = write(attended("a-1"))
    assert write(attended("a-1"), before=once) == (once, ["known"])
    held, _ = hold(passed(), present=6)
    assert write(attended("a-1"), attended("a-2", "03"), before=once, at=held) == (once, ["known", "day_locked"])


def test_nothing_is_written_while_the_gate_is_shut():
    assert write(attended("a-1"), at=meeting())[1] == ["materials_not_passed"]


def test_the_steps_begin_in_the_campaigns_order_last_years_rectification_first():
    assert day.steps(CAMPAIGN) == STEPS
    assert write(step("opinions"))[1] == ["agenda_order"]
    assert write(*map(step, STEPS))[1] == ["kept"] * len(STEPS)
    assert write(step("dinner"))[1] == ["agenda_step_unknown"]


def test_a_step_pressed_by_mistake_is_taken_back_while_it_is_the_last():
    begun, _ = write(step("last_rectification"), step("opinions"))
    assert write(step("last_rectification", "b-1", back=True), before=begun)[1] == ["agenda_order"]
    back, fates = write(step("opinions", "b-2", back=True), before=begun)
    assert fates == ["kept"] and [one["step"] for one in day.begun_steps(back, CAMPAIGN)] == ["last_rectification"]
    assert write(step("opinions", "s-3"), before=back)[1] == ["kept"]


def test_a_step_begins_when_it_was_pressed_and_not_later_than_it_was_heard():
    begun, _ = write(step("last_rectification"), {**step("opinions"), "at": "2099-01-01T00:00:00.000Z"})
    assert [row["began_at"] for row in seen(begun, roles=("liaison",))["agenda"][:3]] == [AT, NOW, None]


def test_whoever_writes_over_what_he_has_not_seen_is_told_what_stands():
    first, _ = write(attended("a-1"))
    other = attended("b-1", present=False, reason="病假", saw="")
    assert write(other, before=first) == (first, ["day_overtaken"])
    assert write({**other, "saw": "a-1"}, before=first)[1] == ["kept"]
    same, fates = write(attended("b-2", saw=""), before=first)
    assert (same["entries"], fates) == (first["entries"], ["known"]), "the same said twice is no conflict"
    assert write({**other, "saw": "b-2"}, before=same)[1] == ["kept"]


def test_one_refused_keeps_no_other_from_being_kept():
    entries = (
        attended("a-1", "77"),
        attended("a-2", present=False, reason=" "),
        criticised("02", "02"),
        attended("a-4"),
    )
    written, fates = write(*entries)
    assert fates == ["unknown_post", "absence_without_reason", "criticism_of_oneself", "kept"]
    assert [entry["id"] for entry in written["entries"]] == ["a-4"]


def test_coverage_counts_pairs_and_who_is_away_owes_nobody():
    away = attended("a-1", "06", present=False, reason="病假")
    written, _ = write(away, criticised("01", "02"), criticised("02", "06"), criticised("03", "01"),
                       criticised("03", "01", done=False))  # fmt: skip
    found = day.coverage(written, POSTS)
    assert (found["owed"], found["done"], len(found["missing"])) == (25, 2, 23)
    assert found["rows"][5] == {"post": "06", "gave": 0, "received": 1, "owed": 0}
    assert {"critic": "03", "target": "01"} in found["missing"], "taken back is not given"


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(POSTS), st.sampled_from(POSTS), st.booleans()), max_size=40), st.integers(0))
def test_whatever_is_sent_again_in_parts_changes_nothing(pressed, cut):
    entries = [
        criticised(critic, target, done=done, id=f"entry-{n}") for n, (critic, target, done) in enumerate(pressed)
    ]
    whole, _ = write(*entries)
    part, _ = write(*entries[: cut % (len(entries) + 1)])
    again, _ = write(*entries, before=part)
    assert day.standing(again).keys() == day.standing(whole).keys() and day.pairs(again) == day.pairs(whole)
    found = day.coverage(whole, POSTS)
    assert found["done"] + len(found["missing"]) == found["owed"] == 30


@pytest.mark.parametrize("roles", [("secretary",), ("liaison",), ("supervisor",)])
def test_the_units_hands_and_its_group_see_who_criticised_whom(roles):
    written, _ = write(criticised("01", "02"), {"id": "w-000001", "what": "statement", "at": AT, "text": "照单全收"})
    found = seen(written, roles=roles)
    assert found["criticism"]["given"][0]["critic"] == "01" and found["statement"]["text"] == "照单全收"


def test_a_member_sees_the_own_and_an_office_only_how_far_it_has_come():
    away = attended("a-1", "03", present=False, reason="病假")
    statement = {"id": "w-000001", "what": "statement", "at": AT, "text": "照单全收"}
    written, _ = write(away, criticised("01", "02"), criticised("03", "04"), statement)
    mine = seen(written, posts=("02",))
    assert [row["post"] for row in mine["attendance"]] == [row["post"] for row in mine["criticism"]["rows"]] == ["02"]
    assert [(one["critic"], one["target"]) for one in mine["criticism"]["given"]] == [("01", "02")]
    assert all("02" in one.values() for one in mine["criticism"]["missing"]) and not mine["statement"]["text"]
    office = seen(written, roles=("office",))
    assert office["criticism"]["given"] == office["criticism"]["missing"] == [] and not office["statement"]["text"]
    assert office["criticism"]["done"] == mine["criticism"]["done"] == 1, "who is away owes nobody"


def test_a_campaign_from_before_agendas_has_a_day_with_an_end_only():
    old = {**CAMPAIGN, "policy": {key: value for key, value in CAMPAIGN["policy"].items() if key != "agenda"}}
    assert day.steps(old) == ["end"]
