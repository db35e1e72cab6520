"""The doors of coaching: sessions, who was there, what the unit says to it, and who has not been reached."""

from typing import Any

from services.registry import coaching, coaching_store, store
from services.spine import clock, doors, errors, mongo
from services.spine.actor import Actor, lies_within
from services.spine.doors import route


class CoachingDoors(doors.Service):
    """Trainings and visits (送学上门) with their attendance."""

    @route("POST", "/coaching-sessions", accepts="enter_session", may="coach", answers="coaching_session")
    def enter_session(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Put a training or a visit on record; the same key again is the same session."""
        campaign, hand = store.campaign(self.db, draft["campaign"], campaigns(actor)), by(actor)
        session = coaching.begin(campaign, draft, whose(actor, campaign), hand)
        visited = session["visited"]
        units = coaching_store.units(self.db, draft["campaign"], actor.scope, unit=visited) if visited else []
        if visited and not units:
            raise errors.Refusal("unit_not_yours", unit=visited)
        known = self.db.coaching_sessions.find_one({"_id": session["_id"]})
        if known and not actor.covers(known):
            raise errors.Refusal("key_taken", key=draft["key"])
        if known:
            coaching.check_same(known, draft)
        else:
            coaching_store.keep(self.db, "coaching_sessions", None, session, hand.at)
        if units:
            coaching_store.attend(self.db, session, {units[0]["unit"]: units[0]}, {units[0]["unit"]: []}, hand)
        return (200 if known else 201), self._session_shown(actor, known or session)

    @route("GET", "/coaching-sessions", accepts="find_sessions", may="read_coaching", answers="coaching_session_list")
    def sessions(self, actor: Actor, query: dict[str, str]) -> Any:
        """Sessions the reader organises or in which the reader's units were, the latest first."""
        found = coaching_store.sessions(self.db, query["campaign"], actor.units, query)
        return {**found, "rows": [_session(actor, row) for row in found["rows"]]}

    @route("GET", "/coaching-sessions/<session_id>", may="read_coaching", answers="coaching_session")
    def session(self, actor: Actor, session_id: str) -> Any:
        """One session with all its versions."""
        return self._session_shown(actor, coaching_store.session(self.db, session_id, actor.units))

    @route(
        "POST",
        "/coaching-sessions/<session_id>/versions",
        accepts="correct_session",
        may="coach",
        answers="coaching_session",
    )
    def correct_session(self, actor: Actor, session_id: str, draft: dict[str, Any]) -> Any:
        """Correct a session by a new version with its reason."""
        session, hand = self._organised(actor, session_id), by(actor)
        campaign = store.campaign(self.db, session["campaign"])
        changed = coaching.correct(campaign, session, draft, hand)
        return self._session_shown(actor, coaching_store.keep(self.db, "coaching_sessions", session, changed, hand.at))

    @route(
        "POST",
        "/coaching-sessions/<session_id>/withdrawal",
        accepts="withdraw_session",
        may="coach",
        answers="coaching_session",
    )
    def withdraw_session(self, actor: Actor, session_id: str, draft: dict[str, str]) -> Any:
        """A session reaches nobody any more; it stays with the reason."""
        session, hand = self._organised(actor, session_id), by(actor)
        changed = coaching.withdraw(session, draft["reason"], hand)
        return self._session_shown(actor, coaching_store.keep(self.db, "coaching_sessions", session, changed, hand.at))

    @route(
        "GET",
        "/coaching-sessions/<session_id>/attendance",
        accepts="find_attendance",
        may="read_coaching",
        answers="attendance_list",
    )
    def attendance(self, actor: Actor, session_id: str, query: dict[str, str]) -> Any:
        """Who was there, by unit; a unit sees itself only."""
        coaching_store.session(self.db, session_id, actor.units)
        return coaching_store.attendance(self.db, session_id, actor.units, query)

    @route(
        "POST",
        "/coaching-sessions/<session_id>/attendance",
        accepts="enter_attendance",
        may="coach",
        answers="attendance_entered",
    )
    def enter_attendance(self, actor: Actor, session_id: str, draft: dict[str, Any]) -> Any:
        """Enter who was there: units with posts, or all of a role in a place; entered again it is the same."""
        session, hand = self._organised(actor, session_id), by(actor)
        coaching.check_open(session, hand.today)
        if "everyone" in draft:
            asked = draft["everyone"]
            places = {key: asked[key] for key in ("region", "group") if key in asked}
            units = coaching_store.units(self.db, session["campaign"], actor.scope, **places, **_visited(session))
            there = coaching.chosen(units, asked["role"])
            meetings = {one["unit"]: one for one in units}
        else:
            listed = [row["unit"] for row in draft["rows"]]
            units = coaching_store.units(self.db, session["campaign"], actor.scope, unit={"$in": listed})
            meetings = {one["unit"]: one for one in units}
            there = coaching.check_rows(session, draft["rows"], meetings)
        changed = coaching_store.attend(self.db, session, meetings, there, hand)
        posts = sum(len(set(posts)) for posts in there.values())
        return {"session_id": session_id, "units": len(there), "posts": posts, "changed": changed}

    @route(
        "POST",
        "/coaching-attendance/<attendance_id>/removals",
        accepts="remove_attendance",
        may="coach",
        answers="attendance",
    )
    def remove_attendance(self, actor: Actor, attendance_id: str, draft: dict[str, Any]) -> Any:
        """Somebody was entered who was not there; the entry stays in the history with the reason."""
        row, hand = mongo.get(self.db.coaching_attendance, attendance_id, actor.scope), by(actor)
        self._organised(actor, row["session_id"])
        changed = coaching.remove(row, draft["posts"], draft["reason"], hand)
        return coaching_store.keep(self.db, "coaching_attendance", row, changed, hand.at)

    @route(
        "POST",
        "/coaching-attendance/<attendance_id>/confirmation",
        accepts="confirm_attendance",
        may="confirm_coaching",
        answers="attendance",
    )
    def confirm_attendance(self, actor: Actor, attendance_id: str, draft: dict[str, Any]) -> Any:
        """The unit says who of it was there."""
        row, hand = mongo.get(self.db.coaching_attendance, attendance_id, actor.scope), by(actor)
        meeting = store.meeting(self.db, f"{row['campaign']}.{row['unit']}")
        changed = coaching.confirm(row, meeting, draft["posts"], draft.get("note", ""), hand)
        return coaching_store.keep(self.db, "coaching_attendance", row, changed, hand.at)

    @route("GET", "/campaigns/<code>/coaching-reach", accepts="find_reach", may="coach", answers="coaching_reach")
    def reach(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """How many were reached by no session of an aspect; each number is the length of a list."""
        campaign, places = store.campaign(self.db, code, campaigns(actor)), _places(query)
        known = coaching_store.reached(self.db, code, actor.scope, places, clock.today())
        units = coaching_store.taking_part(self.db, code, actor.scope, **places)
        aspects = [row["code"] for row in campaign["checklist"]]
        return coaching.reach(units, known, aspects, query.get("aspect", ""), query.get("who", "unit"))

    @route("GET", "/campaigns/<code>/unreached", accepts="find_unreached", may="coach", answers="unreached_list")
    def unreached(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """Who was reached by no session of an aspect: units, or posts of a role."""
        campaign, places = store.campaign(self.db, code, campaigns(actor)), _places(query)
        coaching.check_aspects(campaign, [query["aspect"]])
        known = coaching_store.reached(self.db, code, actor.scope, places, clock.today())
        units = coaching_store.taking_part(self.db, code, actor.scope, **places)
        return mongo.page_of(coaching.unreached(units, known, query["aspect"], query.get("who", "unit")), query)

    def _organised(self, actor: Actor, session_id: str) -> coaching.Session:
        session = coaching_store.session(self.db, session_id, actor.scope)
        if not actor.covers(session):
            raise errors.Refusal("not_permitted", permission="coach")
        return session

    def _session_shown(self, actor: Actor, session: coaching.Session) -> dict[str, Any]:
        counts = coaching_store.attended_by(self.db, [session["_id"]], actor.units)
        return _session(actor, {**session, "attendance": counts[session["_id"]]})


def by(actor: Actor, record: dict[str, Any] | None = None) -> coaching.Hand:
    """Who writes, in the highest role that reaches the record."""
    held = {role for role, part in actor.parts if record is None or lies_within(record, part)} or actor.roles
    return coaching.Hand(actor.id, actor.name, max(held, key=coaching.RANKS.index), clock.now(), clock.today())


def whose(actor: Actor, campaign: dict[str, Any]) -> dict[str, str | None]:
    """The place of who coaches: the campaign's region, a county, or a group's."""
    grants = [grant for grant in actor.grants if grant["campaign"] == campaign["campaign_code"]]
    grant = max(grants, key=lambda one: coaching.RANKS.index(one["role"]))
    of, kind = grant["scope"]["of"], grant["scope"]["kind"]
    region = {"campaign": campaign["region_code"], "region": of}.get(kind)
    return {"region": region, "group": of if kind == "group" else None}


def campaigns(actor: Actor) -> list[str]:
    """The campaigns this actor takes part in by what is asked."""
    return [grant["campaign"] for grant in actor.grants]


def _places(query: dict[str, str]) -> dict[str, str]:
    return {key: query[key] for key in ("region", "group", "unit") if key in query}


def _visited(session: coaching.Session) -> dict[str, str]:
    return {"unit": session["visited"]} if session["visited"] else {}


def _session(actor: Actor, session: coaching.Session) -> dict[str, Any]:
    """A session as answered, and whether the reader may change it."""
    return {**session, "yours": actor.may("coach", session)}
