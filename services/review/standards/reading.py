"""Reading: a structured material as the standards look at it, with the place in the text a finding points at."""

import functools
import itertools
import re
from typing import Any

from services.review import facts, headings, letters
from services.review.glance import Glance, Passage
from services.review.rules import Rules

QUOTED, TELLING, RARE = 120, 14, 1.0
ANSWERS = ("责任人", "负责人", "责任", "由", "牵头")


class Reading:
    """One material: its nodes by role, its aspects' bodies, the rules it is read by, and where things stand."""

    def __init__(self, structure: dict[str, Any], context: dict[str, Any]) -> None:
        self.glance: Glance = structure["glance"]
        self.rules: Rules = self.glance.rules
        self.kind: str = structure["kind"]
        self.personal = self.kind == "speech_outline"
        self.aspects: list[dict[str, str]] = structure["aspects"]
        self.lines: list[dict[str, Any]] = structure["lines"]
        self.opinions: list[dict[str, Any]] = list(context.get("opinions", ()))
        self.answers: list[dict[str, Any]] | None = None
        self.near_copies: list[dict[str, Any]] = list(context.get("near_copies", ()))
        self.of_another: tuple[int, str] | None = context.get("of_another")
        self.written_on: str | None = context.get("written_on")
        self.submitted_on: str | None = context.get("submitted_on")
        self.plan: dict[str, str | None] = context.get("plan") or {}
        self.by_role: dict[str, list[dict[str, Any]]] = {}
        for node in structure["nodes"]:
            self.by_role.setdefault(node["role"], []).append(node)
        self.causes = self.by_role.get("cause", [])
        self.measures = self.by_role.get("measure", [])
        self.problems = self.by_role.get("problem", [])
        self.sections = {node["aspect"]: node for node in self.by_role.get("aspect", [])}
        self.titles = {each["code"]: each["title"] for each in self.aspects}

    @property
    def lost(self) -> bool:
        """Whether fewer than half of the aspects were found: what stands on them says nothing then."""
        return len(self.sections) * 2 < len(self.aspects)

    @functools.cached_property
    def guessed(self) -> set[str]:
        """Aspects laid to a mere paragraph or row by what it talks about: it may be about none."""
        return {code for line in self.lines if line.get("guessed") for code in line["aspects"]}

    def see(self, node: dict[str, Any]) -> Passage:
        """What a node tells."""
        return self.glance.of(node["text"])

    @functools.cached_property
    def bare(self) -> dict[str, Passage]:
        """Each cause without the label it gives itself."""
        label = self.rules.pattern("causes", "frame")
        found = {node["id"]: (node["text"], label.match(node["text"])) for node in self.causes}
        return {
            each: self.glance.of(text[it.end() :] if it and it.end() < len(text) else text)
            for each, (text, it) in found.items()
        }

    @functools.cached_property
    def bodies(self) -> dict[str, Passage]:
        """What each aspect says, without its heading."""
        return {code: self.glance.of(self._body(code)) for code in self.sections}

    def _body(self, code: str) -> str:
        texts = [node["text"] for node in self.problems if node.get("aspect") == code]
        if not texts:
            return ""
        bare = headings.numbered(texts[0])[1]
        first = _opening(self.titles[code]).match(bare)
        return "\n".join([bare[first.end() :] if first else bare, *texts[1:]]).strip()

    @functools.cached_property
    def people(self) -> frozenset[str]:
        """Those whom the text introduces by their posts before the aspects (副局长鲍莲、甄立峰): names are rare."""
        found = self.rules.pattern("measures", "people")
        head = (line["text"] for line in self.lines if line["role"] in ("title", "opening"))
        named = {name for text in head for names in found.findall(text) for name in names.split("、")}
        return frozenset(name for name in named if all(map(self._rare, itertools.pairwise(name))))

    @functools.cached_property
    def codes(self) -> frozenset[str]:
        """The letters said to stand for somebody (甲＝副主任陶静), as they name who answers (责任人甲)."""
        found = self.rules.pattern("measures", "stands_for")
        known = {code for line in self.lines if line["role"] != "measure" for code in found.findall(line["text"])}
        return frozenset(f"{word}{mark}{code}" for code in known for word in ANSWERS for mark in ("", "：", ":"))

    @functools.cached_property
    def counted_from(self) -> bool:
        """Whether the text gives the day from which its days are counted (开会之日为零日)."""
        found = self.rules.pattern("measures", "day_zero")
        return any(found.search(line["text"]) for line in self.lines if line["role"] != "measure")

    def _rare(self, pair: tuple[str, str]) -> bool:
        return self.rules.weighs([letters.pair(*map(ord, pair))], RARE)

    @functools.cached_property
    def problem_grams(self) -> frozenset[int]:
        """What the problems are about."""
        return frozenset().union(*[self.see(node).pairs for node in self.problems])

    def place(self, node: dict[str, Any] | None, role: str = "problem") -> dict[str, Any]:
        """An anchor: the node's first sentence, or the last line of a section where the node is what is missing."""
        if node is not None:
            for line in self.lines:
                if line["n"] in node["paragraphs"] and line["text"] in node["text"] and not line["heading"]:
                    return self._anchor(line, node["id"])
            line = next(line for line in self.lines if line["n"] == node["paragraphs"][0])
            part = node["text"].partition("\n")[0]
            return self._anchor({**line, "text": part} if part in line["text"] else line, node["id"])
        mine = [line for line in self.lines if line["role"] == role] or [
            line for line in self.lines if line["role"] != "closing"
        ]
        return self._anchor((mine or self.lines)[-1], None)

    @staticmethod
    def _anchor(line: dict[str, Any], node: str | None) -> dict[str, Any]:
        told = facts.sentences(line["text"])
        telling = next((each for each in told if len(each) >= TELLING), told[0] if told else line["text"])
        return {"paragraph": line["n"], "node": node, "quotation": telling[:QUOTED]}

    def at(self, node: dict[str, Any], quotation: str) -> dict[str, Any]:
        """An anchor on given words of a node."""
        line = next(
            (line for line in self.lines if line["n"] in node["paragraphs"] and quotation in line["text"]), None
        )
        return {"paragraph": line["n"], "node": node["id"], "quotation": quotation} if line else self.place(node)


@functools.lru_cache(maxsize=64)
def _opening(title: str) -> re.Pattern[str]:
    """How a paragraph begins that calls its aspect by its title."""
    return re.compile(rf"[^。：；\n]{{0,10}}{re.escape(title)}[^。：，；\n]{{0,6}}[。：，；]")
