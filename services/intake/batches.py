"""Batches: many materials in one zip, looked at first, then taken in one after another.

What must stay true: before somebody confirms, nothing of a batch is a version; each line goes the same way as a single
upload and has exactly one outcome; going on after a crash, or running again, takes nothing in twice. A batch: {_id,
campaign, by, by_account, file_name, size, sha256, parcel, state: checking|checked|running|done|ended|refused, blank,
spare: [names], total, opened_at, started_at, done_at, refusal}. Its lines are records of their own: {_id: batch.row,
batch, row, unit, kind, post, file, note, secrecy, stage: read|checked|done, outcome: new|next|same|refused|accepted,
follows, version, receipt, unsigned, refusal: {code, params, errors}}.
"""

import hashlib
from typing import Any

from services.intake import domain, signing
from services.spine.errors import Refusal

Batch = dict[str, Any]
Line = dict[str, Any]
AT_WORK = ("checking", "running")
OVER = ("ended", "refused")
TO_TAKE = ("new", "next")
SECRETS = ("secrecy_mark", "state_secret", "file_destroyed")
FRESH: Line = {"follows": 0, "version": 0, "receipt": None, "unsigned": []}


def named(campaign: str, account: str, sha256: str) -> str:
    """A batch's id: the same zip of the same person is the same batch."""
    return f"{campaign}.b{hashlib.sha256(f'{campaign} {account} {sha256}'.encode()).hexdigest()[:24]}"


def begin(batch_id: str, lines: list[Line], **facts: Any) -> tuple[Batch, list[Line]]:
    """A batch and its lines, to be checked; lines that could not be understood are refused already."""
    fresh = {"state": "checking", "total": len(lines), "started_at": None, "done_at": None, "refusal": None}
    rows = [
        {
            "_id": f"{batch_id}.{line['row']:05}",
            "batch": batch_id,
            **FRESH,
            **line,
            "stage": "checked" if line["refusal"] else "read",
            "outcome": "refused" if line["refusal"] else None,
        }
        for line in lines
    ]
    return {"_id": batch_id, "batch_id": batch_id, **fresh, **facts}, rows


def looked(before: domain.Material | None, after: domain.Material) -> Line:
    """What a line will come to, as it stands now."""
    last = after["versions"][-1]
    if after is before:
        return {"outcome": "same", **_kept(after)}
    return {"outcome": "next" if before else "new", "follows": last["version"] - 1, "version": last["version"]}


def taken(line: Line, batch: Batch, before: domain.Material | None, after: domain.Material) -> Line:
    """What a line came to. A version that this batch brought before it was interrupted is its own."""
    last = after["versions"][-1]
    own = last["version"] == line["follows"] + 1 and last["submitted_by_account"] == batch["by_account"]
    own = own and last["submitted_at"] >= batch["started_at"]
    return {"outcome": "same" if after is before and not own else "accepted", **_kept(after)}


def refused(refusal: Refusal) -> Line:
    """A line that may not come in, with the reason."""
    reason = {"code": refusal.code, "params": refusal.params, "errors": refusal.errors}
    return {"outcome": "refused", "refusal": reason}


def run(batch: Batch, by: str, at: str) -> Batch:
    """Its owner has confirmed, under that name. One that runs or is done stays as it is."""
    if batch["state"] in ("running", "done"):
        return batch
    if batch["state"] != "checked":
        raise Refusal("batch_not_checked", stands=batch["state"])
    return {**batch, "state": "running", "by": by, "started_at": at}


def end(batch: Batch, at: str) -> Batch:
    """Somebody does without the rest of it; what was taken in stays."""
    if batch["state"] == "done":
        raise Refusal("batch_done")
    return batch if batch["state"] in OVER else {**batch, "state": "ended", "done_at": at}


def refuse(batch: Batch, line: Line, at: str) -> Batch:
    """A state secret was among the files: nothing of the batch is kept."""
    reason = {"code": "batch_secret", "params": {"row": line["row"], "name": line["file"]}, "errors": []}
    return {**batch, "state": "refused", "done_at": at, "refusal": reason}


def told(refusal: dict[str, Any] | None, language: str) -> dict[str, Any] | None:
    """A kept refusal in the reader's words."""
    if refusal is None:
        return None
    params = {key: value[language] if isinstance(value, dict) else value for key, value in refusal["params"].items()}
    return Refusal(refusal["code"], errors=refusal["errors"], **params).body(language)


def _kept(material: domain.Material) -> Line:
    last = material["versions"][-1]
    receipt = domain.receipt(material)
    return {"version": last["version"], "receipt": receipt, "unsigned": signing.missing(last), "refusal": None}
