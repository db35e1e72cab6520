"""A batch by its rules: what a line will come to and came to, and when it may be run or ended."""

import io
import time
from typing import Any
from unittest import mock

import pytest

from services.intake import batches, batches_store, domain, manifest, store, working
from services.spine.errors import Refusal
from tests import parcels

PLAN: dict[str, Any] = {"campaign": "c", "unit": "990823-NYNC", "region": "990823", "group": "G4"}
PLAN["required"] = [{"kind": "meeting_report", "post": "team"}]
AT = "2024-01-02T08:00:00.000Z"
FACTS = {"campaign": "c", "by": "县办", "by_account": "county", "opened_at": AT, "parcel": "p"}
LINE = {"row": 2, "unit": "990823-NYNC", "kind": "meeting_report", "post": "team", "file": "a.txt", "refusal": None}


def handed(sha256: str, follows: int = 0, by: str = "county", at: str = AT) -> domain.Handed:
    return domain.Handed(sha256, 1, "text/plain", "a.txt", follows, "", {}, by, by, at, "2024-01-02")


def material(*contents: str, **who: str) -> domain.Material:
    found = domain.begin(PLAN, "meeting_report", "team")
    for follows, sha256 in enumerate(contents):
        found, _ = domain.submit(found, handed(sha256, follows, **who))
    return found


def begun(state: str = "checking", **more) -> batches.Batch:
    return {**batches.begin("c.b1", [LINE], **FACTS)[0], "state": state, **more}


def test_a_line_tells_before_anything_is_kept_whether_it_is_new_the_next_or_there_already():
    first, second = material("a"), material("a", "b")
    assert batches.looked(None, first) == {"outcome": "new", "follows": 0, "version": 1}
    assert batches.looked(first, second) == {"outcome": "next", "follows": 1, "version": 2}
    same = batches.looked(first, first)
    assert (same["outcome"], same["receipt"]["number"]) == ("same", "c.990823-NYNC.meeting_report.team.v1")


def test_a_version_the_batch_brought_before_it_was_interrupted_is_its_own_anybody_elses_is_not():
    batch, line = begun("running", started_at=AT), {**LINE, "follows": 0}
    mine = material("a")
    assert batches.taken(line, batch, None, mine)["outcome"] == "accepted"
    assert batches.taken(line, batch, mine, mine)["outcome"] == "accepted"
    others = material("a", by="liaison")
    assert batches.taken(line, batch, others, others)["outcome"] == "same"
    earlier = material("a", at="2024-01-01T08:00:00.000Z")
    assert batches.taken(line, batch, earlier, earlier)["outcome"] == "same"


def test_only_what_was_checked_is_run_and_running_again_changes_nothing():
    assert batches.run(begun("checked"), "市办", AT)["by"] == "市办"
    for state in ("running", "done"):
        batch = begun(state, started_at=AT)
        assert batches.run(batch, "市办", "later") is batch
    for state in ("checking", "ended", "refused"):
        with pytest.raises(Refusal, match="batch_not_checked"):
            batches.run(begun(state), "市办", AT)


def test_a_batch_is_ended_before_it_is_done_once():
    ended = batches.end(begun("running"), AT)
    assert ended["state"] == "ended" and batches.end(ended, "later") is ended
    with pytest.raises(Refusal, match="batch_done"):
        batches.end(begun("done"), AT)


def test_lines_that_could_not_be_understood_are_refused_from_the_start():
    _, rows = batches.begin("c.b1", [LINE, {**LINE, "row": 3, "refusal": {"code": "batch_cell"}}], **FACTS)
    assert [(row["stage"], row["outcome"]) for row in rows] == [("read", None), ("checked", "refused")]


def test_the_same_zip_of_the_same_person_is_the_same_batch():
    assert batches.named("c", "a", "s") == batches.named("c", "a", "s") != batches.named("c", "b", "s")


def test_a_units_plan_is_read_once_however_many_lines_it_has(db, monkeypatch):
    store.prepare(db)
    owed = [{"kind": "speech_outline", "post": f"{post:02d}"} for post in range(1, 5)]
    store.remember_plan(db, {**PLAN, "required": owed}, 1)
    rows = [(PLAN["unit"], "speech_outline", row["post"], f"{row['post']}.txt") for row in owed]
    data = parcels.packed(rows, {file: parcels.text(int(post)) for _, _, post, file in rows})
    lines, _ = manifest.read("manifest.xlsx", parcels.sheet(rows))
    facts = {**FACTS, "file_name": "全县.zip", "spare": []}
    batch, kept = batches.begin("c.b1", lines, **facts)
    batches_store.keep_parcel(db, "p", "全县.zip", io.BytesIO(data))
    assert batches_store.add(db, batch, kept, AT)
    plan = mock.Mock(wraps=store.plan)
    monkeypatch.setattr(store, "plan", plan)
    claimed = batches_store.claim(db, time.time())
    assert claimed
    working.work(db, claimed, time.monotonic() + 60)
    plan.assert_called_once_with(db, "c", PLAN["unit"])
    assert [row["outcome"] for row in batches_store.all_lines(db, "c.b1")] == ["new"] * 4
