"""Works a batch off, line by line: looks at each, or, once somebody has confirmed, takes each in.

What must stay true: whoever is killed in the middle loses nothing and doubles nothing, for what a line came to is
written when it has come to it, and taking the same file in again is no second version; a line over which workers died
again and again is passed over and told; when a state secret is found the whole zip goes at once.
"""

import time
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from services.intake import batches, batches_store, domain, files, store, taking
from services.intake.parcel import Parcel
from services.spine import clock, errors
from services.spine.http import Upload
from services.spine.mongo import again

Db = batches_store.Db
AT_ONCE, MOST_STUMBLES = 50, 3


def work(db: Db, batch: batches.Batch, until: float) -> None:
    """Go on with a batch until it is through, somebody ends it, or the time (monotonic) is over."""
    parcel, plan_of = None, cache(partial(store.plan, db, batch["campaign"]))
    if batch["stumbles"] >= MOST_STUMBLES:
        for line in batches_store.next_lines(db, batch, 1):
            broken = batches.refused(errors.Refusal("accident", incident=line["_id"]))
            batches_store.settle(db, line, broken, "done")
    while lines := batches_store.next_lines(db, batch, AT_ONCE):
        parcel = parcel or Parcel(batch["file_name"], batches_store.parcel(db, batch))
        for line in lines:
            if not batches_store.renew(db, batch, time.time()):
                return
            change = again(partial(_worked, db, batch, parcel, plan_of, line))
            batches_store.settle(db, line, change, "done" if batch["state"] == "running" else "checked")
            if change["outcome"] == "refused" and change["refusal"]["code"] in batches.SECRETS:
                _finish(db, batch, batches.refuse(batch, line, clock.now()))
                return
            if time.monotonic() > until:
                return
    if batch["state"] == "running":
        _finish(db, batch, {**batch, "state": "done", "done_at": clock.now()})
        return
    parcel = parcel or Parcel(batch["file_name"], batches_store.parcel(db, batch))
    unread = [*batch["spare"], *batches_store.refused_files(db, batch)]
    secret = next((name for name in unread if _secret(parcel, name)), None)
    found = {**batch, "state": "checked"}
    _finish(db, batch, batches.refuse(batch, {"row": 0, "file": secret}, clock.now()) if secret else found)


def _worked(
    db: Db, batch: batches.Batch, parcel: Parcel, plan_of: Callable[[str], dict[str, Any]], line: batches.Line
) -> batches.Line:
    """What one line comes to, the same way as a single upload; only while the batch runs is anything kept."""
    running = batch["state"] == "running"
    sender = taking.Sender(batch["by_account"], batch["by"], clock.now(), clock.today())
    try:
        plan = plan_of(line["unit"])
        domain.owed(plan, line["kind"], line["post"])
        draft = {"note": line["note"], "secrecy": line["secrecy"]}
        draft |= {"follows": str(line["follows"])} if running else {}
        upload = Upload(line["file"].rpartition("/")[2], parcel.read(line["file"]))
        taken = taking.look(db, plan, line["kind"], line["post"], draft, upload, sender)
    except errors.Refusal as refusal:
        return batches.refused(refusal)
    if not running:
        return batches.looked(taken.before, taken.after)
    taking.keep(db, taken, sender)
    return batches.taken(line, batch, taken.before, taken.after)


def _finish(db: Db, batch: batches.Batch, after: batches.Batch) -> None:
    """Write down where a batch has come to, unless its owner was faster."""
    now = db.batches.find_one({"_id": batch["_id"]})
    if now and now["state"] == batch["state"]:
        batches_store.save(db, now, {**after, "until": now["until"], "stumbles": now["stumbles"]}, clock.now())


def _secret(parcel: Parcel, name: str) -> bool:
    """Whether a file that was not looked at as a material bears the mark of a state secret."""
    try:
        files.recognise(name, parcel.read(name), files.EVIDENCE)
    except errors.Refusal as refusal:
        return refusal.code in batches.SECRETS
    return False
