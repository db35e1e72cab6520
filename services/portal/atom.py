"""The column as an Atom feed (RFC 4287): what readers of feeds and other sites take it over by."""

from typing import Any
from xml.etree import ElementTree

NAMESPACE = "http://www.w3.org/2005/Atom"
BEGINNING = "2000-01-01T00:00:00Z"
"""When a feed without entries was changed last."""


def write(title: str, key: str, here: str, page: str, entries: list[dict[str, Any]]) -> bytes:
    """A feed of entries {key, address, title, author, at, paragraphs}, the newest first; addresses are full ones."""
    feed = ElementTree.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "zh-CN"})
    updated = entries[0]["at"] if entries else BEGINNING
    for name, text in (("title", title), ("id", f"urn:rectify:{key}"), ("updated", updated)):
        _put(feed, name, text)
    _put(feed, "link", rel="self", type="application/atom+xml", href=here)
    _put(feed, "link", rel="alternate", type="text/html", href=page)
    _put(_put(feed, "author"), "name", title)
    for one in entries:
        entry = _put(feed, "entry")
        named = {"title": one["title"], "id": f"urn:rectify:column:{one['key']}"}
        for name, text in {**named, "published": one["at"], "updated": one["at"]}.items():
            _put(entry, name, text)
        _put(entry, "link", rel="alternate", type="text/html", href=one["address"])
        _put(_put(entry, "author"), "name", one["author"])
        _put(entry, "content", "\n\n".join(one["paragraphs"]), type="text")
    ElementTree.indent(feed)
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _put(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, name, attributes)
    made.text = text
    return made
