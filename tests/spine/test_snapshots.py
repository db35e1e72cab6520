"""Snapshots: what stands now, with the number of the feed up to which all is in it."""

import threading
import time

import pytest

from services.spine import actor, errors, feed, snapshots
from services.spine.actor import FEED, Actor
from tests.stack import grant

ALONG = [("campaign", 1), ("unit", 1)]
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
    kind = snapshots.Kind(db.items, db.units, ("item_",), lambda row: {"state": row.get("state", "open")}, ALONG)
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
    db.items.create_index(ALONG)
    db.items.insert_many(list(rows))
    db.units.insert_many([{"campaign": row["campaign"], "unit": row["unit"]} for row in rows])


def test_a_subscriber_takes_its_campaign_regions_and_secrecy_and_nothing_else(records):
    assert subjects(records, told()) == ["c-1.a", "c-1.b"]
    assert subjects(records, told(regions=["990823"])) == ["c-1.a"]
    assert subjects(records, told(secrecy="work_secret")) == ["c-1.a", "c-1.b", "c-1.c"]
    assert subjects(records, told(None)) == ["c-1.a", "c-1.b", "c-2.d"]
    assert subjects(records, asker(*OFFICE)) == ["c-1.a", "c-1.b"]
    county = grant("county_office", "region", "990881", "c-1")
    assert subjects(records, asker(county)) == ["c-1.b"]
    assert subjects(records, asker(*OFFICE, county)) == ["c-1.a", "c-1.b"]


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
    few = {"campaign": "c-1", "unit": {"$gte": "990823-M0100", "$lte": "990823-M0124"}}
    for who in (told(regions=["99"]), asker(*OFFICE, grant("county_office", "region", "990881", "c-1"))):
        asked = actor.both(snapshots.within(who, ("item_",)), few)
        looked = records.items.find(asked).hint(ALONG).explain()["executionStats"]
        assert looked["totalDocsExamined"] == 25


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
    wait_for_events(db, 20)
    kept: dict[str, tuple[int, str]] = {}
    page = take(db, told(), limit="7")
    cursor = page["cursor"]
    while True:
        kept |= {row["subject"]: (row["sequence"], row["state"]) for row in page["rows"]}
        if not page["next"]:
            break
        page = take(db, told(), limit="7", after=page["next"])
    over.set()
    for thread in writing:
        thread.join()
    for _, one in feed.read(db, cursor, limit=100000):
        if one["sequence"] > kept[one["subject"]][0]:
            kept[one["subject"]] = (one["sequence"], one["data"]["state"])
    assert cursor >= 20
    assert kept == {row["_id"]: (row["revision"], row["state"]) for row in db.items.find()}


def wait_for_events(db, count: int) -> None:
    end = time.monotonic() + 20
    while feed.last(db) < count:
        assert time.monotonic() < end
        time.sleep(0.01)
