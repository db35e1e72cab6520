"""Snapshots: what stands now, with the number of the feed up to which all is in it."""

import threading

import pytest

from services.spine import errors, feed, snapshots
from services.spine.actor import FEED, Actor
from tests.stack import grant, wait_until

OFFICE = [grant("office", "campaign", "c-1", "c-1")]
EVERYWHERE = {**grant(FEED, "system", "*", None), "part": {"types": [], "regions": [], "secrecy": "internal"}}


def asker(*grants: dict) -> Actor:
    return Actor({"sub": "subscriber:oa", "name": "OA", "grants": list(grants)}, "read_snapshots", "2024-01-02")


def told(campaign: str | None = "c-1", **part) -> Actor:
    place = grant(FEED, "campaign", campaign, campaign) if campaign else EVERYWHERE
    return asker({**place, "part": {**EVERYWHERE["part"], **part}})


def record(key: str, revision: int = 1, region: str = "990823", campaign: str = "c-1", **more) -> dict:
    places = {"campaign": campaign, "region": region, "unit": f"{region}-{key.upper()}", "group": "G4"}
    return {"_id": f"{campaign}.{key}", "revision": revision, **places, "outbox": [], **more}


def take(db, who: Actor, **query: str) -> dict:
    snapshots._rolls.clear()
    kind = snapshots.Kind(db.items, db.units, ("item_",), lambda row: {"state": row.get("state", "open")})
    return snapshots.page(kind, db, who, query)


def subjects(db, who: Actor) -> list[str]:
    return [row["subject"] for row in take(db, who)["rows"]]


@pytest.fixture
def records(db):
    feed.prepare(db)
    keep(db, record("a"), record("b", region="990881"))
    keep(db, record("c", secrecy="work_secret"), record("d", campaign="c-2"))
    return db


def keep(db, *rows: dict) -> None:
    db.items.create_index([("campaign", 1), ("unit", 1), ("number", 1)])
    db.items.insert_many(list(rows))
    db.units.insert_many([{"campaign": row["campaign"], "unit": row["unit"]} for row in rows])


def test_a_subscriber_takes_its_campaign_regions_and_secrecy_and_nothing_else(records):
    assert subjects(records, told()) == ["c-1.a", "c-1.b"]
    assert subjects(records, told(regions=["990823"])) == ["c-1.a"]
    assert subjects(records, told(secrecy="work_secret")) == ["c-1.a", "c-1.b", "c-1.c"]
    assert subjects(records, told(None)) == ["c-1.a", "c-1.b", "c-2.d"]
    assert subjects(records, asker(*OFFICE)) == ["c-1.a", "c-1.b", "c-1.c"]
    county = grant("county_office", "region", "990881", "c-1")
    assert subjects(records, asker(county)) == ["c-1.b"]
    assert subjects(records, asker(*OFFICE, county)) == ["c-1.a", "c-1.b", "c-1.c"]


def test_who_is_told_of_no_such_events_takes_no_such_records(records):
    assert subjects(records, told(types=["verdict_issued", "item_reopened"])) == ["c-1.a", "c-1.b"]
    with pytest.raises(errors.Refusal, match="snapshot_not_told"):
        take(records, told(types=["verdict_issued"]))


@pytest.mark.parametrize("role", ["supervisor", "secretary", "member", "liaison", "system_admin", "checker"])
def test_others_take_none(role):
    with pytest.raises(errors.Refusal, match="not_permitted"):
        asker(grant(role, "campaign", "c-1", "c-1"))


def test_pages_go_on_with_the_cursor_of_the_first_and_each_reads_no_more_than_it_gives(records):
    keep(records, *(record(f"m{n:04d}") for n in range(900)))
    page = take(records, told(), limit="400")
    feed.append(records, [event("c-1.a", 2)])
    seen = list(page["rows"])
    while page["next"]:
        page = take(records, told(), limit="400", after=page["next"])
        assert page["cursor"] == 0
        seen += page["rows"]
    assert len(seen) == len({row["subject"] for row in seen}) == 902
    few = [f"990823-M{n:04d}" for n in range(100, 125)]
    looked = records.items.find(snapshots.of("c-1", few)).explain()["executionStats"]
    assert (looked["totalDocsExamined"], looked["nReturned"]) == (25, 25)


def test_a_unit_that_came_a_moment_ago_is_there_as_soon_as_the_cursor_has_its_event(records):
    take(records, told())
    keep(records, record("new"))
    feed.append(records, [event("c-1.new", 1)])
    kind = snapshots.Kind(records.items, records.units, ("item_",), lambda _: {})
    page = snapshots.page(kind, records, told(), {})
    assert page["cursor"] == 1 and "c-1.new" in [row["subject"] for row in page["rows"]]


def event(subject: str, sequence: int) -> dict:
    return {
        "id": f"item_progressed:{subject}:{sequence}",
        "type": "rectify.item_progressed",
        "subject": subject,
        "sequence": sequence,
        "campaign": "c-1",
        "region": "990823",
        "data": {"state": f"s{sequence}"},
    }


def test_a_snapshot_and_the_events_after_its_cursor_come_to_what_stands_whatever_is_written_meanwhile(db):
    """Records are written first and told later, as the relay does; the reader keeps what is newer by `sequence`."""
    feed.prepare(db)
    keep(db, *(record(f"r{n:02d}", state="s1") for n in range(40)))
    over = threading.Event()

    def write(start: int) -> None:
        sequence = 1
        while not over.is_set():
            sequence += 1
            for n in range(start, 40, 2):
                state = {"state": f"s{sequence}", "revision": sequence}
                db.items.update_one({"_id": f"c-1.r{n:02d}"}, {"$set": state})
                feed.append(db, [event(f"c-1.r{n:02d}", sequence)])

    writing = [threading.Thread(target=write, args=(start,)) for start in (0, 1)]
    for thread in writing:
        thread.start()
    try:
        wait_until(lambda: feed.last(db) >= 20)
        pages = [take(db, told(), limit="7")]
        while pages[-1]["next"]:
            pages.append(take(db, told(), limit="7", after=pages[-1]["next"]))
    finally:
        over.set()
        for thread in writing:
            thread.join()
    kept = {row["subject"]: (row["sequence"], row["state"]) for page in pages for row in page["rows"]}
    cursor = pages[0]["cursor"]
    for _, one in feed.read(db, cursor, limit=100000):
        if one["sequence"] > kept[one["subject"]][0]:
            kept[one["subject"]] = (one["sequence"], one["data"]["state"])
    assert cursor >= 20
    assert kept == {row["_id"]: (row["revision"], row["state"]) for row in db.items.find()}
