"""What is said: a fact, put in its CloudEvents 1.0 envelope.

An event carries ids, codes, states and counts, never a document's text or a person's name. Its id follows from its
meaning (name, subject, revision of the subject), so saying it twice is saying it once.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from services.spine import contracts

Event = dict[str, Any]
CONTENT_TYPE = "application/cloudevents+json"
PREFIX = "rectify."


class Fact(NamedTuple):
    """Something that happened to a subject, as the domain says it."""

    name: str
    subject: str
    campaign: str
    region: str
    data: Mapping[str, Any]


def seal(fact: Fact, *, source: str, at: str, sequence: int, again: int = 0) -> Event:
    """The fact in its envelope; `sequence` is the revision of its subject, `again` how often that write said it before.

    A fact that breaks its schema is a bug.
    """
    if not contracts.validator(f"events/{fact.name}").is_valid(dict(fact.data)):
        fault = next(contracts.validator(f"events/{fact.name}").iter_errors(dict(fact.data)))
        raise ValueError(f"{fact.name} does not fit its schema: {fault.message} at {fault.instance_path}")
    return {
        "specversion": "1.0",
        "id": f"{fact.name}:{fact.subject}:{sequence}" + (f".{again + 1}" if again else ""),
        "source": f"/rectify/{source}",
        "type": PREFIX + fact.name,
        "subject": fact.subject,
        "time": at,
        "datacontenttype": "application/json",
        "dataschema": contracts.documents()[f"events/{fact.name}"]["$id"],
        "campaign": fact.campaign,
        "region": fact.region,
        "sequence": sequence,
        "data": dict(fact.data),
    }


def name_of(event: Event) -> str:
    """`verdict_issued` of `rectify.verdict_issued`."""
    return str(event["type"]).removeprefix(PREFIX)


def routing_key(event: Event) -> str:
    """Where the broker sorts it: name and region, `verdict_issued.990823`."""
    return f"{name_of(event)}.{event['region']}"
