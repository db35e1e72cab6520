"""The doors of the task queue: what operators see of it and may do about it."""

import time
from typing import Any

import prometheus_client as prometheus

from services.review import tasks
from services.spine import doors, mongo
from services.spine.actor import Actor
from services.spine.doors import every, route

TASKS = prometheus.Gauge("rectify_review_tasks", "Pre-check tasks by state", ["state"])
OLDEST = prometheus.Gauge("rectify_review_oldest_seconds", "Age of the oldest waiting pre-check task")


class TaskDoors(doors.Service):
    """The pre-check tasks as operators see them."""

    @route("GET", "/tasks", accepts="find_tasks", may="operate", answers="task_list")
    def find_tasks(self, actor: Actor, query: dict[str, str]) -> Any:
        """Pre-check tasks, with their history."""
        wanted = {"state": query["state"]} if "state" in query else {}
        found = mongo.page(self.db.tasks, wanted, [("due_at", 1)], query)
        return {**found, "rows": [{"task": row["_id"], **row} for row in found["rows"]]}

    @route("POST", "/tasks/<task>/retry", accepts="retry_task", may="operate")
    def retry_task(self, actor: Actor, task: str, draft: dict[str, str]) -> Any:
        """Have a dead task tried again."""
        tasks.retry(self.db, task, draft["reason"], actor.id, time.time())
        return {"task": task, "state": "waiting"}

    @every(3)
    def find_lost_tasks(self) -> None:
        """Tickets get lost with a broker, and leases with a worker: those tasks get a new ticket."""
        lost = tasks.lost(self.db, time.time())
        if lost:
            tasks.issue(self.db, lost, time.time())

    def facts(self) -> dict[str, Any]:
        """The state of the task queue."""
        return {"tasks": tasks.counts(self.db, time.time())}

    def gauge(self) -> None:
        """Numbers by which workers are added or taken away."""
        super().gauge()
        counted = tasks.counts(self.db, time.time())
        OLDEST.set(counted["oldest_seconds"])
        for state in ("waiting", "running", "done", "dead"):
            TASKS.labels(state).set(counted[state])
