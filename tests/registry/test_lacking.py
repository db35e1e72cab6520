"""Units by what they lack: what was not handed in or was sent back, by day."""

from services.registry import meeting_lines

PLACES = ("meeting_id", "campaign", "unit", "unit_name", "team", "region", "group")


def row(kind: str, state: str, due_on: str, post: str = "team") -> dict:
    return {"kind": kind, "post": post, "state": state, "due_on": due_on, "gate": False}


MEETING = dict.fromkeys(PLACES, "x") | {
    "meeting_on": "2024-01-09",
    "team": "党组",
    "posts": [{"post": "02", "title": "副局长"}],
    "required": [
        row("minutes", "missing", "2024-01-12"),
        row("speech_outline", "returned", "2024-01-02", "02"),
        row("meeting_plan", "missing", "2024-01-01"),
        row("study_record", "received", "2024-01-01"),
        row("ledger", "waived", "2024-01-01"),
        row("team_inspection", "submitted", "2024-01-01"),
    ],
}


def test_what_is_lacking_is_told_by_day_with_whose_it_is_and_whether_it_is_overdue():
    found = meeting_lines.lacking(MEETING, "2024-01-05")
    told = [(one["kind"], one["title"], one["overdue"]) for one in found["lacks"]]
    assert told == [("meeting_plan", "党组", True), ("speech_outline", "副局长", False), ("minutes", "党组", False)]
    assert (found["owed"], found["late"]) == (6, 1)


def test_it_can_be_asked_for_one_kind_or_what_is_overdue_only():
    assert [one["kind"] for one in meeting_lines.lacking(MEETING, "2024-01-05", "minutes")["lacks"]] == ["minutes"]
    assert [one["kind"] for one in meeting_lines.lacking(MEETING, "2024-01-05", late=True)["lacks"]] == ["meeting_plan"]
