"""The words of the letters: one template for each event and language, its first line the subject."""

import functools
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import SandboxedEnvironment

FOLDER = Path(__file__).parent / "templates"


@functools.cache
def _environment() -> SandboxedEnvironment:
    loader = jinja2.FileSystemLoader(FOLDER)
    return SandboxedEnvironment(loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def render(event: str, language: str, params: dict[str, Any]) -> tuple[str, str]:
    """Subject and text of a letter."""
    template = _environment().get_template(f"{event}.{language}.txt")
    subject, _, text = template.render(**params).strip().partition("\n")
    return subject.strip(), text.strip()
