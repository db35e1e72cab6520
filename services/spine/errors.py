"""The one way to say no.

A refusal is an answer: it has a code for machines and a sentence in the reader's language, and it is never tried again.
Anything else that is raised is an accident. Codes, their HTTP status and their texts live in schemas/refusals.json.
"""

import functools
import json
from typing import Any

from services.spine import settings

PROBLEM = "application/problem+json"


@functools.cache
def catalogue() -> dict[str, dict[str, Any]]:
    """Every code with its status and its texts: {code: {status, zh, en}}."""
    loaded: dict[str, dict[str, Any]] = json.loads((settings.SCHEMAS / "refusals.json").read_text("utf-8"))
    return loaded


class Refusal(Exception):  # noqa: N818  (a refusal is an answer, not an error)
    """An answer that says no: a code of the catalogue, its parameters, and the places it is about."""

    def __init__(self, code: str, *, errors: list[dict[str, Any]] | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.errors = errors or []

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code

    @property
    def status(self) -> int:
        """The HTTP status of this refusal."""
        return int(catalogue()[self.code]["status"])

    def body(self, language: str) -> dict[str, Any]:
        """The problem document (RFC 9457) in the reader's language; each place has its own sentence in `errors`."""
        return {
            "status": self.status,
            "code": self.code,
            "detail": text(self.code, language, self.params),
            "params": self.params,
            "errors": [_localised(error, language) for error in self.errors],
        }


class Stale(Exception):  # noqa: N818
    """The record changed between reading and writing: the door reads, decides and writes once more."""


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def text(code: str, language: str, params: dict[str, Any]) -> str:
    """The sentence for a code in `zh` or `en`; a parameter that is missing is shown as …"""
    entry = catalogue().get(code) or catalogue()["accident"]
    return str(entry["en" if language == "en" else "zh"]).format_map(_Blank(params))


def _localised(error: dict[str, Any], language: str) -> dict[str, Any]:
    told = {key: _in(language, value) for key, value in error.items()}
    return told if "detail" in told else {**told, "detail": text(error["code"], language, told)}


def _in(language: str, value: Any) -> Any:
    """What is said in both languages, in one of them."""
    return value[language] if isinstance(value, dict) and value.keys() == {"zh", "en"} else value
