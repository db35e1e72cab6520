"""The problems that a material names: what a passed material promises to put right, each with an id for good.

What must stay true: an id follows from the version and the words, so that it is the same for whoever asks and however
often the version is pre-checked; the words are asked for here, events carry ids and aspects. Pure.
"""

import hashlib
from typing import Any

MOST = 300


def problems(review: dict[str, Any]) -> list[dict[str, Any]]:
    """The problems of a version in their order, each once: [{id, aspect, text}]."""
    named: dict[str, dict[str, Any]] = {}
    for node in review["structure"]:
        if node["role"] == "problem":
            key = f"{review['_id']}.p{hashlib.sha256(node['text'].encode()).hexdigest()[:12]}"
            named.setdefault(key, {"id": key, "aspect": node.get("aspect"), "text": node["text"]})
    return list(named.values())[:MOST]


def told(review: dict[str, Any]) -> list[dict[str, Any]]:
    """The same without their words, to be said when the version has passed."""
    return [{key: one[key] for key in ("id", "aspect")} for one in problems(review)]
