"""The doors of opinion forms: opened by the unit, answered by whoever holds a code, closed by hand or by the day.

What must stay true: the three doors for respondents ask for no claims, keep nothing but what `sealing` describes, and
write nothing into any log.
"""

import secrets
import time
from functools import partial
from typing import Any

from services.intake import codes, domain, opinion_forms, opinion_forms_store, opinions, opinions_store, store
from services.spine import clock, doors, errors
from services.spine.actor import Actor
from services.spine.doors import again, every, route

BRAKE = codes.Brake()


class FormDoors(doors.Service):
    """Asks for opinions with one-time codes."""

    @route("POST", "/opinion-forms", accepts="open_form", may="open_form", answers="opinion_form")
    def open_form(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Open an opinion form; it takes answers once codes are made."""
        plan = store.plan(self.db, draft["campaign"], draft["unit"], actor.scope)
        domain.check_goes_on(plan)
        opinion_forms.check_hand(draft, actor.belongs_to(draft["unit"]))
        by = {"by": actor.name, "by_account": actor.id, "on": clock.today()}
        form = opinion_forms.begin(plan, draft, by, clock.today(), store.small_group(self.db, plan))
        if opinion_forms_store.add(self.db, form, clock.now()):
            return 201, form
        known = opinion_forms_store.get(self.db, form["_id"], actor.scope)
        if not opinion_forms.same(known, draft):
            raise errors.Refusal("key_taken", key=draft["key"])
        return self._form_shown(known)

    @route("GET", "/opinion-forms", accepts="find_forms", may="read_form", answers="opinion_form_list")
    def find_forms(self, actor: Actor, query: dict[str, str]) -> Any:
        """Opinion forms, with how many answered."""
        found = opinion_forms_store.listed(self.db, actor.scope, query)
        return {**found, "rows": [self._form_shown(form) for form in found["rows"]]}

    @route("GET", "/opinion-forms/<form_id>", may="read_form", answers="opinion_form")
    def form(self, actor: Actor, form_id: str) -> Any:
        """One form with its counts."""
        return self._form_shown(opinion_forms_store.get(self.db, form_id, actor.scope))

    @route("POST", "/opinion-forms/<form_id>/codes", accepts="make_codes", may="open_form", answers="form_codes")
    def make_codes(self, actor: Actor, form_id: str, draft: dict[str, Any]) -> Any:
        """Make the codes, shown this once; those made before are void, and after the first answer none are made."""
        form = opinion_forms_store.get(self.db, form_id, actor.scope)
        opinion_forms.check_hand(form, actor.belongs_to(form["unit"]))
        domain.check_goes_on(store.plan(self.db, form["campaign"], form["unit"]))
        if form["state"] not in ("prepared", "open"):
            raise errors.Refusal("form_closed")
        made = codes.make(form["respondents"], secrets.choice)
        opinion_forms_store.fill(self.db, form_id, made)
        opinion_forms_store.save(self.db, form, {**form, "state": "open"}, [], clock.now())
        return 201, {"form_id": form_id, "key": form["key"], "codes": [codes.printed(one) for one in made]}

    @route("POST", "/opinion-forms/<form_id>/closing", accepts="close_form", may="open_form", answers="opinion_form")
    def close_form(self, actor: Actor, form_id: str, draft: dict[str, Any]) -> Any:
        """Close a form before its day; closed once more, nothing changes."""
        form = opinion_forms_store.get(self.db, form_id, actor.scope)
        opinion_forms.check_hand(form, actor.belongs_to(form["unit"]))
        return form if form["state"] == "closed" else self._close(form)

    @route("GET", "/forms/<key>", answers="form_face")
    def form_face(self, key: str) -> Any:
        """What anybody with the address may see."""
        form = opinion_forms_store.at(self.db, key)
        return {**{name: form[name] for name in opinion_forms.FACE}, "open": opinion_forms.takes(form, clock.today())}

    @route("POST", "/forms/<key>/look", accepts="show_form", answers="form_asked")
    def show_form(self, key: str, draft: dict[str, str]) -> Any:
        """What is asked of whoever holds a code that is good."""
        form, code = self._with_code(key, draft["code"])
        self._known(form, partial(opinion_forms_store.check, self.db, form["_id"], code))
        return {name: form[name] for name in (*opinion_forms.FACE, "about", "questions")}

    @route("POST", "/forms/<key>/answers", accepts="answer_form", answers="form_answered")
    def answer_form(self, key: str, draft: dict[str, Any]) -> Any:
        """Answer with a code, once."""
        form, code = self._with_code(key, draft["code"])
        answer = opinion_forms.check(form, draft["answers"])
        self._known(form, partial(opinion_forms_store.put, self.db, form["_id"], code, answer))
        return 201, {"taken": True}

    @every(30)
    def close_due_forms(self) -> None:
        """Forms whose day has passed are closed; what an earlier closing left behind is removed."""
        for form in opinion_forms_store.due(self.db, clock.today()):
            again(partial(self._close_by_day, form["_id"]))
        for form_id in opinion_forms_store.left(self.db):
            opinion_forms_store.burn(self.db, form_id)

    def close_forms_of(self, plan: dict[str, Any]) -> None:
        """A unit's open forms are closed as on their day."""
        for form_id in opinion_forms_store.taking(self.db, plan):
            again(partial(self._close_by_day, form_id))

    def _close_by_day(self, form_id: str) -> None:
        form = opinion_forms_store.get(self.db, form_id, {})
        if form["state"] != "closed":
            self._close(form)

    def _close(self, form: opinion_forms.Form) -> opinion_forms.Form:
        """Each step can be done again: whatever moment the process dies, the next stroke goes on from there."""
        if form["state"] != "closing":
            form = opinion_forms_store.save(self.db, form, {**form, "state": "closing"}, [], clock.now())
        answers = opinion_forms_store.shut(self.db, form["_id"])
        changed, facts = opinion_forms.close(form, answers, clock.today())
        said, few = opinion_forms.statements(form, answers), changed["answered"] is None
        opinions_store.keep(self.db, opinions.of_form(form, said, clock.today(), few=few), clock.now())
        changed = opinion_forms_store.save(self.db, form, changed, facts, clock.now())
        opinion_forms_store.burn(self.db, form["_id"])
        return changed

    def _with_code(self, key: str, typed: str) -> tuple[opinion_forms.Form, str]:
        form, code = opinion_forms_store.at(self.db, key), codes.tidy(typed)
        if not opinion_forms.takes(form, clock.today()):
            raise errors.Refusal("form_closed")
        if BRAKE.holds(key, time.monotonic()):
            raise errors.Refusal("too_many_codes")
        if not code:
            raise errors.Refusal("code_malformed")
        return form, code

    def _known(self, form: opinion_forms.Form, act: Any) -> None:
        try:
            act()
        except errors.Refusal as refusal:
            if refusal.code == "code_unknown":
                BRAKE.wrong(form["key"], time.monotonic())
            raise

    def _form_shown(self, form: opinion_forms.Form) -> opinion_forms.Form:
        if form["state"] != "open":
            return form
        return {**form, "answered": opinion_forms.turnout(form, opinion_forms_store.spent(self.db, form["_id"]))}
