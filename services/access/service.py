"""The doors of access."""

import secrets
from datetime import datetime
from typing import Any

from services.access import changes, domain, passwords, store
from services.access.service_calendars import CalendarDoors
from services.access.service_contacts import ContactDoors
from services.access.service_groups import GroupDoors
from services.spine import actor as actors
from services.spine import clock, errors
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.events import Event
from services.spine.mongo import Mongo

CLAIMS_SECONDS = 300


class AccessService(CalendarDoors, ContactDoors, GroupDoors):
    """Knows accounts and grants, and signs claims for whoever is signed in."""

    name = "access"
    db = Mongo(store.prepare)

    @route("POST", "/sessions", accepts="sign_in", answers="session")
    def sign_in(self, draft: dict[str, str]) -> Any:
        """Sign in: a token for account and password."""
        now, login = clock.moment(clock.now()), draft["login"].strip().lower()
        if not self._knows(login, draft["password"], now):
            raise errors.Refusal("wrong_credentials")
        token, expires = secrets.token_urlsafe(32), now + clock.seconds(domain.SESSION_HOURS * 3600)
        store.keep_session(self.db, token, login, expires)
        return 201, {
            "token": token,
            "account": domain.shown(store.get(self.db, login)),
            "expires_at": clock.stamp(expires),
        }

    @route("POST", "/sessions/end", accepts="exchange_session")
    def end_session(self, draft: dict[str, str]) -> Any:
        """End the session of a token; ending it twice changes nothing."""
        store.end_session(self.db, draft["token"])

    @route("POST", "/claims", accepts="exchange_session")
    def exchange(self, draft: dict[str, str]) -> Any:
        """Short-lived claims for a session's token."""
        now = clock.moment(clock.now())
        login = store.session_login(self.db, draft["token"], now)
        account = store.find(self.db, login) if login else None
        if account is None:
            raise errors.Refusal("not_signed_in")
        expires = int(now.timestamp()) + CLAIMS_SECONDS
        claims = actors.sign(account["login"], account["name"], account["grants"], expires=expires)
        return {"claims": claims, "account": domain.shown(account)}

    @route("GET", "/me", may="sign_in", answers="me")
    def me(self, actor: Actor) -> Any:
        """Who is asking."""
        return {"login": actor.id, "name": actor.name, "grants": actor.all_grants}

    @route("POST", "/me/password", accepts="change_password", may="sign_in")
    def change_password(self, actor: Actor, draft: dict[str, str]) -> Any:
        """Change one's own password; all sessions end."""
        account = store.get(self.db, actor.id)
        if not passwords.right(draft["old"], account["password"]):
            raise errors.Refusal("wrong_credentials", errors=[{"pointer": "/old", "code": "wrong_credentials"}])
        domain.check_password(draft["new"])
        store.save(self.db, account, {**account, "password": passwords.hashed(draft["new"])}, clock.now())
        store.end_sessions(self.db, actor.id)

    @route("POST", "/proofs", accepts="prove", may="sign_in", answers="proof")
    def prove(self, actor: Actor, draft: dict[str, str]) -> Any:
        """The password once more: what comes back vouches for one deed on one content, for minutes."""
        now = clock.moment(clock.now())
        if not self._knows(actor.id, draft["password"], now):
            raise errors.Refusal("wrong_password", errors=[{"pointer": "/password", "code": "wrong_password"}])
        expires = now + clock.seconds(domain.PROOF_MINUTES * 60)
        deed = {key: draft[key] for key in ("purpose", "about", "sha256")}
        vouched = {**deed, "by": actor.id, "exp": int(expires.timestamp())}
        return 201, {"proof": actors.vouch(vouched), "expires_at": clock.stamp(expires)}

    @route("GET", "/accounts", accepts="page", may="manage_accounts", answers="account_list")
    def accounts(self, actor: Actor, query: dict[str, str]) -> Any:
        """All accounts with their grants."""
        return store.listed(self.db, query)

    @route("GET", "/account-names", accepts="find_campaign_names", may="ask_names", answers="names")
    def account_names(self, actor: Actor, query: dict[str, str]) -> Any:
        """What those are called who have, or had, a role in a campaign: for what must not name them."""
        return {"names": store.names(self.db, query["campaign"])}

    @route("POST", "/accounts", accepts="open_account", may="manage_accounts", answers="account")
    def open_account(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Open an account; a password made up here is answered once and kept nowhere."""
        password, at = draft.get("password") or passwords.made_up(), clock.now()
        domain.check_password(password)
        kept = passwords.hashed(password)
        account = domain.open_account(draft["login"], draft["name"], kept, draft["grants"], actor.id, at)
        store.add(self.db, account, at)
        return 201, domain.shown(account) | ({} if "password" in draft else {"password": password})

    @route("POST", "/accounts/<login>/grants", accepts="give_grant", may="manage_accounts", answers="account")
    def give_grant(self, actor: Actor, login: str, draft: dict[str, Any]) -> Any:
        """One more grant for an account."""
        account, at = store.get(self.db, login), clock.now()
        changed = domain.give_grant(account, draft, actor.id, at)
        store.save(self.db, account, changed, at)
        return 201, domain.shown(changed)

    @route("POST", "/accounts/<login>/password", accepts="reset_password", may="manage_accounts", answers="account")
    def reset_password(self, actor: Actor, login: str, draft: dict[str, str]) -> Any:
        """A new password for somebody who lost his, answered once; all sessions end."""
        account, password = store.get(self.db, login), passwords.made_up()
        store.save(self.db, account, {**account, "password": passwords.hashed(password)}, clock.now())
        store.end_sessions(self.db, login)
        store.forget_attempts(self.db, login)
        return {**domain.shown(account), "password": password}

    @route("POST", "/accounts/<login>/end", accepts="end_account", may="manage_accounts", answers="account")
    def end_account(self, actor: Actor, login: str, draft: dict[str, str]) -> Any:
        """End an account and its sessions."""
        account, at = store.get(self.db, login), clock.now()
        changed = domain.end(account, draft["reason"], actor.id, at)
        store.save(self.db, account, changed, at)
        store.end_sessions(self.db, login)
        return domain.shown(changed)

    @route("POST", "/grants/changes", accepts="change_persons", may="manage_accounts", answers="persons_changed")
    def change_persons(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """From a day on somebody else holds what one held of a place, or nobody does; done twice it changes nothing."""
        changes.check(draft)
        at, to, ended = clock.now(), draft.get("to"), []
        successor = store.get(self.db, to) if to else None
        if successor and successor["ended"]:
            raise errors.Refusal("account_ended", login=to)
        holders = [one for one in store.holders(self.db, draft, draft.get("from")) if changes.held(one, draft)]
        if not holders:
            raise errors.Refusal("grant_not_held", of=draft["scope"]["of"])
        for account in holders:
            store.save(self.db, account, changes.end(account, draft, actor.id, at), at)
            ended.append(account["login"])
            if successor:
                given = changes.give(successor, changes.held(account, draft), draft, actor.id, at)
                store.save(self.db, successor, given, at)
        return {"ended": ended, "given": to, "on": draft["on"]}

    @on_event("registry", "post_changed")
    def on_post_changed(self, event: Event) -> None:
        """Somebody left a post: what the account held by it ends; the successor's an administrator opens."""
        said = event["data"]
        if said["what"] == "added":
            return
        place, at = {"scope": changes.place_of(said)}, clock.now()
        for account in store.holders(self.db, place, said.get("account")) or store.holders(self.db, place, None):
            store.save(self.db, account, changes.vacate(account, said, event["time"], at), at)

    @on_event("registry", "group_ended")
    def on_group_ended(self, event: Event) -> None:
        """The attachment of a group is over: what its members held by it ends."""
        said, at = event["data"], clock.now()
        for account in store.holders(self.db, {"scope": {"of": said["group"]}}, None):
            dismissed = changes.dismiss(account, event["campaign"], said, event["time"], at)
            store.save(self.db, account, dismissed, at)

    @on_event("registry", "group_resumed")
    def on_group_resumed(self, event: Event) -> None:
        """The last day of a group was set right: what ended with the wrong one is held again."""
        group, at = event["data"]["group"], clock.now()
        for account in store.holders(self.db, {"scope": {"of": group}}, None):
            store.save(self.db, account, changes.resume(account, event["campaign"], group, at), at)

    @on_event("registry", "organisation_merged")
    def on_organisation_merged(self, event: Event) -> None:
        """A unit went into another one: whoever answers for that one works on what is open of it, too, and of what
        went into it before."""
        at = clock.now()
        for said in store.handed_on(self.db, event["data"]):
            for account in store.holders(self.db, {"scope": {"of": said["into"]}}, None):
                store.save(self.db, account, changes.take_over(account, said, at), at)

    def _knows(self, login: str, password: str, now: datetime) -> bool:
        """Whether the password is the account's; asked too often, nothing is looked at any more."""
        since = now - clock.seconds(domain.ATTEMPT_WINDOW_MINUTES * 60)
        store.remember_attempt(self.db, login, now)
        if store.count_attempts(self.db, login, since) > domain.ATTEMPTS_ALLOWED:
            raise errors.Refusal("too_many_attempts", minutes=domain.ATTEMPT_WINDOW_MINUTES)
        account = store.find(self.db, login)
        known = passwords.right(password, account["password"] if account else None)
        if known:
            store.forget_attempts(self.db, login)
        return known
