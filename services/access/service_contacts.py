"""The doors at which a person says where to be reached, and the service that sends asks who reads what."""

from typing import Any

from services.access import contacts, store
from services.spine import clock, doors
from services.spine.actor import Actor
from services.spine.doors import route


class ContactDoors(doors.Service):
    """Where persons are reached."""

    @route("GET", "/me/contact", may="sign_in", answers="contact")
    def my_contact(self, actor: Actor) -> Any:
        """One's own addresses."""
        return contacts.of(store.get(self.db, actor.id))

    @route("POST", "/me/contact", accepts="change_contact", may="sign_in", answers="contact")
    def change_contact(self, actor: Actor, draft: dict[str, str]) -> Any:
        """Other addresses of one's own, or none."""
        account = store.get(self.db, actor.id)
        changed = contacts.change(account, draft)
        store.save(self.db, account, changed, clock.now())
        return contacts.of(changed)

    @route("POST", "/addressees", accepts="find_addressees", may="ask_addressees", answers="addressee_list")
    def find_addressees(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Who reads, at this moment, what is addressed to each of these places, and where they are reached."""
        today = clock.today()
        rows = []
        for place in draft["places"]:
            around = [(one, contacts.held(one, place, today)) for one in store.around(self.db, place)]
            rows.append([contacts.addressee(account, roles) for account, roles in around if roles])
        return {"rows": rows}
