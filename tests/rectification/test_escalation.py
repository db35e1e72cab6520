"""The ladder: the next step comes only when the last was not acknowledged in time, and lets go of what is not late."""

import io
from datetime import date

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rectification import escalation, lateness, paper, paper_word
from services.spine import contracts
from services.spine.errors import Refusal
from tests.rectification.ladders import DUE, NAMES, POLICY, hand, item


def night(one, today):
    """What a night finds in an item, and what it proposes."""
    found = lateness.look(one, escalation.first_step(POLICY), today)
    return found.item, escalation.propose(found.item, POLICY, 1, 1, today) if found.step_due else None


def late():
    return night(item(), "2026-03-03")


def proposed(known, one, today):
    """What a night proposes after a document."""
    return escalation.look(known, one, POLICY, today).next or {}


def issued(proposal, on="2026-03-04", number=1):
    terms = escalation.terms(proposal, on)
    given = {
        "office": "c/region:990823",
        "year": 2026,
        "number": number,
        "names": NAMES,
        "paper": [],
        "sha256": "0" * 64,
    }
    given["serial"] = paper.serial({**proposal, **given})
    return escalation.issue(proposal, {**given, **terms}, hand(on))[0]


def test_nothing_is_said_of_an_item_without_a_date():
    for other in (item(due_on=None, category="long_term"), item(state="closed"), item(state="close_requested")):
        assert other["look_on"] == lateness.NEVER
        assert lateness.look(other, 1, "2030-01-01")[1:] == ([], False)


def test_of_a_day_is_said_once_that_it_is_near_and_once_that_it_has_passed():
    one, said, days = item(), [], []
    for today in ("2026-02-22", "2026-02-23", "2026-02-28", "2026-03-02", "2026-03-03", "2026-04-01"):
        found = lateness.look(one, 5, today)
        one = found.item
        said += [(today, fact.name) for fact in found.facts]
        days += [today] if found.step_due else []
        assert one["look_on"] > today
    assert said == [("2026-02-23", "item_due_soon"), ("2026-03-03", "item_overdue")]
    assert (days, one["late"]) == (["2026-04-01"], True)


@given(
    st.sampled_from(["registered", "open", "close_requested", "closed"]),
    st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 6, 30))),
    st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), min_size=1, max_size=6),
    st.one_of(st.none(), st.integers(1, 40)),
)
def test_whatever_a_night_finds_it_has_another_day_afterwards_and_says_nothing_twice(state, due_on, nights, first):
    one, said = item(state=state, due_on=due_on and due_on.isoformat()), list[str]()
    for today in sorted(map(str, nights)):
        found = lateness.look(one, first, today)
        one, said = found.item, said + [fact.name for fact in found.facts] + ["step"] * found.step_due
        assert one["look_on"] > today
        assert lateness.kept(one) == one
    assert len(said) == len(set(said)) and (said == [] or due_on)


def test_what_was_missed_while_nobody_looked_is_said_at_the_next_night_and_only_the_last_of_it():
    found = lateness.look(item(), 1, "2026-03-20")
    assert [fact.name for fact in found.facts] == ["item_overdue"] and found.step_due
    for fact in found.facts:
        contracts.check(f"events/{fact.name}", dict(fact.data))


def test_another_day_or_a_close_out_begins_another_round_and_what_was_late_stays_late():
    one, first = late()
    moved = lateness.kept({**one, "due_on": "2026-05-06", "calm_until": "2026-04-28"})
    assert (moved["look_on"], moved["late"]) == ("2026-04-29", True)
    again = night(moved, "2026-05-07")[1]
    closed = lateness.kept({**one, "state": "closed"})
    reopened = night(lateness.kept({**closed, "state": "open"}), "2026-05-07")[1]
    assert [key["_id"].rpartition(".")[2] for key in (first, again, reopened)] == ["e1-1-1", "e2-1-1", "e2-1-1"]
    assert closed["look_on"] == lateness.NEVER


def test_the_night_proposes_and_only_a_person_of_the_level_signs():
    proposal = late()[1]
    assert (proposal["state"], proposal["signed"], proposal["signer"]) == ("proposed", False, "county_office")
    assert escalation.check_signer(proposal, ["office"]) == "office"
    assert escalation.check_signer(proposal, ["county_office"]) == "county_office"
    with pytest.raises(Refusal, match="signer_too_low"):
        escalation.check_signer(proposal, ["group_leader"])
    sent = issued(proposal)
    assert (sent["acknowledge_by"], sent["promise_by"]) == ("2026-03-09", "2026-03-19")
    with pytest.raises(Refusal, match="escalation_settled"):
        issued(sent)


def test_the_next_step_waits_for_the_time_to_acknowledge_and_for_its_own_day():
    one, proposal = late()
    sent = issued(proposal)
    assert sent["look_on"] == "2026-03-10"
    step = proposed(sent, one, "2026-03-10")
    assert (step["_id"], step["step"], step["signer"]) == (f"{one['_id']}.e1-2-1", "reminder", "office")
    early = issued(proposal, on="2026-03-02")
    assert escalation.look(early, one, POLICY, "2026-03-06").next is None
    assert escalation.look(early, one, POLICY, "2026-03-06").escalation["look_on"] == "2026-03-09"


def test_only_who_did_not_acknowledge_in_time_is_written_to_again():
    one, proposal = late()
    sent = issued(proposal)
    draft = {"answer": "已倒排工期", "promised_on": "2026-03-16"}
    done, facts = escalation.acknowledge(sent, draft, hand("2026-03-09"))
    assert (done["state"], facts[0].data["in_time"]) == ("acknowledged", True)
    assert escalation.acknowledge(done, draft, hand("2026-03-10")) == (done, [])
    for today in (done["look_on"], "2026-03-17", "2027-01-01"):
        assert escalation.look(done, one, POLICY, today) == ({**done, "look_on": lateness.NEVER}, [], None)
    with pytest.raises(Refusal, match="escalation_settled"):
        escalation.acknowledge(done, {**draft, "promised_on": "2026-03-18"}, hand("2026-03-10"))
    after, facts = escalation.acknowledge(sent, draft, hand("2026-03-10"))
    assert (after["look_on"], facts[0].data["in_time"]) == ("2026-03-10", False)
    assert proposed(after, one, "2026-03-10")["rung"] == 2


def test_nobody_promises_a_day_beyond_the_grace_or_one_that_is_over():
    sent = issued(late()[1])
    for promised in ("2026-03-20", "2026-03-04"):
        with pytest.raises(Refusal) as no:
            escalation.acknowledge(sent, {"answer": "抓紧", "promised_on": promised}, hand("2026-03-05"))
        assert no.value.errors[0]["pointer"] == "/promised_on"


def test_what_was_withdrawn_or_let_go_comes_again_as_the_same_step_if_it_stays_late():
    one, proposal = late()
    back, facts = escalation.withdraw(issued(proposal), "单位已完成，材料在途", hand("2026-03-05"))
    assert (back["look_on"], facts[0].data["was"]) == ("2026-03-15", "issued")
    assert escalation.withdraw(back, "单位已完成，材料在途", hand("2026-03-06")) == (back, [])
    assert proposed(back, one, "2026-03-15")["_id"].endswith(".e1-1-2")
    asked = escalation.look(proposal, {**one, "state": "close_requested"}, POLICY, "2026-03-04")
    assert (asked.escalation["state"], [fact.name for fact in asked.facts]) == ("lapsed", ["escalation_withdrawn"])
    assert proposed(asked.escalation, one, "2026-03-06")["_id"].endswith(".e1-1-2")


@pytest.mark.parametrize("change", [{"state": "closed"}, {"due_on": "2026-06-01"}, {"told": {"round": 2}}, None])
def test_what_was_closed_or_given_another_day_is_let_go_for_good(change):
    one, proposal = late()
    other = None if change is None else {**one, **change}
    for known in (proposal, issued(proposal)):
        left = escalation.look(known, other, POLICY, "2026-03-20")
        assert (left.escalation["look_on"], left.next) == (lateness.NEVER, None)
    with pytest.raises(Refusal, match="item_not_late"):
        escalation.check_late({**one, "due_on": "2026-06-01"}, "2026-03-20")


def test_after_the_last_step_there_is_none():
    one, proposal = late()
    last = issued(escalation.propose(one, POLICY, 2, 1, "2026-03-10"), on="2026-03-10")
    assert escalation.look(last, one, POLICY, "2026-04-01") == ({**last, "look_on": lateness.NEVER}, [], None)
    assert escalation.look(issued(proposal), one, {}, "2026-04-01").next is None


def test_everything_said_fits_its_schema_and_names_no_text():
    one, proposal = late()
    sent = issued(proposal)
    given = escalation.acknowledge(sent, {"answer": "抓紧", "promised_on": "2026-03-09"}, hand("2026-03-05"))
    facts = [*escalation.proposed(proposal), *given[1], *escalation.withdraw(sent, "x", hand("2026-03-05"))[1]]
    for fact in facts:
        contracts.check(f"events/{fact.name}", dict(fact.data))
        assert one["problem"] not in str(fact.data)


def test_the_paper_says_what_is_late_since_when_and_what_was_sent_before():
    one, proposal = late()
    sent = issued(proposal)
    second = escalation.propose(one, POLICY, 2, 1, "2026-03-10")
    second |= escalation.terms(second, "2026-03-11")
    blocks = paper.compose(second, one, [sent], NAMES, "2026-03-11")
    text = "\n".join(block["text"] for block in blocks if "text" in block)
    for part in (
        "督办〔2026〕　号",
        "提醒函",
        "2026年3月2日前",
        "已逾期9天",
        "《督办通知书》（督办〔2026〕1号），至今未签收",
        NAMES["unit"],
    ):
        assert part in text
    numbered = paper.compose({**second, "year": 2026, "number": 3}, one, [sent], NAMES, "2026-03-11")
    word = docx.Document(io.BytesIO(paper_word.write(numbered)))
    assert [line.text for line in word.paragraphs][:2] == [NAMES["issuer"], "督办〔2026〕3号"]
    assert word.tables[0].cell(0, 1).text == "督办〔2026〕3号"
    head = word.paragraphs[0].runs[0].font
    assert (str(head.color.rgb), bool(head.size and head.size.pt > 22)) == ("E60000", True)


def test_a_problem_is_quoted_with_its_own_quotation_marks_made_single():
    one, proposal = late()
    said = {**one, "problem": "“第一议题”学习后没有交办"}
    written = paper.compose({**proposal, **escalation.terms(proposal, "2026-03-11")}, said, [], NAMES, "2026-03-11")
    assert written[2]["text"].startswith("关于“‘第一议题’学习后没有交办”整改逾期")
    assert "问题“‘第一议题’学习后没有交办”（" in written[4]["text"]


def test_the_ladder_of_an_item_shows_every_step_with_its_day_and_what_became_of_it():
    one, proposal = late()
    first, second = escalation.rungs(POLICY, one, [proposal])
    assert (first["from_on"], first["documents"]) == ("2026-03-03", [proposal["_id"]])
    assert (second["from_on"], second["documents"]) == ("2026-03-09", [])
    assert escalation.rungs(POLICY, item(due_on=None), [])[0]["from_on"] is None
    assert one["due_on"] == DUE
