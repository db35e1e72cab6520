"""A bulletin keeps the numbers of its moment; it is written once and never beyond its maker's scope."""

import io

import docx
import pytest

from services.registry import bulletin, bulletin_store, progress_store, progressing, weekly
from services.spine import clock, contracts, errors, feed
from tests.registry.histories import told
from tests.registry.test_progress_store import CAMPAIGN, CODE, TODAY, WHOLE, followed, said

KEY = f"{CODE}.press-0001"
HEAD = {"_id": KEY, "campaign": CODE, "region": None, "title": "进展简报", "as_of": "2024-01-08T01:00:00.000Z",
        "made_by": "办公室甲"}  # fmt: skip
DEFINED = {**CAMPAIGN, "campaign_code": CODE, "title": "专题民主生活会", "standards": [], "aspects": []}


@pytest.fixture(scope="module")
def counted(store):
    """A model of some units, and the feed that it follows."""
    db, feed_db = store.client["bulletins"], store.client["bulletinsfeed"]
    feed.prepare(feed_db)
    progress_store.prepare(db)
    bulletin_store.prepare(db)
    said(feed_db, told(5, 12, 200))
    followed(db, feed_db)
    return db, feed_db


@pytest.fixture
def running(counted, monkeypatch):
    """The same without a bulletin, on a day."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    counted[0].bulletins.delete_many({})
    return counted


def figures(db, region=None):
    return bulletin_store.figures(db, DEFINED, WHOLE, region, TODAY)


def test_a_bulletin_tells_no_number_of_fewer_units_than_the_strictest_county_asks(running):
    asked = [{"kind": "region", "of": "990001", "policy": {"small_group": 10}, "offsets": {}}]
    stricter = {**DEFINED, "policy_overrides": asked}
    found = {
        region: bulletin_store.figures(running[0], stricter, WHOLE, region, TODAY)["problems"]["least"]
        for region in (None, "990001", "990002")
    }
    assert found == {None: 10, "990001": 10, "990002": figures(running[0])["problems"]["least"]}


def test_units_whose_meeting_was_cancelled_are_told_beside_the_others(running):
    found = figures(running[0])
    gone = found["board"]["stages"][-1]["units"]
    said = bulletin.compose({**HEAD, "number": 1, "figures": found}, DEFINED)[4]["text"]
    assert gone and f"共{12 - gone}个单位" in said and f"另有{gone}个单位的会议已取消" in said


def text(word):
    document = docx.Document(io.BytesIO(word))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


def test_what_a_bulletin_says_stays_when_the_board_goes_on(running):
    db, feed_db = running
    made = bulletin_store.add(db, DEFINED, {**HEAD, "figures": figures(db)})
    before = bulletin.shown(made)
    contracts.check("documents/bulletin", before)
    said(feed_db, told(6, 12, 200))
    followed(db, feed_db)

    kept = db.bulletins.find_one({"_id": KEY})
    assert bulletin.shown(kept) == before
    assert bytes(kept["word"]) == made["word"]
    assert figures(db)["board"]["heard"] != before["figures"]["board"]["heard"]


def test_the_word_document_says_the_frozen_numbers(running):
    db, _ = running
    made = bulletin_store.add(db, DEFINED, {**HEAD, "figures": figures(db)})
    board, words = made["figures"]["board"], text(made["word"])

    assert "第1期" in words
    assert any(f"共{board['total']}个单位" in line for line in words)
    assert any("2024年1月8日09:00" in line for line in words)
    for line in board["regions"]:
        assert line["name"] in words


def test_what_was_counted_under_an_aspect_that_was_dropped_is_told_by_its_name(running):
    db, _ = running
    found = figures(db)
    code = next(row["aspect"] for row in found["problems"]["rows"] if row["aspect"])
    former = {"aspects": [{"code": code, "title": "以前的方面"}]}
    db.versions.insert_one({"_id": f"{CODE}.1", "campaign": CODE, "version": 1, "definition": former})
    try:
        words = text(bulletin_store.add(db, DEFINED, {**HEAD, "figures": found})["word"])
    finally:
        db.versions.delete_many({})
    assert "以前的方面" in words and code not in words


def test_numbers_count_from_one_in_each_place_and_a_key_is_written_once(running):
    db, _ = running
    found = figures(db)
    numbers = [
        bulletin_store.add(db, DEFINED, {**HEAD, "_id": f"{CODE}.{n}", "region": region, "figures": found})["number"]
        for n, region in enumerate((None, None, "990823", None))
    ]

    assert numbers == [1, 2, 1, 3]
    with pytest.raises(errors.Stale):
        bulletin_store.add(db, DEFINED, {**HEAD, "_id": f"{CODE}.0", "figures": found})


def test_no_numbers_are_taken_while_events_are_being_counted(running):
    db, _ = running
    db.progress_cursor.update_one({"_id": "progress"}, {"$inc": {"upto": 5}})
    with pytest.raises(errors.Stale):
        figures(db)
    db.progress_cursor.update_one({"_id": "progress"}, {"$inc": {"upto": -5}})


def test_nobody_makes_one_beyond_the_own_scope():
    county = [{"region": "990823"}]
    assert bulletin.place([{}], None) is None
    assert bulletin.place([{}], "990881") == "990881"
    assert bulletin.place(county, None) == "990823"
    with pytest.raises(errors.Refusal):
        bulletin.place(county, "990881")


MONDAY = "2024-01-08T00:00:00.000Z"
OPEN = {**DEFINED, "_id": CODE, "state": "open", "region_code": "9908", "policy": {}}


def under(policy=None, **values):
    return {**OPEN, "policy": {"bulletin": policy} if policy else {}, **values}


@pytest.mark.parametrize(
    ("policy", "now", "due_at"),
    [
        (None, "2024-01-08T00:00:00.000Z", MONDAY),
        (None, "2024-01-07T23:59:59.000Z", "2024-01-01T00:00:00.000Z"),
        (None, "2024-01-14T15:00:00.000Z", MONDAY),
        ({"weekday": "sunday", "hour": 20}, "2024-01-08T00:00:00.000Z", "2024-01-07T12:00:00.000Z"),
        ({"weekday": "monday", "hour": 0}, "2024-01-07T16:00:00.000Z", "2024-01-07T16:00:00.000Z"),
        ({"weekday": "off", "hour": 8}, "2024-01-08T00:00:00.000Z", None),
    ],
)
def test_a_bulletin_is_due_on_the_day_and_hour_of_the_policy_where_the_campaign_lives(policy, now, due_at):
    assert weekly.due(under(policy), now) == due_at


def test_none_is_due_for_a_campaign_that_is_not_under_way_or_opened_later():
    later = "2024-01-08T00:00:01.000Z"
    assert weekly.due(under(state="draft"), later) is None
    assert weekly.due(under(opened_at=later), later) is None
    assert weekly.due(under(opened_at="2024-01-07T00:00:00.000Z"), later) == MONDAY


def strike(running, now, campaign=OPEN):
    db, feed_db = running
    bulletin_store.make_weekly(db, feed_db, campaign, now)


def test_a_week_has_one_bulletin_and_says_so_once_however_often_it_strikes(running):
    db, _ = running
    for now in (MONDAY, "2024-01-08T00:01:00.000Z", "2024-01-14T15:59:00.000Z"):
        strike(running, now)
    strike(running, "2024-01-11T02:00:00.000Z", under({"weekday": "thursday", "hour": 10}))
    (made,) = db.bulletins.find()
    assert (made["number"], made["due_at"], made["late"], made["as_of"]) == (1, MONDAY, False, MONDAY)
    (said,) = made["outbox"]
    assert (said["type"], said["data"]["number"]) == ("rectify.bulletin_made", 1)
    contracts.check("documents/bulletin", bulletin.shown(made))

    strike(running, "2024-01-15T00:00:30.000Z")
    assert sorted(one["number"] for one in db.bulletins.find()) == [1, 2]


def test_two_processes_that_strike_at_once_make_one(running, monkeypatch):
    """The one overtaken finds, the next time, that it is done."""
    db, _ = running
    counted = bulletin_store.figures

    def overtaken(*asked):
        monkeypatch.setattr(bulletin_store, "figures", counted)
        strike(running, MONDAY)
        return counted(*asked)

    monkeypatch.setattr(bulletin_store, "figures", overtaken)
    with pytest.raises(errors.Stale):
        strike(running, MONDAY)
    strike(running, MONDAY)
    assert db.bulletins.count_documents({}) == 1


def test_a_missed_one_is_made_up_for_and_says_in_word_of_which_moment_it_is(running):
    db, _ = running
    strike(running, "2024-01-10T03:05:00.000Z")
    (made,) = db.bulletins.find()
    assert (made["due_at"], made["late"], made["as_of"]) == (MONDAY, True, "2024-01-10T03:05:00.000Z")
    (line,) = (line for line in text(made["word"]) if line.startswith("活动："))
    assert "数据截至2024年1月10日11:05" in line and "应于2024年1月8日08:00编发，补编于2024年1月10日11:05" in line


def test_what_was_told_before_it_was_due_is_counted_first(running, monkeypatch):
    waiting = {"waiting_since": "2024-01-07T23:00:00.000Z"}
    monkeypatch.setattr(progressing, "state", lambda *_: waiting)
    strike(running, MONDAY)
    assert running[0].bulletins.count_documents({}) == 0
    waiting["waiting_since"] = "2024-01-08T00:00:00.500Z"
    strike(running, "2024-01-08T00:01:00.000Z")
    assert running[0].bulletins.count_documents({}) == 1


def test_a_hand_never_takes_the_weeks_place():
    assert "." in weekly.draft(OPEN, MONDAY, MONDAY)["_id"].removeprefix(f"{CODE}.")
