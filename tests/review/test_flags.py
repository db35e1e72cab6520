"""Flags of other programs: at passages that stand in the text, each source its own, until the verdict."""

from typing import Any

import pytest

from services.review import flags, reading
from services.spine import contracts, errors

AT = "2026-03-01T08:00:00.000Z"
WORDS = {"zh": "数字是约数。", "en": "A round figure."}
REVIEW: dict[str, Any] = {
    "_id": "c23.990823-NYNC.speech_outline.02.v1",
    "review_id": "c23.990823-NYNC.speech_outline.02.v1",
    "material_id": "c23.990823-NYNC.speech_outline.02",
    "campaign": "c23",
    "region": "990823",
    "unit": "990823-NYNC",
    "group": "G4",
    "kind": "speech_outline",
    "post": "02",
    "version": 1,
    "state": "prechecked",
    "paragraphs": [{"n": 1, "text": "谈心20多次。"}, {"n": 2, "text": "又谈心20多次。"}],
    "structure": [],
    "verdict": {"by_account": "reader", "outcome": "passed"},
    **reading.BESIDE,
}


def finding(severity="note", **anchor):
    return {"code": "vague_figure", "severity": severity, "anchor": anchor, "reason": WORDS}


def add(review, *findings, source="figures", account="checker", version="1"):
    draft = {"source": source, "version": version, "findings": list(findings)}
    contracts.check("requests/flag_material", draft)
    return flags.add(review, draft, account, AT)


def test_flags_are_kept_in_the_pre_checks_form_and_told_by_counts_alone():
    kept, (said,) = add(REVIEW, finding("fail", quotation="20多次"), finding(paragraph=2), finding())
    anchors = [one["anchor"] for one in kept["flags"][0]["findings"]]
    assert [(one["paragraph"], one["quotation"]) for one in anchors] == [(1, "20多次"), (2, None), (None, None)]
    assert (said.name, said.data["source"], said.data["findings"], said.data["fails"]) == (
        "material_flagged", "figures", 3, 1,
    )  # fmt: skip
    contracts.check("events/material_flagged", said.data)
    assert (kept["verdict"], kept["state"]) == (REVIEW["verdict"], "prechecked")


@pytest.mark.parametrize("anchor", [{"quotation": "30多次"}, {"quotation": "又谈心", "paragraph": 1}, {"paragraph": 9}])
def test_what_is_quoted_stands_in_the_text_where_it_is_said_to(anchor):
    with pytest.raises(errors.Refusal) as no:
        add(REVIEW, finding(paragraph=1), finding(**anchor))
    assert (no.value.code, no.value.errors[0]["pointer"]) == ("quotation_not_in_text", "/findings/1/anchor")


def test_a_source_replaces_its_own_flags_and_the_same_again_changes_nothing():
    once, _ = add(REVIEW, finding(paragraph=1))
    both, _ = add(once, finding(paragraph=2), source="names", account="other")
    assert add(both, finding(paragraph=1)) == (both, [])
    changed, said = add(both, version="2")
    assert {one["source"]: len(one["findings"]) for one in changed["flags"]} == {"names": 1, "figures": 0}
    assert said[0].data["findings"] == 0
    with pytest.raises(errors.Refusal, match="source_taken"):
        add(both, finding(), account="other")


def test_so_many_sources_and_no_more():
    review = REVIEW
    for number in range(flags.MOST_SOURCES):
        review, _ = add(review, finding(), source=f"s{number}")
    with pytest.raises(errors.Refusal, match="too_many_sources"):
        add(review, finding())
    assert add(review, finding(), finding(), source="s0")[1]


@pytest.mark.parametrize(
    ("state", "code"), [("waiting", "not_prechecked"), ("judged", "flags_closed"), ("superseded", "flags_closed")]
)
def test_nothing_is_added_before_there_is_a_text_or_after_the_verdict(state, code):
    with pytest.raises(errors.Refusal, match=code):
        add({**REVIEW, "state": state}, finding())


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "Some Body"},
        {"findings": [finding()] * 101},
        {"findings": [{**finding(), "reason": {"zh": "长" * 501, "en": "x"}}]},
        {"findings": [{**finding(), "confidence": 2}]},
        {"findings": [{**finding(), "standard": "grammar"}]},
    ],
)
def test_what_is_sent_is_bounded(wrong):
    with pytest.raises(errors.Refusal, match="invalid"):
        contracts.check("requests/flag_material", {"source": "figures", "version": "1", "findings": [], **wrong})


def test_a_text_to_check_tells_nothing_of_accounts_or_verdicts():
    shown = flags.text({**REVIEW, "state": "judged"}, [{"code": "theory", "title": "理论学习"}])
    assert set(shown) == {"review_id", "campaign", "kind", "version", "aspects", "paragraphs", "structure"}


def test_the_author_sees_flags_without_the_account_behind_them():
    kept, _ = add(REVIEW, finding())
    (shown,) = reading.as_the_author_sees_it(kept)["flags"]
    assert shown["source"] == "figures" and "by_account" not in shown
