"""Rules: a version of the word lists and limits by which materials are judged, read from one folder of JSON.

A new version is a folder with the files that change, or those files themselves; what it does not have is taken from the
present one, so that two versions can be laid side by side. Nothing remembers which version is in use: whoever judges is
given it.

A file holds `phrases` (lists of words), `patterns` (regular expressions) and whatever else its room needs. In a
phrase `…` stands for up to ten characters within a clause and `(甲/乙)` for either; a list named `x!` takes hits of
`x` back (不断 is no 不). All lists of all files are looked for in one pass.
"""

import functools
import hashlib
import itertools
import json
import re
from collections.abc import Mapping, Sequence
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

    def __init__(self, folder: Path = HERE, changed: Mapping[str, bytes] | None = None) -> None:
        files = [(folder if (folder / f"{name}.json").is_file() else HERE) / f"{name}.json" for name in NAMES]
        raw = [(changed or {}).get(file.name) or file.read_bytes() for file in files]
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

    def summary(self) -> dict[str, Any]:
        """{version, files: [{name, version, phrases, patterns (how many), limits}]}."""
        files = [
            {
                "name": f"{name}.json",
                "version": held["version"],
                "phrases": sum(map(len, held.get("phrases", {}).values())),
                "patterns": len(held.get("patterns", {})),
                "limits": held.get("limits", {}),
            }
            for name, held in self.by_room.items()
        ]
        return {"version": self.version, "files": files}

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

    def hits(self, texts: Sequence[str]) -> list[Hits]:
        """Where phrases stand in each text, as `{"causes.outside": [(begin, end)]}`, of each list without overlaps.

        All texts are gone through at once; begin and end are counted from the beginning of the first, with one
        character between two.
        """
        found: list[Hits] = [{} for _ in texts]
        whole, rests = "\n".join(texts), self._rests
        ends, at, overlapping = list(itertools.accumulate(len(text) + 1 for text in texts)), 0, set()
        mine: Hits = found[0] if found else {}
        for which, begin, end in self._search(whole, overlapping=True):
            while end > ends[at]:
                at += 1
                mine = found[at]
            for name, rest in rests[which]:
                if rest is None:
                    span = (begin, end)
                elif more := rest.match(whole, end):
                    span = (begin, more.end())
                else:
                    continue
                spans = mine.get(name)
                if spans is None:
                    mine[name] = [span]
                    continue
                if rest or begin < spans[-1][1]:
                    overlapping.add((at, name))
                spans.append(span)
        for place, name in overlapping:
            found[place][name] = _apart(found[place][name])
        for mine in found:
            for name in self._undone & mine.keys():
                _take_back(mine, name)
        return found

    def _prepared(self) -> Any:
        first: dict[str, dict[str, list[str]]] = {}
        for room, held in self.by_room.items():
            for key, phrases in held.get("phrases", {}).items():
                if key.endswith("!"):
                    self._undone.add(f"{room}.{key}")
                for phrase in dict.fromkeys(itertools.chain.from_iterable(map(spelled_out, phrases))):
                    head, _, rest = phrase.partition("…")
                    first.setdefault(head, {}).setdefault(f"{room}.{key}", []).append(rest)
        self._rests = [[(name, _then(rests)) for name, rests in each.items()] for each in first.values()]
        return ahocorasick_rs.AhoCorasick(list(first), store_patterns=False).find_matches_as_indexes


def _then(rests: list[str]) -> re.Pattern[str] | None:
    """What has to follow a phrase's head, one of several; None where the head is enough."""
    if "" in rests:
        return None
    return re.compile("|".join(GAP + GAP.join(map(re.escape, rest.split("…"))) for rest in rests))


def _take_back(hits: Hits, undone: str) -> None:
    """The hits of a list that lie within hits of its undoing list are none."""
    taken, name = hits.pop(undone), undone.removesuffix("!")
    kept = [hit for hit in hits.pop(name, ()) if not any(a <= hit[0] and hit[1] <= b for a, b in taken)]
    if kept:
        hits[name] = kept


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
