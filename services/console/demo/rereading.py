"""The sample that is read again: the office draws one of each group, and the groups read what they were given.

The second reader follows the pre-check: what it says fails, fails, and all else passes.
"""

from typing import Any

from services.console.demo.people import Life

SEED, PERCENT = "2023", 1
STANDARDS = ("problems", "examples", "persuasion", "causes", "measures")


def sample(life: Life) -> None:
    """Draw, and let the groups read; what falls to a reader with an account waits for whoever signs in."""
    office, campaign = life.cast.office, life.cast.campaign
    office.post("review", "/samples", {"campaign": campaign, "seed": SEED, "percent": PERCENT})
    rows = office.get("review", "/rereadings", campaign=campaign, state="open", size=500)["rows"]
    others = [row for row in rows if not life.cast.has_account("supervisor", row["group"])]
    life.together("抽样复读", others, lambda row: _read(life, row))


def _read(life: Life, row: dict[str, Any]) -> None:
    reader = life.cast.reader(row["group"])
    path = f"/rereadings/{row['rereading_id']}"
    findings = reader.get("review", path)["findings"]
    standards: dict[str, Any] = {code: {"passed": True} for code in STANDARDS}
    for one in reversed([one for one in findings if one["severity"] == "fail"]):
        standards[one["standard"]] = {"passed": False, "reason": one["reason"]["zh"]}
    reader.post("review", f"{path}/verdict", {"standards": standards})
