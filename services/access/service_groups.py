"""The door at which a campaign's office and a supervision group see who is of the group."""

from typing import Any

from services.access import changes, store
from services.spine import clock, doors, errors
from services.spine.actor import Actor
from services.spine.doors import route


class GroupDoors(doors.Service):
    """Who is of a supervision group."""

    @route(
        "GET",
        "/group-accounts",
        accepts="find_group_accounts",
        may="read_group_accounts",
        answers="group_account_list",
    )
    def group_accounts(self, actor: Actor, query: dict[str, str]) -> Any:
        """The accounts that hold a group of a campaign, or will: its leaders first, then by account."""
        if not actor.covers(query):
            raise errors.Refusal("not_found", id=query["group"])
        found = store.holders(self.db, {"scope": {"of": query["group"]}}, None)
        return {"rows": changes.members(found, query["campaign"], query["group"], clock.today())}
