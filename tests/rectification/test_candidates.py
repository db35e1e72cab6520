"""The problems of a group's comment: each is put on the ledger or explained, and none is dropped on any course."""

from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.rectification import candidate_store, candidates, domain, places_store, sources, store
from services.spine import contracts
from services.spine.errors import Refusal

HAND = domain.Hand("liaison", "联络员", "2024-01-10T08:00:00.000Z", "2024-01-10")
EVENT = {
    "campaign": "minchuan-2023-theme",
    "region": "990823",
    "data": contracts.documents()["events/supervision_commented"]["examples"][0],
}
ID = EVENT["data"]["problems"][0]["id"]
GONE, LATER = {"because": "left_out", "side": "unit"}, "2024-01-11T08:00:00.000Z"
AWAY = {"at": HAND.at, "stood": "open", "again_at": None}
PLAN = {"campaign": "minchuan-2023-theme", "unit": "990823-NYNC", "region": "990823", "group": "G4"}
DRAFT = {
    **contracts.documents()["requests/register_item"]["examples"][0],
    "measures": [{"what": "修复", "who": "副局长", "due_on": "2024-02-28"}],
}


@pytest.fixture
def ledger(db):
    store.prepare(db)
    candidate_store.add(db, sources.of_comment(EVENT, "G4"))
    return db


def begun() -> candidates.Candidate:
    return sources.of_comment(EVENT, "G4")[0]


def explained() -> candidates.Candidate:
    return candidates.explain(begun(), "去年已列", HAND)[0]


def registered(key: str = "p01") -> domain.Changed:
    return domain.register(PLAN, 30, 1, {**DRAFT, "key": key}, HAND)


def adopted() -> candidates.Candidate:
    return {**begun(), "state": "adopted", "item_id": "x"}


def test_the_unit_explains_once_and_the_same_again_changes_nothing():
    once = explained()
    assert candidates.explain(once, "去年已列", HAND) == (once, [])
    for settled in (once, adopted()):
        with pytest.raises(Refusal, match="candidate_not_open"):
            candidates.explain(settled, "别的理由", HAND)


def test_only_what_was_explained_is_opened_again_and_the_explanation_is_kept():
    for other in (begun(), adopted()):
        with pytest.raises(Refusal, match="candidate_not_explained"):
            candidates.reopen(other, "没有办结", HAND)
    again, facts = candidates.reopen(explained(), "没有办结", HAND)
    assert (again["state"], again["explanation"], facts[0].data["reopenings"]) == ("open", None, 1)
    assert again["reopenings"][0]["explanation"]["reason"] == "去年已列"
    assert candidates.reopen(again, "没有办结", HAND) == (again, [])


def test_a_unit_takes_up_problems_of_its_own_comment_each_once():
    draft = {**PLAN, "candidate": ID, "source": "supervision"}
    candidates.check_adoptable(explained(), draft, None)
    for candidate, asked in ((None, draft), (begun(), {**draft, "unit": "990881-LY"})):
        with pytest.raises(Refusal) as no:
            candidates.check_adoptable(candidate, asked, None)
        assert (no.value.code, no.value.errors[0]["pointer"]) == ("candidate_unknown", "/candidate")
    with pytest.raises(Refusal, match="already_adopted"):
        candidates.check_adoptable(begun(), draft, registered()[0])


def test_an_item_keeps_its_source_and_its_candidate_and_says_that_it_took_it_up():
    item, facts = registered()
    assert (item["source"], item["candidate"]) == ("supervision", ID)
    assert [(fact.name, fact.subject) for fact in facts] == [
        ("item_registered", item["_id"]),
        ("candidate_adopted", item["_id"]),
    ]
    assert domain.same(item, DRAFT) and not domain.same(item, {**DRAFT, "candidate": None})


def test_what_takes_up_a_candidate_says_where_it_comes_from():
    with pytest.raises(Refusal) as no:
        candidates.check_adoptable(begun(), {**PLAN, "candidate": ID, "source": "talk"}, None)
    assert (no.value.code, no.value.errors[0]["pointer"]) == ("source_differs", "/source")


def test_an_item_deals_with_several_problems_and_the_group_may_not_take_it():
    item = registered()[0]
    joined, facts = candidates.join(explained(), item, HAND)
    assert (joined["state"], joined["item_id"]) == ("adopted", item["_id"]) and facts[0].name == "candidate_adopted"
    assert candidates.join(joined, item, HAND) == (joined, [])
    for code, other in (("item_closed", {**item, "state": "closed"}), ("not_found", {**item, "unit": "990881-LY"})):
        with pytest.raises(Refusal, match=code):
            candidates.join(begun(), other, HAND)
    with pytest.raises(Refusal, match="candidate_not_open"):
        candidates.join(joined, {**item, "_id": "another"}, HAND)
    again, _ = candidates.reopen(joined, "不是一回事", HAND)
    assert (again["state"], again["item_id"], again["joined"]) == ("open", None, None)
    assert again["reopenings"][0]["item_id"] == item["_id"]
    assert again["reopenings"][0]["explanation"]["reason"] == "去年已列"


def test_what_stands_no_more_waits_no_more_and_the_group_is_told_by_whom_and_why():
    gone, (fact,) = candidates.stand(begun(), 5, HAND.at, GONE)
    assert (gone["state"], gone["withdrawals"][0]) == ("withdrawn", {**GONE, **AWAY})
    contracts.check("events/candidate_withdrawn", fact.data)
    assert (fact.name, fact.data["because"], fact.data["state"]) == ("candidate_withdrawn", "left_out", "withdrawn")
    for sequence, more in ((4, None), (6, GONE)):
        again, facts = candidates.stand(gone, sequence, LATER, more)
        assert (again["state"], again["withdrawals"], facts) == ("withdrawn", gone["withdrawals"], [])


def test_what_comes_again_stands_again_and_it_is_kept_that_it_was_gone():
    gone = candidates.stand(begun(), 5, HAND.at, GONE)[0]
    again, facts = candidates.stand(gone, 6, LATER)
    assert (again["state"], facts, again["withdrawals"][0]["again_at"]) == ("open", [], LATER)
    assert len(candidates.stand(again, 7, LATER, GONE)[0]["withdrawals"]) == 2


def test_what_was_decided_of_a_candidate_stays_though_its_origin_is_taken_back():
    for settled in (explained(), adopted()):
        gone, facts = candidates.stand(settled, 5, HAND.at, GONE)
        assert (gone["state"], facts) == (settled["state"], [])
        assert gone["withdrawals"][0]["stood"] == settled["state"]
        assert candidates.stand(gone, 6, LATER)[0]["state"] == settled["state"]


def test_the_group_opens_again_what_was_withdrawn_and_no_taking_back_undoes_that():
    gone = candidates.stand(begun(), 5, HAND.at, GONE)[0]
    with pytest.raises(Refusal, match="candidate_not_open"):
        candidates.explain(gone, "去年已列", HAND)
    opened, (fact,) = candidates.reopen(gone, "不能不列", HAND)
    assert (opened["state"], fact.name, opened["withdrawals"]) == ("open", "candidate_reopened", gone["withdrawals"])
    again = candidates.stand(opened, 6, LATER)[0]
    waits, (fact,) = candidates.stand(again, 7, LATER, GONE)
    assert (waits["state"], fact.data["state"], fact.data["reopenings"]) == ("open", "open", 1)
    contracts.check("documents/candidate", waits)


def test_a_comment_heard_twice_begins_each_candidate_once_in_the_group_of_today(ledger):
    candidate_store.adopt(ledger, ID, "an-item")
    ledger.meetings.insert_one({"_id": f"{PLAN['campaign']}.{PLAN['unit']}", "group": "G5"})
    more = {**EVENT["data"], "problems": [{"id": ID.replace("p1", "p10"), "aspect": None}]}
    for event in (EVENT, {**EVENT, "data": more}):
        candidate_store.add(ledger, sources.of_comment(event, candidate_store.group_of(ledger, event)))
    rows = candidate_store.listed(ledger, {}, {"unit": PLAN["unit"]})["rows"]
    assert [(row["number"], row["state"], row["group"]) for row in rows] == [(1, "adopted", "G4"), (10, "open", "G5")]


def test_a_candidate_moves_with_its_unit_and_a_scope_hides_the_others(ledger):
    said = {"unit": PLAN["unit"], "group": "G6"}
    places_store.remember(ledger, {"campaign": PLAN["campaign"], "region": "990823", "sequence": 3, "data": said})
    assert candidate_store.listed(ledger, {"group": "G6"}, {"state": "open"})["total"] == 1
    assert candidate_store.listed(ledger, {"group": "G4"}, {})["total"] == 0
    with pytest.raises(Refusal, match="not_found"):
        candidate_store.get(ledger, ID, {"group": "G4"})


def test_one_item_takes_a_candidate_up_whoever_writes_first(ledger):
    assert store.add(ledger, *registered("p01"), HAND.at)
    assert not store.add(ledger, *registered("p02"), HAND.at)
    assert [row["number"] for row in ledger.items.find({"candidate": ID})] == [1]
    plain = {**DRAFT, "key": "p03"}
    del plain["candidate"]
    for key in ("p03", "p04"):
        assert store.add(ledger, *domain.register(PLAN, 30, 1, {**plain, "key": key}, HAND), HAND.at)


def test_a_crash_between_item_and_candidate_heals_when_the_item_is_heard(ledger):
    store.add(ledger, *registered(), HAND.at)
    (_, told) = ledger.items.find_one()["outbox"]
    assert candidate_store.get(ledger, ID, {})["state"] == "open"
    for _ in range(2):
        candidate_store.adopt(ledger, told["data"]["candidate_id"], told["data"]["item_id"])
    row = candidate_store.get(ledger, ID, {})
    assert (row["state"], row["item_id"], row["revision"]) == ("adopted", told["data"]["item_id"], 2)


class Course(RuleBasedStateMachine):
    """A candidate under every order of moves."""

    def __init__(self) -> None:
        super().__init__()
        self.candidate, self.said, self.told = begun(), list[str](), list[str]()
        self.stands, self.sequence, self.times = True, 0, 0

    @rule(reason=st.sampled_from("abc"), move=st.sampled_from([candidates.explain, candidates.reopen]))
    def say(self, reason: str, move: Callable[..., candidates.Changed]) -> None:
        try:
            changed = move(self.candidate, reason, HAND)
        except Refusal:
            return
        self._now(changed)
        self.said += [reason] * len(changed[1])

    @rule(stands=st.booleans(), late=st.booleans())
    def its_origin_goes_or_stands_again(self, stands: bool, late: bool) -> None:
        self.sequence += not late
        self._now(candidates.stand(self.candidate, self.sequence, HAND.at, None if stands else GONE))
        if not late:
            self.times += self.stands and not stands
            self.stands = stands

    @invariant()
    def nothing_said_is_lost(self) -> None:
        now = self.candidate
        told = [[one["explanation"], one] for one in now["reopenings"]] + [[now["explanation"]]]
        assert [one["reason"] for parts in told for one in parts if one] == self.said
        assert (now["state"] == "explained") == bool(now["explanation"])

    @invariant()
    def nothing_goes_without_a_word(self) -> None:
        now = self.candidate
        assert len(now["withdrawals"]) == self.times
        assert [one["again_at"] for one in now["withdrawals"]].count(None) == (not self.stands)
        if now["state"] == "withdrawn":
            assert not self.stands and not now["reopenings"] and self.told[-1] == "candidate_withdrawn"

    def _now(self, changed: candidates.Changed) -> None:
        self.candidate, facts = changed
        self.told += [fact.name for fact in facts]


Course.TestCase.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)
TestCourse = Course.TestCase
