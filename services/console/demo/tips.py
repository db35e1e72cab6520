"""The three work tips, as the campaign's definition has them: most units have acknowledged the first, few the last.

The unit of the tour has acknowledged the first alone; the others wait for whoever signs in.
"""

from services.console.demo import people
from services.console.demo.people import Life

TOUR = "990823-NYNC"
LEFT_OUT = {"before": 11, "during": 2, "after": 0}
"""Of each stage every so many-th unit has not acknowledged yet (0: only every fifth has)."""


def send(life: Life) -> None:
    """Draft and publish them to all units, then let units acknowledge."""
    jobs = []
    for stage in LEFT_OUT:
        tip = life.cast.office.post("notification", "/tips", {"campaign": life.cast.campaign, "stage": stage})
        path = f"/tips/{tip['tip_id']}/versions"
        life.cast.office.post("notification", path, {"revision": tip["revision"], "to": {}})
        jobs += [(tip["tip_id"], unit) for unit in life.cast.units if _acknowledges(stage, unit)]
    life.together("签收工作提示", jobs, lambda job: _acknowledge(life, *job))


def _acknowledges(stage: str, unit: str) -> bool:
    if unit == TOUR:
        return stage == "before"
    chance = people.number("tip", stage, unit)
    return bool(chance % LEFT_OUT[stage]) if LEFT_OUT[stage] else chance % 5 == 0


def _acknowledge(life: Life, tip_id: str, unit: str) -> None:
    path = f"/tip-receipts/{tip_id}.{unit}/receipt"
    liaison = life.cast.liaison(unit)
    people.until(lambda: liaison.post("notification", path, {"version": 1}), path)
