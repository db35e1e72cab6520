"""What is late is urged: the night proposes a document for each item, and one goes out.

The county's office signs the notice to the unit of the tour, whose first responsible person acknowledges it; the others
wait for whoever signs in.
"""

from typing import Any

from services.console.demo import people
from services.console.demo.people import Life

COUNTY, TOUR = "990823", "990823-NYNC"


def urge(life: Life) -> None:
    """Let the ledger look for what is late, then sign and acknowledge the notice to the unit of the tour."""
    life.report("督办逾期问题", 0, 1)
    people.until(lambda: _night_through(life), "the night of the ledger")
    place = {"campaign": life.cast.campaign, "unit": TOUR}
    for one in life.cast.county_office(COUNTY).get("rectification", "/escalations", **place)["rows"]:
        _send(life, one)
    life.report("督办逾期问题", 1, 1)


def _night_through(life: Life) -> bool | None:
    return life.cast.operator.post("rectification", "/nights", {})["state"] == "done" or None


def _send(life: Life, one: dict[str, Any]) -> None:
    county, path = life.cast.county_office(COUNTY), f"/escalations/{one['escalation_id']}"
    names = {"issuer": county.name, "unit": life.cast.units[TOUR]["name"]}
    if one["state"] == "proposed":
        text = county.get("rectification", path, **names)["sha256"]
        signed = {"names": names, "proof": county.prove(one["escalation_id"], text)}
        one = county.post("rectification", f"{path}/issue", signed)
    if one["state"] == "issued":
        told = life.read("effects.json")["receipt"]
        receipt = {"answer": told["answer"], "promised_on": life.day(told["days"])}
        life.cast.secretary(TOUR).post("rectification", f"{path}/receipt", receipt)
