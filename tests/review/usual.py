"""Which pairs of characters materials have in common: `python -m tests.review.usual` writes rules/usual.json anew.

Learned from all labelled materials, those of other hands and the demo's; to be written anew when a set is added.
"""

import collections
import json
from typing import Any

from services.review import rules
from services.review.glance import Glance
from tests.review import materials, test_written

AT_LEAST = (3, 4, 5, 6, 8, 10, 13)
VERSION = 1


def learned() -> dict[str, str]:
    """By how many of a hundred materials have them at least: pairs, one after another."""
    texts: list[Any] = [materials.paragraphs(name) for name in materials.documents()]
    for name in test_written.SETS:
        folder = test_written.WRITTEN / name
        documents = json.loads((folder / "labels.json").read_text("utf-8"))["documents"]
        texts += [test_written.read(folder, each["file"]) for each in documents]
    counted = collections.Counter(pair for text in texts for pair in _pairs(text))
    found: dict[str, list[str]] = {str(least): [] for least in AT_LEAST}
    for pair, times in counted.items():
        if reached := [least for least in AT_LEAST if times * 100 >= least * len(texts)]:
            first = pair >> 16
            found[str(reached[-1])].append(chr(first) + chr((pair & 0xFFFF) ^ first))
    return {least: "".join(sorted(pairs)) for least, pairs in found.items()}


def _pairs(text: Any) -> frozenset[int]:
    glance = Glance(rules.present())
    glance.look(line["text"] for line in text)
    return frozenset().union(*(glance.of(line["text"]).specific for line in text))


if __name__ == "__main__":
    content = {"version": VERSION, "pairs": learned()}
    (rules.HERE / "usual.json").write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")
