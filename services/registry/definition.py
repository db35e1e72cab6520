"""What a campaign is: its definition as it was loaded, completed from the reference, and the lists that belong to it.

What must stay true: loading changes nothing of what a running campaign is. All that is wrong with a folder's lists is
said at once.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.registry import lists
from services.spine import contracts, errors

Campaign = dict[str, Any]
REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text("utf-8"))
REMINDERS = contracts.documents()["documents/terms"]["$defs"]["reminder_policy"]["default"]
"""What people are reminded of where a campaign says nothing of it."""
UNSAID = {"reminders": REMINDERS, "agenda_required": False}
"""What holds where a campaign's policy says nothing of it and a lower level may ask for more."""
REFERENCE["policy"]["reminders"] = REMINDERS


def define(loaded: dict[str, Any], units: Sequence[dict[str, Any]]) -> Campaign:
    """A campaign's definition, completed from the reference; the gate of the reference asks for no aspect that a
    checklist of the campaign's own has not."""
    campaign = {**REFERENCE, **loaded, "_id": loaded["campaign_code"], "campaign": loaded["campaign_code"]}
    if "policy" not in loaded:
        numbers = {row["number"] for row in campaign["checklist"]}
        gate = [number for number in REFERENCE["policy"]["gate"]["aspects"] if number in numbers]
        campaign["policy"] = {**REFERENCE["policy"], "gate": {"aspects": gate}}
    return {**campaign, "regions": loaded.get("regions") or region_names(loaded, units), "state": "draft", "version": 1}


def is_running(campaign: Campaign) -> bool:
    """Whether a campaign is open, or was published: its definition is then changed by a draft alone."""
    return bool(campaign["state"] != "draft" or campaign.get("version", 1) > 1)


def redefine(before: Campaign, after: Campaign) -> Campaign:
    """A definition loaded again; of a running campaign only what follows its units, or is no rule, is taken over."""
    if not is_running(before):
        return {**before, **after, "state": before["state"]}
    return {**before, **{key: after[key] for key in ("groups", "regions", "facts") if key in after}}


def region_names(campaign: dict[str, Any], units: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Names of the regions: a county is called after its party committee, the city's own units 市直单位."""
    names = {campaign["region_code"]: "市直单位"}
    for unit in units:
        name = unit["name"]
        if name.startswith("中共") and name.endswith("委员会") and unit["region_code"] not in names:
            names[unit["region_code"]] = name.removeprefix("中共").removesuffix("委员会")
    return [{"region_code": code, "name": name} for code, name in sorted(names.items())]


def check_groups(units: Sequence[dict[str, Any]], groups: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The group of every unit; all that is wrong with the lists is said at once."""
    if faults := list(lists.faults(units, groups)):
        raise errors.Refusal("campaign_faulty", count=len(faults), errors=faults)
    return {unit: group["group_code"] for group in groups for unit in group["units"]}
