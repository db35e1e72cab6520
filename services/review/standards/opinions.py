"""Opinions, a part of F1: whether what was collected about this person or team, and the group's remarks, is answered.

The words an opinion is known by (pairs of characters, those every opinion has left out) are looked for where problems
and measures are told; the list of opinions in the opening is no answer, nor a mention among outside causes. A group's
remark on the material itself may be answered where the material speaks of itself. A paraphrase without any common word
is not seen: hence a confidence below one.
"""

from typing import Any

from services.review import facts
from services.review.glance import Passage

from . import findings
from .reading import Reading

Finding = dict[str, Any]
UNANSWERED = "problems.opinion_unanswered"
ANSWERED, HINT, BONUS = 0.28, 0.3, 0.15


def answers(reading: Reading) -> list[dict[str, Any]]:
    """Each opinion with whether it is answered, and the place that answers it: [{opinion_id, source, text, answered,
    anchor|None}]."""
    if reading.answers is None:
        reading.answers = [_answered(reading, opinion) for opinion in reading.opinions]
    return reading.answers


def _answered(reading: Reading, opinion: dict[str, Any]) -> dict[str, Any]:
    met, node = answer(reading, opinion)
    said = {"opinion_id": opinion.get("id", ""), "source": opinion.get("source", ""), "text": opinion["text"]}
    if met < ANSWERED or node is None:
        return {**said, "answered": False, "anchor": None}
    pairs = facts.grams(opinion["text"])
    told = max(reading.see(node).sentences, key=lambda each: len(pairs & each.grams))
    return {**said, "answered": True, "anchor": reading.at(node, told.text)}


def answer(reading: Reading, opinion: dict[str, Any]) -> tuple[float, dict[str, Any] | None]:
    """How much of what an opinion is known by comes back in the passage that answers it best, and that passage.

    Adds up its pairs of characters, its single characters within two sentences, a run of four, and words like "the
    masses say"; from ANSWERED on it is answered.
    """
    nodes = [
        *reading.sections.values(),
        *(node for node in reading.problems if "aspect" not in node and node["paragraphs"][0] > _begin(reading)),
        *reading.measures,
    ]
    if (
        reading.glance.of(opinion["text"]).has("problems.about_material")
        or opinion.get("source") == "supervision_group"
    ):
        nodes += [*reading.by_role.get("opening", []), *reading.by_role.get("last_year", []), *reading.causes]
    met = ((_met(opinion["text"], reading.see(node), reading), node) for node in nodes)
    return max(met, key=lambda each: each[0], default=(0.0, None))


def _begin(reading: Reading) -> int:
    """The paragraph in which the first aspect begins: what stands before it only lists."""
    return min((node["paragraphs"][0] for node in reading.sections.values()), default=0)


def _met(opinion: str, passage: Passage, reading: Reading) -> float:
    stop, filler, text = set(reading.rules.by_room["problems"]["faint"]), _filler(reading), passage.text
    pairs = frozenset(gram for gram in facts.grams(opinion) - filler if not stop & set(gram)) or facts.grams(opinion)
    if not pairs:
        return 1.0
    share = len(pairs & passage.grams) / len(pairs)
    letters = {letter for pair in facts.grams(opinion) for letter in pair} - stop
    told = [each.text for each in passage.sentences]
    windows = [set(first + second) for first, second in zip(told, [*told[1:], ""], strict=False)]
    near = max((len(letters & window) / len(letters) for window in windows), default=0.0) if letters else 0.0
    run = any(opinion[i : i + 4] in text and pairs & facts.grams(opinion[i : i + 4]) for i in range(len(opinion) - 3))
    said = passage.has("problems.answers") and (share > 0 or near > HINT)
    return share + max(0.0, near - HINT) / 2 + (BONUS if run else 0) + (BONUS if said else 0)


def _filler(reading: Reading) -> frozenset[str]:
    return frozenset().union(*(facts.grams(word) for word in reading.rules.words("problems", "filler")))


def judge(reading: Reading) -> list[Finding]:
    """A finding for each opinion that is answered nowhere."""
    found = []
    for opinion in answers(reading):
        if opinion["answered"]:
            continue
        reason = (
            f"征求到的意见“{opinion['text']}”没有回应。",
            f"The opinion collected (“{opinion['text']}”) is answered nowhere.",
        )
        would = (
            "在相应方面写明这条意见反映的事、自己的责任和怎么改。",
            "Tell the matter, your responsibility and what you will do, in the aspect it belongs to.",
        )
        found.append(findings.make(UNANSWERED, _listed(reading), reason, would, 0.8))
    return found


def _listed(reading: Reading) -> dict[str, Any]:
    """Where the opening speaks of opinions: the reader looks there first."""
    for node in reading.by_role.get("opening", []):
        for sentence in facts.sentences(node["text"]):
            if "意见" in sentence:
                return reading.at(node, sentence)
    return reading.place(next(iter(reading.by_role.get("opening", [])), None))
