"""A bulletin keeps the numbers of its moment; it is written once and never beyond its maker's scope."""

import io

import docx
import pytest

from services.registry import bulletin, bulletin_store
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
    return bulletin_store.figures(db, DEFINED, WHOLE, region, TODAY, 5)


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
