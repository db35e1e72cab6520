"""The review worker: does one task at a time, reads the file in a process with limits, applies the standards.

It can die at any moment: the task's lease runs out and another takes it; what it wrote is written once. A ticket wakes
it; which task it takes the book says. While it has nothing in hand it looks there by itself too: tickets may lie with a
worker that has something long to do, and beside an embedded deployment there are none.
"""

import itertools
import os
import socket
import time
import uuid
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import unquote

import eventlet
import orjson
import requests
import structlog
from eventlet import tpool
from eventlet.semaphore import Semaphore
from pymongo.errors import PyMongoError

from services.review import alone as apart
from services.review import (
    authors,
    domain,
    form,
    lanes,
    opening,
    opinions_store,
    precheck,
    recalling,
    similarity,
    store,
    tasks,
    texts,
    watch,
    words,
)
from services.spine import actor, clock, doors, errors, listening, settings
from services.spine.doors import every, on_task
from services.spine.mongo import Mongo

log = structlog.get_logger()
OWNER = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
OPENER = opening.Opener()
INTAKE = requests.Session()
AUTHORS = authors.Authors()
FETCH_SECONDS = 20
LINE_SECONDS = 1.0
"""How long a look into the book is good for, where looking is all there is: the embedded store reads all that waits."""
HAND, TURNS = Semaphore(), itertools.count(1)
ENDINGS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "text/markdown": "md",
    form.MEDIA: "json",
}


class Book(Mongo):
    """Review's database, in which a worker that ends well says so: it is not counted any more."""

    def stop(self) -> None:
        """Its tasks are finished, and it is not there any more."""
        super().stop()
        with suppress(PyMongoError):
            watch.left(self.db, OWNER)


class ReviewWorker:
    """Pre-checks versions of materials."""

    name = "review_worker"
    db = Book(store.prepare, of="review")

    @on_task(*(lanes.queue(lane) for lane in lanes.LANES))
    def precheck(self, task_id: str) -> None:
        """Pre-check one version: what is nearer than the ticket's own, then that, else whatever waits."""
        with HAND:
            nearer = tasks.nearer(self.db, task_id, time.time())
            if nearer and next(TURNS) % lanes.FAIR == 0:
                nearer = []
            if not self._work_off([*nearer, task_id]):
                self._work_off(tasks.nearest(self.db, time.time()))

    @every(0.3, everywhere=True)
    def look(self) -> None:
        """Take what waits while nothing is in hand; beside an embedded deployment one after the other."""
        seconds = LINE_SECONDS if settings.beside() else 0.0
        while not HAND.locked() and not listening.closing():
            with HAND:
                found = self._work_off(tasks.nearest(self.db, time.time()), seconds)
            if not (found and seconds):
                break

    @every(5, everywhere=True)
    def beat(self) -> None:
        """Say that this worker is there."""
        watch.seen(self.db, {"owner": OWNER, "host": socket.gethostname(), "pid": os.getpid()}, time.time())

    def _work_off(self, line: list[str], seconds: float = 0) -> bool:
        """Take the first that still waits, and within so many seconds those behind it; whether there was one."""
        found, until = False, time.time() + seconds
        for task_id in line:
            if task := tasks.claim(self.db, task_id, OWNER, time.time()):
                found = True
                self._work(task)
            if found and (time.time() >= until or listening.closing()):
                break
        return found

    def _work(self, task: tasks.Task) -> None:
        renewing = eventlet.spawn(self._renew, task)
        try:
            review = store.get(self.db, task["_id"])
            if domain.awaits(review):
                suspect = task["deaths"] >= lanes.SUSPECT_DEATHS
                doors.again(partial(self._keep, task["_id"], self._examine(review, alone=suspect)))
        except Exception as accident:
            log.exception("precheck_failed", task=task["_id"])
            tasks.fail(self.db, task, repr(accident), time.time())
        else:
            tasks.finish(self.db, task, time.time())
            self._look_again(task["_id"])
        finally:
            renewing.kill()

    def _look_again(self, review_id: str) -> None:
        """An opinion that came or went while its material was being read: the material is read once more."""
        if doors.again(partial(opinions_store.reopen, self.db, review_id, clock.now())):
            tasks.once_more(self.db, review_id, "opinions", clock.today(), time.time())

    def _keep(self, review_id: str, found: dict[str, Any]) -> None:
        review = store.get(self.db, review_id)
        former = store.former(self.db, review)
        secret = recalling.destroy(review, former) if found.get("secret") else None
        changed, facts = secret or domain.prechecked(review, found, former, store.noted(self.db, review))
        store.save(self.db, review, changed, facts, clock.now())

    def _examine(self, review: domain.Review, *, alone: bool) -> dict[str, Any]:
        data, name = self._fetch(review)
        campaign = store.begun_with(self.db, review)
        aspects = campaign["aspects"]
        try:
            if review["media"] == form.MEDIA:
                paragraphs = form.paragraphs(orjson.loads(data), aspects)
            else:
                paragraphs = tpool.execute(OPENER.extract, data, name)["paragraphs"]
        except errors.Refusal as refusal:
            return {"refusal": {"code": refusal.code, "params": {**refusal.params, "name": name}}}
        if recalling.marked(paragraphs):
            return {"secret": True}
        signature = similarity.signature(paragraphs)
        store.remember_signature(self.db, review, signature, paragraphs)
        others = texts.beside(self.db, review, signature["bands"])
        asked = {
            "paragraphs": paragraphs,
            "kind": review["kind"],
            "aspects": aspects,
            "opinions": words.of(review, opinions_store.of(self.db, review)),
            "plan": domain.plan(review, campaign),
            "author": AUTHORS.of(review),
            **texts.compared_with(self.db, review, others),
            **{key: review[key] for key in ("submitted_at", "unit", "post")},
        }
        judge = apart.examine if alone else _judge
        found = tpool.execute(judge, asked)
        copies = [_named(copy, others[copy["id"]]) for copy in found["near_copies"]]
        self._warn_later(review, copies)
        return {
            **found,
            "paragraphs": paragraphs,
            "near_copies": [copy for copy in copies if copy["earlier"] != "mine"],
        }

    def _warn_later(self, review: domain.Review, copies: list[dict[str, Any]]) -> None:
        """A later text that was pre-checked before this one was known is pre-checked once more.

        Not the later version of a material that was earlier in an earlier one.
        """
        first = {copy["material_id"] for copy in copies if copy["earlier"] == "theirs"}
        for copy in copies:
            later = copy["review_id"] if copy["material_id"] not in first else None
            if later and copy["earlier"] == "mine" and store.reopen(self.db, later, review["material_id"], clock.now()):
                tasks.once_more(self.db, later, f"resembles {review['_id']}", clock.today(), time.time())

    def _fetch(self, review: domain.Review) -> tuple[bytes, str]:
        """The file from intake, by its hash."""
        claims = actor.sign_as_service("review", expires=int(time.time()) + 60)
        address = f"{settings.url('intake')}/files/{review['sha256']}"
        answer = INTAKE.get(address, headers={"Authorization": f"Bearer {claims}"}, timeout=FETCH_SECONDS)
        answer.raise_for_status()
        given = answer.headers.get("Content-Disposition", "").partition("''")[2]
        return answer.content, unquote(given) or f"{review['_id']}.{ENDINGS[review['media']]}"

    def _renew(self, task: tasks.Task) -> None:
        while True:
            eventlet.sleep(tasks.LEASE_SECONDS / 4)
            with suppress(PyMongoError):
                tasks.renew(self.db, task, time.time())


def _judge(asked: dict[str, Any]) -> dict[str, Any]:
    return precheck.examine(**asked)


def _named(copy: dict[str, Any], other: domain.Review) -> dict[str, Any]:
    """A near-copy with the places of the other text, by which it is decided who may see whose it is."""
    keys = ("campaign", "unit", "region", "group", "post", "material_id", "review_id", "submitted_at", "title")
    return {**copy, **{key: other[key] for key in keys if key in other}}
