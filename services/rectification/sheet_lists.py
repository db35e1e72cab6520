"""Which of the three lists the words of a sheet name: in a cell, in a row that heads those below it, in a title, in the
name of a sheet.

What must stay true: words that name two lists name none; what is found so is proposed and never taken as read.
"""

import re
import unicodedata

from services.rectification import sheet_words

TITLE = 4
"""How long a word must be that counts in a title, where a shorter one may mean anything."""


def flat(text: str) -> str:
    """A text without spaces, wide signs and capitals."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


_SAID: dict[str, tuple[str, ...]] = {
    code: (code, *map(flat, both.values()), *sheet_words.MEANT["category"][code])
    for code, both in sheet_words.LISTS.items()
}
_WORDS = "|".join(
    sorted((re.escape(word) for words in _SAID.values() for word in words), key=lambda word: (-len(word), word))
)
_HEADS = re.compile(
    rf"(?:\(?[一二三四五六七八九十\d]{{1,3}}[).、]+)?(?:(?:{_WORDS})[、/:]?)+"
    r"(?:类|的|清单|台账|问题|事项|任务|项目|方面|整改|list|items)*:?(?:共?\d+[个项条件]?|\(.*\))?[。;:]?"
)
_MARKS = "，,、；;。：:/()（） "


def named(text: str, least: int = 2) -> str | None:
    """The one list a text names with a word of at least so many signs."""
    told = flat(text)
    found = {code for code, words in _SAID.items() if any(word in told for word in words if len(word) >= least)}
    return found.pop() if len(found) == 1 else None


def heads(text: str) -> str | None:
    """The list that a text says and nothing else: 一、立行立改（3项）."""
    return named(text) if _HEADS.fullmatch(flat(text)) else None


def titled(text: str) -> str | None:
    """The list that a title or the name of a sheet says."""
    return heads(text) or named(text, TITLE)


def rest(text: str) -> str:
    """What a text says beside the words for a list."""
    return re.sub(_WORDS, "", flat(text)).strip(_MARKS)
