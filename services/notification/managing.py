"""What RabbitMQ's management tells of the queues of other systems; without it they work, and this is not known."""

from urllib.parse import quote, urlsplit

import structlog
import urllib3

from services.spine import broker, settings

SECONDS = 2.0
log = structlog.get_logger()


def unacked() -> dict[str, int]:
    """By queue, how many messages a reader has in hand; some seconds old."""
    address = settings.broker_management()
    if not address:
        return {}
    parts, host = urlsplit(address), quote(urlsplit(settings.broker()).path[1:] or "/", safe="")
    asked = f"name=%5E{broker.SUBSCRIBER}&use_regex=true&page=1&page_size=500&columns=name,messages_unacknowledged"
    headers = urllib3.make_headers(basic_auth=f"{parts.username}:{parts.password}")
    try:
        url = f"{parts.scheme}://{parts.hostname}:{parts.port}/api/queues/{host}?{asked}"
        found = urllib3.request("GET", url, headers=headers, timeout=SECONDS, retries=False)
        return {row["name"]: row.get("messages_unacknowledged", 0) for row in found.json()["items"]}
    except (urllib3.exceptions.HTTPError, ValueError, KeyError) as reason:
        log.warning("management_silent", reason=repr(reason)[:200])
        return {}
