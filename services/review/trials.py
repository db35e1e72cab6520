"""Trials: what a new version of the rules would change, and whether it comes nearer to what people decided.

Pure: what both versions said of past materials, and the verdicts on them, in; a comparison out. What must stay true:
nothing is decided by it, and it carries ids, codes and counts, no text. A trial: {_id, trial_id, state:
running|done|refused, at, by, campaign, limit, files (names), and the comparison or the `refusal`}.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.review.domain import STANDARDS, Reader
from services.spine import errors

Trial = dict[str, Any]
LONGEST_SECONDS = 120.0
MOST_FAULTS = 200


def begin(files: Mapping[str, str], campaign: str | None, limit: int, by: Reader) -> Trial:
    """A trial that begins; the same files over the same materials, tried by the same person, are the same trial."""
    asked = json.dumps([by.account, campaign, limit, dict(files)], sort_keys=True)
    trial_id = hashlib.sha256(asked.encode()).hexdigest()[:16]
    said = {"campaign": campaign, "limit": limit, "files": sorted(files)}
    return {"_id": trial_id, "trial_id": trial_id, "state": "running", "at": by.at, "by": by.name, **said}


def refused(refusal: errors.Refusal) -> dict[str, Any]:
    """What is kept of a trial that was refused: the reason, with as many faults as anybody reads."""
    said = {"code": refusal.code, "params": refusal.params, "errors": refusal.errors[:MOST_FAULTS]}
    return {"state": "refused", "refusal": said}


def shown(trial: Trial, now: str, language: str = "zh") -> Trial:
    """A trial as it is answered: `lost` when it has run for longer than any trial runs."""
    said = {key: value for key, value in trial.items() if key != "_id"}
    if refusal := trial.get("refusal"):
        problem = errors.Refusal(refusal["code"], errors=refusal["errors"], **refusal["params"])
        said["refusal"] = problem.body(language)
    age = datetime.fromisoformat(now) - datetime.fromisoformat(trial["at"])
    if trial["state"] == "running" and age.total_seconds() > LONGEST_SECONDS:
        said["state"] = "lost"
    return said


def compare(tried: Mapping[str, Any], failed: Mapping[str, list[str]], named: str = "review_id") -> dict[str, Any]:
    """A trial as it is shown; `failed`: the standards that a person failed, of the materials that were judged.

    {rules_version: {before, after}, examined, changed, totals, rows, agreement}; of rows those that change come first.
    """
    rows = [{named: one["id"], **_row(one, failed.get(one["id"]))} for one in tried["found"]]
    rows.sort(key=lambda row: (not (row["added"] or row["gone"]), row["before"] == row["after"]))
    return {
        "rules_version": {"before": tried["before"], "after": tried["after"]},
        "examined": len(rows),
        "changed": sum(bool(row["added"] or row["gone"]) for row in rows),
        "totals": [
            {"standard": code, **{when: sum(code in row[when] for row in rows) for when in ("before", "after")}}
            for code in STANDARDS
        ],
        "rows": rows,
        "agreement": agreement([row for row in rows if row["failed"] is not None]),
    }


def _row(one: Mapping[str, Any], failed: list[str] | None) -> dict[str, Any]:
    before, after = (Counter(one[when]["rules"]) for when in ("before", "after"))
    return {
        "before": one["before"]["fails"],
        "after": one["after"]["fails"],
        "added": sorted((after - before).elements()),
        "gone": sorted((before - after).elements()),
        "failed": failed,
    }


def agreement(judged: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """How often each version said of a standard what a person decided; `missed` people failed and it did not, `cried`
    the other way round. None where nobody has judged anything."""
    rows = list(judged)
    if not rows:
        return None
    standards: list[dict[str, Any]] = [
        {"standard": code, **{when: _against(rows, code, when) for when in ("before", "after")}} for code in STANDARDS
    ]
    agreed = {when: sum(one[when]["agreed"] for one in standards) for when in ("before", "after")}
    return {"judged": len(rows), "decisions": len(rows) * len(STANDARDS), **agreed, "standards": standards}


def _against(rows: Iterable[Mapping[str, Any]], code: str, when: str) -> dict[str, int]:
    said = Counter((code in row["failed"], code in row[when]) for row in rows)
    return {
        "agreed": said[True, True] + said[False, False],
        "missed": said[True, False],
        "cried": said[False, True],
    }
