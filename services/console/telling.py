"""What the command says to the person at the terminal: Chinese first, English beside it, never a traceback.

The sentences stand in sentences.json. Exit codes, the same for every command: 0 all is well, 1 something is wrong and
was named, 2 the command was misused, 3 a service, the store or the broker cannot be reached.
"""

import functools
import json
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

WRONG, MISUSED, UNREACHABLE = 1, 2, 3
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Trouble(Exception):  # noqa: N818  (a sentence for a person, not an accident)
    """Why a command cannot go on and what to do about it: a sentence of the catalogue, and perhaps the end of a log."""

    def __init__(self, code: str, detail: str = "", /, **params: Any) -> None:
        super().__init__(f"{code} {params}")
        self.code, self.detail, self.params = code, detail, params

    @property
    def exit(self) -> int:
        """The command's exit code."""
        return int(sentences()[self.code]["exit"])


def say(code: str, style: str = "", /, **params: Any) -> None:
    """One line of news."""
    zh, en = _texts(code, params)
    out.print(Text(zh, style), Text(en, "dim"))


def warn(code: str, detail: str = "", /, **params: Any) -> None:
    """Something is wrong, in two lines and perhaps the end of a log."""
    zh, en = _texts(code, params)
    err.print(Text(zh, "bold red"))
    if en != zh:
        err.print(Text(en))
    if detail:
        err.print(Text(detail, "dim"))


def complain(trouble: Trouble) -> int:
    """Say why the command ends; its exit code."""
    warn(trouble.code, trouble.detail, **trouble.params)
    return trouble.exit


def facts(answer: Any) -> None:
    """Facts as JSON, for programs."""
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))


@functools.cache
def sentences() -> dict[str, dict[str, Any]]:
    """Every sentence: {code: {exit, zh, en}}."""
    found: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("sentences.json").read_text("utf-8"))
    return found


def _texts(code: str, params: dict[str, Any]) -> tuple[str, str]:
    sentence = sentences()[code]
    return sentence["zh"].format(**params), sentence["en"].format(**params)
