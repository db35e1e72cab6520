"""Rules: a version of the word lists and limits by which materials are judged, read from one folder of JSON.

A new version is a folder with the files that change; what it does not have is taken from the present one, so that
two versions can be laid side by side. Nothing remembers which version is in use: whoever judges is given it.

A file holds `phrases` (lists of words), `patterns` (regular expressions) and whatever else its room needs. In a
phrase `…` stands for up to ten characters within a clause and `(甲/乙)` for either; a list named `x!` takes hits of
`x` back (不断 is no 不). All lists of all files are looked for in one pass.
"""

import functools
import hashlib
import itertools
import json
import re
from pathlib import Path
from typing import Any

import ahocorasick_rs

from services.review import facts

HERE = Path(__file__).parent
NAMES = ("headings", "facts", "problems", "examples", "persuasion", "causes", "measures")
GAP = r"[^，。；：！？、\n]{0,10}?"
CHOICE = re.compile(r"\(([^()]*)\)")
Hits = dict[str, list[tuple[int, int]]]


class Rules:
    """One version of the rules."""

    def __init__(self, folder: Path = HERE) -> None:
        files = [(folder if (folder / f"{name}.json").is_file() else HERE) / f"{name}.json" for name in NAMES]
        raw = [file.read_bytes() for file in files]
        self.by_room: dict[str, dict[str, Any]] = {
            name: json.loads(each) for name, each in zip(NAMES, raw, strict=True)
        }
        numbers = "-".join(str(each["version"]) for each in self.by_room.values())
        self.version = f"{numbers}+{hashlib.sha256(b''.join(raw)).hexdigest()[:8]}"
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._rests: list[list[tuple[str, re.Pattern[str] | None]]] = []
        self._undone: set[str] = set()
        self._search = self._prepared()
        self.stop = str.maketrans(dict.fromkeys(self.by_room["problems"]["stop"], " "))
        self.common = frozenset().union(
            *(facts.grams(word) for key in ("generic", "filler") for word in self.words("problems", key))
        )

    def words(self, room: str, key: str) -> list[str]:
        """A list of phrases as it is written down."""
        found: list[str] = self.by_room[room]["phrases"][key]
        return found

    def limit(self, room: str, key: str) -> float:
        """A limit of a room."""
        return float(self.by_room[room]["limits"][key])

    def pattern(self, room: str, key: str) -> re.Pattern[str]:
        """A room's regular expression."""
        named = f"{room}.{key}"
        if named not in self._patterns:
            self._patterns[named] = re.compile(self.by_room[room]["patterns"][key])
        return self._patterns[named]

    def hits(self, text: str) -> Hits:
        """Where phrases stand in a text, as `{"causes.outside": [(begin, end)]}`, of each list without overlaps."""
        found: Hits = {}
        for which, begin, end in self._search(text, overlapping=True):
            for name, rest in self._rests[which]:
                if rest is None:
                    found.setdefault(name, []).append((begin, end))
                elif more := rest.match(text, end):
                    found.setdefault(name, []).append((begin, more.end()))
        for name in self._undone:
            if name in found and (taken := found.pop(name + "!", None)):
                kept = [hit for hit in found[name] if not any(a <= hit[0] and hit[1] <= b for a, b in taken)]
                found[name] = kept
        return {name: _apart(spans) if len(spans) > 1 else spans for name, spans in found.items() if spans}

    def _prepared(self) -> Any:
        first: dict[str, list[tuple[str, re.Pattern[str] | None]]] = {}
        for room, held in self.by_room.items():
            for key, phrases in held.get("phrases", {}).items():
                if key.endswith("!"):
                    self._undone.add(f"{room}.{key[:-1]}")
                for phrase in dict.fromkeys(itertools.chain.from_iterable(map(spelled_out, phrases))):
                    head, _, rest = phrase.partition("…")
                    then = re.compile(GAP + GAP.join(map(re.escape, rest.split("…")))) if rest else None
                    first.setdefault(head, []).append((f"{room}.{key}", then))
        self._rests = list(first.values())
        return ahocorasick_rs.AhoCorasick(list(first), store_patterns=False).find_matches_as_indexes


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for begin, end in sorted(spans, key=lambda each: (each[0], -each[1])):
        if not kept or begin >= kept[-1][1]:
            kept.append((begin, end))
    return kept


def spelled_out(phrase: str) -> list[str]:
    """Every wording that a phrase with choices stands for."""
    found = CHOICE.search(phrase)
    if not found:
        return [phrase]
    before, after = phrase[: found.start()], phrase[found.end() :]
    return [each for choice in found.group(1).split("/") for each in spelled_out(before + choice + after)]


@functools.cache
def present() -> Rules:
    """The rules in use."""
    return Rules()
