"""The doors of the ladder: what the night proposed, signed and sent, acknowledged, withdrawn; and the night itself."""

import hashlib
import os
import time
from typing import Any

import orjson

from services.rectification import (
    domain,
    escalation,
    escalation_store,
    lateness,
    nightly,
    nights,
    paper,
    paper_word,
    store,
)
from services.rectification.service_candidates import hand_of
from services.spine import actor as actors
from services.spine import clock, doors, http, official_word
from services.spine.actor import Actor
from services.spine.doors import every, on_event, route
from services.spine.events import Event

SLICE_SECONDS, LOOK_SECONDS = 45, 10


class EscalationDoors(doors.Service):
    """Nothing goes out unsigned; what was answered in time is left alone."""

    @route("GET", "/escalations", accepts="find_escalations", may="read_item", answers="escalation_list")
    def find_escalations(self, actor: Actor, query: dict[str, str]) -> Any:
        """Documents that are proposed, issued, acknowledged or withdrawn."""
        within = _signable(actor) if "signable" in query else _seen(actor)
        return escalation_store.listed(self.db, within, query, clock.today())

    @route("GET", "/escalations/<escalation_id>", accepts="show_escalation", may="read_item", answers="escalation")
    def show_escalation(self, actor: Actor, escalation_id: str, query: dict[str, str]) -> Any:
        """One document with its text: as it was signed, or as it would be signed today with these names, if it may."""
        known = escalation_store.get(self.db, escalation_id, _seen(actor))
        late = lateness.days_late(store.get(self.db, known["item_id"]), clock.today())
        if known["state"] != "proposed" or not late:
            return escalation.shown(known)
        known = escalation.as_signed(known, _roles(actor, known))
        names = {"issuer": query.get("issuer") or "（　　）", "unit": query.get("unit") or known["unit"]}
        return escalation.shown({**known, **self._written(known, names, clock.today())})

    @route("GET", "/escalations/<escalation_id>/word", may="read_item")
    def escalation_word(self, actor: Actor, escalation_id: str) -> Any:
        """The signed document as Word."""
        known = escalation_store.get(self.db, escalation_id, {"$and": [_seen(actor), {"signed": {"$in": [True]}}]})
        name = next(block["text"] for block in known["paper"] if block["kind"] == "title")
        return http.download(paper_word.write(known["paper"]), official_word.MEDIA_TYPE, f"{name}.docx")

    @route(
        "POST", "/escalations/<escalation_id>/issue",
        accepts="issue_escalation", may="sign_escalation", answers="escalation",
    )  # fmt: skip
    def issue_escalation(self, actor: Actor, escalation_id: str, draft: dict[str, Any]) -> Any:
        """A person of the level signs, the password given again for the text in these names; it gets its number."""
        known, hand = escalation_store.get(self.db, escalation_id, actor.units), hand_of(actor)
        actor.check_apart(known["unit"])
        signed = escalation.as_signed(known, [escalation.check_signer(known, _roles(actor, known))])
        if known["state"] == "issued" and known["names"] == draft["names"]:
            return escalation.shown(known)
        text = self._written(signed, draft["names"], hand.today)["sha256"]
        escalation.check_proof(actors.vouched(draft["proof"]), actor.id, escalation_id, text, time.time())
        given = {"office": signed["office"], "rules": signed["rules"], "names": draft["names"]}
        given["year"] = year = int(hand.today[:4])
        given["number"] = escalation_store.next_number(self.db, signed["rules"]["mark"], year)
        given["serial"] = paper.serial({**signed, **given})
        given |= self._written({**signed, **given}, draft["names"], hand.today)
        return escalation.shown(escalation_store.save(self.db, known, escalation.issue(known, given, hand), hand.at))

    @route(
        "POST", "/escalations/<escalation_id>/receipt",
        accepts="acknowledge_escalation", may="acknowledge_escalation", answers="escalation",
    )  # fmt: skip
    def acknowledge_escalation(self, actor: Actor, escalation_id: str, draft: dict[str, str]) -> Any:
        """The first responsible person has the document, answers it and promises a day."""
        known, hand = escalation_store.get(self.db, escalation_id, _seen(actor)), hand_of(actor)
        changed = escalation.acknowledge(known, draft, hand)
        return escalation.shown(escalation_store.save(self.db, known, changed, hand.at))

    @route(
        "POST", "/escalations/<escalation_id>/withdrawal",
        accepts="withdraw_escalation", may="sign_escalation", answers="escalation",
    )  # fmt: skip
    def withdraw_escalation(self, actor: Actor, escalation_id: str, draft: dict[str, str]) -> Any:
        """Whoever signs takes a proposal or a document back, with the reason."""
        known, hand = escalation_store.get(self.db, escalation_id, actor.units), hand_of(actor)
        actor.check_apart(known["unit"])
        escalation.check_signer(known, _roles(actor, known))
        changed = escalation.withdraw(known, draft["reason"], hand)
        return escalation.shown(escalation_store.save(self.db, known, changed, hand.at))

    @route("GET", "/items/<item_id>/ladder", may="read_item", answers="ladder")
    def ladder(self, actor: Actor, item_id: str) -> Any:
        """The ladder of an item: every step with its day, and what became of it."""
        item = store.get(self.db, item_id, actor.units)
        taken = escalation_store.of_item(self.db, item_id, _seen(actor))
        steps = escalation.rungs(store.ladder(self.db, item["campaign"], item.get("definition")), item, taken)
        return {"item_id": item_id, "steps": steps, "documents": [escalation.shown(one) for one in taken]}

    @route("POST", "/nights", accepts="look_again", may="operate", answers="night")
    def look_again(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """What came in late since the last night is looked at now; `running` or `busy`: ask again."""
        nights.again(self.db, clock.today())
        return self._night("door", LOOK_SECONDS)

    @route("GET", "/items/<item_id>/evidence", may="read_item", answers="evidence_list")
    def evidence(self, actor: Actor, item_id: str) -> Any:
        """The evidence of an item: of which day it is, when it came, and where else it stands."""
        item = store.get(self.db, item_id, actor.units)
        uses = escalation_store.uses(self.db, item, actor.units)
        verifies = actor.may("verify_item", item)
        entries = [*item["progress"], *item.get("interim", ())]
        return {"rows": [_piece(one, entry, uses, verifies) for entry in entries for one in entry["evidence"]]}

    @on_event("registry", "calendar_loaded")
    def on_calendar_loaded(self, event: Event) -> None:
        """Which days are worked, as an office loaded it."""
        escalation_store.remember_calendar(self.db, event)

    @every(60)
    def work_the_night_off(self) -> None:
        """What turned late, steps that are due, reports that are missing; a little at a time, once a day."""
        self._night("service", SLICE_SECONDS)

    def _night(self, whose: str, seconds: float) -> dict[str, Any]:
        return nightly.run(self.db, clock.today(), f"{whose}.{os.getpid()}", time.monotonic() + seconds)

    def _written(self, known: escalation.Escalation, names: dict[str, str], today: str) -> dict[str, Any]:
        item = store.get(self.db, known["item_id"])
        escalation.check_late(item, today)
        terms = escalation.terms(known, today, escalation_store.calendar(self.db))
        before = [
            one
            for one in escalation_store.of_item(self.db, item["item_id"], {"signed": True})
            if one["round"] == known["round"] and one["state"] in ("issued", "acknowledged")
        ]
        blocks = paper.compose({**known, **terms}, item, before, names, today)
        return {**terms, "paper": blocks, "sha256": hashlib.sha256(orjson.dumps(blocks)).hexdigest()}


def _seen(actor: Actor) -> dict[str, Any]:
    """Documents in the reader's scope; a unit sees its own once they are signed."""
    parts = []
    for role, part in actor.parts:
        wide = {key: value for key, value in part.items() if key != "post"}
        inside = role in (*actors.UNIT_SIDE, "member")
        parts.append({**wide, "signed": {"$in": [True]}} if inside else wide)
    return parts[0] if len(parts) == 1 else {"$or": parts}


def _signable(actor: Actor) -> dict[str, Any]:
    """Proposals that are this reader's to sign: of a level the reader may sign for, and of other units."""
    parts = [
        {**part, "signer": {"$in": escalation.signed_by(role)}}
        for role, part in actor.parts
        if role in escalation.LEVELS
    ]
    apart = {"state": "proposed", "unit": {"$nin": sorted(actor.own_units | actor.former_units)}}
    return {**apart, **(parts[0] if len(parts) == 1 else {"$or": parts})} if parts else {"signer": {"$in": []}}


def _roles(actor: Actor, known: escalation.Escalation) -> list[str]:
    return [role for role, part in actor.parts if actors.lies_within(known, part)]


def _piece(one: dict[str, Any], entry: dict[str, Any], uses: dict[Any, Any], verifies: bool) -> dict[str, Any]:
    again = uses.get(domain.mark(one), {"items": [], "elsewhere": 0})
    days = {"told_on": entry["on"], "uploaded_on": clock.local_day(entry["at"])}
    return {**one, **days, "items": again["items"], "elsewhere": again["elsewhere"] if verifies else 0}
