"""A trial's rows as the office looks at them: what moved, and towards or away from what people decided."""

import io
from typing import Any

import pytest

from services.portal import app, asking, clients, trial, wording
from services.portal.pages import rules
from services.review import precheck
from services.spine import settings
from tests.review import faults, materials


def row(
    before: str = "", after: str = "", failed: str | None = None, added: str = "", gone: str = ""
) -> dict[str, Any]:
    """One material; standards and rules divided by blanks."""
    said = {"before": before.split(), "after": after.split(), "added": added.split(), "gone": gone.split()}
    return {**said, "failed": None if failed is None else failed.split()}


GENTLER = row("measures", "", "", "measures.no_date:note", "measures.no_date")
STRICTER = row("", "causes", "", "causes.missing causes.missing")
UNSEEN = row("causes", "", None, "", "causes.missing")
SAME = row("causes", "causes", "causes")


def test_each_rule_moves_once_with_how_often_and_whether_it_only_remarks():
    assert trial.moves(GENTLER) == [("+", "measures", "no_date", True, 1), ("−", "measures", "no_date", False, 1)]
    assert trial.moves(STRICTER) == [("+", "causes", "missing", False, 2)]


def test_every_rule_that_finds_something_has_words():
    found = {
        finding["rule"]
        for case in faults.all_faults()
        for finding in precheck.examine(case.paragraphs, case.kind, materials.ASPECTS, opinions=case.opinions)[
            "findings"
        ]
    }
    assert found and found <= wording.RULES.keys()
    assert {name.partition(".")[0] for name in wording.RULES} == set(wording.STANDARDS)


def test_nearer_is_what_people_decided_and_nothing_where_nobody_has():
    assert [trial.nearer(one) for one in (GENTLER, STRICTER, UNSEEN, SAME)] == [1, -1, 0, 0]


@pytest.mark.parametrize(
    ("view", "standard", "wanted"),
    [
        ("changed", "", [GENTLER, STRICTER, UNSEEN]),
        ("verdict", "causes", [STRICTER, UNSEEN]),
        ("nearer", "", [GENTLER]),
        ("farther", "", [STRICTER]),
        ("all", "", [GENTLER, STRICTER, UNSEEN, SAME]),
        ("all", "measures", [GENTLER]),
    ],
)
def test_a_view_shows_what_it_counts(view, standard, wanted):
    rows = [GENTLER, STRICTER, UNSEEN, SAME]
    assert trial.shown(rows, view, standard) == wanted
    assert trial.counts(rows)[view] == len(trial.shown(rows, view))


def test_a_fault_is_told_by_file_and_key_as_far_as_it_has_them():
    assert trial.place("/files/measures.json/phrases/vague/2") == ("measures.json", "phrases/vague/2")
    assert trial.place("/files/measures.json") == ("measures.json", "")
    assert trial.place("/files") == ("", "")


def test_who_presses_twice_goes_to_wait_for_the_first_answer(monkeypatch, tmp_path):
    def running(*_: Any) -> None:
        raise clients.refused("trial_running", "zh", trial_id="0" * 16)

    (tmp_path / "secret").write_text("s" * 64)
    monkeypatch.setenv("RECTIFY_SECRET_FILE", str(tmp_path / "secret"))
    settings.secret.cache_clear()
    for name, answer in {"needs": lambda _: None, "campaign": lambda: "c", "post": running}.items():
        monkeypatch.setattr(asking, name, answer)
    sent = {"file": (io.BytesIO(b"{}"), "measures.json")}
    with app.create().test_request_context("/rules/trials", method="POST", data=sent):
        answer = rules.try_files()
    settings.secret.cache_clear()
    assert (answer.status_code, answer.location) == (303, f"/rules/trials/{'0' * 16}")
