"""The higher meets before the lower, unless the office approves."""

from typing import Any

import pytest

from services.registry import definition, planning, waves
from services.spine.errors import Refusal
from tests.registry.test_domain import LOADED, UNIT

WAVES: list[dict[str, Any]] = [
    {"code": "county", "title": "县级", "levels": ["county"], "held_by": "2023-12-25"},
    {"code": "township", "title": "乡镇", "levels": ["township"], "opens_on": "2023-12-20", "gap": 3},
]
COMMITTEE = {**UNIT, "unit_code": "990823-01", "name": "中共青溪县委员会"}
TOWN = {**UNIT, "unit_code": "990823-T1", "name": "中共青溪县柳河镇委员会", "level": "township"}
CAMPAIGN = {**definition.define({**LOADED, "waves": WAVES}, [COMMITTEE, TOWN]), "state": "open"}


def test_a_unit_is_planned_on_its_waves_last_day_and_stays_in_its_wave():
    above, town = (planning.plan(CAMPAIGN, unit, "G4") for unit in (COMMITTEE, TOWN))
    assert (above["meeting_on"], town["meeting_on"]) == ("2023-12-25", "2024-01-10")
    for unit, day, code in ((above, "2023-12-26", "late"), (town, "2023-12-19", "early")):
        with pytest.raises(Refusal) as refused:
            waves.check_window(CAMPAIGN, unit, day)
        assert refused.value.code == f"meeting_day_too_{code}"


def test_a_day_before_the_superiors_is_refused_with_that_day_and_the_first_that_is_free():
    above, town = (planning.plan(CAMPAIGN, unit, "G4") for unit in (COMMITTEE, TOWN))
    found = waves.superior(CAMPAIGN, town, [town, above])
    assert found is above
    waves.check_superior(CAMPAIGN, town, found, "2023-12-28")
    with pytest.raises(Refusal) as refused:
        waves.check_superior(CAMPAIGN, town, found, "2023-12-27")
    assert refused.value.params["day"] == "2023-12-25" and refused.value.params["earliest"] == "2023-12-28"


def test_a_unit_of_the_same_wave_is_no_superior_unless_the_record_names_it():
    above, other = planning.plan(CAMPAIGN, COMMITTEE, "G4"), planning.plan(CAMPAIGN, UNIT, "G4")
    assert waves.superior(CAMPAIGN, other, [above]) is None
    assert waves.superior(CAMPAIGN, {**other, "superior": "990823-01"}, [above]) is above
