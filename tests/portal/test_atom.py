"""The feed of the column has what RFC 4287 asks for, whatever stands in its articles."""

from xml.etree import ElementTree

from services.portal import atom

ENTRY = {
    "key": "c.990823-A.a1",
    "address": "https://x/column/c.990823-A.a1",
    "title": "<某局> & “某县”",
    "author": "党建",
}
ENTRY |= {"author": "党建", "at": "2024-01-11T02:00:00.000Z"}


def parts(element: ElementTree.Element) -> dict[str, list[ElementTree.Element]]:
    found: dict[str, list[ElementTree.Element]] = {}
    for child in element:
        found.setdefault(child.tag.removeprefix(f"{{{atom.NAMESPACE}}}"), []).append(child)
    return found


def test_feed_and_entries_have_their_id_title_time_author_and_addresses():
    told = atom.write("专栏", "column", "https://x/feed", "https://x/", [{**ENTRY, "paragraphs": ["<p>一", "二"]}])
    feed = parts(ElementTree.fromstring(told))
    assert {name: len(found) for name, found in feed.items()} == {
        "title": 1, "id": 1, "updated": 1, "link": 2, "author": 1, "entry": 1,
    }  # fmt: skip
    assert [link.get("rel") for link in feed["link"]] == ["self", "alternate"]
    entry = parts(feed["entry"][0])
    assert {"title", "id", "published", "updated", "link", "author", "content"} == set(entry)
    assert (entry["title"][0].text, entry["content"][0].text) == ("<某局> & “某县”", "<p>一\n\n二")
    assert feed["updated"][0].text == entry["updated"][0].text == "2024-01-11T02:00:00.000Z"


def test_a_feed_without_entries_is_a_feed():
    feed = parts(ElementTree.fromstring(atom.write("专栏", "column", "https://x/feed", "https://x/", [])))
    assert feed["updated"][0].text == atom.BEGINNING and "entry" not in feed
