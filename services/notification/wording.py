"""What the parcels of a channel are made with, asked for once for all that leave together.

What must stay true: for a channel of class outside nothing is given along of the messages but how many they are.
"""

from collections.abc import Sequence
from typing import Any

from services.notification import channels, domain, letters, letters_store, parcels, sendings, sendings_store
from services.spine import mongo

Person = dict[str, Any]
Wanted = tuple[sendings.Sending, Person, domain.Message]


class Wording:
    """The readers' wishes, and the campaigns' own letters where a channel stays inside."""

    def __init__(self, db: mongo.Db, said: dict[str, Any], channel: str, wanted: Sequence[Sequence[Wanted]]) -> None:
        self.reached_by, self.address = channels.ROOMS[channel].ADDRESS, said.get("address", "")
        self.outside = channels.is_outside(said, channel)
        self.wished = sendings_store.wishes(db, {lines[0][0]["account"] for lines in wanted})
        campaigns = {message["campaign"] for lines in wanted for _, _, message in lines}
        self.own = {} if self.outside else letters_store.standing(db, campaigns)

    def parcel(self, wanted: Sequence[Wanted]) -> parcels.Parcel:
        """One parcel; raises TemplateError where the words of a letter do not fit its event."""
        rows, (first, person, _) = [row for row, _, _ in wanted], wanted[0]
        language = self.wished[first["account"]].language
        sealed, leads = (sendings.key(rows), person[self.reached_by]), (first["code"], self.address, language)
        if self.outside:
            return parcels.outside(*sealed, len(rows), *leads)
        return parcels.inside(*sealed, [letters.of(message, language, self.own) for _, _, message in wanted], *leads)
