"""Rules: a version of the word lists and limits by which materials are judged, read from one folder of JSON.

A new version is a folder with the files that change, or those files themselves; what it does not have is taken from the
present one, so that two versions can be laid side by side. Nothing remembers which version is in use: whoever judges is
given it.

`usual` says which pairs of characters stand in how many of a hundred materials, as they were counted in all that are
labelled: what nearly every text has tells nothing of this one.

A file holds `phrases` (lists of words to look for), `words` (lists nobody looks for in a text), `patterns` (regular
expressions) and whatever else its room needs; how phrases are written is said in `phrases`.
"""

import functools
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from services.review import letters

from . import firsts
from .phrases import Phrases

HERE = Path(__file__).parent
NAMES = ("headings", "facts", "problems", "examples", "persuasion", "causes", "measures", "usual")
NOTHING = 2.0  # what a pair tells that one of seven or eight materials has; it is counted as nothing
RARE = math.log(100 / 2) - NOTHING


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
        self._patterns: dict[tuple[str, str], re.Pattern[str]] = {}
        self._searches: dict[tuple[str, str], Callable[[str], re.Match[str] | None]] = {}
        self.phrases = Phrases(
            {
                f"{room}.{key}": phrases
                for room, held in self.by_room.items()
                for key, phrases in held.get("phrases", {}).items()
            }
        )
        chinese = letters.among(letters.CHINESE)
        self.telling = letters.among(self.by_room["problems"]["stop"], within=chinese)
        said = "\n".join(word for key in ("generic", "filler") for word in self.words("problems", key))
        self.common = letters.Known(letters.pairs(letters.codes(said), chinese))
        self._telling = {
            letters.pair(ord(pairs[i]), ord(pairs[i + 1])): _telling(int(least))
            for least, pairs in self.by_room["usual"]["pairs"].items()
            for i in range(0, len(pairs) - 1, 2)
        }

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

    def weight(self, pairs: Iterable[int]) -> float:
        """How much it tells that two passages share these pairs of characters: little where most texts have them."""
        return sum([self._telling.get(pair, RARE) for pair in pairs])

    def weighs(self, pairs: Iterable[int], more: float) -> bool:
        """Whether it tells more than that."""
        so_far = 0.0
        for pair in pairs:
            so_far += self._telling.get(pair, RARE)
            if so_far > more:
                return True
        return False

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
        found = self._patterns.get((room, key))
        if found is None:
            found = self._patterns[room, key] = re.compile(self.by_room[room]["patterns"][key])
        return found

    def meets(self, room: str, key: str, text: str) -> bool:
        """Whether a room's regular expression is met in a text."""
        return (self._searches.get((room, key)) or self.search(room, key))(text) is not None

    def search(self, room: str, key: str) -> Callable[[str], re.Match[str] | None]:
        """What says whether a room's regular expression is met, to ask of many texts."""
        search = self._searches.get((room, key))
        if search is None:
            search = self._searches[room, key] = firsts.quick(self.by_room[room]["patterns"][key]).search
        return search


def _telling(share: float) -> float:
    """What a pair tells that so many of a hundred materials have."""
    return max(0.0, math.log(100 / share) - NOTHING)


@functools.cache
def present() -> Rules:
    """The rules in use."""
    return Rules()
