"""What the demonstration promises whoever starts Rectify for the first time. Told once for all tests of this file."""

import collections
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from services.console import calling, demo
from services.spine import clock, settings
from tests import stack

CAMPAIGN = stack.CAMPAIGN
TOUR = f"{CAMPAIGN}.990823-NYNC"
MIDDLE = "预审、审阅、退回、再提交 4 "
TELL = """
import sys
from services.console import demo
demo.live(demo.Api(sys.argv[1]), lambda what, done, total: print(what, done, total, flush=True))
"""
ACCOUNTS = {
    account["login"]: calling.Caller(account["login"], account["name"], account["grants"])
    for account in json.loads((demo.PLACE / "accounts.json").read_text("utf-8"))
}
OFFICE = ACCOUNTS["office"]
LISTED = json.loads((demo.PLACE / "life/materials.json").read_text("utf-8"))
WAITING = [
    ("office", "registry", f"/campaigns/{CAMPAIGN}/meetings", {"overdue": 1}),
    ("office", "rectification", "/ledger", {"state": "close_requested"}),
    ("county-office", "registry", f"/campaigns/{CAMPAIGN}/meetings", {"overdue": 1}),
    ("supervisor", "review", "/reviews", {"state": "prechecked"}),
    ("supervisor", "review", "/rereadings", {"campaign": CAMPAIGN, "state": "open"}),
    ("supervisor", "rectification", "/ledger", {"state": "close_requested"}),
    ("office", "rectification", "/candidates", {"state": "open"}),
    ("office", "registry", "/questions", {"campaign": CAMPAIGN, "state": "open"}),
    ("liaison", "notification", "/tip-receipts", {"campaign": CAMPAIGN, "unacknowledged": 1}),
    ("office", "notification", "/tip-receipts", {"campaign": CAMPAIGN, "state": "acknowledged"}),
    ("liaison", "registry", "/coaching-sessions", {"campaign": CAMPAIGN, "state": "awaited"}),
    ("county-office", "rectification", "/candidates", {"state": "explained"}),
    ("supervisor", "rectification", "/candidates", {"state": "explained"}),
    ("group-leader", "notification", "/messages", {"unread": 1}),
    ("secretary", "rectification", "/ledger", {"colour": "red"}),
    ("liaison", "rectification", "/ledger", {"colour": "yellow"}),
    ("liaison", "notification", "/messages", {"unread": 1}),
    ("office", "intake", "/materials", {"state": "unsigned"}),
    ("liaison-finance", "intake", "/materials", {"state": "returned"}),
    ("member", "notification", "/messages", {"unread": 1}),
    ("county-office", "rectification", "/escalations", {"state": "proposed"}),
    ("office", "rectification", "/escalations", {"state": "proposed"}),
    ("secretary", "rectification", "/escalations", {"state": "acknowledged"}),
    ("supervisor", "rectification", "/effectiveness", {"state": "waiting"}),
    ("county-office", "rectification", "/effect-issues", {"kind": "region"}),
    ("security", "access", "/accounts", {}),
]


@pytest.fixture(scope="module", autouse=True)
def told(embedded: stack.Stack) -> Iterator[str]:
    """The life is told, killed in its middle, and told again from the beginning; the day it was told from."""
    today = clock.today()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in embedded.environment.items():
            patch.setenv(name, value)
        settings.secret.cache_clear()
        _tell_and_kill(today)
        demo.live(demo.Api(today), lambda what, done, total: None)
        yield today
    settings.secret.cache_clear()


def test_every_stage_appears(embedded: stack.Stack) -> None:
    """The board shows units at each of the six stages, none that is cancelled, some overdue."""
    embedded.settled()
    board = OFFICE.get("registry", f"/campaigns/{CAMPAIGN}/progress")

    assert all((row["stage"] == "cancelled") == (not row["units"]) for row in board["stages"])
    assert 0 < board["overdue"] < board["total"] / 4


def test_every_outcome_and_round_appears() -> None:
    """They wait to be signed or read, are passed, returned, to be rewritten, unreadable; one is in version three."""
    materials = OFFICE.get("intake", "/materials", size=500)["rows"]

    assert {row["state"] for row in materials} == {
        "unsigned", "prechecked", "passed", "returned", "rewrite", "unreadable",
    }  # fmt: skip
    assert {row["version"] for row in materials} == {1, 2, 3}


def test_a_reader_has_one_in_hand_with_a_note_in_its_margin() -> None:
    """Whoever looks at the queue sees what is held and what is free."""
    (held,) = ACCOUNTS["supervisor"].get("review", "/reviews", mine="held", campaign=CAMPAIGN)["rows"]
    review = ACCOUNTS["supervisor"].get("review", f"/reviews/{held['review_id']}")

    assert [note["by_account"] for note in review["notes"]] == ["supervisor"]


def test_a_sample_was_read_again_and_the_groups_can_be_compared() -> None:
    """One of each group that has judged was drawn; most were read again, some still wait."""
    rows = OFFICE.get("review", "/rereadings", campaign=CAMPAIGN)["rows"]
    found = OFFICE.get("review", "/calibration", campaign=CAMPAIGN)

    assert len(rows) == sum(row["judged"] > 0 for row in found["groups"])
    assert len(rows) / 2 < found["overall"]["reread"] < len(rows)


def test_all_labelled_materials_are_handed_in() -> None:
    """Each of the twenty is a version of its unit, by the author's real post."""
    labels = json.loads((demo.PLACE / "materials/labels.json").read_text("utf-8"))["documents"]
    units = {row["unit_code"]: row for row in OFFICE.get("registry", f"/campaigns/{CAMPAIGN}/units")["units"]}
    handed = {(row["unit"], row["post"]) for row in OFFICE.get("intake", "/materials", size=500)["rows"]}
    listed = collections.Counter(row["unit"] for row in LISTED)

    assert {(row["unit"], row["post"]) for row in LISTED} <= handed
    for label in labels:
        titles = {post["title"] for post in units[label["unit_code"]]["posts"]} | {"领导班子"}
        assert listed[label["unit_code"]] == 1
        assert label["author_title"] in titles


def test_units_that_met_had_materials_that_passed() -> None:
    """At least a dozen have the team's and two outlines passed; of these no pre-check says fail, none is a copy."""
    meetings = OFFICE.get("registry", f"/campaigns/{CAMPAIGN}/meetings", size=500)["rows"]
    passed: dict[str, set[str]] = collections.defaultdict(set)
    for row in OFFICE.get("review", "/reviews", size=500)["rows"]:
        if (row["unit"], row["post"]) not in {(one["unit"], one["post"]) for one in LISTED}:
            assert (row["fails"], row["near_copies"], row["outcome"]) == ([], 0, "passed")
        if row["outcome"] == "passed":
            passed[row["unit"]].add(row["post"])

    met = {row["unit"] for row in meetings if row["stage"] in ("held", "rectifying", "closed")}
    assert all(unit in met for unit, posts in passed.items() if len(posts) > 1)
    assert sum({"team"} < posts and len(posts) >= 3 for posts in passed.values()) >= 12


def test_a_meeting_that_was_held_was_written_down_on_its_day_and_an_office_loaded_holidays() -> None:
    """Who came, every step of the agenda, who criticised whom; in some units a pair is missing."""
    meetings = OFFICE.get("registry", f"/campaigns/{CAMPAIGN}/meetings", size=500)["rows"]
    met = [row["meeting_id"] for row in meetings if row["stage"] in ("held", "rectifying", "closed")]
    days = [OFFICE.get("registry", f"/meetings/{one}/day") for one in met]

    assert all(step["began_at"] for day in days for step in day["agenda"])
    assert {len(day["criticism"]["missing"]) for day in days} == {0}, "an office sees no pairs"
    assert {day["criticism"]["owed"] - day["criticism"]["done"] for day in days} == {0, 1}
    assert OFFICE.get("registry", "/workdays")["version"] == 1


def test_verdicts_follow_the_labels_and_quote_the_text() -> None:
    """A first version fails what its label says; each quotation stands in the paragraph it points at."""
    labels = json.loads((demo.PLACE / "materials/labels.json").read_text("utf-8"))["documents"]
    fails: dict[str, list[str]] = {label["unit_code"]: label["fails"] for label in labels}
    listed = {(row["unit"], row["post"]) for row in LISTED}
    judged = [row for row in OFFICE.get("review", "/reviews", size=500)["rows"] if row["outcome"]]

    for row in judged:
        review = OFFICE.get("review", f"/reviews/{row['review_id']}")
        texts = {paragraph["n"]: paragraph["text"].replace("**", "") for paragraph in review["paragraphs"]}
        comments = review["verdict"]["comments"]
        assert all(comment["quotation"] in texts[comment["paragraph"]] for comment in comments if comment["quotation"])
        if row["version"] == 1:
            assert [comment["standard"] for comment in comments] == (
                fails[row["unit"]] if (row["unit"], row["post"]) in listed else []
            )


def test_the_copy_is_found_and_its_source_is_not() -> None:
    """The copied outline points at the one handed in before it."""
    source, copy = f"{TOUR}.speech_outline.03.v1", f"{CAMPAIGN}.990824-NYNC.speech_outline.02.v1"

    assert OFFICE.get("review", f"/reviews/{copy}")["near_copies"][0]["review_id"] == source
    assert not OFFICE.get("review", f"/reviews/{source}")["near_copies"]


def test_every_state_and_colour_appears_in_the_ledgers() -> None:
    """Open, applied for, closed in time and late, sent back once; all four colours."""
    items = OFFICE.get("rectification", "/ledger", size=500)["rows"]

    assert {row["state"] for row in items} == {"open", "close_requested", "closed"}
    assert {row["colour"] for row in items} == {"green", "blue", "yellow", "red"}
    assert {row["late"] for row in items if row["state"] == "closed"} == {False, True}
    assert any(entry["what"] == "sent_back" for row in items for entry in row["history"])
    assert any(evidence.get("sha256") for row in items for e in row["progress"] for evidence in e["evidence"])


def test_a_notice_was_answered_effects_were_published_and_one_unit_was_graded() -> None:
    """Nobody looks at an empty ladder, list or evaluation."""
    (issue,) = OFFICE.get("rectification", "/effect-issues", campaign=CAMPAIGN)["rows"]
    assert (issue["number"], issue["count"], issue["withdrawn"]) == (1, 3, 0)
    units = OFFICE.get("rectification", "/evaluations", campaign=CAMPAIGN, size=500)["rows"]
    (graded,) = [row for row in units if row["state"] == "decided"]
    found = OFFICE.get("rectification", f"/evaluations/{graded['evaluation_id']}")
    assert graded["grade"] == found["computed"]["grade"] == "fair" and len(found["methods"]) == 3
    assert OFFICE.get("rectification", "/evaluation-samples", campaign=CAMPAIGN)["total"] == 1


def test_every_ledger_is_laid_before_its_group_and_some_plans_still_wait_there() -> None:
    """Submitted as it stands; told again nothing of it is stale."""
    plans = OFFICE.get("rectification", "/plans", campaign=CAMPAIGN, size=500)["rows"]
    ledgers = {row["unit"] for row in OFFICE.get("rectification", "/ledger", size=500)["rows"]}

    assert {row["state"] for row in plans} == {"submitted", "approved"}
    assert {row["unit"] for row in plans} == ledgers


def test_what_the_groups_said_is_on_the_ledger_explained_or_waits() -> None:
    """Most units that have met have a comment; its problems in all three states, some opened again, none lost."""
    meetings = OFFICE.get("registry", f"/campaigns/{CAMPAIGN}/meetings", size=500)["rows"]
    met = {row["unit"] for row in meetings if row["stage"] in ("held", "rectifying", "closed")}
    rows = OFFICE.get("rectification", "/candidates", source="supervision", size=500)["rows"]
    commented = {row["unit"] for row in rows}

    assert {row["state"] for row in rows} == {"open", "adopted", "explained"} and any(r["reopenings"] for r in rows)
    assert commented < met and len(met - commented) <= 2
    for unit in commented:
        comment = OFFICE.get("review", f"/supervision-comments/{CAMPAIGN}.{unit}.comment")
        assert {one["id"] for one in comment["problems"]} == {
            row["candidate_id"] for row in rows if row["unit"] == unit
        }
    for row in rows:
        if row["item_id"]:
            item = OFFICE.get("rectification", f"/items/{row['item_id']}")
            assert (item["source"], item["candidate"]) == ("supervision", row["candidate_id"])
    late = [row for row in meetings if 9 in row["overdue"]]
    assert {row["unit"] for row in late} == met - commented


def test_the_tour_lacks_one_outline(told: str) -> None:
    """Whoever follows the README hands in one outline; then the meeting can be held today."""
    meeting = OFFICE.get("registry", f"/meetings/{TOUR}")

    assert meeting["gate"]["missing"] == ["speech_outline/02"]
    assert meeting["meeting_on"] == told


@pytest.mark.parametrize(("login", "service", "path", "query"), WAITING)
def test_each_account_has_something_waiting(login: str, service: str, path: str, query: dict[str, Any]) -> None:
    """Nobody signs in to an empty page."""
    found = ACCOUNTS[login].get(service, path, **query)

    assert found["rows"] or login == "security"


def test_telling_it_again_changes_nothing(told: str, embedded: stack.Stack) -> None:
    """No event, version, entry or decision is there twice."""
    embedded.settled()
    before = _everything(embedded)

    demo.live(demo.Api(told), lambda what, done, total: None)

    embedded.settled()
    assert _everything(embedded) == before


def test_every_unit_stands_in_the_tree_of_organisations_with_its_posts():
    units = OFFICE.get("registry", f"/campaigns/{CAMPAIGN}/units")["units"]
    levels = OFFICE.get("registry", "/organisations")["levels"]
    assert sum(levels.values()) == len(units) + 8, "the city and seven counties above them"
    shown = OFFICE.get("registry", f"/organisations/{TOUR.partition('.')[2]}")
    titles = next(unit["posts"] for unit in units if unit["unit_code"] == shown["code"])
    assert [post["title"] for post in shown["posts"]] == [post["title"] for post in titles]


def _tell_and_kill(today: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", TELL, today]
    here = {**os.environ, "PYTHONPATH": str(settings.ROOT)}
    with subprocess.Popen(command, env=here, stdout=subprocess.PIPE, text=True) as teller:
        assert teller.stdout is not None
        reached = any(line.startswith(MIDDLE) for line in teller.stdout)
        teller.kill()
    assert reached


def _everything(embedded: stack.Stack) -> dict[str, Any]:
    kept = {}
    for service, collection in (
        ("registry", "meetings"),
        ("intake", "materials"),
        ("review", "reviews"),
        ("review", "rereadings"),
        ("review", "supervision_comments"),
        ("registry", "coaching_sessions"),
        ("registry", "coaching_attendance"),
        ("registry", "questions"),
        ("registry", "organisations"),
        ("registry", "organisation_imports"),
        ("rectification", "items"),
        ("rectification", "candidates"),
        ("rectification", "escalations"),
        ("rectification", "evaluations"),
        ("rectification", "issues"),
        ("intake", "forms"),
        ("notification", "tip_receipts"),
        ("feed", "events"),
    ):
        kept[collection] = {
            str(row["_id"]): row.get("revision") for row in embedded.database(service)[collection].find()
        }
    return kept
