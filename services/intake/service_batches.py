"""The doors of batches: the manifest to fill in, a zip looked at, confirmed, worked off, and told line by line."""

import time
import uuid
from functools import partial
from typing import IO, Any
from urllib.parse import quote

from eventlet import tpool

from services.intake import batches, batches_store, domain, files, manifest, store, taking
from services.intake.parcel import Parcel
from services.spine import actor as actors
from services.spine import clock, doors, errors
from services.spine.actor import Actor
from services.spine.doors import Answer, Package, Upload, every, route

SLICE_SECONDS, AT_ONCE, MOST_STUMBLES = 3, 50, 3
RESULT = {
    "row": ({"zh": "清单行", "en": "Row"}, 8),
    "unit": ({"zh": "单位代码", "en": "Unit code"}, 16),
    "kind": ({"zh": "材料", "en": "Material"}, 24),
    "post": ({"zh": "岗位", "en": "Post"}, 9),
    "file": ({"zh": "文件名", "en": "File"}, 40),
    "outcome": ({"zh": "结果", "en": "Result"}, 18),
    "version": ({"zh": "版本", "en": "Version"}, 8),
    "receipt": ({"zh": "回执号", "en": "Receipt"}, 48),
    "sha256": ({"zh": "SHA-256", "en": "SHA-256"}, 40),
    "at": ({"zh": "收到时间", "en": "Received"}, 24),
    "reason": ({"zh": "原因和改法", "en": "Why, and what would be right"}, 60),
}
OUTCOMES = {
    "new": {"zh": "可以提交（第一版）", "en": "would be new"},
    "next": {"zh": "可以提交（下一版）", "en": "would be the next version"},
    "same": {"zh": "已有同一文件", "en": "same file already there"},
    "refused": {"zh": "不收", "en": "refused"},
    "accepted": {"zh": "已收到", "en": "received"},
    None: {"zh": "尚未核对", "en": "not looked at yet"},
}


class BatchDoors(doors.Service):
    """Takes many materials in at once."""

    @route("GET", "/batches/template", accepts="find_batch_template", may="submit_batch")
    def batch_template(self, actor: Actor, query: dict[str, str], language: str) -> Any:
        """The manifest to fill in, a line for each material the units in scope owe."""
        return self._template(actor, query, {}, language)

    @route("POST", "/batches/template", accepts="name_batch_template", may="submit_batch")
    def named_batch_template(self, actor: Actor, draft: dict[str, Any], language: str) -> Any:
        """The same with the units' names in it, as whoever asks knows them."""
        return self._template(actor, draft, draft.get("names", {}), language)

    @route("POST", "/batches", accepts="open_batch", may="submit_batch", upload="package", answers="batch")
    def open_batch(self, actor: Actor, draft: dict[str, str], upload: Package, language: str) -> Any:
        """Hand over a zip with its manifest to be looked at; nothing of it is a version yet."""
        campaign, at = draft["campaign"], clock.now()
        if not batches_store.plans(self.db, actors.both(actor.scope, {"campaign": campaign}))[:1]:
            raise errors.Refusal("not_found", id=campaign)
        sha256, lines, blank, spare = tpool.execute(_opened, upload.name, upload.file)
        batch_id, parcel = batches.named(campaign, actor.id, sha256), f"{at}.{uuid.uuid4().hex}"
        facts = {"campaign": campaign, "by": actor.name, "by_account": actor.id, "opened_at": at, "blank": blank}
        facts |= {"file_name": upload.name, "size": upload.size, "sha256": sha256, "parcel": parcel, "spare": spare}
        batch, rows = batches.begin(batch_id, self._within(actor, campaign, lines), **facts)
        batches_store.keep_parcel(self.db, parcel, upload.name, upload.file)
        added = batches_store.add(self.db, batch, rows, at)
        if not added:
            batches_store.drop(self.db, parcel)
        return 201 if added else 200, self._batch_shown(batches_store.get(self.db, batch_id, actor.id), language)

    @route("GET", "/batches", accepts="find_batches", may="submit_batch", answers="batch_list")
    def my_batches(self, actor: Actor, query: dict[str, str], language: str) -> Any:
        """The batches this person has handed over."""
        found = batches_store.listed(self.db, actor.id, query)
        return {**found, "rows": [self._batch_shown(row, language) for row in found["rows"]]}

    @route("GET", "/batches/<batch_id>", may="submit_batch", answers="batch")
    def batch(self, actor: Actor, batch_id: str, language: str) -> Any:
        """A batch: how far it has come, what its lines came to, files without a line."""
        return self._batch_shown(batches_store.get(self.db, batch_id, actor.id), language)

    @route(
        "GET", "/batches/<batch_id>/lines", accepts="find_batch_lines", may="submit_batch", answers="batch_line_list"
    )
    def batch_lines(self, actor: Actor, batch_id: str, query: dict[str, str], language: str) -> Any:
        """Lines of a batch with what each will come to, or came to."""
        batches_store.get(self.db, batch_id, actor.id)
        found = batches_store.lines(self.db, batch_id, query)
        return {**found, "rows": [_line(row, language) for row in found["rows"]]}

    @route("POST", "/batches/<batch_id>/run", accepts="run_batch", may="submit_batch", answers="batch")
    def run_batch(self, actor: Actor, batch_id: str, draft: dict[str, Any], language: str) -> Any:
        """Confirm: the lines that may come in are taken in, one after another; confirming again changes nothing."""
        batch = batches_store.get(self.db, batch_id, actor.id)
        running = batches.run(batch, actor.name, clock.now())
        for unit in batches_store.units(self.db, batch_id) if running is not batch else ():
            if not actor.covers(store.plan(self.db, batch["campaign"], unit)):
                refusal = batches.refused(errors.Refusal("not_found", id=unit))
                batches_store.refuse_unit(self.db, batch_id, unit, refusal)
        return self._batch_shown(batches_store.save(self.db, batch, running, clock.now()), language)

    @route("POST", "/batches/<batch_id>/end", accepts="end_batch", may="submit_batch", answers="batch")
    def end_batch(self, actor: Actor, batch_id: str, draft: dict[str, Any], language: str) -> Any:
        """Do without the rest of a batch; what was taken in stays, the zip goes."""
        batch = batches_store.get(self.db, batch_id, actor.id)
        return self._batch_shown(
            batches_store.save(self.db, batch, batches.end(batch, clock.now()), clock.now()), language
        )

    @route("GET", "/batches/<batch_id>/result", may="submit_batch")
    def batch_result(self, actor: Actor, batch_id: str, language: str) -> Any:
        """The result as a workbook, a row for each line of the manifest."""
        batch = batches_store.get(self.db, batch_id, actor.id)
        lines = [_result(line, language) for line in batches_store.all_lines(self.db, batch_id)]
        heads = [(words[language], width) for words, width in RESULT.values()]
        data = manifest.table({"zh": "结果", "en": "Result"}[language], heads, lines)
        return _workbook(data, f"{batch['file_name'].removesuffix('.zip')}-result.xlsx")

    @every(1)
    def work_batches(self) -> None:
        """Go on with a batch for some seconds; killed in the middle, the next stroke goes on where it stopped."""
        at = clock.now()
        for batch in batches_store.forgotten(self.db, at):
            batches_store.save(self.db, batch, batches.end(batch, at), at)
        if claimed := batches_store.claim(self.db, time.time()):
            self._work(claimed, time.monotonic() + SLICE_SECONDS)
            batches_store.release(self.db, claimed["_id"])

    def _work(self, batch: batches.Batch, until: float) -> None:
        parcel = None
        if batch["stumbles"] >= MOST_STUMBLES:
            for line in batches_store.next_lines(self.db, batch, 1):
                broken = batches.refused(errors.Refusal("accident", incident=line["_id"]))
                batches_store.settle(self.db, line, broken, "done")
        while lines := batches_store.next_lines(self.db, batch, AT_ONCE):
            parcel = parcel or Parcel(batch["file_name"], batches_store.parcel(self.db, batch))
            for line in lines:
                if not batches_store.renew(self.db, batch, time.time()):
                    return None
                change = doors.again(partial(self._worked, batch, parcel, line))
                batches_store.settle(self.db, line, change, "done" if batch["state"] == "running" else "checked")
                if change["outcome"] == "refused" and change["refusal"]["code"] in batches.SECRETS:
                    return self._finish(batch, batches.refuse(batch, line, clock.now()))
                if time.monotonic() > until:
                    return None
        at = clock.now()
        if batch["state"] == "running":
            return self._finish(batch, {**batch, "state": "done", "done_at": at})
        parcel = parcel or Parcel(batch["file_name"], batches_store.parcel(self.db, batch))
        for name in batch["spare"]:
            if _secret(parcel, name):
                return self._finish(batch, batches.refuse(batch, {"row": 0, "file": name}, at))
        return self._finish(batch, {**batch, "state": "checked"})

    def _finish(self, batch: batches.Batch, after: batches.Batch) -> None:
        """Write down where a batch has come to, unless its owner was faster."""
        now = self.db.batches.find_one({"_id": batch["_id"]})
        if now and now["state"] == batch["state"]:
            batches_store.save(self.db, now, {**after, "until": now["until"]}, clock.now())

    def _worked(self, batch: batches.Batch, parcel: Parcel, line: batches.Line) -> batches.Line:
        """What one line comes to, the same way as a single upload; only while the batch runs is anything kept."""
        running = batch["state"] == "running"
        sender = taking.Sender(batch["by_account"], batch["by"], clock.now(), clock.today())
        try:
            plan = store.plan(self.db, batch["campaign"], line["unit"])
            domain.owed(plan, line["kind"], line["post"])
            follows = line["follows"] if running else self._current(plan, line)
            draft = {"follows": str(follows), "note": line["note"], "secrecy": line["secrecy"]}
            upload = Upload(line["file"].rpartition("/")[2], parcel.read(line["file"]))
            taken = taking.look(self.db, plan, line["kind"], line["post"], draft, upload, sender)
        except errors.Refusal as refusal:
            return batches.refused(refusal)
        if not running:
            return batches.looked(taken.before, taken.after)
        taking.keep(self.db, taken, sender)
        return batches.taken(line, batch, taken.before, taken.after)

    def _current(self, plan: dict[str, Any], line: batches.Line) -> int:
        found = store.find(self.db, f"{plan['campaign']}.{plan['unit']}.{line['kind']}.{line['post']}")
        return int(found["versions"][-1]["version"]) if found else 0

    def _within(self, actor: Actor, campaign: str, lines: list[batches.Line]) -> list[batches.Line]:
        """Lines about what lies outside this person's scope are refused."""
        units = {line["unit"] for line in lines}
        known = batches_store.plans(self.db, {"campaign": campaign, "unit": {"$in": sorted(units)}})
        covered = {plan["unit"] for plan in known if actor.covers(plan)}
        for line in lines:
            if line["unit"] not in covered and not line["refusal"]:
                line["refusal"] = batches.refused(errors.Refusal("not_found", id=line["unit"]))["refusal"]
        return lines

    def _template(self, actor: Actor, asked: dict[str, Any], names: dict[str, str], language: str) -> Answer:
        places: dict[str, Any] = {key: asked[key] for key in ("campaign", "region", "unit", "group") if key in asked}
        plans = batches_store.plans(self.db, actors.both(actor.scope, places))
        return _workbook(manifest.write(plans, names, language), "manifest.xlsx")

    def _batch_shown(self, batch: batches.Batch, language: str) -> dict[str, Any]:
        hidden = ("parcel", "until", "stumbles", "by_account", "_id", "revision", "outbox")
        shown = {key: value for key, value in batch.items() if key not in hidden}
        return {**shown, **batches_store.counts(self.db, batch), "refusal": batches.told(batch["refusal"], language)}


def _opened(name: str, file: IO[bytes]) -> tuple[str, list[batches.Line], int, list[str]]:
    """The zip's hash, its manifest's lines, how many lines name no file, and the files that no line names."""
    parcel = Parcel(name, file)
    files.check_unmarked(*parcel.files)
    lines, blank = manifest.read(parcel.manifest, parcel.read(parcel.manifest))
    named = {line["file"] for line in lines}
    return batches_store.hash_of(file), lines, blank, [one for one in parcel.files if one not in named]


def _secret(parcel: Parcel, name: str) -> bool:
    """Whether a file that no line names bears the mark of a state secret."""
    try:
        files.recognise(name, parcel.read(name), files.EVIDENCE)
    except errors.Refusal as refusal:
        return refusal.code in batches.SECRETS
    return False


def _line(line: batches.Line, language: str) -> dict[str, Any]:
    hidden = ("_id", "batch")
    shown = {key: value for key, value in line.items() if key not in hidden}
    return {**shown, "refusal": batches.told(line["refusal"], language)}


def _result(line: batches.Line, language: str) -> list[str]:
    """A line as texts in the order of RESULT."""
    receipt, told = line["receipt"] or {}, batches.told(line["refusal"], language)
    reason = "；".join(dict.fromkeys([told["detail"], *(one["detail"] for one in told["errors"])])) if told else ""
    words = {"outcome": OUTCOMES[line["outcome"]][language], "receipt": receipt.get("number", ""), "reason": reason}
    words |= {"sha256": receipt.get("sha256", ""), "at": receipt.get("received_at", "")}
    return [str(words.get(key, line.get(key) or "")) for key in RESULT]


def _workbook(data: bytes, name: str) -> Answer:
    return Answer(data, files.XLSX, {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"})
