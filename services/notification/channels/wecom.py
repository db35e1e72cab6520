"""The robot of a WeCom group: it says in the group that somebody has something to do, and names the mobile number.

What must stay true: the robot answers 200 with a code of its own; only code 0 means that it was said. The address with
its key is the deployment's secret.
"""

from typing import Any

import orjson

from services.notification import calling, guarding
from services.notification.channels import webhook
from services.notification.parcels import SENT, Fate, Parcel

ADDRESS = "mobile"
TOO_OFTEN = (45009, 45033)
BUSY_PAUSE = "60"
"""A robot says twenty things a minute and asks for no pause when it was more."""


def send(configured: dict[str, Any], parcel: Parcel, may: guarding.Allowed) -> Fate:
    """Have it said in the group."""
    text = {"content": parcel.text, "mentioned_mobile_list": [parcel.to]}
    body = orjson.dumps({"msgtype": "text", "text": text})
    outcome = webhook.post(configured["url"], {"Content-Type": "application/json"}, body, may)
    fate = webhook.fate(outcome)
    return _said(outcome) if fate.state == "sent" else fate


def _said(outcome: calling.Outcome) -> Fate:
    try:
        code = int(orjson.loads(outcome.body)["errcode"])
    except (ValueError, KeyError, TypeError):
        return Fate("later", "not_a_robot", outcome.status, away=True)
    if code == 0:
        return SENT
    return Fate("later", f"errcode {code}", outcome.status, BUSY_PAUSE if code in TOO_OFTEN else "", away=True)
