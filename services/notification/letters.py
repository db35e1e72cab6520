"""The words of the letters: one template for each event and language, its first line the subject.

What must stay true: where an office has put words of its own in the place of ours and they fail on an event that nobody
had thought of, ours are said, and the inbox is read as ever.
"""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDER = Path(__file__).parent / "templates"
Own = Mapping[tuple[str, str, str], str]
"""The offices' own templates by campaign, event and language."""


@functools.cache
def environment() -> ImmutableSandboxedEnvironment:
    """The sandbox in which letters are made."""
    loader = jinja2.FileSystemLoader(FOLDER)
    return ImmutableSandboxedEnvironment(
        loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def render(event: str, language: str, params: dict[str, Any]) -> tuple[str, str]:
    """Subject and text of a letter."""
    return _said(environment().get_template(f"{event}.{language}.txt"), params)


def of(message: dict[str, Any], language: str, own: Own) -> tuple[str, str]:
    """The same in the words of the message's campaign."""
    text = own.get((message["campaign"], message["event"], language))
    if text is not None:
        try:
            return fill(text, message["params"])
        except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError):
            pass
    return render(message["event"], language, message["params"])


def fill(text: str, params: dict[str, Any]) -> tuple[str, str]:
    """Subject and text that a template gives."""
    return _said(_template(text), params)


def ours(event: str, language: str) -> str:
    """The template as it comes with the house."""
    return (FOLDER / f"{event}.{language}.txt").read_text("utf-8")


@functools.lru_cache(maxsize=500)
def _template(text: str) -> jinja2.Template:
    return environment().from_string(text)


def _said(template: jinja2.Template, params: dict[str, Any]) -> tuple[str, str]:
    subject, _, text = template.render(**params).strip().partition("\n")
    return subject.strip(), text.strip()
