"""The public account: its platform is not ours to call, so what it is to send is taken along by an office as a file.

What must stay true: a package holds mobile numbers, the words of the outside and codes, nothing else; what was taken
once is in no other package, and the same package can be taken again.
"""

from typing import Any

from services.notification import guarding
from services.notification.parcels import Fate, Parcel

ADDRESS = "mobile"


def send(configured: dict[str, Any], parcel: Parcel, may: guarding.Allowed) -> Fate:
    """Nothing is sent from here: it waits to be taken along."""
    return Fate("later", "by_hand")
