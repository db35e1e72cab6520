"""What the reader of a queue was told before is put into it once more, beside what is new.

What must stay true: it bears the ids and keys it had and the header `rectify-again`, and does not count as told, so
that what its reader has taken for certain is never put too high; half of the queue stays free for what is new.
"""

import orjson

from services.notification import forwarding, queues, subscribers
from services.spine import broker, events, speaking

AGAIN = "rectify-again"


def put(speaker: speaking.Speaker, subscriber: subscribers.Subscriber, batch: forwarding.Batch) -> int:
    """How many were put in, from the first on; none where the queue does not stand."""
    queue, code = subscriber["queue"], subscriber["code"]
    seen = speaker.look(queue["name"]) if queue["filled"] is not None else None
    some = batch[: max(queue["messages"] // 2 - seen[0], 0)] if seen else []
    letters = [_letter(code, number, event) for number, event in some]
    refused = speaker.publish(letters)
    if letters and speaker.look(queue["name"]) is None:
        return 0
    return next((place for place, letter in enumerate(letters) if letter.name in refused), len(letters))


def _letter(code: str, number: int, event: events.Event) -> speaking.Letter:
    body, key = orjson.dumps({**event, "feedsequence": number}), queues.routing_key(event, code)
    headers = {**queues.headers(event, number), AGAIN: True}
    return speaking.Letter(f"{code}:{number}", broker.OTHERS.name, key, body, events.CONTENT_TYPE, headers)
