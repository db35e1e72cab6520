"""What may not stand in the column: people, posts with their faults, criticism in its own words, numbers of people.

What must stay true: what was scrubbed passes the check; a name the campaign knows is found whatever gaps or full-width
signs stand in it. A find: (kind, start, end, words, paragraph from 1); every kind is a code of the refusals' catalogue,
which says in both languages why it may not stand there.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from services.notification import bare_names, traditional
from services.notification import marked_words as words

NAME, PERSON, FAULT = "known_name_left", "person_left", "faulted_post_left"
CRITICISM, PHONE, IDENTITY = "quoted_criticism_left", "telephone_left", "identity_left"
INSTEAD = {NAME: "有关同志", PERSON: "有关同志", PHONE: "", IDENTITY: ""}
"""What stands in place of what is taken out; a sentence with anything else in it is taken out whole."""

_OPEN, _CLOSE = '“"「『‘', '”"」』’'
_QUOTED = rf"[{_OPEN}](?!(?:{words.STOCK})[{_CLOSE}])[^{_CLOSE}]{{1,300}}[{_CLOSE}]"
_GIVEN = rf"(?:(?![{words.NEVER}])[\u4e00-\u9fff]){{1,2}}(?<![{words.OFFICES}])"
_SURNAME = rf"(?:{words.DOUBLE}|[{words.SURNAMES}])"
_ENDS = rf"[,、。;(\n]|$|{words.SAYS}"
_AT = rf"(?:{words.POSTS}|{words.WHO})(?:(?!{words.LOOKED_FOR})[^。;!?\n])"
_PATTERNS = (
    (IDENTITY, r"(?<!\d)[1-9]\d{5}[-—]?(?:19|20)\d{2}[-—]?\d{4}[-—]?\d{3}[\dx](?!\d)"),
    (PHONE, r"(?<!\d)(?:\+?86[-—]?)?1[3-9]\d[-—]?\d{4}[-—]?\d{4}(?!\d)"),
    (PHONE, r"(?<!\d)0\d{2,3}[-—]?\d{7,8}(?!\d)|(?:电话|手机|联系方式)(?:号码?)?[:为是]?\d{5,}"),
    (PERSON, rf"(?P<none>{words.NOBODY})|{_SURNAME}(?:(?:{_GIVEN})??(?:{words.TITLES})|{_GIVEN}(?={words.DOES}))"),
    (PERSON, rf"(?<=书记|[局县市区部镇乡组]长|主任|主席)(?!{words.NOBODY}){_SURNAME}{_GIVEN}(?={_ENDS}|{words.DOES})"),
    (PERSON, rf"[老小][{words.USUAL}](?={_ENDS})"),
    (PERSON, bare_names.DOES),
    (PERSON, bare_names.SIGNED),
    (FAULT, rf"{_AT}{{0,24}}?(?:{words.FAULTS})"),
    (FAULT, rf"{_AT}{{0,8}}?存在"),
    (CRITICISM, rf"批评(?!和自我)[^。,\n“”]{{0,8}}:?{_QUOTED}|{_QUOTED}[^。,\n“”]{{0,4}}批评"),
    (CRITICISM, rf"批评意见[^。\n“”]{{0,20}}{_QUOTED}|批评意见[^。,\n]{{0,6}}:[^\n。]*"),
    (CRITICISM, r"(?:被|受到)[^。,\n]{0,6}批评[^。\n]*"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]?[”\"」』]?")


class Find(NamedTuple):
    """A place of a text at which stands what may not stand there."""

    kind: str
    start: int
    end: int
    words: str
    paragraph: int


def finds(text: str, names: Iterable[str] = (), harmless: Iterable[str] = ()) -> list[Find]:
    """All that may not stand in a text, in its order; `harmless` words (of unit and region) name nobody."""
    folded, places = _folded(text)
    found = list(_named(folded, names))
    for word in sorted(filter(None, map(fold, (*harmless, *words.MODELS.split("|")))), key=len, reverse=True):
        folded = folded.replace(word, "□" * len(word))
    for kind, pattern in _COMPILED:
        hits = (hit for hit in pattern.finditer(folded) if not hit.groupdict().get("none"))
        found += [(kind, *hit.span("who" if "who" in pattern.groupindex else 0)) for hit in hits]
    spans = sorted({(kind, places[start], places[end - 1] + 1) for kind, start, end in found})
    known = [span for kind, *span in spans if kind == NAME]
    spans = [
        (kind, start, end)
        for kind, start, end in spans
        if kind != PERSON or not any(first <= start and end <= last for first, last in known)
    ]
    spans.sort(key=lambda one: (one[1], -one[2]))
    return [Find(kind, start, end, text[start:end], text.count("\n", 0, start) + 1) for kind, start, end in spans]


def scrub(text: str, names: Iterable[str] = (), harmless: Iterable[str] = ()) -> tuple[str, list[dict[str, str]]]:
    """The text without what may not stand in it, and what was taken out: [{kind, words}]."""
    known = list(names)
    found = finds(text, known, harmless)
    removed = [{"kind": one.kind, "words": one.words[:200]} for one in found]
    text = _replaced(text, [one for one in found if one.kind in INSTEAD])
    while found := finds(text, known, harmless):
        text = _without(text, found[0])
    return text.strip("\n"), removed


def places(text: str, pointer: str, names: Iterable[str] = (), harmless: Iterable[str] = ()) -> list[dict[str, Any]]:
    """What a text is refused for: the place of each find with its reason's code, paragraph and words."""
    found = {(one.kind, one.paragraph, one.words): one for one in finds(text, names, harmless)}
    return [
        {"pointer": pointer, "code": one.kind, "paragraph": one.paragraph, "words": one.words[:60]}
        for one in found.values()
    ]


def is_name(name: str) -> bool:
    """Whether an account's name is a person's, not that of an office or a post (主题教育办公室, 审计员)."""
    known = fold(name)
    han = re.fullmatch(rf"(?:{words.DOUBLE})?[\u4e00-\u9fff]{{2,4}}", known) is not None
    return ("·" in name and len(known) > 3) or (han and re.match(_SURNAME, known) is not None)


def fold(text: str) -> str:
    """A text without gaps and in plain signs, as names are compared."""
    return _folded(text)[0]


def _folded(text: str) -> tuple[str, list[int]]:
    """The same with the place in the text of each sign that is left."""
    kept = [
        (sign, place)
        for place, given in enumerate(text)
        for sign in unicodedata.normalize("NFKC", given).casefold().translate(traditional.SIMPLIFIED)
        if sign == "\n" or not (sign.isspace() or sign in "·•・‧∙" or unicodedata.category(sign) in ("Cf", "Mn", "Cc"))
    ]
    return "".join(sign for sign, _ in kept), [place for _, place in kept]


def _named(folded: str, names: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    for name in filter(lambda name: len(name) > 1, {fold(name) for name in names}):
        start = folded.find(name)
        while start >= 0:
            yield NAME, start, start + len(name)
            start = folded.find(name, start + 1)


def _replaced(text: str, found: list[Find]) -> str:
    """The text with other words for what is found; of two that overlap, the first and longer."""
    pieces, reached = [], 0
    for one in found:
        if one.start >= reached:
            pieces += [text[reached : one.start], INSTEAD[one.kind]]
            reached = one.end
    return "".join([*pieces, text[reached:]])


def _without(text: str, hit: Find) -> str:
    """The text without the sentences a find touches."""
    spans = [one.span() for one in _SENTENCE.finditer(text)]
    touched = [span for span in spans if span[0] < hit.end and hit.start < span[1]]
    return text[: touched[0][0]] + text[touched[-1][1] :]
