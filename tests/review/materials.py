"""The labelled materials, extracted once: what the tests of review read."""

import functools
import json
from pathlib import Path
from typing import Any

from services.review import extraction, structure

HERE = Path(__file__).parents[2] / "deploy" / "demo" / "materials"
ASPECTS = [
    {"code": "theory", "title": "理论学习"},
    {"code": "politics", "title": "政治素质"},
    {"code": "ability", "title": "能力本领"},
    {"code": "responsibility", "title": "担当作为"},
    {"code": "style", "title": "工作作风"},
    {"code": "integrity", "title": "廉洁自律"},
]
CODES = [each["code"] for each in ASPECTS]


@functools.cache
def labels() -> dict[str, Any]:
    """labels.json as it is."""
    loaded: dict[str, Any] = json.loads((HERE / "labels.json").read_text("utf-8"))
    return loaded


@functools.cache
def documents() -> dict[str, dict[str, Any]]:
    """The twenty labelled documents by file name."""
    return {each["file"]: each for each in labels()["documents"]}


@functools.cache
def submitted() -> dict[str, str]:
    """When each document, last year's included, was handed in."""
    return {each["file"]: each["submitted_at"] for each in [*labels()["documents"], *labels()["priors"]]}


@functools.cache
def paragraphs(name: str) -> tuple[dict[str, Any], ...]:
    """A document's paragraphs."""
    return tuple(extraction.extract((HERE / name).read_bytes(), name)["paragraphs"])


def read(name: str, like: str | None = None) -> dict[str, Any]:
    """A document's structure; `like` names the labelled document it is a rendering of."""
    return structure.read(paragraphs(name), documents()[like or name]["kind"], ASPECTS)
