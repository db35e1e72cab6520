"""Rules: a version of the word lists and limits by which materials are judged, read from one folder of JSON.

A new version is a folder with the files that change, or those files themselves; what it does not have is taken from the
present one, so that two versions can be laid side by side. Nothing remembers which version is in use: whoever judges is
given it.

A file holds `phrases` (lists of words to look for), `words` (lists nobody looks for in a text), `patterns` (regular
expressions) and whatever else its room needs. In a
phrase `…` stands for up to ten characters within a clause and `(甲/乙)` for either; a list named `x!` takes hits of
`x` back (不断 is no 不). All lists of all files are looked for in one pass.
"""

import functools
import hashlib
import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import ahocorasick_rs

from services.review import facts

HERE = Path(__file__).parent
NAMES = ("headings", "facts", "problems", "examples", "persuasion", "causes", "measures")
GAP = r"[^，。；：！？、\n]{0,10}?"
CHOICE = re.compile(r"\(([^()]*)\)")
Hit = tuple[str, int, int]


class Rules:
    """One version of the rules."""

    def __init__(self, folder: Path = HERE, changed: Mapping[str, bytes] | None = None) -> None:
        files = [(folder if (folder / f"{name}.json").is_file() else HERE) / f"{name}.json" for name in NAMES]
        raw = [(changed or {}).get(file.name) or file.read_bytes() for file in files]
        self.by_room: dict[str, dict[str, Any]] = {
            name: json.loads(each) for name, each in zip(NAMES, raw, strict=True)
        }
        self.written = {file.name: each for file, each in zip(files, raw, strict=True)}
        numbers = "-".join(str(each["version"]) for each in self.by_room.values())
        self.version = f"{numbers}+{hashlib.sha256(b''.join(raw)).hexdigest()[:8]}"
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._simple: list[tuple[str, ...]] = []
        self._longer: dict[int, list[tuple[str, re.Pattern[str]]]] = {}
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
        held = self.by_room[room]
        found: list[str] = held["phrases"].get(key) or held["words"][key]
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

    def seen(self, texts: Sequence[str]) -> list["Seen"]:
        """What of the phrases each text has.

        All texts are gone through at once; places are counted from the beginning of the first, with one character
        between two.
        """
        whole, simple, longer = "\n".join(texts), self._simple, self._longer
        ends, found = itertools.accumulate(len(text) + 1 for text in texts), [Seen(self._undone) for _ in texts]
        rest, end_of_text = iter(found), 0
        add: Callable[[Hit], None] = list[Hit]().append
        for which, begin, end in self._search(whole, overlapping=True):
            while end > end_of_text:
                end_of_text, add = next(ends), next(rest).hits.append
            for name in simple[which]:
                add((name, begin, end))
            if which in longer:
                for name, then in longer[which]:
                    if more := then.match(whole, end):
                        add((name, begin, more.end()))
        return found

    def _prepared(self) -> Any:
        heads: dict[str, dict[str, list[str]]] = {}
        for room, held in self.by_room.items():
            for key, phrases in held.get("phrases", {}).items():
                if key.endswith("!"):
                    self._undone.add(f"{room}.{key}")
                for phrase in dict.fromkeys(itertools.chain.from_iterable(map(spelled_out, phrases))):
                    head, _, rest = phrase.partition("…")
                    heads.setdefault(head, {}).setdefault(f"{room}.{key}", []).append(rest)
        for which, lists in enumerate(heads.values()):
            self._simple.append(tuple(name for name, rests in lists.items() if "" in rests))
            if longer := [(name, _then(rests)) for name, rests in lists.items() if "" not in rests]:
                self._longer[which] = longer
        return ahocorasick_rs.AhoCorasick(list(heads), store_patterns=False).find_matches_as_indexes


class Seen:
    """The phrases that were found in a text, as (list, begin, end)."""

    def __init__(self, undone: Set[str] = frozenset()) -> None:
        self.hits: list[Hit] = []
        self._undone = undone

    @functools.cached_property
    def by_list(self) -> dict[str, list[tuple[int, int]]]:
        """Where the phrases of each list stand, without overlaps and without what their undoing list takes back."""
        found: dict[str, list[tuple[int, int]]] = {}
        for name, begin, end in self.hits:
            if name in found:
                found[name].append((begin, end))
            else:
                found[name] = [(begin, end)]
        for spans in found.values():
            if len(spans) > 1:
                spans[:] = _apart(spans)
        for name in self._undone & found.keys():
            taken, kept = found.pop(name), found.pop(name[:-1], [])
            kept = [hit for hit in kept if not any(a <= hit[0] and hit[1] <= b for a, b in taken)]
            if kept:
                found[name[:-1]] = kept
        return found


def _then(rests: list[str]) -> re.Pattern[str]:
    """What has to follow a phrase's head, one of several."""
    return re.compile("|".join(GAP + GAP.join(map(re.escape, rest.split("…"))) for rest in rests))


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
