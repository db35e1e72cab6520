"""What a form on a page sets off: done and on to the next page, or the same page again with the reason.

What must stay true: what is not there or not this person's, and a session that is over, is told as such and not as a
fault of the form.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect

from services.portal import asking, clients


def attempt(act: Callable[[], object], again: Callable[[clients.Declined], Any], there: str) -> Any:
    """Do it and go there; declined, `again` shows the page with the reason."""
    try:
        act()
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return again(problem), problem.status
    return redirect(there, 303)


def post(
    service: str, path: str, wanted: dict[str, Any], done: str, again: Callable[[clients.Declined], Any], there: str
) -> Any:
    """The same for what one door does, with a word when it is done."""

    def act() -> None:
        asking.post(service, path, wanted)
        flash(done, "done")

    return attempt(act, again, there)
