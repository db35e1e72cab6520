"""Criticism lists say, by id alone, which problems they name, and follow every version that counts."""

import json
from typing import Any

import pytest

from services.intake import criticism, criticism_store, domain, opinions_store, originals, store, withdrawing
from services.intake.service import IntakeService
from services.spine import contracts, errors
from tests.intake.test_domain import PLAN as OWED
from tests.intake.test_domain import handed
from tests.intake.test_sight import asking
from tests.stack import grant

KEY = "a-campaign.990823-NYNC.criticism_list.02"
PLAN = {**OWED, "required": [{"kind": "criticism_list", "post": "02", "read": False}]}
LINE = {"target": "03", "problem": "抓工作落实不够，布置多检查少", "fact": "七项任务只查了两项", "advice": "月检查"}
OTHER = {**LINE, "problem": "下基层少", "aspect": "work_style"}


def ids(*lines: dict[str, str], post: str = "02") -> list[str]:
    material = {"campaign": "a-campaign", "unit": "990823-NYNC", "post": post}
    return [one["id"] for one in criticism.named(material, {"criticisms": list(lines)})]


def test_a_problem_keeps_its_id_while_it_is_about_the_same_person_and_says_the_same():
    (key,) = ids(LINE, {**LINE, "fact": "另一件事", "problem": "抓工作落实不够 布置多检查少。"})
    assert key not in ids({**LINE, "target": "04"}, OTHER) and key not in ids(LINE, post="05")
    assert len(ids(LINE, OTHER)) == 2 and ids() == []


class Kept:
    """The doors with one person's list."""

    def __init__(self, db: Any) -> None:
        store.prepare(db)
        self.db, self.service = db, IntakeService()
        self.service.db = db

    def give(self, *lines: dict[str, str], asks: tuple[str, ...] = (), form: bool = True) -> domain.Material:
        """Hand in the next version."""
        before = store.find(self.db, KEY)
        number = len(before["versions"]) if before else 0
        data = json.dumps({"criticisms": lines}).encode() if form else b"word"
        material = before or domain.begin(PLAN, "criticism_list", "02")
        sha256 = originals.keep(self.db, data, "application/json", "清单.json", {**material, "secrecy": "internal"})
        described = {"sha256": sha256, "schema": "urn:rectify:kinds:criticism_list:1"} if form else None
        given = handed("a", follows=number)._replace(sha256=sha256, form=described, asks=asks)
        after, facts = domain.submit(material, given)
        return store.keep(self.db, before, after, facts, given.at)

    def told(self) -> list[tuple[int, list[str]]]:
        """Which version was said to count, with which problems."""
        said = [one["data"] for one in store.get(self.db, KEY, {})["outbox"] if one["type"].endswith("ism_changed")]
        for one in said:
            contracts.check("events/criticism_changed", one)
        return [(one["version"], [line["id"] for line in one["lines"]]) for one in said]

    def read(self, account: str, *grants: dict[str, Any]) -> Any:
        """The problems as somebody reads them."""
        return self.service.criticisms(asking("read_material", account, *grants), KEY)


@pytest.fixture
def kept(db):
    return Kept(db)


def test_it_is_said_with_the_version_that_counts_and_no_word_of_it(kept):
    kept.give(LINE, asks=("author",))
    assert kept.told() == [], "what waits for a signature is nobody's yet"
    kept.give(LINE, OTHER)
    kept.give(OTHER)
    assert kept.told() == [(2, ids(LINE, OTHER)), (3, ids(OTHER))]
    said = json.dumps(store.get(kept.db, KEY, {})["outbox"], ensure_ascii=False)
    assert not [word for word in (LINE["problem"], OTHER["problem"], LINE["fact"], '"target"') if word in said]


def test_a_version_destroyed_brings_back_the_one_before_and_the_last_one_none(kept):
    kept.give(LINE)
    material = kept.give(OTHER)
    for number in (2, 1, 1):
        before, gone = material, withdrawing.destroy(material, number, "2024-01-03T00:00:00Z", "secrecy_mark")
        material = store.keep(kept.db, before, gone, [], "2024-01-03T00:00:00Z") if gone is not before else before
    assert kept.told() == [(1, ids(LINE)), (2, ids(OTHER)), (1, ids(LINE)), (0, [])]


def test_a_form_destroyed_with_a_later_version_of_the_same_content_leaves_the_list_on_record(kept):
    kept.give(LINE)
    kept.give(OTHER)
    material = kept.give(LINE)
    for sha256 in domain.files_of(domain.version(material, 3)):
        originals.destroy(kept.db, sha256, "2024-01-03T00:00:00Z", "secrecy_mark")
    gone = withdrawing.destroy(material, 3, "2024-01-03T00:00:00Z", "secrecy_mark")
    material = store.keep(kept.db, material, gone, [], "2024-01-03T00:00:00Z")
    rows = criticism_store.problems(kept.db, material)
    assert [(row["problem"], row["stands"]) for row in rows] == [(OTHER["problem"], True), ("", False)]
    store.keep(kept.db, material, withdrawing.destroy(material, 2, "2024-01-03T00:00:00Z", "x"), [], "2024-01-03")
    assert kept.told()[-1][0] == 1 and len(kept.told()[-1][1]) == 1


def test_what_counted_before_any_of_it_was_said_is_said_when_the_store_is_opened(kept):
    kept.give(LINE)
    kept.db.materials.update_many({}, {"$set": {"outbox": []}})
    kept.db.done_once.delete_one({"_id": "criticism"})
    for _ in range(2):
        store.prepare(kept.db)
    assert kept.told() == [(1, ids(LINE))]


def test_a_list_without_its_form_is_one_problem_without_words(kept):
    material = kept.give(form=False)
    ((_, (key,)),) = kept.told()
    (row,) = criticism_store.problems(kept.db, material)
    assert (row["id"], row["problem"], row["stands"]) == (key, "", True)


def test_the_words_are_for_whoever_may_read_the_list_also_of_lines_that_went(kept):
    kept.give(LINE, OTHER)
    kept.give(OTHER)
    unit, post = str(PLAN["unit"]), f"{PLAN['unit']}/%s"
    group = grant("supervisor", "group", "G4", "a-campaign")
    for who in (
        grant("liaison", "unit", unit, "a-campaign"),
        grant("member", "post", post % "02", "a-campaign"),
        grant("office", "campaign", "a-campaign", "a-campaign"),
        group,
    ):
        answer = kept.read("a", who)
        contracts.check("documents/criticisms", answer)
        assert [(row["problem"], row["stands"]) for row in answer["rows"]] == [
            (OTHER["problem"], True),
            (LINE["problem"], False),
        ]
    for who in (
        grant("member", "post", post % "03", "a-campaign"),
        grant("supervisor", "group", "G1", "a-campaign"),
        grant("liaison", "unit", "990881-LY", "a-campaign"),
    ):
        with pytest.raises(errors.Refusal, match="not_found"):
            kept.read("a", who)
    said = {"recusal_id": "r", "unit": unit, "account": "recused", "stands": True}
    opinions_store.remember_recusal(kept.db, {"campaign": "a-campaign", "sequence": 1, "data": said})
    with pytest.raises(errors.Refusal, match="recused"):
        kept.read("recused", group)
