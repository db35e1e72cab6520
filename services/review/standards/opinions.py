"""Opinions, a part of F1: whether what was collected about this person or team, and the group's remarks, is answered.

The words an opinion is known by (pairs of characters, those every opinion has left out) are looked for where problems
and measures are told; the list of opinions in the opening is no answer, nor a mention among outside causes. A group's
remark on the material itself may be answered where the material says what was written anew. A paraphrase without any
common word is believed where a sentence says that it takes up what somebody said, and takes up nothing else. A short
opinion may be answered in wholly other words, which nobody can see from its letters: it is only noted. A long one
leaves some of its letters wherever it is answered, so that one fails of which hardly any are in any sentence and many
nowhere; so does a group's remark that alone is left of several, where all others are taken up in their own words. An
opinion that is taken up only to be pushed on to somebody else, or to be answered by what was done well, is not
answered (see `evasions`).
"""

import functools
import itertools
from typing import Any

from services.review import facts, letters
from services.review.glance import Passage
from services.review.rules import Rules

from . import evasions, findings
from .reading import Reading

Finding = dict[str, Any]
UNANSWERED, DENIED, BESIDE = (f"problems.opinion_{how}" for how in ("unanswered", "denied", "answered_beside"))
MISSED = (UNANSWERED, DENIED, BESIDE)
COMMON = 2
BEST = "最好"  # of all, in praise, or "had better"
WOULD = (
    "在相应方面写明这条意见反映的事、自己的责任和怎么改。",
    "Tell the matter, your responsibility and what you will do, in the aspect it belongs to.",
)


def answers(reading: Reading) -> list[dict[str, Any]]:
    """Each opinion with whether it is answered, and the place that answers it: [{opinion_id, source, text, answered,
    anchor|None}]."""
    if reading.answers is None:
        met = [answer(reading, opinion) for opinion in reading.opinions]
        known = [place for score, place in met if score >= reading.rules.limit("problems", "answered") and place]
        spare = _spare(reading, known) if met else []
        reading.answers = [
            _answered(
                reading,
                opinion,
                place if score >= _enough(reading, opinion) else _take(reading, spare, opinion["text"]),
            )
            for opinion, (score, place) in zip(reading.opinions, met, strict=True)
        ]
    return reading.answers


def _enough(reading: Reading, opinion: dict[str, Any]) -> float:
    """A group's remark is written, and is taken up in its words."""
    return reading.rules.limit("problems", "written" if opinion.get("source") == "supervision_group" else "answered")


def _answered(
    reading: Reading, opinion: dict[str, Any], place: tuple[dict[str, Any], Passage] | None
) -> dict[str, Any]:
    said = {"opinion_id": opinion.get("id", ""), "source": opinion.get("source", ""), "text": opinion["text"]}
    pushed = evasions.pushed_away(reading, opinion)
    place = pushed or place or evasions.set_right(reading, opinion)
    if place is None:
        return {**said, "answered": False, "anchor": None}
    node, told = place
    evaded = evasions.denial(reading, node, told) or _beside(reading, opinion, node, told)
    return {**said, "answered": not evaded, "anchor": reading.at(node, told.text)}


def _beside(reading: Reading, opinion: dict[str, Any], node: dict[str, Any], told: Passage) -> bool:
    """Whether it is answered by what was done well, and no measure takes up what it asks."""
    if not evasions.beside(reading, opinion, node, told):
        return False
    known = _Known(opinion["text"], reading)
    return all(known.met(reading.see(each)) < _enough(reading, opinion) for each in reading.measures)


def answer(reading: Reading, opinion: dict[str, Any]) -> tuple[float, tuple[dict[str, Any], Passage] | None]:
    """How much of what an opinion is known by comes back in the passage that answers it best, and where: the node and
    its sentence.

    Adds up its pairs of characters, its single characters within two sentences, a run of four, and words like "the
    masses say"; from the limit `answered` on it is answered.
    """
    about = _about_material(reading, opinion)
    of_group = opinion.get("source") == "supervision_group"
    nodes = [(node, reading.see(node)) for node in _telling(reading)]
    if about or of_group:
        nodes += [(node, reading.see(node)) for node in reading.causes]
        anew = reading.rules.pattern("problems", "written_anew")
        for node in (*reading.by_role.get("opening", []), *reading.by_role.get("last_year", [])):
            told = reading.see(node)
            nodes += [(node, each) for each in told.sentences if anew.search(each.text)] if of_group else [(node, told)]
    known = _Known(opinion["text"], reading)
    best = max(nodes, key=lambda each: known.met(each[1]), default=None)
    if best is None:
        return 0.0, None
    told = max(best[1].sentences, key=lambda each: sum([pair in each.text for pair in known.all]))
    return known.met(best[1]), (best[0], told)


def _telling(reading: Reading) -> list[dict[str, Any]]:
    begin = _begin(reading)
    loose = (node for node in reading.problems if "aspect" not in node and node["paragraphs"][0] > begin)
    found = [*reading.sections.values(), *loose, *reading.measures]
    return [*found, *reading.causes, *reading.problems] if reading.lost else found


def _begin(reading: Reading) -> int:
    """The paragraph in which the first aspect begins: what stands before it only lists."""
    return min((node["paragraphs"][0] for node in reading.sections.values()), default=0)


def _spare(reading: Reading, taken: list[tuple[dict[str, Any], Passage]]) -> list[tuple[dict[str, Any], Passage]]:
    """Sentences that take up what somebody said about the writer and answer no opinion known by its words."""
    used = {told.text for _, told in taken}
    return [
        (node, each)
        for node in reading.sections.values()
        for each in reading.see(node).sentences
        if each.text not in used and reading.rules.meets("problems", "takes_up", each.text)
    ]


def _take(
    reading: Reading, spare: list[tuple[dict[str, Any], Passage]], opinion: str
) -> tuple[dict[str, Any], Passage] | None:
    """The first sentence that may mean this opinion: one that quotes other words does not."""
    for place in spare:
        quoted = reading.rules.pattern("problems", "quoted").findall(place[1].text)
        if not quoted or any(len(set(words) & set(opinion)) >= COMMON for words in quoted):
            spare.remove(place)
            return place
    return None


@functools.lru_cache(maxsize=8)
def _faint(rules: Rules) -> tuple[frozenset[str], frozenset[str]]:
    """Characters and pairs of them that every opinion has."""
    filler = frozenset().union(*(letters.grams(word) for word in rules.words("problems", "filler")))
    return frozenset(rules.by_room["problems"]["faint"]), filler


class _Known:
    """What an opinion is known by."""

    def __init__(self, text: str, reading: Reading) -> None:
        stop, filler = _faint(reading.rules)
        self.hint, self.bonus = (reading.rules.limit("problems", key) for key in ("hint", "bonus"))
        self.all = letters.grams(text)
        self.pairs = frozenset(gram for gram in self.all - filler if not stop & set(gram)) or self.all
        self.letters = {letter for pair in self.all for letter in pair} - stop
        runs = [text[i : i + 4] for i in range(len(text) - 3)]
        self.runs = [each for each in runs if any(each[i : i + 2] in self.pairs for i in range(3))]
        self._met: dict[str, float] = {}

    def met(self, passage: Passage) -> float:
        """How much of it a passage has."""
        if passage.text not in self._met:
            self._met[passage.text] = self._look(passage)
        return self._met[passage.text]

    def share(self, text: str) -> float:
        """How many of its pairs of characters a text has."""
        return sum([pair in text for pair in self.pairs]) / max(len(self.pairs), 1)

    def _look(self, passage: Passage) -> float:
        if not self.pairs:
            return 1.0
        share = self.share(passage.text)
        told = [self.letters.intersection(each.text) for each in passage.sentences]
        windows = [first | second for first, second in zip(told, [*told[1:], set()], strict=True)]
        near = max(map(len, windows), default=0) / max(len(self.letters), 1)
        run = share > 0 and any(each in passage.text for each in self.runs)
        said = passage.has("problems.answers") and (share > 0 or near > self.hint)
        return share + max(0.0, near - self.hint) / 2 + (self.bonus if run else 0) + (self.bonus if said else 0)


def judge(reading: Reading) -> list[Finding]:
    """A finding for each opinion that is answered nowhere, or only to be pushed away."""
    found = []
    for opinion in answers(reading):
        if opinion["answered"]:
            continue
        sure = bool(opinion["anchor"]) or _absent(reading, opinion)
        rule, zh, en = (
            _evaded(reading, opinion)
            if opinion["anchor"]
            else (UNANSWERED, "没有回应", "is answered nowhere")
            if sure
            else (UNANSWERED, "没有找到明显的回应，也可能换了说法", "is not answered in its words, perhaps in others")
        )
        reason = (f"征求到的意见“{opinion['text']}”{zh}。", f"The opinion collected (“{opinion['text']}”) {en}.")
        anchor = opinion["anchor"] or _listed(reading)
        found.append(findings.make(rule, anchor, reason, WOULD, 0.8 if sure else 0.4, fail=sure))
    return found


def _evaded(reading: Reading, opinion: dict[str, Any]) -> tuple[str, str, str]:
    quoted = reading.glance.of(opinion["anchor"]["quotation"])
    nodes = (node for held in reading.by_role.values() for node in held if node["id"] == opinion["anchor"]["node"])
    if any(evasions.denial(reading, node, quoted) for node in nodes):
        return DENIED, "提到了，却推给了别人，等于没有回应", "is taken up only to be pushed on to others"
    return BESIDE, "提到了，答的却是成绩或别的事，等于没有回应", "is taken up, but answered by what was done well"


def _absent(reading: Reading, opinion: dict[str, Any]) -> bool:
    """Whether so much of what an opinion asks is in no sentence, and so much of it nowhere at all, that it cannot be
    answered in other words or in several sentences together."""
    asked = reading.rules.pattern("problems", "yet").split(opinion["text"])[-1]
    if _praises(reading, asked) or _written_anew(reading, opinion):
        return False
    known, limit = _Known(asked, reading).letters, reading.rules.limit
    told = [each.text for node in _telling(reading) for each in reading.see(node).sentences]
    nearest = min((len(known.difference(each)) for each in told), default=len(known))
    nowhere = known.difference(*told)
    how = "_written" if opinion.get("source") == "supervision_group" else ""
    least = "absent_alone" if how and _alone(reading, opinion) else f"absent{how}"
    return nearest >= limit("problems", least) and len(nowhere) >= limit("problems", f"nowhere{how}") * len(known)


def _praises(reading: Reading, opinion: str) -> bool:
    """Whether an opinion is praise: it calls for no answer."""
    if reading.rules.meets("problems", "compliment", opinion):
        return True
    told = reading.glance.of(opinion)
    asks = told.has("problems.weakness") or set(told.words("problems.asking")) - {BEST}
    return reading.rules.meets("problems", "praised", opinion) and not asks


def _alone(reading: Reading, opinion: dict[str, Any]) -> bool:
    """Whether it alone is left of several, and a sentence has enough of the words of each of the others."""
    left = [each["text"] for each in answers(reading) if not each["answered"]]
    others = [_Known(each["text"], reading) for each in reading.opinions if each["text"] not in left]
    if left != [opinion["text"]] or len(others) < COMMON or _about_material(reading, opinion):
        return False
    told = [each.text for node in _telling(reading) for each in reading.see(node).sentences]
    taken = reading.rules.limit("problems", "hint")
    return all(any(known.share(each) >= taken for each in told) for known in others)


def _about_material(reading: Reading, opinion: dict[str, Any]) -> bool:
    return reading.glance.of(opinion["text"]).has("problems.about_material")


def _written_anew(reading: Reading, opinion: dict[str, Any]) -> bool:
    """Whether it is about the material, and its opening says what was written anew after somebody read it."""
    if not _about_material(reading, opinion):
        return False
    anew = reading.rules.pattern("problems", "written_anew")
    told = [each for node in reading.by_role.get("opening", []) for each in reading.see(node).sentences]
    pairs = itertools.zip_longest(told, told[1:])
    return any(
        one.has("problems.about_material") and (anew.search(one.text) or (after and anew.search(after.text)))
        for one, after in pairs
    )


def _listed(reading: Reading) -> dict[str, Any]:
    """Where the opening speaks of opinions: the reader looks there first."""
    for node in reading.by_role.get("opening", []):
        for sentence in facts.sentences(node["text"]):
            if "意见" in sentence:
                return reading.at(node, sentence)
    return reading.place(next(iter(reading.by_role.get("opening", [])), None))
