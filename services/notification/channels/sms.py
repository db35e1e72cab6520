"""A gateway for short messages, of whatever make: the deployment says what its call looks like.

The body is a Jinja2 template of `mobile`, `text`, `id` (the same however often it is tried), `code` and `count`, in a
sandbox; in JSON each is written `{{ text|tojson }}`, in a form `{{ text|urlencode }}`. Where a gateway answers 200 to
what it did not take, `taken` is a pattern that its answer has to fit.
"""

import functools
import re
from typing import Any

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from services.notification import guarding, signing
from services.notification.channels import webhook
from services.notification.parcels import Fate, Parcel

ADDRESS = "mobile"


def send(configured: dict[str, Any], parcel: Parcel, may: guarding.Allowed) -> Fate:
    """Have the gateway send it."""
    given = {"mobile": parcel.to, "text": parcel.text, "id": signing.id_of(parcel.key)}
    try:
        body = _template(configured["body"]).render(**given, code=parcel.code, count=parcel.number)
    except jinja2.TemplateError as fault:
        return Fate("later", type(fault).__name__, away=True)
    outcome = webhook.post(configured["url"], configured["headers"], body.encode(), may)
    fate = webhook.fate(outcome)
    answer = outcome.body.decode("utf-8", "replace")
    if fate.state == "sent" and not re.search(configured.get("taken", ""), answer):
        return Fate("later", "not_taken", outcome.status, away=True)
    return fate


@functools.cache
def _template(body: str) -> jinja2.Template:
    return SandboxedEnvironment(undefined=jinja2.StrictUndefined).from_string(body)
