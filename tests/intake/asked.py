"""A form and a unit's plan for the tests of opinion forms."""

from typing import Any

from services.intake import opinion_forms
from tests.stack import CAMPAIGN

UNIT = "990823-NYNC"
PLAN: dict[str, Any] = {
    "campaign": CAMPAIGN, "unit": UNIT, "region": "990823", "group": "G4",
    "required": [{"kind": "speech_outline", "post": post} for post in ("01", "02", "03")],
}  # fmt: skip
HAND = {"by": "联络员", "by_account": "liaison", "on": "2026-03-01"}
TODAY = "2026-03-01"
DRAFT: dict[str, Any] = {
    "campaign": CAMPAIGN,
    "unit": UNIT,
    "key": "k7m2p9qx",
    "title": "征求意见表",
    "source": "survey_form",
    "about": [{"post": "team", "title": "领导班子"}, {"post": "02", "title": "副局长"}],
    "questions": [
        {"key": "q1", "kind": "words", "title": "意见和建议"},
        {"key": "q2", "kind": "choice", "title": "哪些方面要改进", "options": [
            {"code": "style", "title": "作风"}, {"code": "duty", "title": "担当"},
        ]},
    ],
    "respondents": 12,
    "closes_on": "2026-03-10",
}  # fmt: skip


def form(**more: Any) -> opinion_forms.Form:
    """An open form."""
    return {**opinion_forms.begin(PLAN, DRAFT | more, HAND, TODAY, 5), "state": "open"}


def sheet(text: str = "", *chosen: str, post: str = "02") -> opinion_forms.Answers:
    """What one respondent wrote and chose about one post."""
    answers = {"q1": text, "q2": list(chosen)}
    return {post: {key: answer for key, answer in answers.items() if answer}}
