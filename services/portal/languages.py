"""Chinese first; English where the reader switched. The choice is kept in a cookie, an API caller says it by header."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import g, has_request_context, request
from werkzeug.wrappers import Response

COOKIE = "rectify_language"
KNOWN = ("zh", "en")
OPEN = "/o/"
COLUMN = "/column"
"""Pages for respondents and for everybody: there no cookie is read, the language stands in the address."""


def current() -> str:
    """`zh` or `en` for this request."""
    if not has_request_context():
        return "zh"
    if "language" in g:
        return str(g.language)
    if request.path.startswith("/api/"):
        return "en" if request.accept_languages.best_match(KNOWN) == "en" else "zh"
    if request.path.startswith((OPEN, COLUMN)):
        return "en" if request.args.get("lang") == "en" else "zh"
    return "en" if request.cookies.get(COOKIE) == "en" else "zh"


def locale() -> str:
    """The same as a locale of the catalogues."""
    return "en" if current() == "en" else "zh_Hans_CN"


def pick(text: Any) -> str:
    """A text of the campaign's definition in the reader's language: `{zh, en}`, or one sentence for all."""
    if isinstance(text, dict):
        return str(text.get(current()) or text.get("zh") or next(iter(text.values()), ""))
    return "" if text is None else str(text)


def listed(words: Iterable[str]) -> str:
    """Words one after another, as the reader's language divides them."""
    return (", " if current() == "en" else "、").join(words)


def keep(response: Response, language: str) -> Response:
    """Remember the choice for a year."""
    response.set_cookie(
        COOKIE, language, max_age=31536000, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )
    return response


def local(target: str | None) -> str:
    """An address on this site to go back to; anything else becomes the start page."""
    if not target or "\\" in target or any(ord(letter) < 32 for letter in target):
        return "/"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//"):
        return "/"
    return parts.path + (f"?{parts.query}" if parts.query else "")
