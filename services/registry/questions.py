"""The rules of questions and answers (答疑): asked by a unit or put there by who coaches, answered, answered better.

What must stay true: an answer is never overwritten: a newer one supersedes it with a reason, or it is withdrawn with
one, and both stay; an office's answer is not superseded by a group's. Who asked is known inside the asker's scope only.
A question: {_id: campaign.q.key, question_id, campaign, region, group, unit: None when no unit asked, text, aspects:
[codes of the checklist], standards, asked, answers: [{version, text, public, reason, role, by, by_account, at,
withdrawn}], state: open|answered, public: whether its standing answer is, terms: [what it is found by]}.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from services.registry import coaching
from services.registry.coaching import Hand
from services.spine.errors import Refusal
from services.spine.events import Fact

Question = dict[str, Any]
RANKS = {"county_office": 1, "office": 2}
FOR_ALL = ("question_id", "campaign", "text", "aspects", "standards", "state", "public")
_WORD = re.compile(r"[一-鿿]+|[a-z0-9]+")


def ask(campaign: dict[str, Any], whose: dict[str, Any], draft: dict[str, Any], hand: Hand) -> Question:
    """A question is put; `whose` is the unit that asks with its places, or the places of who coaches."""
    coaching.check_aspects(campaign, draft["aspects"])
    key = f"{campaign['campaign_code']}.q.{draft['key']}"
    asked = {"role": hand.role, "by": hand.name, "by_account": hand.account, "at": hand.at}
    return _stated(
        {
            "_id": key,
            "question_id": key,
            "campaign": campaign["campaign_code"],
            **whose,
            **_written(draft),
            "asked": asked,
            "answers": [],
        }
    )


def check_same(question: Question, draft: dict[str, Any]) -> None:
    """The same key again is the same question; another one under that key is refused."""
    written = _written(draft)
    if {key: question[key] for key in written} != written or question["unit"] != draft.get("unit"):
        raise Refusal("key_taken", key=draft["key"])


def answer(question: Question, draft: dict[str, Any], region: str, hand: Hand) -> tuple[Question, list[Fact]]:
    """An answer, or a newer one; `region` is where it is said when the question has none."""
    answers, last = question["answers"], question["answers"][-1] if question["answers"] else None
    same = last and (last["text"], last["public"]) == (draft["text"], draft["public"]) and not last["withdrawn"]
    if same:
        return question, []
    if draft["follows"] != len(answers):
        raise Refusal("answered_meanwhile", version=len(answers))
    if last and not draft.get("reason", "").strip():
        fault = {"pointer": "/reason", "code": "newer_answer_without_reason"}
        raise Refusal("newer_answer_without_reason", errors=[fault])
    _check_rank(standing(question), hand)
    given = {
        "version": len(answers) + 1,
        "text": draft["text"],
        "public": draft["public"],
        "reason": draft.get("reason", ""),
        "role": hand.role,
        "by": hand.name,
        "by_account": hand.account,
        "at": hand.at,
        "withdrawn": None,
    }
    changed = _stated({**question, "answers": [*answers, given]})
    asker = {key: question[key] for key in ("unit", "group") if question["unit"]}
    said = {"question_id": question["_id"], **asker, "version": given["version"], "public": given["public"]}
    told = Fact("question_answered", question["_id"], question["campaign"], question["region"] or region, said)
    return changed, [told]


def withdraw(question: Question, version: int, reason: str, hand: Hand) -> Question:
    """An answer is taken back; it stays with the reason, and the question is open again if it was the last."""
    if not 1 <= version <= len(question["answers"]):
        raise Refusal("not_found", id=f"{question['_id']}.{version}")
    taken = question["answers"][version - 1]
    if taken["withdrawn"]:
        return question
    _check_rank(taken, hand)
    gone = {**taken, "withdrawn": {"reason": reason, "by": hand.name, "by_account": hand.account, "at": hand.at}}
    return _stated({**question, "answers": [gone if one is taken else one for one in question["answers"]]})


def standing(question: Question) -> dict[str, Any] | None:
    """The answer that holds: the newest, unless it was withdrawn."""
    last: dict[str, Any] | None = question["answers"][-1] if question["answers"] else None
    return None if last is None or last["withdrawn"] else last


def shown(question: Question, *, inside: bool) -> Question:
    """A question as whoever may know its asker sees it, or as all others do: without, and what was said to all."""
    if inside:
        return {key: value for key, value in question.items() if key not in ("terms", "outbox")}
    answers = [one for one in question["answers"] if one["public"]]
    nobody = {"unit": None, "region": None, "group": None, "asked": None}
    return {**{key: question[key] for key in FOR_ALL}, **nobody, "answers": answers}


def terms(text: str) -> list[str]:
    """What a text is found by: each character and each pair of neighbours in Chinese, words in other scripts.

    >>> terms("缺席怎么办 T-3")
    ['3', 't', '么', '么办', '办', '席', '席怎', '怎', '怎么', '缺', '缺席']
    """
    found = set[str]()
    for run in _WORD.findall(text.lower()):
        found |= {run} if run.isascii() else {*run, *map("".join, zip(run, run[1:], strict=False))}
    return sorted(found)


def wanted(words: str) -> list[str]:
    """What is looked for: pairs of characters; single ones only where they stand alone.

    >>> wanted("缺席 假")
    ['假', '缺席']
    """
    found = set[str]()
    for run in _WORD.findall(words.lower()):
        pairs = {run} if run.isascii() or len(run) == 1 else set(map("".join, zip(run, run[1:], strict=False)))
        found |= pairs
    return sorted(found)


def ranked(found: Iterable[Question], words: Sequence[str]) -> list[Question]:
    """What has more than half as many of the words as any has, best first: a word in the question counts twice."""
    hits = [(sum(word in question["terms"] for word in words), question) for question in found]
    most = max((count for count, _ in hits), default=0)
    rows = [(count, question) for count, question in hits if count * 2 > most]
    rows.sort(key=lambda row: (row[0] + _asked_for(row[1], words), row[1]["asked"]["at"]), reverse=True)
    return [question for _, question in rows]


def _asked_for(question: Question, words: Sequence[str]) -> int:
    asked = set(terms(question["text"]))
    return sum(word in asked for word in words)


def _check_rank(last: dict[str, Any] | None, hand: Hand) -> None:
    if last and RANKS.get(hand.role, 0) < RANKS.get(last["role"], 0):
        raise Refusal("answered_by_higher", by=last["by"])


def _stated(question: Question) -> Question:
    last = standing(question)
    found = terms(f"{question['text']} {last['text'] if last else ''}")
    return {
        **question,
        "state": "answered" if last else "open",
        "public": bool(last and last["public"]),
        "terms": found,
    }


def _written(draft: dict[str, Any]) -> dict[str, Any]:
    return {"text": draft["text"], "aspects": draft["aspects"], "standards": draft.get("standards", [])}
