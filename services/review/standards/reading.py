"""Reading: a structured material as the standards look at it, and how a finding with its place is made."""

import functools
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from services.review import facts, headings

HERE = Path(__file__).parent
FILES = ("problems", "examples", "persuasion", "causes", "measures")
VERSION = (
    "-".join(str(json.loads((HERE / f"{name}.json").read_text("utf-8"))["version"]) for name in FILES)
    + "+"
    + (hashlib.sha256(b"".join((HERE / f"{name}.json").read_bytes() for name in FILES)).hexdigest()[:8])
)
QUOTED, TELLING = 120, 14
STOP = str.maketrans(
    dict.fromkeys(
        "的了是在和与对把被我们你他这那也就都不没有上下中为以及等要个到去来说一二三四五六七八九十年月日次", " "
    )
)


@functools.cache
def rules(name: str) -> dict[str, Any]:
    """A room's words and limits."""
    loaded: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    return loaded


@functools.cache
def pattern(name: str, key: str) -> re.Pattern[str]:
    """One of a room's word lists as a pattern."""
    return re.compile(rules(name)[key])


@functools.cache
def generic() -> re.Pattern[str]:
    """The words that every such text is made of, whoever writes it: what is left without them is the writer's own."""
    return re.compile("|".join(sorted(map(re.escape, rules("problems")["generic"]), key=len, reverse=True)))


@functools.cache
def generic_grams() -> frozenset[str]:
    """Pairs of characters that say nothing about a particular matter."""
    words = [*rules("problems")["generic"], *rules("problems")["filler"]]
    return frozenset().union(*(facts.grams(word) for word in words))


@functools.lru_cache(maxsize=4096)
def specific(text: str) -> frozenset[str]:
    """The pairs of characters by which a passage can be known again."""
    return facts.grams(text.translate(STOP)) - generic_grams()


@functools.lru_cache(maxsize=4096)
def own_share(text: str) -> float:
    """How much of a text is left when the stock words are taken out, 0 to 1."""
    plain = re.sub(r"[^\u4e00-\u9fff0-9]", "", text)
    return len(generic().sub("", plain)) / len(plain) if plain else 0.0


@functools.lru_cache(maxsize=4096)
def judged_share(text: str) -> float:
    """How many of a text's clauses only pass judgement ("not deep enough") instead of telling."""
    clauses = [clause for clause in re.split(r"[，。；：、\n]", text) if len(clause) > 3]  # noqa: PLR2004
    empty = [c for c in clauses if pattern("problems", "judgement").search(c) or len(generic().sub("", c)) <= 2]  # noqa: PLR2004
    return len(empty) / len(clauses) if clauses else 0.0


class Reading:
    """One material: its nodes by role, its aspects' bodies, and `finding(...)`."""

    def __init__(self, structure: dict[str, Any], context: dict[str, Any]) -> None:
        self.kind: str = structure["kind"]
        self.personal = self.kind == "speech_outline"
        self.aspects: list[dict[str, str]] = structure["aspects"]
        self.lines: list[dict[str, Any]] = structure["lines"]
        self.opinions: list[dict[str, Any]] = list(context.get("opinions", ()))
        self.near_copies: list[dict[str, Any]] = list(context.get("near_copies", ()))
        self.by_role: dict[str, list[dict[str, Any]]] = {}
        for node in structure["nodes"]:
            self.by_role.setdefault(node["role"], []).append(node)
        self.causes = self.by_role.get("cause", [])
        self.measures = self.by_role.get("measure", [])
        self.problems = self.by_role.get("problem", [])
        self.sections = {node["aspect"]: node for node in self.by_role.get("aspect", [])}
        self.titles = {each["code"]: each["title"] for each in self.aspects}

    @functools.cached_property
    def bodies(self) -> dict[str, str]:
        """What each aspect says, without its heading."""
        return {code: self._body(code) for code in self.sections}

    def _body(self, code: str) -> str:
        texts = [node["text"] for node in self.problems if node.get("aspect") == code]
        if not texts:
            return ""
        bare = headings.numbered(texts[0])[1]
        first = re.match(rf"[^。：；\n]{{0,10}}{re.escape(self.titles[code])}[^。：，；\n]{{0,6}}[。：，；]", bare)
        return "\n".join([bare[first.end() :] if first else bare, *texts[1:]]).strip()

    @functools.cached_property
    def problem_text(self) -> str:
        """All that stands under problems."""
        return "\n".join(node["text"] for node in self.problems)

    @functools.cached_property
    def problem_grams(self) -> frozenset[str]:
        """What the problems are about."""
        return specific(self.problem_text)

    def place(self, node: dict[str, Any] | None, role: str = "problem") -> dict[str, Any]:
        """An anchor: the node's first sentence, or the last line of a section where the node is what is missing."""
        if node is not None:
            for line in self.lines:
                if line["n"] in node["paragraphs"] and line["text"] in node["text"] and not line["heading"]:
                    return self._anchor(line, node["id"])
            line = next(line for line in self.lines if line["n"] == node["paragraphs"][0])
            return self._anchor(line, node["id"])
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


def finding(
    rule: str,
    anchor: dict[str, Any],
    reason: tuple[str, str],
    would_pass: tuple[str, str],
    confidence: float = 0.9,
    *,
    fail: bool = True,
) -> dict[str, Any]:
    """A finding; `rule` is `<standard>.<name>`, `reason` and `would_pass` are in Chinese and English."""
    standard, _, code = rule.partition(".")
    return {
        "code": code,
        "standard": standard,
        "severity": "fail" if fail else "note",
        "anchor": anchor,
        "reason": {"zh": reason[0], "en": reason[1]},
        "would_pass": {"zh": would_pass[0], "en": would_pass[1]},
        "confidence": confidence,
        "rule": rule,
    }
