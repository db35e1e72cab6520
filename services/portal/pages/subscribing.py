"""A calendar that is subscribed to: read by a program with nothing but the secret address, without an account.

What must stay true: it answers with counts by day and no name; no cookie is read or set; an address that is not known
any more is not found.
"""

from flask import Blueprint, Response, abort

from services.portal import clients, languages

room = Blueprint("subscribing", __name__)


@room.get("/calendars/<code:token>.ics")
def calendar(token: str) -> Response:
    """The calendar behind a link."""
    try:
        known = clients.call("access", "POST", "/calendar-claims", body={"token": token}).body
    except clients.Declined:
        abort(404)
    sent = {"Authorization": f"Bearer {known['claims']}", "Accept-Language": languages.current()}
    query = {"campaign": known["campaign"], "key": known["key"]}
    address = clients.address("registry", "/calendar.ics", query)
    answer = clients.send("registry", "GET", address, sent, None, stream=False)
    if answer.status != 200:
        abort(404)
    headers = {"Content-Type": answer.headers["Content-Type"], "Cache-Control": "no-store"}
    return Response(answer.data, headers=headers)
