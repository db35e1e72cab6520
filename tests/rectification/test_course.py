"""An item under every order of moves by anyone, on days that only go forward, beside a plain model of what must hold.

No path closes an item by its owner, loses what was done or decided, or makes who was late look punctual.
"""

from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.rectification import closing, domain, interim, lateness, lists, plans, rechecks, requests, revising
from services.spine.actor import Actor
from services.spine.errors import Refusal
from tests.rectification import acting, test_states
from tests.rectification.test_states import BARE, EFFECT, EVIDENCE, WORDS

FIRST = "2024-01-20"
SOON_DAYS = 12
RULES = {**test_states.STRICT, "soon_days": SOON_DAYS}
PLACE = {**test_states.PLACE, "rectification": RULES}
STONE = {"key": "s1", "deliverable": "通水", "due_on": "2024-02-09"}
FIELDS = {**test_states.FIELDS, "milestones": [STONE]}
MORE: list[dict[str, Any]] = [
    FIELDS,
    {"standard": "验收"},
    {"due_on": "2025-01-01"},
    {"category": "long_term"},
    {"milestones": [STONE, {**STONE, "key": "s2", "due_on": "2024-02-05"}]},
    {"milestones": []},
]
HIDING = [[], [{**STONE, "due_on": "2024-03-20"}], [{**STONE, "key": "s3", "due_on": "2024-03-20"}]]
"""What a unit may say of its milestones once one was missed."""
OWNERS = ("liaison", "secretary")
OTHERS = {"supervisor": "supervisor", "leader": "group_leader", "office": "office", "both": "supervisor"}
ROLES = {"liaison": "liaison", "secretary": "secretary", **OTHERS}
SAID = set(domain.STATED) - {"milestones"}
PEOPLE = st.sampled_from([*OWNERS, *OTHERS])
DAYS = st.integers(-5, 90)
PIECES = [[{**EVIDENCE[0], "sha256": str(number) * 64}] for number in range(4)]
LISTS = st.sampled_from(["immediate", "phased", "long_term"])
RESULTS = st.sampled_from(["held", "rebounded"])
LOOKS = st.lists(RESULTS, max_size=2)


class Model:
    """What a person with a notebook knows of the item."""

    def __init__(self) -> None:
        self.due: str | None = None
        self.first: str | None = None
        self.was_late = False
        self.evidence: list[Any] = []
        self.old: list[str] = []
        self.asked: list[list[Any]] = []
        self.looks: list[tuple[Any, ...]] = []
        self.results: list[tuple[Any, ...]] = []
        self.closeouts: list[tuple[str, str, list[Any]]] = []
        self.approved: list[Any] | None = None
        self.stale = False
        self.night: tuple[str | None, bool] = (None, False)
        self.applicant = ""
        self.agreed: list[str] = []
        self.closers: list[str] = []

    def put_back(self) -> None:
        """What was shown till now is old, by whatever entry it comes again."""
        self.old += [one["sha256"] for one in self.evidence if "sha256" in one]
        self.evidence = []

    def closed(self) -> None:
        """What was asked for and not decided waits for nobody, and the night begins anew."""
        self.closers, self.night = self.agreed, (None, False)
        self.asked = [[*asked[:-1], asked[-1] or "lapsed"] for asked in self.asked]


class Course(RuleBasedStateMachine):
    """The rules of the ledger against the notebook."""

    def __init__(self) -> None:
        super().__init__()
        self.day, self.count, self.book = FIRST, 0, Model()
        self.grants = {account: [acting.granted(role)] for account, role in ROLES.items()}
        self.item: domain.Item = {}

    @initialize(category=LISTS, clear=st.booleans(), rank=st.sampled_from(["city", "county"]))
    def register(self, category: str, clear: bool, rank: str) -> None:
        draft = {**BARE, "category": category, **(FIELDS if clear else {})}
        if category == "immediate" and clear:
            draft |= {"due_on": "2024-02-10", "measures": [{**FIELDS["measures"][0], "due_on": "2024-02-10"}]}
        self.item, _ = domain.register(PLACE, 30, 1, draft, self._hand("liaison"))
        self.rank, self.book.due = rank, self.item["due_on"]
        self.plan = plans.begin(PLACE)

    def _hand(self, account: str) -> domain.Hand:
        return domain.Hand(account, account, f"{self.day}T08:00:00.000Z", self.day)

    def _may(self, account: str, permission: str) -> tuple[bool, set[str]]:
        """Whether somebody at a door is or was of the unit, and the roles by which it opens."""
        actor = Actor({"sub": account, "name": account, "grants": self.grants[account]}, permission, self.day)
        return actor.has_been_of(acting.UNIT), actor.roles

    def _after(self, days: int) -> str:
        return lists.after(self.day, days)

    def _act(self, move: Callable[[], domain.Changed]) -> list[str]:
        """Make a move; what was known before has only grown, and a refusal changes nothing."""
        before, self.book.first = self.item, self.book.first or self.book.due
        if before["state"] in domain.WORKING and self.book.due and self.book.due < self.day:
            self.book.was_late = True
        try:
            after, facts = move()
        except Refusal:
            return []
        self.item = before if after is before else lateness.kept(after)
        assert self.item["history"][: len(before["history"])] == before["history"]
        assert self.item["progress"][: len(before["progress"])] == before["progress"]
        fresh = [one for step in self.item["history"][len(before["history"]) :] for one in step.get("changes", ())]
        was = {one["field"]: one["from"] for one in fresh}
        assert all(was.get(key, self.item[key]) == before[key] for key in SAID), "what stood before can be found"
        days = {(one["key"], one["due_on"]) for one in self.item["milestones"]}
        for stone in before["milestones"]:
            assert not stone["done_on"] or stone in self.item["milestones"], "what was reached stays reached"
            stays = before["state"] != "open" or stone["due_on"] >= self.day
            assert stays or (stone["key"], stone["due_on"]) in days, "what was missed is seen to be missed"
        missed = lists.missed(before, self.day)
        assert lists.missed(self.item, self.day)[: len(missed)] == missed, "what was missed stays on record"
        said = [fact.name for fact in facts]
        assert said or self.item is before, "what changes is said"
        return said

    @rule(days=st.integers(1, 60))
    def time_passes(self, days: int) -> None:
        self.day = self._after(days)

    @rule(account=st.sampled_from(OWNERS), to=st.sampled_from(sorted({*OTHERS.values()})))
    def goes_over_to_those_who_decide(self, account: str, to: str) -> None:
        """Somebody of the unit, from today on."""
        if len(self.grants[account]) == 1:
            self.grants[account] = [acting.granted(account, until=self._after(-1)), acting.granted(to)]

    @rule(nights=st.integers(1, 2))
    def a_night_goes_by(self, nights: int) -> None:
        """It finds who is late, and says it of one day once."""
        due, (told, said) = self.book.due, self.book.night
        working = self.item["state"] in domain.WORKING
        near, late = (bool(working and due and due <= self._after(days)) for days in (SOON_DAYS, -1))
        said = said and (told == due or not near)
        for _ in range(nights):
            self.item, facts, _ = lateness.look(self.item, 1, self.day)
            assert ("item_overdue" in [fact.name for fact in facts]) == (late and not said)
            said = said or late
        self.book.night, self.book.was_late = (due if near else told, said), self.book.was_late or late

    @rule(account=PEOPLE)
    def approve_the_plan(self, account: str) -> None:
        """As it stands."""
        draft = {"passed": True, "reason": "x"}
        try:
            plan, _ = plans.submit(self.plan, [self.item], {"goals": "x"}, self._hand("liaison"))
            own, _ = self._may(account, "decide_plan")
            self.plan, _ = plans.decide(plan, [self.item], {**draft, "hash": plan["hash"]}, self._hand(account), own)
        except Refusal:
            return
        assert account not in OWNERS
        self.book.approved, self.book.stale = self._reads(), False

    def _reads(self) -> list[Any]:
        stones = [(one["key"], one["deliverable"], one["due_on"]) for one in self.item["milestones"]]
        return [stones, *(self.item[key] for key in SAID - {"particulars"})]

    @rule(more=st.sampled_from(MORE), approved=st.booleans())
    def revise(self, more: dict[str, Any], approved: bool = False) -> None:
        if approved:
            self.approve_the_plan("supervisor")
        state = self.item["state"]
        self._act(lambda: revising.revise(self.item, more, self._hand("liaison"), RULES, 30))
        if state == "registered":
            self.book.due = self.item["due_on"]
        assert self.book.due in (self.item["due_on"], None), "its day is not its unit's to change"
        self.book.due = self.item["due_on"]

    @precondition(lambda self: self.item and any(not one["done_on"] for one in self.item["milestones"]))
    @rule(said=st.sampled_from(HIDING))
    def hide_what_was_missed(self, said: list[dict[str, Any]]) -> None:
        """Once its day has passed."""
        self.day = max(self.day, *(lists.after(one["due_on"], 1) for one in self.item["milestones"]))
        self.revise({"milestones": said})

    @precondition(lambda self: self.item and self.item["state"] == "open")
    @rule()
    def say_the_standard_otherwise(self) -> None:
        """Whatever became of its list and its day."""
        self.count += 1
        assert self._act(
            lambda: revising.revise(self.item, {"standard": f"第{self.count}稿"}, self._hand("liaison"), RULES, 30)
        )

    @rule(shown=st.sampled_from([[], [WORDS], *PIECES]), percent=st.integers(0, 100), reached=st.booleans())
    def progress(self, shown: list[Any], percent: int, reached: bool) -> None:
        self.count += 1
        ahead = [one["key"] for one in self.item["milestones"] if not one["done_on"]] if reached else []
        entry = {"key": f"e{self.count}", "on": self.day, "text": "x", "evidence": shown, "percent": percent}
        entry |= {"milestones": ahead} if ahead else {}
        if self._act(lambda: domain.record_progress(self.item, entry, self._hand("liaison"), RULES)):
            self.book.evidence += shown
            told = {one["key"]: one["entered_on"] for one in self.item["milestones"] if one["key"] in ahead}
            assert set(told) == set(ahead) and set(told.values()) <= {self.day}
            assert shown or not ahead, "nothing is reached without evidence"

    @rule(shown=st.sampled_from(PIECES))
    def look_back(self, shown: list[Any]) -> None:
        self.count += 1
        entry = {"key": f"i{self.count}", "on": self.day, "result": "x", "evidence": shown}
        if self._act(lambda: interim.record(self.item, entry, self._hand("liaison"), RULES)):
            self.book.evidence += shown
            self.book.results.append((entry["key"], self.day, "x", shown, "liaison"))

    @rule(account=st.sampled_from(["liaison", "secretary", "both"]))
    def apply(self, account: str) -> None:
        self.count += 1
        draft = {**EFFECT, "result": f"第{self.count}次"}
        if self._act(lambda: closing.apply(self.item, draft, self._hand(account), RULES, self.rank)):
            self.book.closeouts.append((account, str(draft["result"]), []))
            files = {one.get("sha256") for one in self.book.evidence}
            assert files - {None, *self.book.old}, "there is a new file of what was done since it was last put back"
            assert all(one["done_on"] for one in self.item["milestones"])
            self.book.applicant, self.book.agreed = account, []

    @rule(account=PEOPLE, passed=st.booleans(), days=st.none() | DAYS)
    def verify(self, account: str, passed: bool, days: int | None) -> None:
        due = {} if days is None else {"due_on": self._after(days)}
        self.count += 1
        reason = f"第{self.count}次"
        draft = {"passed": passed, "reason": reason, "hash": domain.applied_for(self.item), **due}
        hand = self._hand(account)
        said = self._act(
            lambda: closing.verify(self.item, draft, hand, *self._may(account, "verify_item"), rules=RULES)
        )
        if not said:
            return
        assert account not in (*OWNERS, self.book.applicant) and (account not in self.book.agreed or not passed)
        self.book.agreed.append(account)
        self.book.closeouts[-1][2].append((passed, reason, account))
        if self.item["state"] == "closed":
            self.book.closed()
            assert len(self.book.closers) == len(lists.levels(RULES, self.item["category"], self.rank))
        if not passed:
            granted = (
                "" if self.item["category"] == "immediate" else lists.return_by(self.item["category"], self.day, RULES)
            )
            assert self.item["due_on"] and self.item["due_on"] <= max(self.book.due or "", granted), "more is asked for"
            self.book.due = self.item["due_on"]
            self.book.put_back()

    @rule(kind=st.sampled_from(["retype", "postpone"]), to=LISTS, days=DAYS)
    def ask(self, kind: str, to: str, days: int) -> None:
        day = self._after(days)
        draft = {"kind": kind, "to": to, "due_on": day} if kind == "retype" else {"kind": kind, "to": day}
        hand = self._hand("liaison")
        if self._act(lambda: requests.ask(self.item, {**draft, "reason": "x"}, hand, RULES, 30)):
            assert kind == "retype" or self.item["category"] != "immediate"
            self.book.asked.append([kind, draft.get("to"), "liaison", None])

    @rule(account=PEOPLE, passed=st.booleans())
    def decide(self, account: str, passed: bool) -> None:
        number, hand, draft = len(self.item["requests"]), self._hand(account), {"passed": passed, "reason": "理由"}

        def decided() -> domain.Changed:
            own, _ = self._may(account, "decide_item_change")
            return requests.decide(self.item, number, draft, hand, own, RULES, 30)

        if self._act(decided):
            assert account not in OWNERS
            self.book.asked[-1][-1] = (passed, account)
            self.book.due = self.item["due_on"]

    @rule(account=PEOPLE, days=DAYS)
    def reopen(self, account: str, days: int) -> None:
        draft = {"reason": "x", "due_on": self._after(days)}

        def reopened() -> domain.Changed:
            own, _ = self._may(account, "recheck_item")
            return closing.reopen(self.item, draft, self._hand(account), own, RULES, 30)

        if self._act(reopened):
            assert account not in OWNERS
            self.book.due, self.book.closers = self.item["due_on"], []
            self.book.put_back()

    @rule(account=PEOPLE, result=RESULTS, days=DAYS)
    def recheck(self, account: str, result: str, days: int) -> None:
        self.count += 1
        look = {"on": self.day, "result": result, "reason": f"第{self.count}次", "due_on": self._after(days)}

        def rechecked() -> domain.Changed:
            own, _ = self._may(account, "recheck_item")
            return rechecks.record(self.item, look, self._hand(account), own, RULES, 30)

        if self._act(rechecked):
            assert account not in OWNERS
            self.book.looks.append((self.day, result, look["reason"], account))
            if result == "rebounded":
                self.book.due, self.book.closers = self.item["due_on"], []
                self.book.put_back()

    @rule(days=st.integers(0, 30), shown=st.sampled_from(PIECES), asking=st.none() | LISTS, looks=LOOKS)
    def put_right(self, days: int, shown: list[Any], asking: str | None, looks: list[str]) -> None:
        """The course it usually takes, as far as it goes from here."""
        self.revise(FIELDS)
        if asking:
            self.ask("retype", asking, 10)
        self.progress(shown=shown, percent=100, reached=True)
        self.look_back(shown=shown)
        self.apply("liaison")
        self.day = self._after(days)
        self.verify("supervisor", passed=True, days=None)
        self.verify("office", passed=True, days=None)
        for result in looks:
            self.recheck("office", result, 10)

    @rule(days=st.integers(1, 90), kind=st.sampled_from(["retype", "postpone"]), to=LISTS)
    def given_more_time(self, days: int, kind: str, to: str) -> None:
        """Asked for and granted, of what was approved."""
        self.approve_the_plan("supervisor")
        self.ask(kind, to, days)
        if self.item["requests"]:
            self.decide("leader", passed=True)

    @precondition(lambda self: self.item)
    @invariant()
    def no_owner_closed_it(self) -> None:
        closed = self.item["state"] == "closed"
        assert closed == bool(self.item["closed_on"]) == bool(self.book.closers)
        assert not closed or not {*OWNERS, self.book.applicant} & set(self.book.closers)

    @precondition(lambda self: self.item)
    @invariant()
    def whoever_did_what_with_which_outcome_stays_on_record(self) -> None:
        item, book = self.item, self.book
        closeouts = [*item["earlier_closeouts"], *([item["closeout"]] if item["closeout"] else [])]
        assert book.closeouts == [
            (
                one["requested_by"],
                one["result"],
                [(level["passed"], level["reason"], level["by"]) for level in one["levels"]],
            )
            for one in closeouts
        ]
        assert book.asked == [[one["kind"], one["to"], one["asked_by"], _outcome(one)] for one in item["requests"]]
        assert book.looks == [(one["on"], one["result"], one["reason"], one["by"]) for one in item["rechecks"]]
        assert item["rebounds"] == [result for _, result, *_ in book.looks].count("rebounded")
        keys = ("key", "on", "result", "evidence", "by")
        assert book.results == [tuple(one[key] for key in keys) for one in item["interim"]]

    @precondition(lambda self: self.item)
    @invariant()
    def a_plan_is_approved_until_anything_reads_otherwise(self) -> None:
        self.plan, _ = plans.look_again(self.plan, [self.item], self.day)
        self.book.stale = self.book.stale or self.book.approved not in (None, self._reads())
        assert self.plan["state"] == ("stale" if self.book.stale else "approved" if self.book.approved else "drafting")

    @precondition(lambda self: self.item)
    @invariant()
    def the_day_it_first_had_is_known(self) -> None:
        assert self.item["first_due_on"] == (self.book.first or self.book.due)

    @precondition(lambda self: self.item)
    @invariant()
    def who_was_late_looks_late(self) -> None:
        colour = domain.colour(self.item, self.day)
        assert not self.book.was_late or (domain.shown(self.item, self.day)["late"] and colour in ("yellow", "red"))
        assert (colour == "green") == (self.item["state"] == "closed" and not self.item["late"])
        assert self.item["due_on"] or colour != "red" or self.book.was_late

    @precondition(lambda self: self.item and self.item["state"] in domain.WORKING)
    @invariant()
    def what_is_due_soon_or_has_a_milestone_behind_it_is_yellow(self) -> None:
        due = self.book.due
        passed = [one for one in self.item["milestones"] if not one["done_on"] and one["due_on"] < self.day]
        warned = passed or (due and due <= self._after(SOON_DAYS))
        assert not warned or domain.colour(self.item, self.day) in ("yellow", "red")

    @precondition(lambda self: self.item)
    @invariant()
    def what_counts_as_planned_is_clear(self) -> None:
        assert (self.item["state"] == "registered") == bool(self.item["lacking"])
        assert self.item["state"] == "registered" or not lists.lacking(self.item, RULES)


def _outcome(asked: dict[str, Any]) -> Any:
    decided = asked["decided"]
    return decided and ("lapsed" if decided.get("lapsed") else (decided["passed"], decided["by"]))


Course.TestCase.settings = hypothesis.settings(max_examples=150, stateful_step_count=30, deadline=None)
TestCourse = Course.TestCase
