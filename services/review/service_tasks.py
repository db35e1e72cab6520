"""The doors of the task queue: what operators see of it and may do about it."""

import time
from typing import Any

import prometheus_client as prometheus

from services.review import giving_up, tasks, watch
from services.spine import clock, doors, mongo
from services.spine.actor import Actor
from services.spine.doors import every, route

TASKS = prometheus.Gauge("rectify_review_tasks", "Pre-check tasks by state and lane", ["state", "lane"])
OLDEST = prometheus.Gauge("rectify_review_oldest_seconds", "Age of the oldest waiting pre-check task", ["lane"])
RATE = prometheus.Gauge("rectify_review_rate_per_minute", "Pre-checks done a minute, over five minutes", ["lane"])
WORKERS = prometheus.Gauge("rectify_review_workers", "Review workers that were seen of late")
REMAINING = prometheus.Gauge("rectify_review_remaining_seconds", "When what waits will be done, at the present pace")


class TaskDoors(doors.Service):
    """The pre-check tasks as operators see them."""

    @route("GET", "/tasks", accepts="find_tasks", may="operate", answers="task_list")
    def find_tasks(self, actor: Actor, query: dict[str, str]) -> Any:
        """Pre-check tasks, with their history."""
        wanted: dict[str, str] = {key: query[key] for key in ("state", "lane") if key in query}
        found = mongo.page(self.db.tasks, wanted, [("due_at", 1)], query)
        return {**found, "rows": [{"task": row["_id"], **row} for row in found["rows"]]}

    @route("GET", "/tasks/board", may="operate", answers="task_board")
    def task_board(self, actor: Actor) -> Any:
        """Lanes, workers and when what waits will be done."""
        return watch.board(self.db, time.time())

    @route("POST", "/tasks/<task>/retry", accepts="retry_task", may="operate")
    def retry_task(self, actor: Actor, task: str, draft: dict[str, str]) -> Any:
        """Have a dead task tried again."""
        tasks.retry(self.db, task, draft["reason"], actor.id, clock.today(), time.time())
        tasks.issue(self.db, [task], time.time())
        return {"task": task, "state": "waiting"}

    @every(3)
    def find_lost_tasks(self) -> None:
        """Tickets get lost with a broker, leases with a worker, a review opened again with its task: all are found.

        What was given up is left to people.
        """
        now = time.time()
        watch.forget_silent(self.db, now)
        for review_id in tasks.forgotten(self.db):
            tasks.once_more(self.db, review_id, "still waiting", clock.today(), now)
        if lost := tasks.lost(self.db, clock.today(), now):
            tasks.issue(self.db, lost, now)
        giving_up.leave_all(self.db, clock.now())

    def facts(self) -> dict[str, Any]:
        """The state of the task queue."""
        board = watch.board(self.db, time.time())
        return {
            "tasks": watch.counts(self.db, time.time()),
            "workers": len(board["workers"]),
            "estimate": board["estimate"]["words"],
        }

    def gauge(self) -> None:
        """Numbers by which workers are added or taken away."""
        super().gauge()
        board = watch.board(self.db, time.time())
        for row in board["lanes"]:
            OLDEST.labels(row["lane"]).set(row["oldest_seconds"])
            RATE.labels(row["lane"]).set(row["rate_per_minute"])
            for state in ("waiting", "running", "dead"):
                TASKS.labels(state, row["lane"]).set(row[state])
        WORKERS.set(len(board["workers"]))
        estimate = board["estimate"]
        unknown = float("nan") if estimate["waiting"] else 0
        REMAINING.set(unknown if estimate["seconds"] is None else estimate["seconds"])
