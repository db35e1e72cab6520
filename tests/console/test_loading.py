"""A campaign folder becomes one request, or a list of everything that is wrong with it."""

import csv
import json
import shutil

import pytest

from services.console import loading
from services.registry.definition import REFERENCE
from services.spine import settings

DEMO = settings.ROOT / "deploy/demo/minchuan-2023"


@pytest.fixture
def folder(tmp_path):
    """A copy of the demonstration campaign to spoil."""
    return shutil.copytree(DEMO, tmp_path / "campaign")


def faults(folder):
    """What is wrong with a folder, as (file, row, column)."""
    with pytest.raises(loading.Faulty) as caught:
        loading.read(folder)
    return [(fault.file, fault.row, fault.column) for fault in caught.value.faults]


def edit(path, old, new):
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(("name", "units"), [("minchuan-2023", 142), ("longyan-2023", 110)])
def test_both_campaigns_are_fit_to_be_loaded(name, units):
    request = loading.read(DEMO.parent / name)
    assert len(request["units"]) == units
    assert len(request["groups"]) == 7


def test_all_faults_are_named_at_once_with_file_row_and_column(folder):
    edit(folder / "units.csv", "county,11", "country,eleven")
    edit(folder / "campaign.json", '"2023-12-04"', '"4 December"')
    groups = json.loads((folder / "groups.json").read_text("utf-8"))
    groups[2]["units"].append("990800-NONE")
    (folder / "groups.json").write_text(json.dumps(groups), "utf-8")

    found = faults(folder)

    assert ("units.csv", 2, "level") in found
    assert ("units.csv", 2, "members") in found
    assert ("campaign.json", 0, "opens_on") in found
    assert ("groups.json", 3, "units") in found


def test_a_unit_listed_twice_or_in_two_groups_or_in_none_is_a_fault(folder):
    with (folder / "units.csv").open("a", encoding="utf-8") as file:
        file.write("990802-01,990802,又一个,党组,county,5\n990899-01,990802,无人督导,党组,county,5\n")
    groups = json.loads((folder / "groups.json").read_text("utf-8"))
    groups[1]["units"].append(groups[0]["units"][0])
    (folder / "groups.json").write_text(json.dumps(groups), "utf-8")

    assert faults(folder) == [
        ("groups.json", 2, "units"),
        ("units.csv", 144, "unit_code"),
        ("units.csv", 145, "unit_code"),
    ]


def test_a_table_saved_by_excel_in_gb18030_is_read(folder):
    text = (folder / "units.csv").read_text("utf-8")
    (folder / "units.csv").write_bytes(text.replace("\n", "\r\n").encode("gb18030"))
    assert loading.read(folder)["units"][0]["name"] == "中共云岭区委员会"


def test_a_missing_column_is_named(folder):
    edit(folder / "units.csv", "team,level", "team,rank")
    assert faults(folder) == [("units.csv", 1, "level")]


@pytest.mark.parametrize("row", ["990802-99,990802,少一列,党组,county", "990802-99,990802,多一列,党组,county,5,6"])
def test_a_row_with_too_few_or_too_many_fields_is_named(folder, row):
    with (folder / "units.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    assert faults(folder) == [("units.csv", 144, "")]


def test_missing_files_are_named_together(tmp_path):
    assert faults(tmp_path) == [("campaign.json", 0, ""), ("groups.json", 0, ""), ("units.csv", 0, "")]


def test_broken_json_is_named_with_its_line(folder):
    edit(folder / "campaign.json", '"type": "theme",', '"type": "theme"')
    assert faults(folder) == [("campaign.json", 4, "2")]


def add_columns(folder, **cells):
    """The table of units with more columns: what stands in them for the first units, nothing for the others."""
    with (folder / "units.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "units.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], *cells])
        writer.writeheader()
        for number, row in enumerate(rows):
            writer.writerow({**row, **{key: dict(enumerate(given)).get(number, "") for key, given in cells.items()}})


def test_what_is_there_twice_or_above_itself_is_a_fault_though_each_line_is_as_it_should_be(folder):
    groups = json.loads((folder / "groups.json").read_text("utf-8"))
    groups[3]["group_code"] = groups[0]["group_code"]
    (folder / "groups.json").write_text(json.dumps(groups), "utf-8")
    superiors = ["990802-01", "990802-03", "990802-02", "990899-99"]
    add_columns(folder, superior=superiors, posts=["01|secretary|书记\n01|secretary|书记", "01|member|主任"])

    assert faults(folder) == [
        ("groups.json", 4, "group_code"),
        ("units.csv", 2, "posts"),
        ("units.csv", 2, "posts"),
        ("units.csv", 2, "superior"),
        ("units.csv", 3, "superior"),
        ("units.csv", 4, "superior"),
        ("units.csv", 5, "superior"),
    ]


def test_a_row_is_counted_as_the_spreadsheet_counts_it_whatever_line_breaks_and_gaps_are_before_it(folder):
    add_columns(folder, posts=["01|secretary|书记\n02|member|委员\n03|member|委员"])
    edit(folder / "units.csv", "990802-02,", "\r\n990802-02,")
    edit(folder / "units.csv", "990802-03,990802", "990802-03,county")
    with (folder / "units.csv").open("a", encoding="utf-8") as file:
        file.write("990802-99,990802,少一列,党组,county\n")
    assert faults(folder) == [("units.csv", 5, "region_code"), ("units.csv", 145, "")]


def test_what_breaks_a_rule_of_the_definition_is_told_with_the_lists_faults(folder):
    edit(folder / "campaign.json", '"2024-01-10"', '"2023-01-10"')
    edit(folder / "units.csv", "county,11", "county,eleven")
    assert faults(folder) == [("campaign.json", 0, "all_meetings_held_by"), ("units.csv", 2, "members")]


def test_words_before_numbers_are_of_a_level_or_of_a_region_or_group_that_the_folder_has(folder):
    campaign = json.loads((folder / "campaign.json").read_text("utf-8"))
    policy, marks = {**REFERENCE["policy"]}, ["county_office", "990802", "G1", "990899", "G9"]
    ladder = {**policy["rectification"]["escalation"], "marks": [{"of": of, "mark": "整改督"} for of in marks]}
    campaign["policy"] = {**policy, "rectification": {**policy["rectification"], "escalation": ladder}}
    (folder / "campaign.json").write_text(json.dumps(campaign), "utf-8")
    at = "policy.rectification.escalation.marks"
    assert faults(folder) == [("campaign.json", 0, f"{at}.3.of"), ("campaign.json", 0, f"{at}.4.of")]
    (folder / "groups.json").unlink()
    assert faults(folder) == [("groups.json", 0, "")], "whether a group is there cannot be said then"


def test_a_file_that_cannot_be_read_hides_nothing_of_the_others(folder):
    edit(folder / "units.csv", "team,level", "team,rank")
    edit(folder / "campaign.json", '"2024-01-10"', '"2023-01-10"')
    assert faults(folder) == [("campaign.json", 0, "all_meetings_held_by"), ("units.csv", 1, "level")]


def test_what_places_ask_for_is_read_with_the_folder_and_its_faults_are_named(folder):
    asked = {"kind": "region", "of": "990802", "policy": {"quorum": {"needed": 4, "of": 5}}, "reason": "从严"}
    (folder / "overrides.json").write_text(json.dumps([asked]), "utf-8")
    assert loading.read(folder)["overrides"] == [asked]
    less = {**asked, "policy": {"quorum": {"needed": 1, "of": 5}}}
    (folder / "overrides.json").write_text(json.dumps([asked, {**less, "of": "990803"}]), "utf-8")
    assert faults(folder) == [("overrides.json", 2, "policy/quorum")]
