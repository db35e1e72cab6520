"""Long lists: the filters named in the address, one page of rows, and how many pages there are.

What must stay true: a list shown and the list exported or counted under the same address are the same list.
"""

from dataclasses import dataclass
from typing import Any

from flask import flash, request
from flask_babel import gettext

from services.portal import asking, reference

SIZE, FARTHEST_BACK = 50, 40


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    rows: list[dict[str, Any]]
    total: int
    number: int
    size: int

    @property
    def last(self) -> int:
        """The number of the last page (at least 1)."""
        return max(1, -(-self.total // self.size))

    @property
    def beyond(self) -> bool:
        """Whether a page after the last was asked for."""
        return self.number > self.last

    @property
    def near(self) -> list[int]:
        """The page numbers worth showing: the first, the last, and those around this one."""
        return [n for n in range(1, self.last + 1) if n in (1, self.last) or abs(n - self.number) <= 2]


@dataclass(frozen=True)
class Onward:
    """One page of a list that goes on after its last row, and back the way one came; the total may not be told."""

    rows: list[dict[str, Any]]
    total: int | None
    next: str | None
    after: str
    came: list[str]

    @property
    def following(self) -> dict[str, str | None]:
        """What the address of the next page says of its place."""
        came = [*self.came, self.after][-FARTHEST_BACK:] if self.after else []
        return {"after": self.next, "came": ",".join(came) or None}

    @property
    def before(self) -> dict[str, str | None]:
        """What the address of the page before says of its place."""
        return {"after": self.came[-1] if self.came else None, "came": ",".join(self.came[:-1]) or None}


def filters(*names: str) -> dict[str, str]:
    """The filters in force, of those this list knows."""
    found = {name: request.args[name].strip() for name in names if request.args.get(name, "").strip()}
    if "unit" in found and not reference.CODE.fullmatch(found["unit"]):
        found |= _meant(found.pop("unit"))
    return found


def _meant(words: str) -> dict[str, str]:
    """The unit that was written in words."""
    code = reference.unit_code(asking.campaign() or "", words)
    if code == words:
        flash(gettext("没有叫“%(words)s”的单位，或者不止一个。", words=words), "bad")
        return {}
    return {"unit": code}


def number() -> int:
    """The page asked for; anything strange is the first."""
    asked = request.args.get("page", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def page(service: str, path: str, **query: Any) -> Page:
    """Ask for the page named in the address."""
    return of(asking.get(service, path, **_asked(query)))


def found(service: str, path: str, **query: Any) -> Page | None:
    """The same for a list that may not be there: None when it cannot be had."""
    answer = asking.find(service, path, **_asked(query))
    return of(answer) if answer else None


def of(answer: dict[str, Any]) -> Page:
    """A page as a service answered it."""
    return Page(answer["rows"], answer["total"], answer.get("page", number()), answer.get("size", SIZE))


def onward(service: str, path: str, **query: Any) -> Onward:
    """Ask for the page that follows the row named in the address."""
    return further(asking.get(service, path, **query, **place()))


def found_onward(service: str, path: str, **query: Any) -> Onward | None:
    """The same for a list that may not be there: None when it cannot be had."""
    answer = asking.find(service, path, **query, **place())
    return further(answer) if answer else None


def place() -> dict[str, Any]:
    """What is asked for the page that follows the row named in the address."""
    return {**filters("after"), "size": SIZE}


def further(answer: dict[str, Any]) -> Onward:
    """Such a page as a service answered it."""
    named = filters("after", "came")
    came = [one for one in named.get("came", "").split(",") if one]
    return Onward(answer["rows"], answer["total"], answer["next"], named.get("after", ""), came)


def _asked(query: dict[str, Any]) -> dict[str, Any]:
    return {**query, "page": number(), "size": query.get("size", SIZE)}
